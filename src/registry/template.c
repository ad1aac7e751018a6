#include "registry/template.h"

#include "registry/checks.h"
#include "registry/lns.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct gateway_template, member)

static const struct field fields[] = {
    {TEMPLATE_ID, "template_id", FIELD_TEXT, FIELD_UNIQUE, AT(template_id), 36,
	.check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {2, "name", FIELD_TEXT, 0, AT(name), 50, .check = check_line,
	.help = "a name for people"},
    {3, "eui_prefixes", FIELD_LIST, 0, AT(eui_prefixes), 64, 16,
	.check = check_eui_prefixes,
	.help = "beginnings of EUIs (hex) that may be adopted automatically"},
    {4, "window_until", FIELD_TIME, 0, AT(window_until),
	.help = "until then they need no client certificate for that"},
    {TEMPLATE_LNS, "lns", FIELD_REF, FIELD_INDEXED, AT(lns), .of = &lns_kind,
	.help = "network server of the adopted gateway"},
    {6, "gateway_server_address", FIELD_TEXT, 0, AT(gateway_server_address), 262,
	.check = check_address},
    {7, "frequency_plan_ids", FIELD_LIST, 0, AT(frequency_plan_ids), 8, 64,
	.check = check_lines},
    {8, "target_cups_uri", FIELD_TEXT, 0, AT(target_cups_uri), 127,
	.check = check_cups_uri},
    {9, "update_channel", FIELD_TEXT, 0, AT(update_channel), 128, .check = check_line},
    {10, "concentrator", FIELD_TEXT, 0, AT(concentrator), 64, .check = check_line},
    {11, "auto_update", FIELD_BOOL, 0, AT(auto_update)},
    {12, "groups", FIELD_LIST, 0, AT(groups), 16, 36, .check = check_ids},
    {13, "lbs_lns_secret.value", FIELD_SEALED, 0, AT(lns_secret.sealed),
	.help = "a key for the network server that all of them share"},
    {14, "lbs_lns_secret.crc", FIELD_UINT, FIELD_INTERNAL, AT(lns_secret.crc)},
    {15, "lbs_lns_secret.length", FIELD_UINT, FIELD_INTERNAL, AT(lns_secret.length)},
    {16, "lbs_lns_secret.form", FIELD_UINT, FIELD_INTERNAL, AT(lns_secret.form)},
    {17, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {18, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

static int
check_template(const void *record, struct fault *fault)
{
	const struct gateway_template *t = record;

	if (t->template_id[0] == '\0')
		return fault_set(fault, E_INVALID, "template_id", "is required");
	return E_OK;
}

const struct record_kind template_kind = {.name = "template",
    .table = TABLE_TEMPLATE,
    .size = sizeof(struct gateway_template),
    .fields = fields,
    .unknown = offsetof(struct gateway_template, unknown),
    .check = check_template};
