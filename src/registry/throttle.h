/*
 * Who failed how often lately, in a bounded shared file. Only failures are counted, and
 * only failures are answered with 429: a right key is always let in (cups.md, "Timing and
 * load": never refuse a right key to slow a gateway down).
 */
#ifndef GH_REGISTRY_THROTTLE_H
#define GH_REGISTRY_THROTTLE_H

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

/* Would one more failure be answered so? Counts nothing: for what must not even be looked at
 * while there were too many, as passwords. */
bool throttle_blocked(struct slots *s, const char *who, unsigned per_minute,
    int64_t now, unsigned *retry_after);

#endif
