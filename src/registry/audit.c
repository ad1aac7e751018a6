#include "registry/audit.h"

#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct audit, member)

static const struct field fields[] = {
    {1, "at", FIELD_TIME, 0, AT(at)},
    {2, "actor", FIELD_TEXT, 0, AT(actor)},
    {3, "action", FIELD_TEXT, 0, AT(action)},
    {4, "kind", FIELD_TEXT, 0, AT(kind)},
    {AUDIT_RECORD, "record", FIELD_UINT, FIELD_INDEXED, AT(record)},
    {6, "id", FIELD_TEXT, 0, AT(id)},
    {7, "before", FIELD_TEXT, 0, AT(before)},
    {8, "after", FIELD_TEXT, 0, AT(after)},
    {0},
};

const struct record_kind audit_kind = {.name = "audit",
    .table = TABLE_AUDIT,
    .size = sizeof(struct audit),
    .fields = fields,
    .unknown = offsetof(struct audit, unknown)};
