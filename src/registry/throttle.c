#include "registry/throttle.h"

#include <stdio.h>

#include "base/crc.h"

struct bucket {
	uint64_t index;
	struct throttle_slot slot; /* as it is now */
};

static struct bucket
bucket_get(struct slots *s, const char *who, unsigned per_minute, int64_t now)
{
	uint32_t low = crc32_of(span_str(who));
	uint64_t hash = (uint64_t)crc32_more(0x47415445, span_str(who)) << 32 | low;
	uint64_t now_ms = (uint64_t)now * 1000, leaked;
	struct bucket b = {.index = low % THROTTLE_SLOTS};

	if (!slots_get(s, b.index, &b.slot) || b.slot.who != hash ||
	    b.slot.at_ms > now_ms)
		b.slot = (struct throttle_slot){.who = hash, .at_ms = now_ms};
	leaked = (now_ms - b.slot.at_ms) * per_minute / 60;
	b.slot.level = b.slot.level > leaked ? b.slot.level - leaked : 0;
	b.slot.at_ms = now_ms;
	return b;
}

bool
throttle_failure(struct slots *s, const char *who, unsigned per_minute, int64_t now,
    unsigned *retry_after)
{
	uint64_t limit = (uint64_t)per_minute * 1000;
	struct bucket b;

	*retry_after = 0;
	if (s == NULL || per_minute == 0)
		return false;
	b = bucket_get(s, who, per_minute, now);
	/* Not above one minute's worth, so that it is over a minute after they stop. */
	if (b.slot.level + 1000 <= limit + 1000)
		b.slot.level += 1000;
	slots_put(s, b.index, &b.slot);
	if (b.slot.level <= limit)
		return false;
	*retry_after = (unsigned)((b.slot.level - limit) * 60 / limit + 1);
	return true;
}

int
throttle_refused(struct slots *s, const struct throttle_refusal *r, int64_t now,
    unsigned *retry_after, struct fault *fault)
{
	unsigned wait, wait_address;
	char address[64];
	bool over = throttle_failure(s, r->who, r->per_minute, now, &wait);

	snprintf(address, sizeof address, "addr:%s", r->address);
	over |= throttle_failure(s, address, r->per_address, now, &wait_address);
	if (!over)
		return E_OK;
	*retry_after = wait > wait_address ? wait : wait_address;
	return fault_set(fault, E_THROTTLED, NULL,
	    "too many refused requests; try again in %u s", *retry_after);
}

bool
throttle_blocked(struct slots *s, const char *who, unsigned per_minute, int64_t now,
    unsigned *retry_after)
{
	uint64_t limit = (uint64_t)per_minute * 1000;
	struct bucket b;

	*retry_after = 0;
	if (s == NULL || per_minute == 0)
		return false;
	b = bucket_get(s, who, per_minute, now);
	if (b.slot.level + 1000 <= limit)
		return false;
	*retry_after = (unsigned)((b.slot.level + 1000 - limit) * 60 / limit + 1);
	return true;
}
