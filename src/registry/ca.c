#include "registry/ca.h"

#include "base/eui.h"
#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct ca, member)

static const struct field fields[] = {
    {CA_ID, "ca_id", FIELD_TEXT, FIELD_UNIQUE, AT(ca_id), 36, .check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {2, "name", FIELD_TEXT, 0, AT(name), 50, .check = check_line,
	.help = "a name for people"},
    {3, "der", FIELD_BYTES, FIELD_READONLY, AT(der), 8192,
	.help = "the CA's certificate, DER in base64"},
    {4, "key", FIELD_SEALED, FIELD_INTERNAL, AT(key.sealed)},
    {5, "eui_prefixes", FIELD_LIST, 0, AT(eui_prefixes), 64, 16,
	.check = check_eui_prefixes,
	.help = "beginnings of the EUIs that it may speak for (hex); none: no gateway"},
    {6, "revoked", FIELD_LIST, 0, AT(revoked), 1000, 40, .check = check_lines,
	.help = "serial numbers of certificates that no longer count, hex"},
    {7, "subject", FIELD_TEXT, FIELD_READONLY, AT(subject), 1000},
    {8, "not_after", FIELD_TIME, FIELD_READONLY, AT(not_after)},
    {9, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {10, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {11, "sha256", FIELD_TEXT, FIELD_READONLY, AT(sha256), 64},
    {12, "key_crc", FIELD_UINT, FIELD_INTERNAL, AT(key.crc)},
    {13, "key_length", FIELD_UINT, FIELD_INTERNAL, AT(key.length)},
    {14, "key_form", FIELD_UINT, FIELD_INTERNAL, AT(key.form)},
    {0},
};

static int
check_ca(const void *record, struct fault *fault)
{
	const struct ca *ca = record;

	if (ca->ca_id[0] == '\0')
		return fault_set(fault, E_INVALID, "ca_id", "is required");
	if (ca->der.len == 0)
		return fault_set(fault, E_INVALID, "der", "a certificate is required");
	return E_OK;
}

const struct record_kind ca_kind = {.name = "ca",
    .table = TABLE_CA,
    .size = sizeof(struct ca),
    .fields = fields,
    .unknown = offsetof(struct ca, unknown),
    .check = check_ca};

bool
ca_speaks_for(const struct ca *ca, uint64_t eui)
{
	char text[EUI_TEXT];

	eui_format_lower(eui, text);
	for (size_t i = 0; i < ca->eui_prefixes.count; i++)
		if (span_begins_nocase(span_of(text, 16), ca->eui_prefixes.items[i]))
			return true;
	return false;
}
