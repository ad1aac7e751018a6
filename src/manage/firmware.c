#include "manage/firmware.h"

#include <stdio.h>

#include "base/wire.h"

int
manage_blobs(struct manage *m, bool create, struct blobs *blobs, struct fault *fault)
{
	char path[sizeof m->data->path + 8];

	snprintf(path, sizeof path, "%s/blobs", m->data->path);
	return blobs_open(path, create, blobs, fault);
}

/* ---- signatures ------------------------------------------------------------------------ */

/* Looks for the key that has made a signature. */
struct matching {
	const uint8_t *digest;
	struct span der;
	struct arena *arena;
	const char *key; /* NULL: none yet */
};

static int
match_key(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct signing_key *k = record;
	struct matching *x = arg;

	(void)m;
	(void)txn;
	if (k->point.len != SIGN_POINT ||
	    sign_verify(k->point.data, x->digest, x->der, NULL) != E_OK)
		return E_OK;
	x->key = arena_strdup(x->arena, k->key_id);
	return x->key != NULL ? E_AGAIN : E_NOMEM;
}

static int
find_key(struct manage *m, const uint8_t *digest, struct span der, const char **key)
{
	struct matching x = {.digest = digest, .der = der, .arena = m->arena};
	int err = sign_der_check(der, &m->fault);

	if (err == E_OK)
		err = manage_list(m, &signing_key_kind, 0, 0, match_key, &x);
	if (err == E_OK && x.key == NULL)
		return fault_set(&m->fault, E_DENIED, NULL,
		    "is no signature of this image by a registered key; see "
		    "`gatehouse signing-key list`");
	*key = x.key;
	return err;
}

/* Makes or takes one signature, verified, as a row for the record. */
static int
make_row(struct manage *m, const uint8_t *digest, const struct firmware_signing *s,
    const struct signing_options *options, const char **by,
    struct firmware_signature *row)
{
	struct span der = s->der;
	struct signing_key k;
	struct sign_der made;
	const char *copy;
	int err = E_OK;

	*by = s->key;
	if (der.len > 0 && *by == NULL)
		err = find_key(m, digest, der, by);
	if (err == E_OK && der.len > 0) {
		err = manage_signature_accept(m, *by, digest, der);
	} else if (err == E_OK) {
		err = manage_sign_digest(m, *by, digest, options, &made);
		der = span_of(made.bytes, err == E_OK ? made.len : 0);
	}
	if (err == E_OK)
		err = manage_get(m, &signing_key_kind, *by, &k);
	if (err != E_OK)
		return err;
	if ((copy = arena_dup(m->arena, der)) == NULL)
		return E_NOMEM;
	*row = (struct firmware_signature){.crc = k.crc,
	    .point = k.point,
	    .der = span_of(copy, der.len),
	    .signed_at = m->now};
	return E_OK;
}

static size_t
find_row(const struct firmware *f, struct span point)
{
	const struct firmware_signature *rows = f->signatures.rows;
	size_t i = 0;

	while (i < f->signatures.count && !span_eq(rows[i].point, point))
		i++;
	return i;
}

/* In the place of one by the same key, or as one more; the rows are new ones. */
static int
put_row(struct manage *m, struct firmware *f, const struct firmware_signature *row)
{
	size_t at = find_row(f, row->point), count = f->signatures.count;
	struct firmware_signature *rows =
	    arena_alloc(m->arena, (count + 1) * sizeof *rows);

	if (rows == NULL)
		return E_NOMEM;
	if (at == FIRMWARE_SIGNATURES_MAX)
		return fault_set(&m->fault, E_FULL, NULL,
		    "%s has %d signatures already; take one away first: gatehouse "
		    "firmware unsign",
		    f->firmware_id, FIRMWARE_SIGNATURES_MAX);
	if (count > 0)
		memcpy(rows, f->signatures.rows, count * sizeof *rows);
	rows[at] = *row;
	f->signatures.rows = rows;
	f->signatures.count = at == count ? count + 1 : count;
	return E_OK;
}

const char *
manage_signature_key(
    struct manage *m, struct store_txn *txn, const struct firmware_signature *signature)
{
	struct signing_key k;
	uint8_t crc[8];
	int err;

	wire_key64(crc, signature->crc);
	err = registry_find(
	    txn, &signing_key_kind, SIGNING_KEY_CRC, span_of(crc, 8), m->arena, &k);
	return err == E_OK && span_eq(k.point, signature->point) ? k.key_id : "";
}

/* ---- adding ------------------------------------------------------------------------------ */

struct adding {
	struct manage *m;
	const struct firmware_adding *how;
	int family;
	const struct image_digests *digests;
	struct firmware_signature rows[FIRMWARE_SIGNATURES_MAX];
	struct firmware *stored;
	bool healed;
};

static int
put_rows(struct manage *m, const struct adding *a, struct firmware *f)
{
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < a->how->signature_count; i++)
		err = put_row(m, f, &a->rows[i]);
	return err;
}

/* One that has the name already must be the same image. */
static int
heal_in(struct manage *m, struct store_txn *txn, struct adding *a)
{
	struct firmware before = *a->stored;
	int err;

	if (!span_eq(before.sha256, span_of(a->digests->sha256, 32)) ||
	    before.family != a->family)
		return fault_set(&m->fault, E_EXISTS, "firmware_id",
		    "%s is another image already: give this one a name of its own",
		    a->how->id);
	a->healed = true;
	if (a->how->signature_count == 0)
		return E_OK;
	err = put_rows(m, a, a->stored);
	return err == E_OK
		   ? manage_put_in(m, txn, &firmware_kind, &before, a->stored, "sign")
		   : err;
}

static int
new_in(struct manage *m, struct store_txn *txn, struct adding *a)
{
	const struct image_digests *d = a->digests;
	struct firmware *f = a->stored;
	int err;

	record_init(&firmware_kind, f);
	f->firmware_id = a->how->id;
	f->description = a->how->description != NULL ? a->how->description : "";
	f->file_name = a->how->file_name;
	f->family = a->family;
	f->sha256 = span_of(d->sha256, sizeof d->sha256);
	f->sha512 = span_of(d->sha512, sizeof d->sha512);
	f->size = d->size;
	if ((err = put_rows(m, a, f)) != E_OK ||
	    (err = registry_next_serial(txn, &f->serial)) != E_OK)
		return err;
	return manage_put_in(m, txn, &firmware_kind, NULL, f, "add");
}

static int
add_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct adding *a = arg;
	int err;

	a->healed = false;
	err = registry_find_id(txn, &firmware_kind, a->how->id, m->arena, a->stored);
	if (err == E_OK)
		return heal_in(m, txn, a);
	return err == E_NOTFOUND ? new_in(m, txn, a) : err;
}

/* With the file in its place and the blobs' lock held. */
static int
make_record(void *arg, const struct image_digests *digests)
{
	struct adding *a = arg;
	const char *by;
	int err = E_OK;

	a->digests = digests;
	for (size_t i = 0; err == E_OK && i < a->how->signature_count; i++)
		err = make_row(a->m, digests->sha512, &a->how->signatures[i],
		    a->how->signing, &by, &a->rows[i]);
	return err == E_OK ? manage_update(a->m, add_in, a) : manage_failed(a->m, err);
}

static int
find_family(struct manage *m, const struct firmware_adding *how, int *family)
{
	struct firmware f;
	int err;

	*family = how->family >= 0 ? how->family : FIRMWARE_STATION;
	if (how->family >= 0)
		return E_OK;
	err = manage_get(m, &firmware_kind, how->id, &f);
	if (err == E_OK)
		*family = f.family;
	m->fault = (struct fault){0};
	return err == E_NOTFOUND ? E_OK : err;
}

/* Before a large file is read: what would be refused in any case. */
static int
check_request(struct manage *m, const struct firmware_adding *how, int family)
{
	struct firmware f;

	if (how->signature_count > FIRMWARE_SIGNATURES_MAX)
		return fault_set(&m->fault, E_INVALID, NULL,
		    "an image has at most %d signatures", FIRMWARE_SIGNATURES_MAX);
	if (family == FIRMWARE_KICKSTARTER && how->signature_count > 0)
		return fault_set(&m->fault, E_INVALID, NULL,
		    "images for Kickstarter gateways are not signed: they verify none");
	record_init(&firmware_kind, &f);
	f.firmware_id = how->id;
	f.description = how->description != NULL ? how->description : "";
	return record_check(&firmware_kind, &f, &m->fault);
}

int
manage_firmware_add(struct manage *m, const struct firmware_adding *how, int fd,
    struct firmware *stored, bool *healed)
{
	struct adding a = {.m = m, .how = how, .stored = stored};
	struct image_digests *digests = arena_alloc(m->arena, sizeof *digests);
	struct blobs blobs;
	int err = digests != NULL ? find_family(m, how, &a.family) : E_NOMEM;

	*healed = false;
	if (err == E_OK)
		err = check_request(m, how, a.family);
	if (err == E_OK)
		err = manage_blobs(m, true, &blobs, &m->fault);
	if (err == E_OK)
		err =
		    image_add(&blobs, fd, (enum firmware_family)a.family, how->progress,
			how->progress_arg, digests, make_record, &a, &m->fault);
	*healed = a.healed;
	return manage_failed(m, err);
}

/* ---- signing what is there ----------------------------------------------------------------- */

struct signing {
	struct firmware_signature row;
	struct span sha512; /* that was signed */
};

static int
sign_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	const struct signing *s = arg;
	struct firmware *f = record;

	(void)txn;
	if (!span_eq(f->sha512, s->sha512))
		return fault_set(&m->fault, E_STALE, NULL,
		    "%s became another image meanwhile", f->firmware_id);
	return put_row(m, f, &s->row);
}

int
manage_firmware_sign(struct manage *m, const char *id,
    const struct firmware_signing *signing, const struct signing_options *options,
    const char **by)
{
	struct signing s;
	struct firmware f;
	int err = manage_get(m, &firmware_kind, id, &f);

	*by = "";
	if (err != E_OK)
		return err;
	if (f.family == FIRMWARE_KICKSTARTER)
		return fault_set(&m->fault, E_STATE, NULL,
		    "%s is for Kickstarter gateways, which verify no signature", id);
	if (f.sha512.len != SHA512_SIZE)
		return fault_set(
		    &m->fault, E_CORRUPT, NULL, "the record of %s has no digest", id);
	s.sha512 = f.sha512;
	err = make_row(m, f.sha512.data, signing, options, by, &s.row);
	if (err == E_OK)
		err = manage_change(m, &firmware_kind, id, "sign", sign_edit, &s, NULL);
	return manage_failed(m, err);
}

static int
unsign_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct firmware *f = record;
	struct firmware_signature *rows;
	struct signing_key k;
	int err = manage_find_in(m, txn, &signing_key_kind, arg, &k);
	size_t at, n = f->signatures.count;

	if (err != E_OK)
		return err;
	if ((at = find_row(f, k.point)) == n)
		return fault_set(&m->fault, E_NOTFOUND, NULL,
		    "%s has no signature by %s", f->firmware_id, k.key_id);
	if ((rows = arena_alloc(m->arena, n * sizeof *rows)) == NULL)
		return E_NOMEM;
	memcpy(rows, f->signatures.rows, n * sizeof *rows);
	memmove(rows + at, rows + at + 1, (n - at - 1) * sizeof *rows);
	f->signatures = (struct record_rows){rows, n - 1};
	return E_OK;
}

int
manage_firmware_unsign(struct manage *m, const char *id, const char *key)
{
	return manage_change(
	    m, &firmware_kind, id, "unsign", unsign_edit, (void *)(uintptr_t)key, NULL);
}

/* ---- verifying ------------------------------------------------------------------------------- */

static int
verify_signatures(struct manage *m, const struct firmware *f)
{
	const struct firmware_signature *rows = f->signatures.rows;
	struct fault why;

	for (size_t i = 0; i < f->signatures.count; i++) {
		why = (struct fault){0};
		if (f->sha512.len == SHA512_SIZE && rows[i].point.len == SIGN_POINT &&
		    sign_verify(
			rows[i].point.data, f->sha512.data, rows[i].der, &why) == E_OK)
			continue;
		return fault_set(&m->fault, E_CORRUPT, NULL,
		    "the signature of %s by the key with CRC %08x is wrong: %.120s; "
		    "sign it again",
		    f->firmware_id, (unsigned)rows[i].crc, why.text);
	}
	return E_OK;
}

int
manage_firmware_verify(struct manage *m, const char *id, image_progress_fn *progress,
    void *arg, struct firmware *firmware)
{
	struct blobs blobs;
	int err = manage_get(m, &firmware_kind, id, firmware);

	if (err == E_OK)
		err = manage_blobs(m, true, &blobs, &m->fault);
	if (err == E_OK)
		err = image_verify(&blobs, firmware, progress, arg, &m->fault);
	return err == E_OK ? verify_signatures(m, firmware) : manage_failed(m, err);
}
