/* Going through the gateways that fit a filter, in the order of their serial numbers. */
#include <stdlib.h>

#include "base/wire.h"
#include "manage/manage.h"

#define RECORD_MEMORY (4 << 20)
#define FOUND_MAX 16384 /* serials that one walk over the word index collects */

struct listing {
	struct manage *m;
	struct store_txn *txn;
	const struct gateway_filter *filter;
	uint64_t lns, limit, shown;
	manage_gateway_fn *fn;
	void *arg;
};

/* ---- what fits ----------------------------------------------------------------------------- */

/* Does a word of the text begin with this one? */
static bool
text_has_word(const char *text, struct span begin)
{
	char word[REGISTRY_WORD_MAX];
	size_t n;

	while ((n = registry_word(&text, word)) > 0)
		if (span_begins(span_of(word, n), begin))
			return true;
	return false;
}

static bool
has_words(const struct gateway *g, const char *wanted)
{
	char word[REGISTRY_WORD_MAX];
	size_t n;

	while ((n = registry_word(&wanted, word)) > 0) {
		struct span begin = span_of(word, n);

		if (!text_has_word(g->gateway_id, begin) &&
		    !text_has_word(g->name, begin) &&
		    !text_has_word(g->description, begin))
			return false;
	}
	return true;
}

static bool
fits(const struct listing *l, const struct gateway *g)
{
	const struct gateway_filter *f = l->filter;

	return (g->deleted_at != 0) == f->deleted &&
	       (f->lns == NULL || g->lns == l->lns) &&
	       (f->group == NULL || text_list_has(&g->groups, f->group)) &&
	       (f->plan == NULL || text_list_has(&g->frequency_plan_ids, f->plan)) &&
	       (f->word == NULL || has_words(g, f->word));
}

/* Who only looks wants to see the others. */
static int
damaged_one(struct listing *l, int err)
{
	if (l->filter->damaged == NULL)
		return fault_set(&l->m->fault, err, NULL,
		    "a gateway's record is damaged: `gatehouse check` names it and "
		    "says what to do");
	++*l->filter->damaged;
	return E_OK;
}

static int
list_one(void *arg, uint64_t serial)
{
	struct listing *l = arg;
	struct arena work, *kept = l->m->arena;
	struct gateway g;
	int err;

	/* A million of them must not stay in memory. */
	arena_init(&work, RECORD_MEMORY);
	err = registry_get(l->txn, &gateway_kind, serial, &work, &g);
	if (err == E_OK && fits(l, &g)) {
		l->m->arena = &work;
		err = l->fn(l->m, l->txn, &g, l->arg);
		l->m->arena = kept;
		if (err == E_OK && ++l->shown == l->limit)
			err = E_AGAIN; /* enough */
	} else if (err == E_CORRUPT || err == E_VERSION) {
		err = damaged_one(l, err);
	}
	arena_clear(&work);
	return err;
}

/* ---- by a word ------------------------------------------------------------------------------ */

/*
 * The index of words has its entries in the order of the words, and a gateway may have
 * several that fit. So one walk over them collects the lowest serials, a bounded number of
 * them, as a heap with the highest in front; further walks go on behind these.
 */
struct lowest {
	uint64_t after, serials[FOUND_MAX];
	size_t count;
	bool more; /* some found no room */
};

static void
sift_down(struct lowest *low, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		uint64_t swap;

		if (child + 1 < low->count &&
		    low->serials[child + 1] > low->serials[child])
			child++;
		if (child >= low->count || low->serials[at] >= low->serials[child])
			return;
		swap = low->serials[at];
		low->serials[at] = low->serials[child];
		low->serials[child] = swap;
		at = child;
	}
}

static int
take(void *arg, uint64_t serial)
{
	struct lowest *low = arg;

	if (serial <= low->after)
		return E_OK;
	if (low->count < FOUND_MAX) {
		low->serials[low->count++] = serial;
		if (low->count == FOUND_MAX)
			for (size_t i = FOUND_MAX / 2; i-- > 0;)
				sift_down(low, i);
		return E_OK;
	}
	low->more = true;
	if (serial < low->serials[0]) {
		low->serials[0] = serial;
		sift_down(low, 0);
	}
	return E_OK;
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int
walk(struct listing *l, struct lowest *low, struct span word)
{
	static const unsigned fields[] = {
	    GATEWAY_ID, GATEWAY_NAME, GATEWAY_DESCRIPTION};
	int err = E_OK;

	low->count = 0;
	low->more = false;
	for (size_t i = 0; err == E_OK && i < 3; i++)
		err = registry_list_by(
		    l->txn, &gateway_kind, fields[i], word, 0, take, low);
	qsort(low->serials, low->count, sizeof low->serials[0], by_number);
	return err;
}

/* The word that leads is the longest: it narrows most. */
static struct span
leading_word(const char *text, char best[REGISTRY_WORD_MAX])
{
	char word[REGISTRY_WORD_MAX];
	size_t n, longest = 0;

	while ((n = registry_word(&text, word)) > 0)
		if (n > longest) {
			memcpy(best, word, n);
			longest = n;
		}
	return span_of(best, longest);
}

static int
list_by_word(struct listing *l, uint64_t after)
{
	char best[REGISTRY_WORD_MAX];
	struct span word = leading_word(l->filter->word, best);
	struct lowest *low;
	int err;

	if (word.len == 0)
		return registry_list(l->txn, &gateway_kind, after, list_one, l);
	if ((low = malloc(sizeof *low)) == NULL)
		return E_NOMEM;
	low->after = after;
	do {
		err = walk(l, low, word);
		for (size_t i = 0; err == E_OK && i < low->count; i++)
			if (low->serials[i] != low->after) { /* one has it twice */
				low->after = low->serials[i];
				err = list_one(l, low->after);
			}
	} while (err == E_OK && low->more);
	free(low);
	return err;
}

/* ---- all -------------------------------------------------------------------------------------- */

/* Chooses the index that narrows most. */
static int
list_in(struct listing *l, uint64_t after)
{
	const struct gateway_filter *f = l->filter;
	uint8_t key[8];

	if (f->word != NULL)
		return list_by_word(l, after);
	if (f->group != NULL)
		return registry_list_by(l->txn, &gateway_kind, GATEWAY_GROUPS,
		    span_str(f->group), after, list_one, l);
	wire_key64(key, l->lns);
	if (f->lns != NULL)
		return registry_list_by(l->txn, &gateway_kind, GATEWAY_LNS,
		    span_of(key, 8), after, list_one, l);
	if (f->plan != NULL)
		return registry_list_by(l->txn, &gateway_kind, GATEWAY_PLANS,
		    span_str(f->plan), after, list_one, l);
	return registry_list(l->txn, &gateway_kind, after, list_one, l);
}

int
manage_gateways(struct manage *m, const struct gateway_filter *filter, uint64_t after,
    uint64_t limit, manage_gateway_fn *fn, void *arg)
{
	struct listing l = {m, NULL, filter, 0, limit, 0, fn, arg};
	struct lns lns;
	int err = store_read_begin(m->data->registry, &l.txn);

	if (err != E_OK)
		return manage_failed(m, err);
	if (filter->lns != NULL &&
	    (err = manage_find_in(m, l.txn, &lns_kind, filter->lns, &lns)) == E_OK)
		l.lns = lns.serial;
	if (err == E_OK)
		err = list_in(&l, after);
	store_read_end(l.txn);
	if (err == E_OK || err == E_AGAIN)
		return E_OK;
	return manage_failed(m, err);
}
