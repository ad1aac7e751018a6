/*
 * Who failed how often lately, in a bounded shared file. Only failures are counted, and
 * only failures are answered with 429: a right key is always let in (cups.md, "Timing and
 * load": never refuse a right key to slow a gateway down).
 */
#ifndef GH_REGISTRY_THROTTLE_H
#define GH_REGISTRY_THROTTLE_H

#include "base/err.h"
#include "store/slots.h"

#define THROTTLE_SLOTS 16384

/* A bucket that leaks: `level` failures, less one for each 60 / limit seconds. */
struct throttle_slot {
	uint64_t who; /* hash of what is counted; another one on the slot replaces it */
	uint64_t at_ms;
	uint64_t level; /* in 1/1000 of a failure */
};

/*
 * Counts one failure of `who` ("eui:…", "addr:…", "account:…") at `now` (seconds). True when
 * there were more than `per_minute` of them lately: answer E_THROTTLED. *retry_after tells
 * in how many seconds that ends. Without slots (NULL): never.
 */
bool throttle_failure(struct slots *s, const char *who, unsigned per_minute,
    int64_t now, unsigned *retry_after);

/* A request that was refused, counted for whoever it claims to be from and for its address. */
struct throttle_refusal {
	const char *who, *address; /* "eui:…"; "192.0.2.1" */
	unsigned per_minute, per_address;
};

/* Counts it. E_THROTTLED with words when there were too many of either lately, and in how
 * many seconds that ends; else E_OK. */
int throttle_refused(struct slots *s, const struct throttle_refusal *r, int64_t now,
    unsigned *retry_after, struct fault *fault);

/* Would one more failure be answered so? Counts nothing: for what must not even be looked at
 * while there were too many, as passwords. */
bool throttle_blocked(struct slots *s, const char *who, unsigned per_minute,
    int64_t now, unsigned *retry_after);

#endif
