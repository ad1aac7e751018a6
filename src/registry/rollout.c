#include "registry/rollout.h"

#include "registry/checks.h"
#include "registry/firmware.h"
#include "registry/tables.h"

/* ---- what the operator wants -------------------------------------------------------------- */

#define AT(member) .offset = offsetof(struct rollout, member)
#define STEP(member) .offset = offsetof(struct rollout_step, member)

static const struct field step_fields[] = {
    {1, "percentage", FIELD_DOUBLE, 0, STEP(percentage)},
    {2, "after", FIELD_UINT, 0, STEP(after)},
    {0},
};

static const struct record_kind step_kind = {
    .name = "step", .size = sizeof(struct rollout_step), .fields = step_fields};

static const struct field fields[] = {
    {ROLLOUT_ID, "rollout_id", FIELD_TEXT, FIELD_UNIQUE, AT(rollout_id), 36,
	.check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {2, "description", FIELD_TEXT, 0, AT(description), 2000, .check = check_prose,
	.help = "anything worth knowing about it"},
    {ROLLOUT_RELEASE, "release", FIELD_REF, FIELD_INDEXED, AT(release),
	.of = &release_kind, .help = "what its gateways get"},
    {ROLLOUT_CHANNEL, "channel", FIELD_REF, FIELD_INDEXED, AT(channel),
	.of = &channel_kind, .help = "whose gateways it is for"},
    {5, "groups", FIELD_LIST, 0, AT(groups), 64, 36, .check = check_ids,
	.help = "only gateways in one of these groups"},
    {6, "models", FIELD_LIST, 0, AT(models), 64, 64, .check = check_lines,
	.help = "only gateways of one of these models"},
    {7, "attributes", FIELD_MAP, 0, AT(attributes), 10, 200, .check = check_ids,
	.help = "only gateways with all of these attributes"},
    {8, "steps", FIELD_ROWS, 0, AT(steps), ROLLOUT_STEPS_MAX, .of = &step_kind,
	.help = "its timetable"},
    {9, "not_before", FIELD_TIME, 0, AT(not_before), .help = "nobody gets it earlier"},
    {10, "attempts", FIELD_UINT, 0, AT(attempts),
	.help = "how often one gateway is offered it"},
    {11, "downloads", FIELD_UINT, 0, AT(downloads),
	.help = "how many gateways may be downloading it at a time"},
    {12, "minimum_rate", FIELD_UINT, 0, AT(minimum_rate),
	.help = "bytes a second, by which the length of a download is reckoned"},
    {13, "failure_limit", FIELD_DOUBLE, 0, AT(failure_limit),
	.help =
	    "pauses when more per cent came back with an old version or not at all"},
    {14, "failure_least", FIELD_UINT, 0, AT(failure_least),
	.help = "but not before this many were offered it"},
    {15, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {16, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

#undef AT

static int
check_steps(const struct rollout *r, struct fault *fault)
{
	const struct rollout_step *steps = r->steps.rows;
	double last = 0;

	for (size_t i = 0; i < r->steps.count; last = steps[i++].percentage)
		if (!(steps[i].percentage > last) || steps[i].percentage > 100)
			return fault_set(fault, E_INVALID, "steps",
			    "must be rising percentages, at most 100");
	return E_OK;
}

static int
check_rollout(const void *record, struct fault *fault)
{
	const struct rollout *r = record;

	if (r->rollout_id[0] == '\0')
		return fault_set(fault, E_INVALID, "rollout_id", "is required");
	if (r->release == 0)
		return fault_set(fault, E_INVALID, "release", "is required");
	if (r->channel == 0)
		return fault_set(fault, E_INVALID, "channel", "is required");
	if (r->attempts < 1 || r->attempts > 100)
		return fault_set(fault, E_INVALID, "attempts", "must be 1 to 100");
	if (r->downloads < 1 || r->downloads > 100000)
		return fault_set(fault, E_INVALID, "downloads", "must be 1 to 100000");
	if (r->minimum_rate < 64)
		return fault_set(
		    fault, E_INVALID, "minimum_rate", "must be at least 64");
	if (!(r->failure_limit >= 0 && r->failure_limit <= 100))
		return fault_set(fault, E_INVALID, "failure_limit", "must be 0 to 100");
	return check_steps(r, fault);
}

const struct record_kind rollout_kind = {.name = "rollout",
    .table = TABLE_ROLLOUT,
    .size = sizeof(struct rollout),
    .fields = fields,
    .unknown = offsetof(struct rollout, unknown),
    .check = check_rollout};
