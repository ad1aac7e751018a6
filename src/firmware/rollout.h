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

/* Is the text one of the list, or the list empty? */
bool rollout_list_has(const struct text_list *list, struct span text);

/*
 * Where the gateway stands in this roll-out's order: 0 ≤ … < 100. It is in when that is less
 * than the percentage, so raising it only adds gateways. Scattered evenly from the EUI (or the
 * serial number of one without EUI) and the roll-out's serial number; polls ask for it, so it
 * is no cryptographic digest. Must never change: roll-outs are under way.
 */
double rollout_place(const struct gateway *gateway, const struct rollout *rollout);

/* Which step of the timetable is next, from 0; as many as there are: none. One that was
 * changed meanwhile is entered at the first step above where the roll-out is, never beyond. */
size_t rollout_step_at(
    const struct rollout *rollout, const struct rollout_state *state);

/* Begins the step of the timetable that is due; true when something changed. Only of one
 * that is running. A step lasts as long as it is said from when it really began, not counting
 * the time in which the roll-out was paused: starting, pausing and resuming must set
 * changed_at. */
bool rollout_advance(
    const struct rollout *rollout, int64_t now, struct rollout_state *state);

/* When the next step begins; 0: there is none, or it is not running. */
int64_t rollout_next_step(
    const struct rollout *rollout, const struct rollout_state *state);

/* A gateway's outcome became another one: keeps the counts. One that was offered it again
 * after a failure stays a failure until it has taken it. */
void rollout_count(struct rollout_state *state, enum rollout_outcome before,
    enum rollout_outcome after);

/* Gateways that were ever offered it. */
uint64_t rollout_ever_offered(const struct rollout_state *state);

/* Too many came back with an old version or not at all: pauses it and says why in
 * state->why (arena). True when it did. E_NOMEM leaves `why` short, never the pause. */
bool rollout_guard(const struct rollout *rollout, int64_t now, struct arena *arena,
    struct rollout_state *state);

/* Somebody resumes it in spite of what has happened: from now on the limit is counted anew,
 * among those whose outcome is not known yet and those who are offered it from now on. */
void rollout_forgive(struct rollout_state *state);

/* When a download that begins now has surely ended: by the roll-out's minimum rate; without
 * one (NULL) by `rate`, bytes a second. */
int64_t rollout_lease_until(
    const struct rollout *rollout, uint64_t size, int64_t now, uint64_t rate);

#endif
