#include "manage/gateway_page.h"

#include <stdlib.h>

#include "base/eui.h"

#define RECORD_MEMORY (4 << 20)
#define DELETED_AT 45
#define FURTHEST \
	(1u << 20) /* how far a page by name may begin: those before it are kept */

struct paging {
	struct manage *m;
	struct store_txn *txn;
	const struct gateway_paging *p;
	uint64_t skip, total;
	/* The serials of the page, and for an order by name all up to its end. */
	struct place {
		uint64_t serial;
		char *name; /* NULL but for that order */
	} * places;
	size_t count, room;
	uint64_t *listed; /* by words: those that fit, sorted */
	size_t listed_count, listed_room;
	int err;
};

bool
gateway_order_parse(struct span text, struct gateway_paging *paging)
{
	static const struct {
		const char *name;
		enum gateway_order order;
	} orders[] = {{"", ORDER_REGISTERED}, {"created_at", ORDER_REGISTERED},
	    {"gateway_id", ORDER_ID}, {"gateway_eui", ORDER_EUI}, {"name", ORDER_NAME}};

	paging->descending = text.len > 0 && text.data[0] == '-';
	if (paging->descending)
		text = span_from(text, 1);
	for (size_t i = 0; i < COUNT(orders); i++)
		if (span_is(text, orders[i].name)) {
			paging->order = orders[i].order;
			return true;
		}
	return false;
}

/* ---- what fits ------------------------------------------------------------------------------ */

static bool
has_part(const char *text, const char *part)
{
	return part == NULL || strcasestr(text, part) != NULL;
}

static bool
needs_record(const struct gateway_paging *p)
{
	return p->id_has != NULL || p->eui_has != NULL || p->name_has != NULL ||
	       p->description_has != NULL;
}

static bool
record_fits(const struct gateway_paging *p, const struct gateway *g)
{
	char eui[EUI_TEXT] = "";

	if (g->eui != 0)
		eui_format(g->eui, eui);
	return has_part(g->gateway_id, p->id_has) && has_part(eui, p->eui_has) &&
	       has_part(g->name, p->name_has) &&
	       has_part(g->description, p->description_has);
}

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool
fits(struct paging *g, uint64_t serial, struct span stored)
{
	struct arena work;
	struct gateway record;
	uint64_t deleted;
	struct span none;
	bool good;

	if (!record_peek(stored, DELETED_AT, &deleted, &none)) {
		g->err = E_CORRUPT;
		return false;
	}
	if ((deleted != 0) != g->p->deleted)
		return false;
	if (g->p->words != NULL && bsearch(&serial, g->listed, g->listed_count,
				       sizeof serial, by_number) == NULL)
		return false;
	if (!needs_record(g->p))
		return true;
	arena_init(&work, RECORD_MEMORY);
	g->err = record_decode(&gateway_kind, serial, stored, &work, &record);
	good = g->err == E_OK && record_fits(g->p, &record);
	arena_clear(&work);
	return good;
}

/* ---- those with words ------------------------------------------------------------------------ */

static int
list_word(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct paging *l = arg;

	(void)m;
	(void)txn;
	if (l->listed_count == l->listed_room) {
		size_t room = l->listed_room * 2 + 256;
		uint64_t *more = realloc(l->listed, room * sizeof *more);

		if (more == NULL)
			return E_NOMEM;
		l->listed = more;
		l->listed_room = room;
	}
	l->listed[l->listed_count++] = g->serial;
	return E_OK;
}

static int
find_words(struct paging *g)
{
	struct gateway_filter filter = {.word = g->p->words, .deleted = g->p->deleted};

	return g->p->words != NULL ? manage_gateways(g->m, &filter, 0, 0, list_word, g)
				   : E_OK;
}

/* ---- the walk -------------------------------------------------------------------------------- */

static int
add_place(struct paging *g, uint64_t serial)
{
	if (g->count == g->room) {
		size_t room = g->room * 2 + 64;
		struct place *more = realloc(g->places, room * sizeof *more);

		if (more == NULL)
			return E_NOMEM;
		g->places = more;
		g->room = room;
	}
	g->places[g->count++] = (struct place){.serial = serial};
	return E_OK;
}

/* One that fits, in its turn. */
static int
take(struct paging *g, uint64_t serial, struct span stored)
{
	bool good = fits(g, serial, stored);

	if (g->err != E_OK)
		return g->err;
	if (!good || g->total++ < g->skip || g->count == g->p->limit)
		return E_OK;
	return add_place(g, serial);
}

static int
take_stored(void *arg, uint64_t serial, struct span stored)
{
	return take(arg, serial, stored);
}

static int
take_serial(void *arg, uint64_t serial)
{
	struct paging *g = arg;
	struct span stored;
	int err = registry_stored(g->txn, &gateway_kind, serial, &stored);

	return err == E_OK ? take(g, serial, stored) : err;
}

static int
take_without_eui(void *arg, uint64_t serial, struct span stored)
{
	uint64_t eui;
	struct span none;

	record_peek(stored, GATEWAY_EUI, &eui, &none);
	return eui == 0 ? take(arg, serial, stored) : E_OK;
}

static int
walk_euis(struct paging *g)
{
	bool down = g->p->descending;
	int err = E_OK;

	if (down)
		err = registry_list_stored(
		    g->txn, &gateway_kind, down, take_without_eui, g);
	if (err == E_OK)
		err = registry_list_ordered(
		    g->txn, &gateway_kind, GATEWAY_EUI, down, take_serial, g);
	if (err == E_OK && !down)
		err = registry_list_stored(
		    g->txn, &gateway_kind, down, take_without_eui, g);
	return err;
}

/* ---- by name ----------------------------------------------------------------------------------- */

/* Names sort without regard to the case of ASCII letters, then as they were registered. */
static int
compare(const struct paging *g, const struct place *a, const struct place *b)
{
	int c = strcasecmp(a->name, b->name);

	if (c == 0)
		c = (a->serial > b->serial) - (a->serial < b->serial);
	return g->p->descending ? -c : c;
}

static void
sift_down(struct paging *g, size_t at, size_t count)
{
	for (;;) {
		size_t child = 2 * at + 1;
		struct place swap;

		if (child + 1 < count &&
		    compare(g, &g->places[child + 1], &g->places[child]) > 0)
			child++;
		if (child >= count ||
		    compare(g, &g->places[at], &g->places[child]) >= 0)
			return;
		swap = g->places[at];
		g->places[at] = g->places[child];
		g->places[child] = swap;
		at = child;
	}
}

static void
sift_up(struct paging *g, size_t at)
{
	while (at > 0) {
		size_t parent = (at - 1) / 2;
		struct place swap = g->places[at];

		if (compare(g, &swap, &g->places[parent]) <= 0)
			return;
		g->places[at] = g->places[parent];
		g->places[parent] = swap;
		at = parent;
	}
}

/* Only those up to the end of the page are kept, as a heap with the last one in front. */
static int
take_name(void *arg, uint64_t serial, struct span stored)
{
	struct paging *g = arg;
	struct place place = {.serial = serial};
	uint64_t none;
	struct span name;
	int err;

	if (!fits(g, serial, stored))
		return g->err;
	g->total++;
	record_peek(stored, GATEWAY_NAME, &none, &name);
	/* It has its NUL; the store's bytes live until the read ends. */
	place.name =
	    name.len > 0 ? (char *)(uintptr_t)name.data : (char *)(uintptr_t) "";
	if (g->count < g->skip + g->p->limit) {
		if ((err = add_place(g, serial)) != E_OK)
			return err;
		g->places[g->count - 1] = place;
		sift_up(g, g->count - 1);
	} else if (compare(g, &place, &g->places[0]) < 0) {
		g->places[0] = place;
		sift_down(g, 0, g->count);
	}
	return E_OK;
}

static int
walk_names(struct paging *g)
{
	int err = registry_list_stored(g->txn, &gateway_kind, false, take_name, g);

	for (size_t n = g->count; n > 1; n--) {
		struct place last = g->places[0];

		g->places[0] = g->places[n - 1];
		g->places[n - 1] = last;
		sift_down(g, 0, n - 1);
	}
	if (g->skip < g->count) {
		g->count -= g->skip;
		memmove(g->places, g->places + g->skip, g->count * sizeof *g->places);
	} else {
		g->count = 0;
	}
	return err;
}

/* ---- all ---------------------------------------------------------------------------------------- */

static int
walk(struct paging *g)
{
	switch (g->p->order) {
	case ORDER_ID:
		return registry_list_ordered(g->txn, &gateway_kind, GATEWAY_ID,
		    g->p->descending, take_serial, g);
	case ORDER_EUI:
		return walk_euis(g);
	case ORDER_NAME:
		return walk_names(g);
	default:
		return registry_list_stored(
		    g->txn, &gateway_kind, g->p->descending, take_stored, g);
	}
}

static int
show(struct paging *g, manage_gateway_fn *fn, void *arg)
{
	struct arena work, *kept = g->m->arena;
	int err = E_OK;

	arena_init(&work, RECORD_MEMORY);
	g->m->arena = &work;
	for (size_t i = 0; err == E_OK && i < g->count; i++) {
		struct gateway record;

		err = registry_get(
		    g->txn, &gateway_kind, g->places[i].serial, &work, &record);
		if (err == E_OK)
			err = fn(g->m, g->txn, &record, arg);
		arena_reset(&work);
	}
	g->m->arena = kept;
	arena_clear(&work);
	return err;
}

int
manage_gateway_page(struct manage *m, const struct gateway_paging *paging,
    manage_gateway_fn *fn, void *arg, uint64_t *total)
{
	struct paging g = {.m = m, .p = paging};
	int err;

	g.skip = (paging->page - 1) * paging->limit;
	if (paging->order == ORDER_NAME && g.skip > FURTHEST)
		return fault_set(
		    &m->fault, E_INVALID, "page", "is too far for an order by name");
	err = find_words(&g);
	if (err == E_OK)
		err = store_read_begin(m->data->registry, &g.txn);
	if (err == E_OK) {
		err = walk(&g);
		if (err == E_OK)
			err = show(&g, fn, arg);
		store_read_end(g.txn);
	}
	free(g.places);
	free(g.listed);
	*total = g.total;
	if (err == E_CORRUPT || err == E_VERSION)
		return fault_set(&m->fault, err, NULL,
		    "a gateway's record is damaged: `gatehouse check` names it and "
		    "says what to do");
	return manage_failed(m, err);
}
