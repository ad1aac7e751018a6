#include "registry/throttle.h"

#include "base/crc.h"

bool
throttle_failure(struct slots *s, const char *who, unsigned per_minute, int64_t now,
    unsigned *retry_after)
{
	uint32_t low = crc32_of(span_str(who));
	uint64_t hash = (uint64_t)crc32_more(0x47415445, span_str(who)) << 32 | low;
	uint64_t index = low % THROTTLE_SLOTS, now_ms = (uint64_t)now * 1000;
	struct throttle_slot slot = {0};
	uint64_t leaked, limit = (uint64_t)per_minute * 1000;

	*retry_after = 0;
	if (s == NULL || per_minute == 0)
		return false;
	if (!slots_get(s, index, &slot) || slot.who != hash || slot.at_ms > now_ms)
		slot = (struct throttle_slot){.who = hash, .at_ms = now_ms};
	leaked = (now_ms - slot.at_ms) * per_minute / 60;
	slot.level = slot.level > leaked ? slot.level - leaked : 0;
	slot.at_ms = now_ms;
	/* Not above one minute's worth, so that it is over a minute after they stop. */
	if (slot.level + 1000 <= limit + 1000)
		slot.level += 1000;
	slots_put(s, index, &slot);
	if (slot.level <= limit)
		return false;
	*retry_after = (unsigned)((slot.level - limit) * 60 / limit + 1);
	return true;
}
