#include "registry/signing_key.h"

#include "base/crc.h"
#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct signing_key, member)
#define POINT 64

static bool
has_prefix(const char *text, const char *prefix, const char **rest)
{
	size_t n = strlen(prefix);

	*rest = text + n;
	return strncmp(text, prefix, n) == 0;
}

int
signer_sort(const char *signer, const char **where)
{
	*where = signer;
	if (signer[0] == '\0')
		return SIGNER_NONE;
	if (has_prefix(signer, "file:", where))
		return (*where)[0] == '/' ? SIGNER_FILE : -1;
	if (has_prefix(signer, "socket:", where))
		return (*where)[0] == '/' ? SIGNER_SOCKET : -1;
	if (!has_prefix(signer, "pkcs11:", where))
		return -1;
	*where = signer;
	return SIGNER_PKCS11;
}

/* A PIN in it would be in the database, in backups and in arguments. */
static int
check_signer(const struct field *f, const void *value, struct fault *fault)
{
	const char *signer = *(const char *const *)value, *where;
	int err = check_line(f, value, fault);

	if (err != E_OK)
		return err;
	if (signer_sort(signer, &where) < 0)
		return fault_set(fault, E_INVALID, f->name,
		    "must be file:/PATH, pkcs11:..., socket:/PATH, or nothing");
	if (strstr(signer, "pin-value") != NULL)
		return fault_set(fault, E_INVALID, f->name,
		    "may not hold a PIN; name a file with pin-source=/PATH");
	return E_OK;
}

static const struct field fields[] = {
    {SIGNING_KEY_ID, "key_id", FIELD_TEXT, FIELD_UNIQUE, AT(key_id), 36,
	.check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {SIGNING_KEY_POINT, "public_key", FIELD_BYTES, FIELD_READONLY, AT(point), POINT,
	.help = "the content of the gateway's sig-N.key, in base64"},
    {SIGNING_KEY_CRC, "crc", FIELD_UINT, FIELD_UNIQUE | FIELD_READONLY, AT(crc),
	.help = "of the public key: what gateways list"},
    {SIGNING_KEY_SIGNER, "signer", FIELD_TEXT, 0, AT(signer), 500,
	.check = check_signer,
	.help = "where the private key is: file:/PATH, pkcs11:..., socket:/PATH; "
		"nothing: signatures are imported"},
    {5, "name", FIELD_TEXT, 0, AT(name), 50, .check = check_line,
	.help = "a name for people"},
    {6, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {7, "retired", FIELD_BOOL, 0, AT(retired),
	.help = "makes no new signatures; those that there are stay good"},
    {8, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

static int
check_signing_key(const void *record, struct fault *fault)
{
	const struct signing_key *k = record;

	if (k->key_id[0] == '\0')
		return fault_set(fault, E_INVALID, "key_id", "is required");
	if (k->point.len != POINT)
		return fault_set(
		    fault, E_INVALID, "public_key", "must have %d bytes", POINT);
	if (k->crc != crc32_of(k->point))
		return fault_set(
		    fault, E_INVALID, "crc", "is not that of the public key");
	return E_OK;
}

const struct record_kind signing_key_kind = {.name = "signing-key",
    .table = TABLE_SIGNING_KEY,
    .size = sizeof(struct signing_key),
    .fields = fields,
    .unknown = offsetof(struct signing_key, unknown),
    .check = check_signing_key};
