#include "manage/move.h"

#include "cups/cache.h"
#include "registry/checks.h"

#define BATCH 200
#define WORK_MEMORY ((size_t)64 << 20)

/* ---- some gateways at a time -------------------------------------------------------------- */

/* The serials of the next ones; a read of its own each time. */
struct batch {
	uint64_t serials[BATCH];
	size_t count;
};

static int
take(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct batch *b = arg;

	(void)m;
	(void)txn;
	b->serials[b->count++] = g->serial;
	return E_OK;
}

static int
next_batch(struct manage *m, const struct gateway_filter *filter, uint64_t *after,
    uint64_t most, struct batch *b)
{
	int err;

	b->count = 0;
	err = manage_gateways(
	    m, filter, *after, most != 0 && most < BATCH ? most : BATCH, take, b);
	if (err == E_OK && b->count > 0)
		*after = b->serials[b->count - 1];
	return err;
}

/* ---- moving ------------------------------------------------------------------------------- */

struct move {
	const char *uri, *from;
	struct batch batch;
	uint64_t matched, changed;
};

static int
move_one(struct manage *m, struct store_txn *txn, uint64_t serial, struct move *x)
{
	struct gateway before, after;
	int err = registry_get(txn, &gateway_kind, serial, m->arena, &before);

	if (err == E_NOTFOUND || (err == E_OK && before.deleted_at != 0))
		return E_OK;
	if (err != E_OK)
		return err;
	if (x->from != NULL && strcmp(before.target_cups_uri, x->from) != 0)
		return E_OK;
	x->matched++;
	if (strcmp(before.target_cups_uri, x->uri) == 0)
		return E_OK;
	after = before;
	after.target_cups_uri = x->uri;
	x->changed++;
	return manage_put_in(m, txn, &gateway_kind, &before, &after, "move");
}

static int
move_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct move *x = arg;
	int err = E_OK;

	x->matched = x->changed = 0;
	for (size_t i = 0; err == E_OK && i < x->batch.count; i++)
		err = move_one(m, txn, x->batch.serials[i], x);
	return err;
}

/* Nobody can be sent where no certificate is known for. */
static int
check_trust(struct manage *m, const char *uri)
{
	struct store_txn *txn;
	struct trust trust;
	bool there = false;
	int err = store_read_begin(m->data->registry, &txn);

	if (err != E_OK)
		return err;
	err =
	    cups_trust_for(txn, STATION_CUPS, span_str(uri), m->arena, &trust, &there);
	store_read_end(txn);
	if (err == E_OK && !there)
		return fault_set(&m->fault, E_STATE, "uri",
		    "no trust is registered for this address: register its certificate "
		    "first");
	return err;
}

static int
check_target(struct manage *m, const char *uri)
{
	static const struct field field = {.name = "uri"};
	int err;

	if (uri[0] == '\0')
		return E_OK;
	if ((err = check_cups_uri(&field, &uri, &m->fault)) != E_OK ||
	    (err = check_trust(m, uri)) != E_OK)
		return err;
	if (m->policy != NULL && !m->policy->allow_redirect)
		manage_say(m,
		    "the configuration allows no redirects (allow_redirect), so "
		    "no gateway will be told");
	return E_OK;
}

int
manage_move(struct manage *m, const struct moving *how, struct moved *done)
{
	struct move x = {.uri = how->uri, .from = how->from};
	struct arena work, *kept = m->arena;
	uint64_t after = 0;
	int err = check_target(m, how->uri);

	memset(done, 0, sizeof *done);
	if (err != E_OK)
		return manage_failed(m, err);
	arena_init(&work, WORK_MEMORY);
	m->arena = &work;
	do {
		err = next_batch(m, &how->filter, &after, 0, &x.batch);
		if (err == E_OK && x.batch.count > 0)
			err = manage_update(m, move_in, &x);
		if (err == E_OK && x.batch.count > 0) {
			done->matched += x.matched;
			done->changed += x.changed;
		}
		arena_reset(&work);
	} while (err == E_OK && x.batch.count == BATCH);
	m->arena = kept;
	arena_clear(&work);
	return manage_failed(m, err);
}

/* ---- who is left ---------------------------------------------------------------------------- */

static const struct {
	const char *name, *text;
} whys[] = {
    [LEFT_NEVER_SEEN] = {"never-seen", "was never seen here"},
    [LEFT_ELSEWHERE] = {"elsewhere", "reported another address at its last poll"},
    [LEFT_OLD] = {"old", "has not confirmed what it should have"},
    [LEFT_REFUSED] = {"refused", "is refused, so it can be sent nothing"},
};

const char *
left_why_name(enum left_why why)
{
	return whys[why].name;
}

const char *
left_why_text(enum left_why why)
{
	return whys[why].text;
}

struct looking {
	struct manage *m;
	const struct leaving *how;
	uint64_t trust; /* serial; 0: it is about the URI */
	struct left *left;
	manage_left_fn *fn;
	void *arg;
};

static int
get_gateway(struct manage *m, uint64_t serial, struct gateway *g)
{
	struct store_txn *txn;
	int err = store_read_begin(m->data->registry, &txn);

	if (err != E_OK)
		return err;
	err = registry_get(txn, &gateway_kind, serial, m->arena, g);
	store_read_end(txn);
	return err;
}

/* Does it have what the decision wants of this trust? */
static bool
has_trust(const struct looking *l, const struct explanation *e, struct left_gateway *g,
    bool *concerned)
{
	const struct cups_inputs *in = &e->x.inputs;
	const struct cups_decision *d = &e->x.decision;
	const struct trust *cups =
	    in->cups_trust != NULL ? in->cups_trust : in->here_trust;
	bool at_cups = cups != NULL && cups->serial == l->trust;
	bool at_lns = in->lns_trust != NULL && in->lns_trust->serial == l->trust;

	*concerned = at_cups || at_lns;
	g->part = "";
	if (d->err != E_OK)
		return false;
	if (at_cups && d->cups.kind != CREDENTIALS_NONE &&
	    d->cups_crc != e->x.request.cups_crc)
		g->part = "cups";
	else if (at_lns && d->lns.kind != CREDENTIALS_NONE &&
		 d->lns_crc != e->x.request.lns_crc)
		g->part = "lns";
	return g->part[0] == '\0';
}

static int
look_for_trust(
    struct looking *l, const struct gateway *g, struct left_gateway *what, bool *out)
{
	const struct explaining how = {.gateway = g->gateway_id};
	struct explanation e;
	bool concerned;
	int err;

	if (g->eui == 0)
		return E_OK;
	if ((err = manage_explain(l->m, &how, &e)) != E_OK)
		return err;
	*out = !has_trust(l, &e, what, &concerned);
	if (!concerned) {
		*out = false;
		return E_OK;
	}
	l->left->concerned++;
	if (*out && what->why != LEFT_NEVER_SEEN)
		what->why = e.x.decision.err != E_OK ? LEFT_REFUSED : LEFT_OLD;
	if (what->why == LEFT_NEVER_SEEN)
		*out = true;
	return E_OK;
}

static int
look_at(struct looking *l, uint64_t serial)
{
	struct manage *m = l->m;
	struct sighting s = {0};
	struct gateway g;
	struct left_gateway what = {.gateway = &g, .sighting = &s, .part = ""};
	bool seen, left = false;
	int err = get_gateway(m, serial, &g);

	if (err != E_OK || g.deleted_at != 0)
		return err == E_NOTFOUND ? E_OK : err;
	seen = sighting_came(m->data->sightings, serial, &s);
	what.pattern = poll_pattern_of(&s, m->now);
	what.why = seen ? LEFT_ELSEWHERE : LEFT_NEVER_SEEN;
	if (l->trust != 0) {
		err = look_for_trust(l, &g, &what, &left);
	} else if (strcmp(g.target_cups_uri, l->how->uri) == 0) {
		l->left->concerned++;
		left = !seen || strcmp(s.cups_uri, l->how->uri) != 0;
		if (seen && what.pattern == POLLS_REFUSED)
			what.why = LEFT_REFUSED;
	}
	if (err != E_OK || !left)
		return err;
	l->left->left++;
	return l->fn != NULL ? l->fn(m, &what, l->arg) : E_OK;
}

/* The batch, each gateway in memory of its own; *next is the last one that was looked at. */
static int
look_at_batch(struct looking *l, const struct batch *b, uint64_t *next, bool *enough)
{
	struct arena work, *kept = l->m->arena;
	int err = E_OK;

	arena_init(&work, WORK_MEMORY);
	l->m->arena = &work;
	for (size_t i = 0; err == E_OK && !*enough && i < b->count; i++) {
		err = look_at(l, b->serials[i]);
		arena_reset(&work);
		*next = b->serials[i];
		l->left->looked_at++;
		*enough = (l->how->limit != 0 && l->left->left >= l->how->limit) ||
			  (l->how->look != 0 && l->left->looked_at >= l->how->look);
	}
	l->m->arena = kept;
	arena_clear(&work);
	return err;
}

int
manage_left(struct manage *m, const struct leaving *how, manage_left_fn *fn, void *arg,
    struct left *left)
{
	static const struct gateway_filter everybody = {0};
	struct looking l = {.m = m, .how = how, .left = left, .fn = fn, .arg = arg};
	uint64_t after = how->after, next = 0;
	struct trust trust;
	struct batch batch;
	bool enough = false;
	int err = E_OK;

	memset(left, 0, sizeof *left);
	if (how->trust != NULL) {
		err = manage_get(m, &trust_kind, how->trust, &trust);
		l.trust = err == E_OK ? trust.serial : 0;
	}
	do {
		batch.count = 0;
		if (err == E_OK)
			err = next_batch(m, &everybody, &after, how->look, &batch);
		if (err == E_OK)
			err = look_at_batch(&l, &batch, &next, &enough);
	} while (err == E_OK && !enough && batch.count > 0);
	left->next = enough ? next : 0;
	return err == E_OK || err == E_AGAIN ? E_OK : manage_failed(m, err);
}
