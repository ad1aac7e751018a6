/* A frequency plan as the device wants it, in the order in which its firmware reads. */
#ifndef GH_KICKSTARTER_PLAN_H
#define GH_KICKSTARTER_PLAN_H

#include "kickstarter/limits.h"
#include "radio/plan.h"

/*
 * Appends {"SX1301_conf":{…}} on one line. For the device: without tx_lut_N, with radio_0
 * and radio_1 whatever the plan has, and E_INVALID with the reason when the plan is none for
 * it; for others as the reference server writes it. E_INVALID also for a plan that cannot
 * be computed; E_NOMEM.
 */
int kick_plan_write(const struct plan *plan, bool device, struct arena *arena,
    struct strbuf *out, struct fault *fault);

/* Can the device take this plan? E_OK, E_INVALID with the reason, E_NOMEM. */
int kick_plan_fits(const struct plan *plan, struct arena *arena, struct fault *fault);

/* The device's cards: "868" for plans below 900 MHz, "915" for others. A card does not start
 * with a plan for the other one. */
const char *kick_plan_card(const struct plan *plan);

#endif
