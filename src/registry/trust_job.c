#include "registry/trust_job.h"

#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct trust_job, member)

const char *const job_states[] = {"new", "waiting", "done", "changed", "failed", NULL};

static const struct field fields[] = {
    {TRUST_JOB_URI, "uri", FIELD_TEXT, FIELD_UNIQUE | FIELD_READONLY, AT(uri), 127,
	.check = check_line},
    {2, "trust_id", FIELD_TEXT, FIELD_READONLY, AT(trust_id), 36, .check = check_id},
    {3, "accept", FIELD_TEXT, FIELD_READONLY, AT(accept), 64, .check = check_line},
    {4, "asked_by", FIELD_TEXT, FIELD_READONLY, AT(asked_by), 200, .check = check_line},
    {5, "asked_at", FIELD_TIME, FIELD_READONLY, AT(asked_at)},
    {6, "tried_at", FIELD_TIME, FIELD_READONLY, AT(tried_at)},
    {7, "state", FIELD_ENUM, FIELD_READONLY, AT(state), .words = job_states},
    {8, "text", FIELD_TEXT, FIELD_READONLY, AT(text), 1000},
    {9, "found", FIELD_TEXT, FIELD_READONLY, AT(found), 1000},
    {10, "found_sha256", FIELD_TEXT, FIELD_READONLY, AT(found_sha256), 64},
    {11, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {12, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

const struct record_kind trust_job_kind = {.name = "trust_job",
    .table = TABLE_TRUST_JOB,
    .size = sizeof(struct trust_job),
    .fields = fields,
    .unknown = offsetof(struct trust_job, unknown)};
