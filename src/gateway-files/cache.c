#include "gateway-files/file.h"

#include <stdlib.h>

/* What the concentrator's part is made from, apart from the records. */
struct inputs {
	double antenna_gain;
	uint32_t plan_count;
	uint32_t board_len, plan_len[FILE_PLANS_MAX];
	bool beacon, reference, compact;
};

/* The bytes of the path, the records and the finished part, one after the other. */
struct slot {
	struct inputs inputs;
	struct file_parts parts; /* conf and gps_path point into `bytes` */
	uint64_t used;		 /* when, in requests */
	size_t key_len;
	char *bytes; /* NULL: the slot is empty */
};

struct file_cache {
	size_t count;
	uint64_t now;
	struct slot slots[];
};

struct file_cache *
file_cache_new(size_t slots)
{
	struct file_cache *c = calloc(1, sizeof *c + slots * sizeof c->slots[0]);

	if (c != NULL)
		c->count = slots;
	return c;
}

void
file_cache_free(struct file_cache *cache)
{
	for (size_t i = 0; cache != NULL && i < cache->count; i++)
		free(cache->slots[i].bytes);
	free(cache);
}

/* Cleared as a whole first, so that it can be compared as bytes. */
static void
take_inputs(const struct file_stored *rq, struct inputs *in)
{
	memset(in, 0, sizeof *in);
	in->antenna_gain = rq->gateway->antenna_gain;
	in->beacon = rq->gateway->beacon;
	in->reference = rq->gateway->reference;
	in->compact = rq->gateway->compact;
	in->board_len = (uint32_t)rq->board.len;
	in->plan_count = (uint32_t)rq->plan_count;
	for (size_t i = 0; i < rq->plan_count; i++)
		in->plan_len[i] = (uint32_t)rq->plans[i].len;
}

static bool
same_bytes(const char **at, struct span s)
{
	bool same = s.len == 0 || memcmp(*at, s.data, s.len) == 0;

	*at += s.len;
	return same;
}

static bool
matches(const struct slot *s, const struct inputs *in, const struct file_stored *rq)
{
	const char *at = s->bytes;

	if (at == NULL || memcmp(&s->inputs, in, sizeof *in) != 0 ||
	    !span_is(rq->path, s->parts.format->path) || !same_bytes(&at, rq->board))
		return false;
	for (size_t i = 0; i < rq->plan_count; i++)
		if (!same_bytes(&at, rq->plans[i]))
			return false;
	return true;
}

static struct slot *
lookup(struct file_cache *c, const struct inputs *in, const struct file_stored *rq)
{
	c->now++;
	for (size_t i = 0; i < c->count; i++) {
		if (matches(&c->slots[i], in, rq)) {
			c->slots[i].used = c->now;
			return &c->slots[i];
		}
	}
	return NULL;
}

static struct slot *
oldest(struct file_cache *c)
{
	struct slot *best = &c->slots[0];

	for (size_t i = 1; i < c->count; i++)
		if (c->slots[i].used < best->used)
			best = &c->slots[i];
	return best;
}

static char *
append(char *at, struct span s)
{
	if (s.len > 0)
		memcpy(at, s.data, s.len);
	return at + s.len;
}

/* Forgets the slot that was unused for longest; without memory nothing is remembered. */
static void
remember(struct file_cache *c, const struct inputs *in, const struct file_stored *rq,
    const struct file_parts *parts)
{
	struct span gps = span_str(parts->gps_path);
	size_t len = rq->board.len + parts->conf.len + gps.len + 1;
	struct slot *s;
	char *at;

	if (c->count == 0)
		return;
	for (size_t i = 0; i < rq->plan_count; i++)
		len += rq->plans[i].len;
	s = oldest(c);
	free(s->bytes);
	if ((s->bytes = at = malloc(len)) == NULL)
		return;
	memcpy(&s->inputs, in, sizeof *in); /* with what lies between the members */
	s->parts = *parts;
	s->used = c->now;
	at = append(at, rq->board);
	for (size_t i = 0; i < rq->plan_count; i++)
		at = append(at, rq->plans[i]);
	s->parts.conf = span_of(at, parts->conf.len);
	at = append(at, parts->conf);
	if (parts->gps_path != NULL)
		s->parts.gps_path = at;
	at = append(at, gps);
	*at = '\0';
}

/* Decodes the records and makes the part. */
static int
make(const struct file_stored *rq, struct arena *arena, struct findings *findings,
    struct file_parts *parts, struct fault *fault)
{
	struct file_request plain = {.gateway = rq->gateway, .path = rq->path};
	const struct plan *plans[FILE_PLANS_MAX];
	struct plan *plan;
	struct board *board;
	int err;

	for (size_t i = 0; i < rq->plan_count; i++) {
		if ((err = plan_decode(arena, rq->plans[i], &plan)) != E_OK)
			return fault_set(
			    fault, err, "frequency plan", "%s", err_text(err));
		plans[i] = plan;
	}
	plain.plans = plans;
	plain.plan_count = rq->plan_count;
	if (rq->board.len > 0) {
		if ((err = board_decode(arena, rq->board, &board)) != E_OK)
			return fault_set(fault, err, "board", "%s", err_text(err));
		plain.board = board;
	}
	return file_prepare(&plain, arena, findings, parts, fault);
}

int
file_write_stored(struct file_cache *cache, const struct file_stored *rq,
    struct arena *arena, struct findings *findings, struct strbuf *out,
    const struct file_format **format, struct fault *fault)
{
	struct file_parts made;
	const struct file_parts *parts = &made;
	struct inputs in;
	struct slot *s;
	int err;

	if (rq->plan_count > FILE_PLANS_MAX)
		return fault_set(fault, E_INVALID, "frequency_plan_ids",
		    "more than %d plans", FILE_PLANS_MAX);
	take_inputs(rq, &in);
	if ((s = lookup(cache, &in, rq)) != NULL) {
		parts = &s->parts;
	} else {
		if ((err = make(rq, arena, findings, &made, fault)) != E_OK)
			return err;
		remember(cache, &in, rq, &made);
	}
	if (format != NULL)
		*format = parts->format;
	return file_finish(rq->gateway, parts, out, findings, fault);
}
