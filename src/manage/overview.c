#include "manage/overview.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/crc.h"
#include "manage/explain.h"

#define MINUTES 600
#define HOUR 3600
#define DAY 90000     /* as poll_pattern_of() has it */
#define DIFFERENT 512 /* versions that are told apart while counting */

_Static_assert(sizeof(struct overview) <= 1000, "it must fit into a slot");

/* ---- words -------------------------------------------------------------------------------- */

const char *
seen_when_text(enum seen_when w)
{
	static const char *const texts[] = {"in the last 10 minutes",
	    "in the last hour", "in the last 25 hours", "longer ago", "never"};

	return texts[w];
}

static const struct {
	const char *name, *text;
} troubles[] = {
    [TROUBLE_REFUSED] = {"refused", "somebody comes in its name and is refused: its "
				    "credentials are not right here"},
    [TROUBLE_REJECTED] = {"rejected", "comes every minute and has everything: its "
				      "network server rejects it or cannot "
				      "be reached"},
    [TROUBLE_LOOPING] = {"looping",
	"comes every minute and is sent something each time: it cannot keep it"},
    [TROUBLE_STOPPED] = {"stopped",
	"was sent the same several times and never had it when it came again: not sent "
	"any more; see its log, then `gatehouse gateway retry`"},
    [TROUBLE_SILENT] = {"silent", "has not come for more than 25 hours"},
};

const char *
trouble_name(enum trouble t)
{
	return troubles[t].name;
}

const char *
trouble_text(enum trouble t)
{
	return troubles[t].text;
}

/* ---- counting ------------------------------------------------------------------------------ */

struct version {
	uint64_t count;
	char name[48];
};

struct counting {
	struct manage *m;
	struct overview *o;
	struct version
	    versions[DIFFERENT]; /* by the CRC of the name, open addressing */
	size_t different;
};

static void
count_version(struct counting *c, const char *name)
{
	size_t at = crc32_of(span_str(name)) % DIFFERENT;

	if (name[0] == '\0') {
		c->o->no_version++;
		return;
	}
	while (c->versions[at].count != 0 && strcmp(c->versions[at].name, name) != 0)
		at = (at + 1) % DIFFERENT;
	if (c->versions[at].count == 0) {
		/* A quarter stays free, so that looking ends soon. */
		if (c->different >= DIFFERENT / 4 * 3) {
			c->o->other_versions++;
			return;
		}
		c->different++;
		snprintf(c->versions[at].name, sizeof c->versions[at].name, "%s", name);
	}
	c->versions[at].count++;
}

static enum seen_when
when(int64_t seen, int64_t now)
{
	return seen == 0	       ? SEEN_NEVER
	       : now - seen <= MINUTES ? SEEN_MINUTES
	       : now - seen <= HOUR    ? SEEN_HOUR
	       : now - seen <= DAY     ? SEEN_DAY
				       : SEEN_OLDER;
}

static void
count_trouble(struct counting *c, enum trouble t, uint64_t serial)
{
	uint64_t n = c->o->troubles[t]++;

	if (n < OVERVIEW_NAMED)
		c->o->troubled[t][n] = serial;
}

static void
count_pattern(struct counting *c, enum poll_pattern p, uint64_t serial)
{
	if (p == POLLS_REFUSED)
		count_trouble(c, TROUBLE_REFUSED, serial);
	else if (p == POLLS_MINUTE)
		count_trouble(c, TROUBLE_REJECTED, serial);
	else if (p == POLLS_APPLYING)
		count_trouble(c, TROUBLE_LOOPING, serial);
	else if (p == POLLS_STOPPED)
		count_trouble(c, TROUBLE_STOPPED, serial);
	else if (p == POLLS_SILENT)
		count_trouble(c, TROUBLE_SILENT, serial);
}

static int
count_gateway(
    struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct counting *c = arg;
	int64_t seen = sighting_last(m->data->sightings, m->data->files, g->serial);
	struct sighting s;
	char name[100];

	(void)txn;
	c->o->gateways++;
	if (sighting_get(m->data->sightings, g->serial, &s))
		count_pattern(c, poll_pattern_of(&s, m->now), g->serial);
	c->o->seen[when(seen, m->now)]++;
	if (seen == 0)
		return E_OK;
	snprintf(name, sizeof name, "%s%s%s", s.model, s.model[0] != '\0' ? " " : "",
	    s.package[0] != '\0' ? s.package : s.station);
	name[sizeof c->versions[0].name - 1] = '\0';
	count_version(c, s.seen_at[0] != 0 ? name : "");
	return E_OK;
}

static int
more_often(const void *a, const void *b)
{
	const struct version *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void
choose_versions(struct counting *c)
{
	qsort(c->versions, DIFFERENT, sizeof c->versions[0], more_often);
	for (size_t i = 0; i < DIFFERENT; i++) {
		if (i >= OVERVIEW_VERSIONS) {
			c->o->other_versions += c->versions[i].count;
			continue;
		}
		c->o->versions[i].count = c->versions[i].count;
		memcpy(c->o->versions[i].name, c->versions[i].name,
		    sizeof c->versions[i].name);
	}
}

/* ---- keeping -------------------------------------------------------------------------------- */

static int
open_kept(struct manage *m, struct slots **slots)
{
	struct fault fault = {0};
	char path[1100];

	snprintf(path, sizeof path, "%s/sightings/overview", m->data->path);
	return slots_open(path, "overview", sizeof(struct overview), 1, slots, &fault);
}

/* What was kept, zeros when there is none. */
static void
get_kept(struct manage *m, struct overview *o)
{
	struct slots *slots;

	memset(o, 0, sizeof *o);
	if (open_kept(m, &slots) != E_OK)
		return;
	slots_get(slots, 0, o);
	slots_close(slots);
}

int
manage_overview_count(struct manage *m, struct overview *o)
{
	struct gateway_filter everybody = {.damaged = &o->damaged};
	struct counting *c = calloc(1, sizeof *c);
	struct store_txn *txn;
	struct slots *slots;
	uint64_t others;
	int err;

	memset(o, 0, sizeof *o);
	if (c == NULL)
		return manage_failed(m, E_NOMEM);
	c->m = m;
	c->o = o;
	err = manage_gateways(m, &everybody, 0, 0, count_gateway, c);
	choose_versions(c);
	free(c);
	if (err == E_OK && (err = store_read_begin(m->data->registry, &txn)) == E_OK) {
		err = store_count(txn, gateway_kind.table, &o->deleted);
		store_read_end(txn);
		others = o->gateways + o->damaged;
		o->deleted -= o->deleted < others ? o->deleted : others;
	}
	if (err != E_OK)
		return manage_failed(m, err);
	o->at = m->now;
	/* Without the slot it is counted again next time. */
	if (open_kept(m, &slots) == E_OK) {
		slots_put(slots, 0, o);
		slots_close(slots);
	}
	return E_OK;
}

int
manage_overview(struct manage *m, struct overview *o)
{
	struct store_txn *txn;
	uint64_t count = 0;
	int err;

	get_kept(m, o);
	if (o->at != 0 && o->at <= m->now && m->now - o->at < OVERVIEW_FRESH)
		return E_OK;
	if ((err = store_read_begin(m->data->registry, &txn)) != E_OK)
		return manage_failed(m, err);
	err = store_count(txn, gateway_kind.table, &count);
	store_read_end(txn);
	if (err != E_OK)
		return manage_failed(m, err);
	return count <= OVERVIEW_AT_ONCE ? manage_overview_count(m, o) : E_OK;
}
