#include "registry/gateway_state.h"

#include "registry/ledger.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct gateway_state, member)
#define PUSH(member) .offset = offsetof(struct push, member)

static const struct field push_fields[] = {
    {1, "part", FIELD_UINT, 0, PUSH(part)},
    {2, "reason", FIELD_UINT, 0, PUSH(reason)},
    {3, "what", FIELD_UINT, 0, PUSH(what)},
    {4, "count", FIELD_UINT, 0, PUSH(count)},
    {5, "last_at", FIELD_TIME, 0, PUSH(last_at)},
    {0},
};

static const struct record_kind push_kind = {
    .name = "push", .size = sizeof(struct push), .fields = push_fields};

static const struct field fields[] = {
    {1, "pushes", FIELD_ROWS, 0, AT(pushes), PUSHES_MAX, .of = &push_kind},
    {2, "confirmed_generation", FIELD_UINT, 0, AT(confirmed_generation)},
    {3, "first_generation", FIELD_UINT, 0, AT(first_generation)},
    {4, "confirmed_at", FIELD_TIME, 0, AT(confirmed_at)},
    {5, "provisioned_until", FIELD_TIME, 0, AT(provisioned_until)},
    {6, "firmware_release", FIELD_UINT, 0, AT(firmware_release)},
    {7, "firmware_rollout", FIELD_UINT, 0, AT(firmware_rollout)},
    {8, "firmware_offers", FIELD_UINT, 0, AT(firmware_offers)},
    {9, "firmware_offered_at", FIELD_TIME, 0, AT(firmware_offered_at)},
    {10, "firmware_version", FIELD_TEXT, 0, AT(firmware_version)},
    {11, "firmware_shown_by", FIELD_UINT, 0, AT(firmware_shown_by)},
    {12, "firmware_outcome", FIELD_UINT, 0, AT(firmware_outcome)},
    {13, "firmware_outcome_at", FIELD_TIME, 0, AT(firmware_outcome_at)},
    {20, "activated_window", FIELD_UINT, 0, AT(activated_window)},
    {21, "activated_at", FIELD_TIME, 0, AT(activated_at)},
    {22, "activated_key", FIELD_UINT, 0, AT(activated_key)},
    {23, "kickstarter_fault", FIELD_TEXT, 0, AT(kickstarter_fault)},
    {24, "kickstarter_fault_at", FIELD_TIME, 0, AT(kickstarter_fault_at)},
    {0},
};

const struct record_kind gateway_state_kind = {.name = "gateway state",
    .table = LEDGER_GATEWAY,
    .size = sizeof(struct gateway_state),
    .fields = fields,
    .unknown = offsetof(struct gateway_state, unknown)};

int
gateway_state_get(struct store_txn *ledger, uint64_t gateway, struct arena *arena,
    struct gateway_state *state)
{
	return ledger_get(ledger, &gateway_state_kind, gateway, arena, state);
}

int
gateway_state_put(struct store_txn *ledger, const struct gateway_state *state)
{
	return ledger_put(ledger, &gateway_state_kind, state);
}

bool
gateway_state_equal(const struct gateway_state *a, const struct gateway_state *b)
{
	return ledger_equal(&gateway_state_kind, a, b);
}

static struct push *
find(const struct gateway_state *state, enum push_part part, enum push_reason reason,
    uint32_t what)
{
	struct push *rows = state->pushes.rows;

	for (size_t i = 0; i < state->pushes.count; i++)
		if (rows[i].part == part && rows[i].reason == reason &&
		    rows[i].what == what)
			return &rows[i];
	return NULL;
}

uint64_t
gateway_state_pushes(const struct gateway_state *state, enum push_part part,
    enum push_reason reason, uint32_t what)
{
	const struct push *p = find(state, part, reason, what);

	return p != NULL ? p->count : 0;
}

/* The state may share its rows with another copy of it, so changes go to new ones. */
int
gateway_state_push(struct gateway_state *state, enum push_part part,
    enum push_reason reason, uint32_t what, int64_t now, struct arena *arena)
{
	size_t n = state->pushes.count;
	struct push *rows = arena_alloc(arena, (n + 1) * sizeof *rows), *row;

	if (rows == NULL)
		return E_NOMEM;
	if (n > 0)
		memcpy(rows, state->pushes.rows, n * sizeof *rows);
	state->pushes.rows = rows;
	if ((row = find(state, part, reason, what)) == NULL) {
		if (n == PUSHES_MAX) {
			size_t oldest = 0;

			for (size_t i = 1; i < n; i++)
				if (rows[i].last_at < rows[oldest].last_at)
					oldest = i;
			row = &rows[oldest];
		} else {
			row = &rows[n];
			state->pushes.count = n + 1;
		}
		*row = (struct push){.part = part, .reason = reason, .what = what};
	}
	row->count++;
	row->last_at = now;
	return E_OK;
}

bool
gateway_state_confirm(
    struct gateway_state *state, enum push_part part, struct arena *arena)
{
	const struct push *old = state->pushes.rows;
	size_t n = state->pushes.count, kept = 0;
	struct push *rows = n > 0 ? arena_alloc(arena, n * sizeof *rows) : NULL;

	if (rows == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (old[i].part != part)
			rows[kept++] = old[i];
	state->pushes = (struct record_rows){rows, kept};
	return kept != n;
}
