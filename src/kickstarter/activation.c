#include "kickstarter/activation.h"

static const struct {
	const char *name, *text;
} windows[WINDOWS] = {
    [WINDOW_OPEN] = {"open", "it may be activated once"},
    [WINDOW_UNMARKED] = {"unmarked",
	"it is not marked as a Kickstarter (kickstarter=true), so it is not activated"},
    [WINDOW_CLOSED] = {"closed", "an operator has closed the window for activation"},
    [WINDOW_USED] = {"used", "it was activated already"},
    [WINDOW_EARLY] = {"early", "the window for activation opens later"},
    [WINDOW_OVER] = {"over", "the time of the window for activation is over"},
};

const char *
kick_window_name(enum kick_window w)
{
	return windows[w].name;
}

const char *
kick_window_text(enum kick_window w)
{
	return windows[w].text;
}

enum kick_window
kick_window_of(const struct gateway *g, const struct gateway_state *state,
    const struct key *handed, int64_t now)
{
	bool expired =
	    handed != NULL && handed->expires_at != 0 && handed->expires_at <= now;

	if (!g->kickstarter)
		return WINDOW_UNMARKED;
	if (g->activation_closed)
		return WINDOW_CLOSED;
	if (state->activated_window == g->activation_window + 1)
		return expired ? WINDOW_OPEN : WINDOW_USED;
	/* Until one time, and once more from a later one. */
	if (g->activation_until != 0 && g->activation_from >= g->activation_until)
		return now < g->activation_until || now >= g->activation_from
			   ? WINDOW_OPEN
			   : WINDOW_EARLY;
	if (now < g->activation_from)
		return WINDOW_EARLY;
	if (g->activation_until != 0 && now >= g->activation_until)
		return WINDOW_OVER;
	return WINDOW_OPEN;
}

bool
kick_key_usable(const struct key *k, const struct gateway *g, int64_t now)
{
	return k->gateway == g->serial && k->value.sealed.len > 0 &&
	       (k->rights & (RIGHT_INFO | RIGHT_ALL)) != 0 && k->revoked_at == 0 &&
	       (k->expires_at == 0 || k->expires_at > now);
}

void
kick_activation_decide(
    const struct kick_activation_inputs *in, struct kick_activation *a)
{
	const struct gateway *g = in->gateway;

	*a = (struct kick_activation){.window = WINDOW_UNMARKED};
	if (g == NULL) {
		a->err = fault_set(&a->fault, E_NOTFOUND, NULL,
		    "no gateway with this ID is registered");
		return;
	}
	a->window = kick_window_of(g, in->state, in->handed, in->now);
	if (g->lns_secret.sealed.len > 0)
		a->source = KICK_GIVES_LNS_KEY;
	else if (in->key != NULL && kick_key_usable(in->key, g, in->now))
		a->source = KICK_GIVES_API_KEY;
	else
		a->source = KICK_MAKES_API_KEY;
	if (a->window != WINDOW_OPEN) {
		a->err = fault_set(
		    &a->fault, E_DENIED, NULL, "%s", kick_window_text(a->window));
		return;
	}
	a->next = *in->state;
	a->next.activated_window = g->activation_window + 1;
	a->next.activated_at = in->now;
	a->next.activated_key = a->source == KICK_GIVES_API_KEY ? in->key->serial : 0;
}
