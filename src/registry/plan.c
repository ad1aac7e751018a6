#include "registry/plan.h"

#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct plan_record, member)

const char *const record_sources[] = {"unknown", "shipped", "imported", NULL};

static int
check_plan_id(const struct field *f, const void *value, struct fault *fault)
{
	const char *id = *(const char *const *)value;

	if (id[strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			  "0123456789_-.")] == '\0')
		return E_OK;
	return fault_set(fault, E_INVALID, f->name,
	    "must be letters, digits, underscores, dashes and dots");
}

static const struct field fields[] = {
    {PLAN_RECORD_ID, "plan_id", FIELD_TEXT, FIELD_UNIQUE | FIELD_READONLY, AT(plan_id),
	64, .check = check_plan_id, .help = "as gateways name it, e.g. EU_863_870"},
    {2, "name", FIELD_TEXT, FIELD_READONLY, AT(name), 200, .check = check_line},
    {3, "description", FIELD_TEXT, FIELD_READONLY, AT(description), 4000,
	.check = check_prose},
    {4, "band_id", FIELD_TEXT, FIELD_READONLY, AT(band_id), 31, .check = check_line},
    {5, "base_frequency", FIELD_UINT, FIELD_READONLY, AT(base_frequency),
	.help = "MHz"},
    {6, "for_gateways", FIELD_BOOL, FIELD_READONLY, AT(for_gateways)},
    {7, "country_codes", FIELD_LIST, FIELD_READONLY, AT(country_codes), 300, 36,
	.check = check_lines},
    {8, "encoded", FIELD_BYTES, FIELD_INTERNAL, AT(encoded), 65536},
    {9, "source", FIELD_ENUM, FIELD_READONLY, AT(source), .words = record_sources},
    {10, "origin", FIELD_TEXT, FIELD_READONLY, AT(origin), 1024, .check = check_line},
    {11, "warnings", FIELD_LIST, FIELD_READONLY, AT(warnings), 100, 1000},
    {12, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {13, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

static int
check_plan(const void *record, struct fault *fault)
{
	const struct plan_record *p = record;

	if (p->plan_id[0] == '\0')
		return fault_set(fault, E_INVALID, "plan_id", "is required");
	if (p->encoded.len == 0)
		return fault_set(fault, E_INVALID, "encoded", "there is no plan in it");
	return E_OK;
}

const struct record_kind plan_kind = {.name = "plan",
    .table = TABLE_PLAN,
    .size = sizeof(struct plan_record),
    .fields = fields,
    .unknown = offsetof(struct plan_record, unknown),
    .check = check_plan};
