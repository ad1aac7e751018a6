/*
 * Roll-outs: started, stepped, paused, finished, and what has become of them. The definition
 * is a record of the registry (changed by manage_set(), removed by manage_rollout_remove());
 * how far it is stands in the ledger. An action is first noted in the audit log and then
 * done, so that none has no trace; who was told that it is done can rely on it.
 */
#ifndef GH_MANAGE_ROLLOUT_H
#define GH_MANAGE_ROLLOUT_H

#include "firmware/image.h"
#include "firmware/selection.h"
#include "manage/manage.h"

/* Makes one with the defaults of registry/rollout.h. */
int manage_rollout_create(struct manage *m, const struct edit *edits, size_t count);

/*
 * Reads a timetable: percentages with commas between, each with `@` and how long after the
 * one before it begins ("1,10@48h,50@3d,100"; the first: after the start). Without, three
 * days, and the first at once. E_INVALID.
 */
int rollout_steps_read(struct arena *arena, struct span text, struct record_rows *steps,
    struct fault *fault);
/* The same as the value of the field `steps`, for an edit. */
int rollout_steps_json(
    struct arena *arena, struct span text, const char **json, struct fault *fault);

enum rollout_action {
	ROLLOUT_START,
	ROLLOUT_STEP,
	ROLLOUT_PAUSE,
	ROLLOUT_RESUME,
	ROLLOUT_ABORT,
	ROLLOUT_FINISH
};

struct rollout_act {
	enum rollout_action action;
	double percentage; /* START, STEP: of the audience; 0: as the timetable says */
	const char *why;   /* PAUSE, ABORT: for people; may be NULL */
	bool force;	   /* STEP: also less; FINISH: although it is too early */
	image_progress_fn *progress; /* START: the image is verified; may be NULL */
	void *progress_arg;
};

/*
 * Does it, and gives the state after it. E_STATE with the reason where that is not possible
 * now; START verifies the image (E_CORRUPT, E_NOTFOUND) and wants a signature or the mark
 * `unsigned`; FINISH makes the channel name the release, for all its gateways, so it wants a
 * roll-out for all of them that runs at 100 % and whose outcome is known.
 */
int manage_rollout_act(struct manage *m, const char *id, const struct rollout_act *act,
    struct rollout_state *after);

/* Removes one that is not under way, and what the ledger knows of it. */
int manage_rollout_remove(struct manage *m, const char *id);

/* "draft", "running", …; static storage. */
const char *rollout_status_name(int status);
const char *rollout_outcome_name(int outcome);

/* ---- looking ----------------------------------------------------------------------------- */

/* Where a gateway of the audience stands. The numbers of all add up to the audience. */
enum rollout_place {
	PLACE_UPDATED,
	PLACE_OFFERED, /* has not come back yet */
	PLACE_FAILED,
	PLACE_SILENT,
	PLACE_CURRENT, /* reports the version without ever having been offered it here */
	PLACE_WAITING, /* is in and has not been offered it yet */
	PLACE_LATER,   /* not in at this percentage */
	PLACES
};
const char *rollout_place_name(enum rollout_place place);

struct rollout_look {
	struct rollout rollout;
	struct rollout_state state; /* with the steps and pauses that are due by now */
	struct release release;
	struct firmware firmware;
	struct channel channel;
	int64_t next_step;     /* 0: none */
	uint64_t audience, in; /* gateways; those within the percentage */
	uint64_t places[PLACES];
	uint64_t left;	    /* were offered it, and are no longer of the audience */
	uint64_t downloads; /* under way now */
};

/* All of it but what is counted over the gateways (audience, in, places, left): cheap. */
int manage_rollout_look(struct manage *m, const char *id, struct rollout_look *look);

/* Calls fn (may be NULL) for each gateway of the audience. Goes through all gateways, one at
 * a time. */
typedef int rollout_gateway_fn(void *arg, const struct gateway *gateway,
    enum rollout_place place, const struct rollout_offer *offer);
int manage_rollout_status(struct manage *m, const char *id, rollout_gateway_fn *fn,
    void *arg, struct rollout_look *look);

/* Why a gateway would not get it that the decision itself does not know of. */
enum { PLAN_UNSEEN = FIRMWARE_WHYS, PLAN_OTHER, PLAN_WHYS };
const char *rollout_plan_name(unsigned why);
const char *rollout_plan_text(unsigned why);

struct rollout_plan {
	struct rollout_look look;   /* without places */
	uint64_t counts[PLAN_WHYS]; /* by reason; FIRMWARE_SENT: would get it */
	uint64_t gateways;	    /* of the channel with auto_update */
};

/*
 * Who would get it if it were running at this percentage (0: at the one it has, or its first
 * step) and every gateway came now just as it came last: the decision itself, without leases.
 * Nothing is changed. Calls fn (may be NULL) for each gateway of the channel.
 */
typedef int rollout_plan_fn(void *arg, const struct gateway *gateway, unsigned why,
    const struct sighting *seen);
int manage_rollout_plan(struct manage *m, const char *id, double percentage,
    rollout_plan_fn *fn, void *arg, struct rollout_plan *plan);

#endif
