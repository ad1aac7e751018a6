/* The configuration as the parts of the house want it: plain structs. */
#ifndef GH_APP_POLICY_H
#define GH_APP_POLICY_H

#include "app/config.h"
#include "cups/decision.h"
#include "kickstarter/address.h"

/* Borrows from the configuration. */
struct cups_policy config_cups_policy(const struct config *config);
struct kick_policy config_kick_policy(const struct config *config);

#endif
