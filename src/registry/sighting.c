#include "registry/sighting.h"

#include "base/crc.h"

bool
sighting_get(struct slots *s, uint64_t serial, struct sighting *out)
{
	if (s != NULL && slots_get(s, serial, out) && out->serial == serial)
		return true;
	memset(out, 0, sizeof *out);
	return false;
}

bool
file_sighting_get(struct slots *s, uint64_t serial, struct file_sighting *out)
{
	if (s != NULL && slots_get(s, serial, out) && out->serial == serial)
		return true;
	memset(out, 0, sizeof *out);
	return false;
}

bool
sighting_came(struct slots *s, uint64_t serial, struct sighting *out)
{
	if (sighting_get(s, serial, out) && out->seen_at[0] != 0)
		return true;
	memset(out, 0, sizeof *out);
	return false;
}

int64_t
sighting_last(struct slots *sightings, struct slots *files, uint64_t serial)
{
	struct file_sighting file;
	struct sighting s;

	sighting_get(sightings, serial, &s);
	file_sighting_get(files, serial, &file);
	return s.seen_at[0] > file.seen_at[0] ? s.seen_at[0] : file.seen_at[0];
}

void
sighting_text(char *to, size_t size, struct span text)
{
	size_t n = text.len < size - 1 ? text.len : size - 1;
	unsigned bad = 0;

	if (n > 0)
		memcpy(to, text.data, n);
	memset(to + n, 0, size - n);
	for (size_t i = 0; i < n; i++)
		bad |= (unsigned char)to[i] < 32 || to[i] == 127;
	for (size_t i = 0; bad && i < n; i++)
		if ((unsigned char)to[i] < 32 || to[i] == 127)
			to[i] = '?';
}

static bool
same(const struct unknown_sighting *a, const struct unknown_sighting *b)
{
	return a->eui == b->eui && a->credential == b->credential &&
	       memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

/* May this entry be given up for another one? Lower is sooner; 0: no. */
static int64_t
spare(const struct unknown_sighting *u, int64_t now)
{
	int64_t idle = now - u->last_at;

	if (idle > 7 * 86400 || (u->count == 1 && idle > 600))
		return idle;
	return 0;
}

int
unknown_note(struct slots *s, const struct unknown_sighting *seen, int64_t now)
{
	uint64_t set = crc32_of(span_str(seen->address)) % UNKNOWN_SETS;
	uint64_t best = UINT64_MAX;
	int64_t best_spare = 0;
	struct unknown_sighting u, next = *seen;

	next.first_at = next.last_at = now;
	next.count = 1;
	for (uint64_t i = set * UNKNOWN_WAYS; i < (set + 1) * UNKNOWN_WAYS; i++) {
		if (!slots_get(s, i, &u)) {
			if (best_spare != INT64_MAX)
				best = i;
			best_spare = INT64_MAX;
			continue;
		}
		if (same(&u, seen)) {
			next.first_at = u.first_at;
			next.count = u.count + 1;
			return slots_put(s, i, &next);
		}
		if (spare(&u, now) > best_spare) {
			best_spare = spare(&u, now);
			best = i;
		}
	}
	return best != UINT64_MAX ? slots_put(s, best, &next) : E_FULL;
}

int
unknown_each(struct slots *s, unknown_fn *fn, void *arg)
{
	struct unknown_sighting u;
	uint64_t n = slots_count(s);
	int err = E_OK;

	for (uint64_t i = 0; err == E_OK && i < n; i++)
		if (slots_get(s, i, &u))
			err = fn(arg, i, &u);
	return err;
}

struct forgetting {
	struct slots *s;
	uint64_t eui;
};

static int
forget_one(void *arg, uint64_t slot, const struct unknown_sighting *u)
{
	struct forgetting *f = arg;

	return u->eui == f->eui ? slots_erase(f->s, slot) : E_OK;
}

int
unknown_forget(struct slots *s, uint64_t eui)
{
	struct forgetting f = {s, eui};

	return unknown_each(s, forget_one, &f);
}
