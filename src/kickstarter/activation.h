/*
 * Activation: the device has no key and asks for one, showing nothing but its ID. It is
 * given one once in a window that an operator opens, by default at its first request; the
 * ledger keeps which window was used.
 */
#ifndef GH_KICKSTARTER_ACTIVATION_H
#define GH_KICKSTARTER_ACTIVATION_H

#include "registry/gateway.h"
#include "registry/gateway_state.h"
#include "registry/key.h"

enum kick_window {
	WINDOW_OPEN,
	WINDOW_UNMARKED, /* the gateway is not marked as a Kickstarter */
	WINDOW_CLOSED,	 /* by an operator */
	WINDOW_USED,	 /* the gateway was activated in it */
	WINDOW_EARLY,	 /* it opens later */
	WINDOW_OVER,	 /* its time is over */
	WINDOWS
};

/* `handed` is the API key that state->activated_key names, NULL when there is none: once it
 * has expired, the window that it was handed out in is open again. */
enum kick_window kick_window_of(const struct gateway *g,
    const struct gateway_state *state, const struct key *handed, int64_t now);

/* A short word, and a sentence for people. */
const char *kick_window_name(enum kick_window w);
const char *kick_window_text(enum kick_window w);

/* Can an API key be handed out (again): is it the gateway's, sealed, and not ended? */
bool kick_key_usable(const struct key *key, const struct gateway *g, int64_t now);

enum kick_key_source {
	KICK_GIVES_LNS_KEY, /* that an operator entered */
	KICK_GIVES_API_KEY, /* that was made for it before */
	KICK_MAKES_API_KEY  /* a new one */
};

struct kick_activation_inputs {
	const struct gateway *gateway; /* NULL: unknown or deleted */
	const struct gateway_state *state;
	const struct key *key;	  /* that target_cups_key names; NULL: none */
	const struct key *handed; /* that state->activated_key names; NULL: none */
	int64_t now;
};

struct kick_activation {
	int err; /* E_OK: 201; E_DENIED 403; E_NOTFOUND 404 */
	struct fault fault;
	enum kick_window window;
	enum kick_key_source source;
	struct gateway_state next; /* the ledger's row afterwards, with E_OK */
};

/* Decides. The state's precondition is the row that was read. */
void kick_activation_decide(
    const struct kick_activation_inputs *in, struct kick_activation *a);

#endif
