/*
 * The rules of roll-outs, without input or output: who is in, how far it is, when it pauses
 * itself. The endpoints, `gatehouse tick` and the pages all use these.
 */
#ifndef GH_FIRMWARE_ROLLOUT_H
#define GH_FIRMWARE_ROLLOUT_H

#include "registry/gateway.h"
#include "registry/rollout.h"

#define ROLLOUT_SILENT_AFTER (48 * 3600) /* seconds after an offer */

/* The model that counts: what the gateway reported, else its record's model_id. */
struct span rollout_model(const struct gateway *gateway, struct span reported);

/* Is it one that the roll-out is for: group, model, attributes? Its channel and auto_update
 * are looked at elsewhere. */
bool rollout_audience(
    const struct rollout *rollout, const struct gateway *gateway, struct span model);

/*
 * Where the gateway stands in this roll-out's order: 0 ≤ … < 100. It is in when that is less
 * than the percentage, so raising it only adds gateways. From SHA-256 over the EUI (or the
 * serial number of one without EUI) and the roll-out's serial number.
 */
double rollout_place(const struct gateway *gateway, const struct rollout *rollout);

/* Begins the steps of the timetable that are due; true when something changed. Only of one
 * that is running. `why` of a change is for the log and the audit. */
bool rollout_advance(
    const struct rollout *rollout, int64_t now, struct rollout_state *state);

/* When the next step begins; 0: there is none, or it is not running. */
int64_t rollout_next_step(
    const struct rollout *rollout, const struct rollout_state *state);

/* A gateway's outcome became another one: keeps the counts. */
void rollout_count(struct rollout_state *state, enum rollout_outcome before,
    enum rollout_outcome after);

/* Too many came back with an old version or not at all: pauses it and says why in
 * state->why (arena). True when it did. E_NOMEM leaves `why` short, never the pause. */
bool rollout_guard(const struct rollout *rollout, int64_t now, struct arena *arena,
    struct rollout_state *state);

/* When a download that begins now has surely ended. */
int64_t rollout_lease_until(
    const struct rollout *rollout, uint64_t size, int64_t now, uint64_t rate);

#endif
