#include "registry/trust.h"

#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct trust, member)

static const struct field fields[] = {
    {TRUST_ID, "trust_id", FIELD_TEXT, FIELD_UNIQUE, AT(trust_id), 36,
	.check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {2, "der", FIELD_BYTES, FIELD_READONLY, AT(der), 8192,
	.help = "the certificate, DER in base64"},
    {3, "crc", FIELD_UINT, FIELD_READONLY, AT(crc)},
    {TRUST_ADDRESSES, "addresses", FIELD_LIST, FIELD_UNIQUE, AT(addresses), 64, 133,
	.check = check_host_ports,
	.help = "host:port of the servers that this certificate is for"},
    {5, "subject", FIELD_TEXT, FIELD_READONLY, AT(subject), 1000},
    {6, "not_after", FIELD_TIME, FIELD_READONLY, AT(not_after)},
    {7, "chain_not_after", FIELD_TIME, FIELD_READONLY, AT(chain_not_after)},
    {8, "fetched_from", FIELD_TEXT, FIELD_READONLY, AT(fetched_from), 200},
    {9, "fetched_at", FIELD_TIME, FIELD_READONLY, AT(fetched_at)},
    {10, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {11, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {12, "sha256", FIELD_TEXT, FIELD_READONLY, AT(sha256), 64},
    {0},
};

static int
check_trust(const void *record, struct fault *fault)
{
	const struct trust *t = record;

	if (t->trust_id[0] == '\0')
		return fault_set(fault, E_INVALID, "trust_id", "is required");
	if (t->der.len == 0 || t->der.data[0] != 0x30)
		return fault_set(
		    fault, E_INVALID, "der", "a DER certificate is required");
	return E_OK;
}

const struct record_kind trust_kind = {.name = "trust",
    .table = TABLE_TRUST,
    .size = sizeof(struct trust),
    .fields = fields,
    .unknown = offsetof(struct trust, unknown),
    .check = check_trust};
