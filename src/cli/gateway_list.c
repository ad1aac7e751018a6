/* Listing gateways. */
#include "base/clock.h"
#include "cli/gateway.h"

#define BATCH 500 /* gateways that one read shows */

/* ---- columns --------------------------------------------------------------------------------- */

enum seen_column { SEEN_TIME, SEEN_ADDRESS, SEEN_STATION, SEEN_MODEL, SEEN_PACKAGE };

static const char *const seen_names[] = {
    "seen", "address", "station", "model", "package", NULL};

struct column {
	const struct field *field; /* NULL: of the sighting */
	enum seen_column seen;
};

struct listing {
	struct cli *cli;
	struct gateway_cursor cursor;
	struct column columns[OUT_COLUMNS_MAX];
	const char *titles[OUT_COLUMNS_MAX];
	size_t count;
	struct text_list mask; /* of JSON; count 0: everything */
	uint64_t limit, shown;
};

static const struct field *
column_field(const char *name)
{
	const struct field *f = field_by_name(&gateway_kind, name);
	const char *dot;

	if (strcmp(name, "id") == 0)
		return &gateway_kind.fields[0];
	for (f = f != NULL ? f : gateway_kind.fields; f->number != 0; f++)
		if (strcmp(f->name, name) == 0 ||
		    ((dot = strrchr(f->name, '.')) != NULL &&
			strcmp(dot + 1, name) == 0))
			return f->flags & FIELD_INTERNAL ? NULL : f;
	return NULL;
}

static const char *
title(struct listing *l, const char *name)
{
	char *copy = arena_strdup(&l->cli->arena, name);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if (*c >= 'a' && *c <= 'z')
			*c &= ~32;
	return copy != NULL ? copy : "";
}

static int
add_column(struct listing *l, const char *name)
{
	struct column *c = &l->columns[l->count];

	if (l->count == OUT_COLUMNS_MAX)
		return fault_set(&l->cli->m.fault, E_INVALID, "--columns",
		    "at most %d columns", OUT_COLUMNS_MAX);
	*c = (struct column){.field = NULL};
	for (int i = 0; seen_names[i] != NULL; i++)
		if (strcmp(name, seen_names[i]) == 0) {
			c->seen = (enum seen_column)i;
			l->titles[l->count++] = title(l, name);
			return E_OK;
		}
	if ((c->field = column_field(name)) == NULL)
		return fault_set(&l->cli->m.fault, E_INVALID, "--columns",
		    "a gateway has no field %.60s", name);
	l->titles[l->count++] = title(l, name);
	return E_OK;
}

/* The chosen columns; in JSON they are the mask. */
static int
read_columns(struct listing *l)
{
	static const char *const usual[] = {
	    "id", "eui", "lns", "groups", "seen", "name"};
	struct text_list names;
	const char **mask;
	int err = cli_list(l->cli, "columns", &names);

	if (err == E_OK && names.count == 0 && !l->cli->out.json)
		names = (struct text_list){usual, COUNT(usual)};
	for (size_t i = 0; err == E_OK && i < names.count; i++)
		err = add_column(l, names.items[i]);
	if (err != E_OK)
		return err;
	mask = arena_zalloc(&l->cli->arena, l->count + 1, sizeof *mask);
	if (mask == NULL)
		return cli_fail(l->cli, E_NOMEM);
	l->mask.items = mask;
	for (size_t i = 0; i < l->count; i++)
		if (l->columns[i].field != NULL)
			mask[l->mask.count++] = l->columns[i].field->name;
	return E_OK;
}

/* ---- rows ------------------------------------------------------------------------------------- */

static void
seen_cell(struct listing *l, enum seen_column column, const struct sighting *s)
{
	char buf[CLOCK_AGE];
	const char *text[] = {
	    [SEEN_TIME] = clock_age(s->seen_at[0], l->cli->m.now, buf),
	    [SEEN_ADDRESS] = s->address,
	    [SEEN_STATION] = s->station,
	    [SEEN_MODEL] = s->model,
	    [SEEN_PACKAGE] = s->package};

	out_cell(&l->cli->out, text[column]);
}

static void
json_row(struct listing *l, struct store_txn *txn, const struct gateway *g)
{
	struct cli *cli = l->cli;
	struct record_view view = cli_view(cli, txn);
	bool both = cli_has(cli, "sightings");
	struct sighting s;

	if (both) {
		out_object(&cli->out, NULL, NULL);
		json_key(&cli->out.j, "gateway");
	}
	record_to_json(
	    &gateway_kind, g, &view, l->count > 0 ? &l->mask : NULL, &cli->out.j);
	if (!both)
		return;
	if (sighting_get(cli->data.sightings, g->serial, &s)) {
		sighting_show(&cli->out, "sighting", &s);
	} else {
		json_key(&cli->out.j, "sighting");
		json_null(&cli->out.j);
	}
	out_object_end(&cli->out);
}

static void
text_row(struct listing *l, struct store_txn *txn, const struct gateway *g)
{
	struct file_sighting file;
	struct sighting s;

	if (!sighting_get(l->cli->data.sightings, g->serial, &s))
		memset(&s, 0, sizeof s);
	if (file_sighting_get(l->cli->data.files, g->serial, &file) &&
	    file.seen_at[0] > s.seen_at[0]) {
		s.seen_at[0] = file.seen_at[0];
		memcpy(s.address, file.address, sizeof s.address);
	}
	for (size_t i = 0; i < l->count; i++)
		if (l->columns[i].field != NULL)
			record_cell(l->cli, txn, l->columns[i].field, g);
		else
			seen_cell(l, l->columns[i].seen, &s);
}

/* One that went since it was chosen is passed over. */
static int
list_one(struct listing *l, struct store_txn *txn, uint64_t serial)
{
	struct gateway g;
	int err = registry_get(txn, &gateway_kind, serial, l->cli->m.arena, &g);

	if (err != E_OK)
		return err == E_NOTFOUND ? E_OK : err;
	if (l->cli->out.json)
		json_row(l, txn, &g);
	else
		text_row(l, txn, &g);
	return E_OK;
}

/* What is printed waits until the read has ended: a slow reader of our output must not hold
 * back the database. */
static int
list_batch(struct listing *l, const uint64_t *serials, size_t count)
{
	struct cli *cli = l->cli;
	struct arena work, *kept = cli->m.arena;
	struct store_txn *txn;
	int err = store_read_begin(cli->data.registry, &txn);

	if (err != E_OK)
		return err;
	arena_init(&work, 64 << 20);
	cli->m.arena = &work;
	cli->out.hold = true;
	for (size_t i = 0; err == E_OK && i < count; i++) {
		err = list_one(l, txn, serials[i]);
		arena_reset(&work);
	}
	cli->out.hold = false;
	cli->m.arena = kept;
	arena_clear(&work);
	store_read_end(txn);
	return err;
}

static int
list_all(struct listing *l)
{
	uint64_t serials[BATCH];
	size_t count, max = BATCH;
	int err;

	do {
		if (l->limit != 0 && l->limit - l->shown < max)
			max = (size_t)(l->limit - l->shown);
		err = gateway_cursor_next(l->cli, &l->cursor, serials, max, &count);
		if (err == E_OK)
			err = list_batch(l, serials, count);
		l->shown += count;
	} while (err == E_OK && count > 0 && l->cli->out.err == E_OK &&
		 (l->limit == 0 || l->shown < l->limit));
	gateway_cursor_clear(&l->cursor);
	return err;
}

int
gateway_list(struct cli *cli)
{
	struct listing l = {.cli = cli};
	const char *after = cli_value(cli, "after");
	struct gateway g;
	uint64_t damaged = 0;
	int err = gateway_choice_read(cli, &l.cursor.choice);

	l.cursor.choice.filter.damaged = &damaged;
	if (err == E_OK)
		err = cli_number(cli, "limit", 1, UINT32_MAX, &l.limit);
	if (err == E_OK)
		err = read_columns(&l);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK && after != NULL &&
	    (err = manage_get(&cli->m, &gateway_kind, after, &g)) == E_OK)
		l.cursor.after = g.serial;
	if (err != E_OK)
		return err;
	out_table(&cli->out, NULL, l.titles, l.count);
	if ((err = list_all(&l)) != E_OK)
		return cli_fail(cli, err);
	out_table_end(&cli->out);
	if (damaged > 0)
		return fault_set(&cli->m.fault, E_CORRUPT, NULL,
		    "%llu %s damaged and not in this list: `gatehouse check` names "
		    "what is damaged and says what to do",
		    (unsigned long long)damaged,
		    damaged == 1 ? "gateway is" : "gateways are");
	return E_OK;
}
