#include "registry/ignored.h"

#include "base/eui.h"
#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct ignored, member)

static int
check_eui_text(const struct field *f, const void *value, struct fault *fault)
{
	const char *text = *(const char *const *)value;
	char again[EUI_TEXT];
	uint64_t eui;

	if (!eui_parse(span_str(text), &eui) || eui == 0)
		return fault_set(fault, E_INVALID, f->name, "is no EUI");
	eui_format(eui, again);
	return strcmp(text, again) == 0 ? E_OK
					: fault_set(fault, E_INVALID, f->name,
					      "must be 16 upper-case hex digits");
}

static const struct field fields[] = {
    {IGNORED_EUI, "eui", FIELD_TEXT, FIELD_UNIQUE | FIELD_READONLY, AT(eui), 16,
	.check = check_eui_text},
    {2, "note", FIELD_TEXT, 0, AT(note), 200, .check = check_line,
	.help = "why, for people"},
    {3, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {4, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

const struct record_kind ignored_kind = {.name = "ignored",
    .table = TABLE_IGNORED,
    .size = sizeof(struct ignored),
    .fields = fields,
    .unknown = offsetof(struct ignored, unknown)};
