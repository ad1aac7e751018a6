/* What the ledger keeps of the images that Kickstarters were sent to by a roll-out. */
#ifndef GH_KICKSTARTER_OFFER_H
#define GH_KICKSTARTER_OFFER_H

#include "kickstarter/exchange.h"

/*
 * Notes, before the answer leaves, that the gateway is offered the image of a roll-out: once
 * for each gateway and roll-out, never at later polls. There is nothing else to be known of
 * a Kickstarter, so it is neither counted as updated nor as failed, and pauses nothing.
 * E_OK; E_AGAIN: the roll-out has changed, decide again; E_BUSY, E_FULL, E_CORRUPT, E_IO.
 */
int kick_offer(const struct kick_server *server, const struct kick_exchange *x,
    int64_t now, struct arena *arena);

#endif
