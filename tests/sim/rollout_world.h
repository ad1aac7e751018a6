/*
 * A fleet of stations whose only concern is their firmware, and the operator of its roll-out,
 * in virtual time. Stations poll through cups_exchange(), operators act through src/manage.
 */
#ifndef GH_TESTS_SIM_ROLLOUT_WORLD_H
#define GH_TESTS_SIM_ROLLOUT_WORLD_H

#include "tests/unit/unit.h"

#include "manage/rollout.h"

#define DAY INT64_C(86400)

/* What a station does with an update that it has downloaded. */
enum device_kind {
	TAKES,	 /* reports the new version at its next visit */
	IGNORES, /* never reports it */
	DIES	 /* is not seen again */
};

struct device {
	enum device_kind kind;
	bool updated, dead;
	unsigned got;	  /* updates whose first byte has left for it */
	unsigned after;	  /* of these after it had the version already */
	int64_t first_at; /* when it got the first */
};

/* The devices are shared memory, so that processes may be killed who poll for them. */
struct world {
	char folder[64];
	struct data data;
	struct arena arena, request;
	struct manage manage;
	struct cups_policy policy;
	struct cups_server server;
	struct device *devices;
	size_t count;
	int64_t now;
	bool open;
};

/* A data folder with `count` gateways and release v2 (of `size` bytes) in their channel. */
void world_begin(struct world *w, size_t count, size_t size);
void world_end(struct world *w);

/* The stores, around a fork. */
void world_close(struct world *w);
void world_open(struct world *w);

/* The manager at this time, with an empty arena. */
struct manage *world_manage(struct world *w);
void world_done(struct world *w, int err);

/* One poll of device i. True when it was sent the update. */
bool world_poll(struct world *w, size_t i);

/* Each device polls once a day, at its own minute; `days` of that. */
void world_run(struct world *w, unsigned days);

/* The roll-out `out` with these settings, started at a percentage. */
void world_rollout(struct world *w, const struct edit *edits, size_t count);
void world_act(struct world *w, enum rollout_action action, double percentage);
struct rollout_state world_state(struct world *w);

/* What the ledger knows of a device in the roll-out. */
struct rollout_offer world_offer(struct world *w, size_t i);

#endif
