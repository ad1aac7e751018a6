/* Who changed what. */
#include "registry/audit.h"

#include <stdlib.h>

#include "base/wire.h"
#include "cli/cli.h"

#define LAST 50

static const char *const titles[] = {"WHEN", "WHO", "WHAT", "KIND", "ID", "CHANGES"};

struct listing {
	struct cli *cli;
	const char *kind, *id, *actor;
	int64_t since;
	uint64_t limit;
	uint64_t *serials; /* the last ones that were found, a ring of `limit` */
	uint64_t found;
	struct store_txn *txn;
};

static bool
fits(const struct listing *l, const struct audit *a)
{
	return a->at >= l->since &&
	       (l->kind == NULL || strcmp(a->kind, l->kind) == 0) &&
	       (l->id == NULL || strcmp(a->id, l->id) == 0) &&
	       (l->actor == NULL || strstr(a->actor, l->actor) != NULL);
}

static bool
has_filter(const struct listing *l)
{
	return l->since != 0 || l->kind != NULL || l->id != NULL || l->actor != NULL;
}

/* Without a filter the entries need not be read to be counted. */
static int
see(void *arg, uint64_t serial)
{
	struct listing *l = arg;
	struct arena work;
	struct audit a;
	bool fit = true;
	int err = E_OK;

	if (has_filter(l)) {
		arena_init(&work, 4 << 20);
		err = registry_get(l->txn, &audit_kind, serial, &work, &a);
		fit = err == E_OK && fits(l, &a);
		arena_clear(&work);
	}
	if (err == E_OK && fit)
		l->serials[l->found++ % l->limit] = serial;
	return err;
}

struct changes {
	struct strbuf text;
	const struct json *before, *after;
};

static void
put_value(struct strbuf *b, const struct json *v)
{
	struct span text;

	if (json_as_text(v, &text) && text.len > 0)
		strbuf_put(b, text.data, text.len);
	else
		strbuf_puts(b, "(empty)");
}

/* The times of records change with everything else. */
static int
put_change(void *arg, const char *field, const struct json *v)
{
	struct changes *c = arg;

	(void)v;
	if (strcmp(field, "updated_at") == 0 || strcmp(field, "created_at") == 0)
		return E_OK;
	if (c->text.len > 0)
		strbuf_puts(&c->text, ", ");
	strbuf_printf(&c->text, "%s: ", field);
	if (json_has(c->before, field)) {
		put_value(&c->text, json_get(c->before, field));
		strbuf_puts(&c->text, " -> ");
	}
	put_value(&c->text, json_get(c->after, field));
	return E_OK;
}

static int
put_removal(void *arg, const char *field, const struct json *v)
{
	struct changes *c = arg;

	return json_has(c->after, field) ? E_OK : put_change(arg, field, v);
}

/* "name: old -> new" for each field. A deleted record is told by its ID. */
static void
put_changes(struct changes *c, const struct audit *a)
{
	struct json *before = NULL, *after = NULL;

	strbuf_init(&c->text, 1 << 20);
	if ((a->before[0] == '\0' ||
		json_parse(span_str(a->before), &before, NULL) == E_OK) &&
	    a->after[0] != '\0' &&
	    json_parse(span_str(a->after), &after, NULL) == E_OK) {
		c->before = before;
		c->after = after;
		json_each(before, put_removal, c);
		json_each(after, put_change, c);
	}
	json_free(before);
	json_free(after);
}

static void
text_row(struct out *o, const struct audit *a)
{
	struct changes changes = {0};
	char when[OUT_TIME];

	put_changes(&changes, a);
	out_cell(o, out_clock_text(a->at, when));
	out_cell(o, a->actor);
	out_cell(o, a->action);
	out_cell(o, a->kind);
	out_cell(o, a->id);
	out_cell(o, strbuf_str(&changes.text));
	strbuf_clear(&changes.text);
}

static void
raw(struct out *o, const char *name, const char *json)
{
	json_key(&o->j, name);
	if (json[0] == '{')
		json_raw(&o->j, span_str(json));
	else
		json_null(&o->j);
}

static void
json_row(struct out *o, const struct audit *a)
{
	out_object(o, NULL, NULL);
	out_uint(o, "serial", a->serial);
	out_time(o, "at", a->at);
	out_str(o, "actor", a->actor);
	out_str(o, "action", a->action);
	out_str(o, "kind", a->kind);
	out_str(o, "id", a->id);
	raw(o, "before", a->before);
	raw(o, "after", a->after);
	out_object_end(o);
}

static int
show_rows(struct listing *l)
{
	struct out *o = &l->cli->out;
	uint64_t count = l->found < l->limit ? l->found : l->limit;
	struct arena work;
	struct audit a;
	int err = E_OK;

	for (uint64_t i = l->found - count; err == E_OK && i < l->found; i++) {
		arena_init(&work, 4 << 20);
		err = registry_get(
		    l->txn, &audit_kind, l->serials[i % l->limit], &work, &a);
		if (err == E_OK && o->json)
			json_row(o, &a);
		else if (err == E_OK)
			text_row(o, &a);
		arena_clear(&work);
	}
	return err;
}

/* A record that is there is found by its index; what is gone only by its name. */
static int
walk(struct listing *l)
{
	struct cli *cli = l->cli;
	const char *gateway = cli_value(cli, "gateway");
	struct gateway g;
	uint8_t key[8];
	int err;

	if (gateway == NULL)
		return registry_list(l->txn, &audit_kind, 0, see, l);
	err = manage_find_in(&cli->m, l->txn, &gateway_kind, gateway, &g);
	if (err != E_OK)
		return err;
	wire_key64(key, g.serial);
	return registry_list_by(
	    l->txn, &audit_kind, AUDIT_RECORD, span_of(key, 8), 0, see, l);
}

static int
list(struct cli *cli)
{
	struct listing l = {.cli = cli,
	    .kind = cli_value(cli, "kind"),
	    .id = cli_value(cli, "id"),
	    .actor = cli_value(cli, "by"),
	    .limit = LAST};
	int err = cli_number(cli, "last", 1, 1000000, &l.limit);

	if (err == E_OK)
		err = cli_time(cli, "since", &l.since);
	if (err == E_OK)
		err = cli_open(cli);
	if (err != E_OK)
		return err;
	if ((l.serials = calloc(l.limit, sizeof *l.serials)) == NULL)
		return cli_fail(cli, E_NOMEM);
	out_table(&cli->out, NULL, titles, COUNT(titles));
	cli->out.hold = true;
	if ((err = store_read_begin(cli->data.registry, &l.txn)) == E_OK) {
		if ((err = walk(&l)) == E_OK)
			err = show_rows(&l);
		store_read_end(l.txn);
	}
	cli->out.hold = false;
	free(l.serials);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_table_end(&cli->out);
	return E_OK;
}

static const struct option options[] = {
    OPTION("gateway", "ID", "of one gateway"),
    OPTION("kind", "KIND", "gateway, key, lns, trust, ca, account, firmware and so on"),
    OPTION("id", "ID", "of records with this identifier, deleted ones too"),
    OPTION("by", "WHO", "by somebody: a part of the name, e.g. alice or shell:alice"),
    OPTION("since", "TIME", "not older, e.g. 2026-11-22"),
    OPTION("last", "N", "so many of the newest (50)"),
    OPTION_END,
};

const struct command audit_commands[] = {
    {"list", "", 0, 0, options, NULL, list, "the latest changes, oldest first", NULL},
    {.verb = NULL},
};
