/*
 * A simulated Kickstarter gateway and its way to the server, in virtual time: it starts,
 * activates when it has no key, fetches configuration, frequency plan, checksums and, when
 * these are others, its firmware, runs for a day, and starts again. What it does with answers is in kickstarter/device.h; what it asks
 * for goes to the endpoint's own functions, which stand for the network.
 */
#ifndef GH_TESTS_SIM_KICKSTARTER_H
#define GH_TESTS_SIM_KICKSTARTER_H

#include "kickstarter/device.h"
#include "kickstarter/exchange.h"

#define HOUR 3600

/* What goes wrong between it and us. */
enum kick_weather {
	WEATHER_FINE,
	WEATHER_UNREACHABLE, /* no connection */
	WEATHER_NOT_READY,   /* the program answers that it has no database */
	WEATHER_GATEWAY,     /* the web server answers that the program is not there */
	WEATHER_LOST	     /* we answer, and nothing of it arrives */
};

struct kick_world {
	int64_t now;
	struct kick_server server;
	const char *host; /* where it reaches us, as Host has it */
	enum kick_weather weather;
	struct arena arena;
};

enum kick_step {
	KICK_STARTS,
	KICK_FETCHES_PLAN,
	KICK_FETCHES_FIRMWARE,
	KICK_DOWNLOADS,
	KICK_RUNS,
	KICK_STUCK
};

struct kick_device {
	char id[100];
	struct device_memory memory;
	enum kick_step step;
	int64_t next; /* when it does the next thing */
	int64_t started;
	/* Since the last kick_device_forget(). */
	unsigned requests, activations, starts; /* starts: as it does once a day */
	unsigned reboots;			/* that an answer caused */
	unsigned downloads, updates;		/* of firmware; with success */
	unsigned bad;				/* answers against a rule */
	char last[200];
};

void kick_device_init(struct kick_device *d, const char *id, int64_t now);

/* Somebody on the site switches it off and on, with the ID that it should have. */
void kick_device_restart(struct kick_device *d, const char *id, int64_t now);

/* Counts from here on. */
void kick_device_forget(struct kick_device *d);

/* Lets the world run until `until`. */
void kick_world_run(struct kick_world *w, struct kick_device *d, int64_t until);

#endif
