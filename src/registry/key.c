#include "registry/key.h"

#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct key, member)

static const char *const rights[] = {"RIGHT_GATEWAY_INFO",
    "RIGHT_GATEWAY_SETTINGS_BASIC", "RIGHT_GATEWAY_SETTINGS_API_KEYS",
    "RIGHT_GATEWAY_DELETE", "RIGHT_GATEWAY_LINK", "RIGHT_GATEWAY_READ_SECRETS",
    "RIGHT_GATEWAY_WRITE_SECRETS", "RIGHT_GATEWAY_ALL", NULL};
static const char *const origins[] = {"by_hand", "pushed", NULL};
static const char *const token_forms[] = {"bearer", "bare", NULL};

static const struct field fields[] = {
    {KEY_ID, "id", FIELD_TEXT, FIELD_UNIQUE | FIELD_READONLY, AT(key_id), 64,
	.check = check_line},
    {2, "name", FIELD_TEXT, 0, AT(name), 50, .check = check_line,
	.help = "what it is for"},
    {KEY_DIGEST, "digest", FIELD_BYTES, FIELD_UNIQUE | FIELD_INTERNAL, AT(digest), 32},
    {4, "rights", FIELD_FLAGS, 0, AT(rights), .words = rights,
	.help = "what it may do"},
    {KEY_GATEWAY, "gateway", FIELD_REF, FIELD_INDEXED | FIELD_READONLY, AT(gateway),
	.of = &gateway_kind, .help = "the gateway that it opens; none: all"},
    {6, "generation", FIELD_UINT, FIELD_READONLY, AT(generation)},
    {7, "origin", FIELD_ENUM, FIELD_READONLY, AT(origin), .words = origins},
    {8, "value", FIELD_SEALED, FIELD_INTERNAL, AT(value.sealed)},
    {9, "value_crc", FIELD_UINT, FIELD_INTERNAL, AT(value.crc)},
    {10, "value_length", FIELD_UINT, FIELD_INTERNAL, AT(value.length)},
    {11, "value_form", FIELD_UINT, FIELD_INTERNAL, AT(value.form)},
    {12, "token_form", FIELD_ENUM, 0, AT(token_form), .words = token_forms,
	.help = "how its line is pushed: bearer (Authorization: Bearer ) or bare"},
    {13, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {14, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {15, "expires_at", FIELD_TIME, 0, AT(expires_at), .help = "when it ends by itself"},
    {16, "revoked_at", FIELD_TIME, FIELD_READONLY, AT(revoked_at)},
    {0},
};

static int
check(const void *record, struct fault *fault)
{
	const struct key *k = record;

	if (k->revoked_at != 0)
		return E_OK;
	if (k->rights == 0)
		return fault_set(fault, E_INVALID, "rights",
		    "are none: choose at least one, or revoke the key");
	if (k->generation != 0 && !(k->rights & RIGHT_ALL) &&
	    (k->rights & RIGHTS_CUPS) != RIGHTS_CUPS)
		return fault_set(fault, E_INVALID, "rights",
		    "are too few for the key that a gateway has: it needs INFO, "
		    "SETTINGS_BASIC and READ_SECRETS");
	return E_OK;
}

const struct record_kind key_kind = {.name = "key",
    .table = TABLE_KEY,
    .size = sizeof(struct key),
    .fields = fields,
    .check = check,
    .unknown = offsetof(struct key, unknown)};
