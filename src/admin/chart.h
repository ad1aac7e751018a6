/* Pictures of numbers in SVG, each with the numbers as a table for who cannot see it. */
#ifndef GH_ADMIN_CHART_H
#define GH_ADMIN_CHART_H

#include "admin/widget.h"

struct bar {
	const char *label; /* text from outside is fine */
	uint64_t value;
	enum mood mood;	  /* MOOD_QUIET: the usual colour */
	const char *path; /* where the label leads in the table, ready; NULL: nowhere */
};

/* Horizontal bars, one a line. `what` is what the values are: "gateways". */
void chart_bars(struct visit *v, const char *title, const char *what,
    const struct bar *bars, size_t count);

/* One thin bar: so much of a whole, as "12 of 50" too. */
void chart_progress(struct visit *v, const char *label, uint64_t done, uint64_t all);

#endif
