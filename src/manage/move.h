/*
 * Moving a fleet: to another CUPS, or to another certificate at the same address. The first is
 * started here; the second begins when a trust gets another certificate. For both it can be
 * asked who is left, by what gateways reported at their last polls.
 */
#ifndef GH_MANAGE_MOVE_H
#define GH_MANAGE_MOVE_H

#include "manage/explain.h"

struct moving {
	struct gateway_filter filter; /* whom; all of it NULL: every gateway */
	const char
	    *uri; /* https://host:port; "": they stay where they are from now on */
	const char *from; /* only those that were to move there; NULL: all that fit */
};

struct moved {
	uint64_t matched, changed;
};

/*
 * Sets target_cups_uri of the gateways that fit, in small transactions: an error stops, and
 * those before it are moved. E_INVALID (the URI), E_STATE (no trust is registered for it, so
 * nobody could be sent there). Tells m->say when the configuration allows no redirects.
 */
int manage_move(struct manage *m, const struct moving *how, struct moved *done);

enum left_why {
	LEFT_NEVER_SEEN, /* so nobody knows what it has */
	LEFT_ELSEWHERE,	 /* reported another address */
	LEFT_OLD,	 /* reported another certificate or key than the wanted one */
	LEFT_REFUSED	 /* what it shows is refused, so it can be sent nothing */
};

struct left_gateway {
	const struct gateway *gateway;
	enum left_why why;
	const struct sighting *sighting; /* of LEFT_NEVER_SEEN: zeros */
	enum poll_pattern pattern;
	const char *part; /* "cups", "lns": what of it is old; "" */
};

struct leaving {
	const char *uri;   /* those whose target_cups_uri it is, or… */
	const char *trust; /* …those that should have this trust; one of the two */
	uint64_t after;	   /* serial to go on behind */
	uint64_t look;	   /* at so many gateways at most; 0: all */
	uint64_t limit;	   /* passed to fn at most; 0: all */
};

struct left {
	uint64_t looked_at; /* gateways */
	uint64_t concerned; /* of them: that should have it */
	uint64_t left;	    /* of them: that do not have it yet */
	uint64_t next;	    /* serial to go on behind; 0: that was the end */
};

/*
 * Calls fn for each gateway that is left; what it is given is valid during the call, inside
 * no read. Looking at a gateway for a trust means deciding what it should get, some 20
 * microseconds each.
 */
typedef int manage_left_fn(struct manage *m, const struct left_gateway *g, void *arg);
int manage_left(struct manage *m, const struct leaving *how, manage_left_fn *fn,
    void *arg, struct left *left);

const char *left_why_name(enum left_why why); /* "never-seen", … */
const char *left_why_text(enum left_why why); /* for people */

#endif
