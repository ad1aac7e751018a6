#include "manage/signing_key.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "crypto/sign_client.h"
#include "manage/signer.h"

#define WAIT_MS 15000

/* ---- asking the signer ----------------------------------------------------------------- */

/* One question to whatever the signer is. */
struct question {
	enum signer_order order;
	uint32_t crc;
	const uint8_t *digest;
};

static int
ask_service(struct manage *m, const char *path, const struct question *q,
    const struct signing_options *options, struct signer_result *result)
{
	int wait = options != NULL && options->wait_ms > 0 ? options->wait_ms : WAIT_MS;
	struct sign_der der;
	int err;

	if (q->order == SIGNER_POINT) {
		result->len = SIGN_POINT;
		return sign_service_point(path, q->crc, wait, result->bytes, &m->fault);
	}
	err = sign_by_service(path, q->crc, q->digest, wait, &der, &m->fault);
	if (err == E_OK)
		memcpy(result->bytes, der.bytes, result->len = der.len);
	return err;
}

static int
ask_program(struct manage *m, const char *key, const struct question *q,
    const struct signing_options *options, struct signer_result *result)
{
	struct signer_job job;
	int err;

	if (options != NULL && options->service_only)
		return fault_set(&m->fault, E_STATE, NULL,
		    "its signer is for the command line only; here a signing service "
		    "(socket:/PATH) can sign, or a signature can be imported");
	if ((err = signer_job_init(&job, q->order, key, options, &m->fault)) != E_OK)
		return err;
	if (q->order == SIGNER_SIGN)
		memcpy(job.digest, q->digest, sizeof job.digest);
	if ((err = signer_run(&job, result)) != E_OK)
		m->fault = result->fault;
	return err;
}

static int
ask_signer(struct manage *m, const char *signer, const struct question *q,
    const struct signing_options *options, struct signer_result *result)
{
	const char *where;
	int sort = signer_sort(signer, &where);

	memset(result, 0, sizeof *result);
	switch (sort) {
	case SIGNER_FILE:
	case SIGNER_PKCS11:
		return ask_program(m, where, q, options, result);
	case SIGNER_SOCKET:
		return ask_service(m, where, q, options, result);
	case SIGNER_NONE:
		return fault_set(&m->fault, E_STATE, NULL,
		    "the key has no signer: sign elsewhere and import the signature");
	default:
		return fault_set(&m->fault, E_INVALID, "signer",
		    "must be file:/PATH, pkcs11:..., socket:/PATH, or nothing");
	}
}

/* ---- registering ------------------------------------------------------------------------ */

struct adding {
	const struct signing_key_request *request;
	uint8_t point[SIGN_POINT];
	struct signing_key *stored;
};

static int
add_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct adding *a = arg;
	struct signing_key *k = a->stored;
	const char *point = arena_dup(m->arena, span_of(a->point, SIGN_POINT));
	int err;

	if (point == NULL)
		return E_NOMEM;
	record_init(&signing_key_kind, k);
	k->key_id = a->request->id;
	k->name = a->request->name != NULL ? a->request->name : "";
	k->signer = a->request->signer != NULL ? a->request->signer : "";
	k->point = span_of(point, SIGN_POINT);
	k->crc = sign_point_crc(a->point);
	err = registry_next_serial(txn, &k->serial);
	return err == E_OK ? manage_put_in(m, txn, &signing_key_kind, NULL, k, "add")
			   : err;
}

static int
ask_point(struct manage *m, const struct signing_key_request *request,
    const struct signing_options *options, uint8_t point[SIGN_POINT])
{
	struct question q = {.order = SIGNER_POINT, .crc = request->crc};
	struct signer_result result;
	int err;

	if (request->signer == NULL || request->signer[0] == '\0')
		return fault_set(&m->fault, E_INVALID, NULL,
		    "give the public key, or the signer that has it");
	err = ask_signer(m, request->signer, &q, options, &result);
	if (err != E_OK)
		return err;
	if (result.len != SIGN_POINT)
		return fault_set(
		    &m->fault, E_CRYPTO, NULL, "the signer gives no public key");
	memcpy(point, result.bytes, SIGN_POINT);
	return sign_point_check(point, &m->fault);
}

int
manage_signing_key_add(struct manage *m, const struct signing_key_request *request,
    struct span public_key, const struct signing_options *options,
    struct signing_key *stored)
{
	struct adding a = {.request = request, .stored = stored};
	int err;

	/* It would be read as well, but has no business in a browser or a program. */
	if (options != NULL && options->service_only && public_key.len > 0 &&
	    sign_has_private(public_key))
		return fault_set(&m->fault, E_INVALID, NULL,
		    "that is a private key, and has been forgotten: what was sent to a "
		    "web "
		    "server should not sign firmware any more; bring the public part");
	if (public_key.len > 0)
		err = sign_point_read(public_key, a.point, &m->fault);
	else
		err = ask_point(m, request, options, a.point);
	if (err == E_OK && request->crc != 0 && request->crc != sign_point_crc(a.point))
		err = fault_set(&m->fault, E_INVALID, "crc",
		    "is not that of the key, which is %08x",
		    (unsigned)sign_point_crc(a.point));
	if (err == E_OK)
		err = manage_update(m, add_in, &a);
	return manage_failed(m, err);
}

/* ---- a new key file ---------------------------------------------------------------------- */

/* The path of a file that is not there yet, without links before its name. */
static int
resolve(const char *path, char out[PATH_MAX], struct fault *fault)
{
	char folder[PATH_MAX], name[PATH_MAX], real[PATH_MAX];
	const char *last;

	if (path[0] == '\0' || strlen(path) >= sizeof folder)
		return fault_set(
		    fault, E_INVALID, NULL, "the path is too long or empty");
	snprintf(folder, sizeof folder, "%s", path);
	snprintf(name, sizeof name, "%s", path);
	last = basename(name);
	if (path[strlen(path) - 1] == '/' || strcmp(last, "..") == 0 ||
	    strcmp(last, ".") == 0)
		return fault_set(fault, E_INVALID, NULL, "%.200s: is no file", path);
	if (realpath(dirname(folder), real) == NULL)
		return file_fault(fault, path, "find the folder of");
	if (snprintf(out, PATH_MAX, "%s/%s", strcmp(real, "/") == 0 ? "" : real,
		last) >= PATH_MAX)
		return fault_set(fault, E_INVALID, NULL, "the path is too long");
	return E_OK;
}

static bool
inside(const char *path, const char *folder)
{
	char real[PATH_MAX];
	size_t n;

	if (realpath(folder, real) == NULL)
		return false;
	n = strlen(real);
	return strncmp(path, real, n) == 0 && path[n] == '/';
}

int
manage_signing_key_file(const char *path, const char *data,
    const struct signing_options *options, struct arena *arena,
    struct signing_key_made *made, struct fault *fault)
{
	struct signer_result result;
	struct signer_job job;
	char whole[PATH_MAX];
	int err;

	if ((err = resolve(path, whole, fault)) != E_OK)
		return err;
	if (inside(whole, data))
		return fault_set(fault, E_INVALID, NULL,
		    "%.150s: is inside the data folder, where web-facing programs read "
		    "and backups copy; keep it elsewhere",
		    path);
	if ((made->signer = arena_printf(arena, "file:%s", whole)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	err = signer_job_init(&job, SIGNER_CREATE, whole, options, fault);
	if (err != E_OK)
		return err;
	if ((err = signer_run(&job, &result)) != E_OK) {
		*fault = result.fault;
		return err;
	}
	if (result.len != SIGN_POINT)
		return fault_set(
		    fault, E_CRYPTO, NULL, "gatehouse-sign gives no public key");
	memcpy(made->point, result.bytes, SIGN_POINT);
	return E_OK;
}

/* ---- changing ----------------------------------------------------------------------------- */

static int
retire_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct signing_key *k = record;
	const bool *retired = arg;

	(void)txn;
	if (k->retired == *retired)
		return fault_set(&m->fault, E_STATE, NULL, "%.64s is %s", k->key_id,
		    *retired ? "retired already" : "not retired");
	k->retired = *retired;
	return E_OK;
}

int
manage_signing_key_retire(struct manage *m, const char *id, bool retired)
{
	return manage_change(m, &signing_key_kind, id, retired ? "retire" : "unretire",
	    retire_edit, &retired, NULL);
}

/* ---- signatures --------------------------------------------------------------------------- */

static int
get_working(struct manage *m, const char *id, struct signing_key *k)
{
	int err = manage_get(m, &signing_key_kind, id, k);

	if (err != E_OK)
		return err;
	if (k->retired)
		return fault_set(&m->fault, E_STATE, NULL,
		    "the key %.64s is retired and makes no new signatures", id);
	if (k->point.len != SIGN_POINT)
		return manage_failed(m, E_CORRUPT);
	return E_OK;
}

int
manage_sign_digest(struct manage *m, const char *id, const uint8_t digest[SHA512_SIZE],
    const struct signing_options *options, struct sign_der *out)
{
	struct question q = {.order = SIGNER_SIGN, .digest = digest};
	struct signer_result result;
	struct signing_key k;
	int err;

	out->len = 0;
	if ((err = get_working(m, id, &k)) != E_OK)
		return err;
	q.crc = (uint32_t)k.crc;
	if ((err = ask_signer(m, k.signer, &q, options, &result)) != E_OK)
		return err;
	if (sign_verify(
		k.point.data, digest, span_of(result.bytes, result.len), NULL) != E_OK)
		return fault_set(&m->fault, E_CRYPTO, NULL,
		    "the signer of %.64s gave no signature by that key; is it another "
		    "key's?",
		    id);
	memcpy(out->bytes, result.bytes, out->len = result.len);
	return E_OK;
}

int
manage_signature_accept(struct manage *m, const char *id,
    const uint8_t digest[SHA512_SIZE], struct span der)
{
	struct signing_key k;
	int err = get_working(m, id, &k);

	return err == E_OK ? sign_verify(k.point.data, digest, der, &m->fault) : err;
}
