/*
 * How the fleet does, in figures. Counting means reading every gateway and its sightings, some
 * 5 microseconds each, so what was counted is kept in a slot beside the sightings (as
 * disposable as these) and told again for a minute. Fleets of up to OVERVIEW_AT_ONCE gateways
 * are counted anew by whoever asks then; larger ones by `gatehouse tick` alone, however old the
 * figures are.
 */
#ifndef GH_MANAGE_OVERVIEW_H
#define GH_MANAGE_OVERVIEW_H

#include "manage/manage.h"

#define OVERVIEW_AT_ONCE 10000
#define OVERVIEW_FRESH 60   /* seconds */
#define OVERVIEW_VERSIONS 8 /* told by name; the rest as one number */
#define OVERVIEW_NAMED 6    /* gateways of each sort of trouble */

enum seen_when {
	SEEN_MINUTES, /* 10 */
	SEEN_HOUR,
	SEEN_DAY, /* 25 hours: who is connected comes once a day */
	SEEN_OLDER,
	SEEN_NEVER,
	SEEN_COUNT
};

enum trouble {
	TROUBLE_REFUSED, /* here: comes in its name and is refused */
	TROUBLE_REJECTED, /* by its network server: comes every minute and has everything */
	TROUBLE_LOOPING, /* comes every minute and is sent something each time */
	TROUBLE_STOPPED, /* is not sent any more what it never took */
	TROUBLE_SILENT,	 /* for more than 25 hours */
	TROUBLE_COUNT
};

/* One slot: plain bytes of fixed size. */
struct overview {
	int64_t at;	   /* when it was counted; 0: never */
	uint64_t gateways; /* that are not deleted */
	uint64_t deleted;
	uint64_t damaged; /* that cannot be read, deleted or not */
	uint64_t seen[SEEN_COUNT];
	uint64_t troubles[TROUBLE_COUNT];
	uint64_t troubled[TROUBLE_COUNT][OVERVIEW_NAMED]; /* serials; 0: none */
	struct {
		uint64_t count;
		char name[48]; /* "model version" as gateways report them, cut */
	} versions[OVERVIEW_VERSIONS];	     /* the most frequent ones first */
	uint64_t other_versions, no_version; /* gateways */
};

/* The figures, perhaps those of before; overview->at 0: nobody has counted yet. */
int manage_overview(struct manage *m, struct overview *overview);

/* Counts now, for `gatehouse tick`. */
int manage_overview_count(struct manage *m, struct overview *overview);

const char *seen_when_text(enum seen_when w); /* "in the last 10 minutes", … */
const char *trouble_name(enum trouble t);     /* "refused", … */
const char *trouble_text(enum trouble t);     /* a sentence for people */

#endif
