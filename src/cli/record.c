#include "cli/record.h"

#include <stdio.h>

#include "base/clock.h"
#include "registry/record_text.h"

/* ---- edits -------------------------------------------------------------------------------- */

static bool
settable(const struct field *f)
{
	return (f->flags & (FIELD_INTERNAL | FIELD_READONLY)) == 0;
}

/* The field whose name ends with ".name", when there is only one. */
static const struct field *
find_short(const struct record_kind *kind, const char *name)
{
	const struct field *found = NULL;

	for (const struct field *f = kind->fields; f->number != 0; f++) {
		const char *dot = strrchr(f->name, '.');

		if (dot == NULL || !settable(f) || strcmp(dot + 1, name) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = f;
	}
	return found;
}

static const char *
settable_name(const void *table, size_t i)
{
	const struct record_kind *kind = table;

	for (const struct field *f = kind->fields; f->number != 0; f++)
		if (settable(f) && i-- == 0)
			return f->name;
	return NULL;
}

static int
find_field(struct cli *cli, const struct record_kind *kind, const char *name,
    const struct field **found)
{
	const char *near;

	if ((*found = field_by_name(kind, name)) == NULL && strcmp(name, "id") == 0)
		*found = &kind->fields[0];
	if (*found == NULL)
		*found = find_short(kind, name);
	if (*found != NULL && (*found)->flags & FIELD_READONLY)
		return fault_set(&cli->m.fault, E_INVALID, (*found)->name,
		    "is set by Gatehouse alone");
	if (*found != NULL && settable(*found))
		return E_OK;
	if ((near = name_near(name, settable_name, kind)) != NULL)
		return fault_set(&cli->m.fault, E_INVALID, name,
		    "a %s has no such field; did you mean %s?", kind->name, near);
	return fault_set(&cli->m.fault, E_INVALID, name,
	    "a %s has no such field; --help lists them", kind->name);
}

static int
append(struct cli *cli, struct edits *edits, const char *field, struct span text)
{
	for (size_t i = 0; i < edits->count; i++)
		if (strcmp(edits->list[i].field, field) == 0)
			return fault_set(
			    &cli->m.fault, E_INVALID, field, "is given twice");
	edits->list[edits->count++] = (struct edit){field, text};
	return E_OK;
}

/* "name=value" cut into two; the name in the arena. */
static int
split(struct cli *cli, const char *word, const char **name, const char **value)
{
	const char *equals = strchr(word, '=');

	if (equals == NULL || equals == word)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "expected FIELD=VALUE instead of one of the arguments");
	*value = equals + 1;
	*name = arena_dup(&cli->arena, span_of(word, (size_t)(equals - word)));
	return *name != NULL ? E_OK : cli_fail(cli, E_NOMEM);
}

static int
word_edit(struct cli *cli, const struct record_kind *kind, const char *word,
    struct edits *edits)
{
	const char *name, *value = "";
	const struct field *f;
	int err = split(cli, word, &name, &value);

	if (err != E_OK || (err = find_field(cli, kind, name, &f)) != E_OK)
		return err;
	if (f->type == FIELD_SEALED && value[0] != '\0')
		return fault_set(&cli->m.fault, E_INVALID, f->name,
		    "a secret is never an argument, where others can see it: put it in "
		    "a file and use --secret %s=FILE, or --secret %s=- for standard "
		    "input",
		    f->name, f->name);
	return append(cli, edits, f->name, span_str(value));
}

static int
secret_edit(struct cli *cli, const struct record_kind *kind, const char *word,
    struct edits *edits)
{
	const char *name, *path = "";
	const struct field *f;
	struct span secret;
	int err = split(cli, word, &name, &path);

	if (err != E_OK || (err = find_field(cli, kind, name, &f)) != E_OK)
		return err;
	if (f->type != FIELD_SEALED)
		return fault_set(&cli->m.fault, E_INVALID, f->name,
		    "is no secret: give it as %s=VALUE", f->name);
	if ((err = cli_read_secret(cli, path, &secret)) != E_OK)
		return err;
	return append(cli, edits, f->name, secret);
}

static int
make_room(struct cli *cli, struct edits *edits)
{
	size_t room = cli->args.word_count + cli->args.given_count + 8;

	if (edits->list != NULL)
		return E_OK;
	edits->list = arena_zalloc(&cli->arena, room, sizeof *edits->list);
	return edits->list != NULL ? E_OK : cli_fail(cli, E_NOMEM);
}

int
record_edit_add(
    struct cli *cli, const char *field, const char *value, struct edits *edits)
{
	int err = make_room(cli, edits);

	return err == E_OK ? append(cli, edits, field, span_str(value)) : err;
}

int
record_edits(
    struct cli *cli, const struct record_kind *kind, size_t skip, struct edits *edits)
{
	const char *word;
	size_t at = 0;
	int err = make_room(cli, edits);

	for (size_t i = skip; err == E_OK && (word = cli_word(cli, i)) != NULL; i++)
		err = word_edit(cli, kind, word, edits);
	while (err == E_OK && (word = args_next(&cli->args, "secret", &at)) != NULL)
		err = secret_edit(cli, kind, word, edits);
	return err;
}

/* ---- showing ------------------------------------------------------------------------------- */

/* What people see of a value: its text, but for times, secrets and certificates. */
static void
show_field(struct cli *cli, const struct record_view *view,
    const struct record_kind *kind, const struct field *f, const void *record,
    struct strbuf *text)
{
	char buf[OUT_TIME];
	struct span plain;

	strbuf_reset(text);
	switch (f->type) {
	case FIELD_TIME:
		strbuf_puts(text, out_time_text(*(const int64_t *)field_at(f, record),
				      cli->m.now, buf));
		break;
	case FIELD_BYTES:
		strbuf_printf(text, "(%zu bytes)",
		    ((const struct span *)field_at(f, record))->len);
		break;
	case FIELD_SEALED:
		if (view->open_secret == NULL)
			strbuf_puts(text, "(set; --show-secrets shows it)");
		else if (view->open_secret(view->arg, kind, record, f, &plain) == E_OK)
			strbuf_put(text, plain.data, plain.len);
		else
			strbuf_printf(
			    text, "(cannot be opened: %.200s)", cli->m.fault.text);
		break;
	default:
		record_field_to_text(f, record, view, text);
	}
	out_span(&cli->out, f->name, strbuf_span(text));
}

void
record_show(struct cli *cli, struct store_txn *txn, const struct record_kind *kind,
    const void *record)
{
	struct record_view view = cli_view(cli, txn);
	struct strbuf text;

	if (cli->out.json) {
		record_to_json(kind, record, &view, NULL, &cli->out.j);
		return;
	}
	strbuf_init(&text, 1 << 20);
	for (const struct field *f = kind->fields; f->number != 0; f++)
		if ((f->flags & FIELD_INTERNAL) == 0 && !field_is_zero(f, record))
			show_field(cli, &view, kind, f, record, &text);
	strbuf_clear(&text);
}

int
record_get_show(struct cli *cli, const struct record_kind *kind, const char *id)
{
	void *record = arena_alloc(&cli->arena, kind->size);
	struct store_txn *txn;
	int err;

	if (record == NULL)
		return cli_fail(cli, E_NOMEM);
	if ((err = store_read_begin(cli->data.registry, &txn)) != E_OK)
		return cli_fail(cli, err);
	err = manage_find_in(&cli->m, txn, kind, id, record);
	if (err == E_OK)
		record_show(cli, txn, kind, record);
	store_read_end(txn);
	return cli_fail(cli, err);
}

/* ---- lists ---------------------------------------------------------------------------------- */

void
record_cell(
    struct cli *cli, struct store_txn *txn, const struct field *f, const void *record)
{
	struct record_view view = cli_view(cli, txn);
	struct strbuf text;
	char buf[CLOCK_AGE];

	view.arena = cli->m.arena;
	strbuf_init(&text, 1 << 20);
	if (f->type == FIELD_TIME)
		strbuf_puts(&text,
		    clock_age(*(const int64_t *)field_at(f, record), cli->m.now, buf));
	else if (f->type == FIELD_SEALED)
		strbuf_puts(&text, field_is_zero(f, record) ? "" : "set");
	else if (!field_is_zero(f, record) || f->type == FIELD_ENUM)
		record_field_to_text(f, record, &view, &text);
	out_cell(&cli->out, strbuf_str(&text));
	strbuf_clear(&text);
}

struct listing {
	struct cli *cli;
	const struct record_table *records;
};

static int
list_one(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct listing *l = arg;
	const struct record_kind *kind = l->records->kind;
	struct cli *cli = l->cli;
	struct record_view view = cli_view(cli, txn);

	(void)m;
	if (cli->out.json) {
		record_to_json(kind, record, &view, NULL, &cli->out.j);
		return cli->out.text.err;
	}
	for (const struct record_column *c = l->records->columns; c->title != NULL; c++)
		record_cell(cli, txn, field_by_name(kind, c->field), record);
	return E_OK;
}

int
record_list(struct cli *cli, const struct record_table *records)
{
	struct listing l = {cli, records};
	const char *titles[OUT_COLUMNS_MAX] = {NULL};
	size_t count = 0;
	int err = cli_open(cli);

	if (err != E_OK)
		return err;
	for (; records->columns[count].title != NULL; count++)
		titles[count] = records->columns[count].title;
	out_table(&cli->out, NULL, titles, count);
	err = manage_list(&cli->m, records->kind, 0, 0, list_one, &l);
	if (err == E_OK)
		out_table_end(&cli->out);
	return cli_fail(cli, err);
}

/* ---- commands -------------------------------------------------------------------------------- */

struct collecting {
	const struct record_kind *kind;
	struct arena *arena;
	const char **ids;
	size_t count, room;
};

static int
collect(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct collecting *c = arg;
	const char *id = record_id(c->kind, record);

	(void)m;
	(void)txn;
	if (c->count == c->room) {
		size_t room = c->room * 2 + 64;
		const char **more = arena_alloc(c->arena, room * sizeof *more);

		if (more == NULL)
			return E_NOMEM;
		if (c->count > 0)
			memcpy(more, c->ids, c->count * sizeof *more);
		c->ids = more;
		c->room = room;
	}
	c->ids[c->count] = arena_strdup(c->arena, id);
	return c->ids[c->count++] != NULL ? E_OK : E_NOMEM;
}

int
record_ids(struct cli *cli, const struct record_kind *kind, struct text_list *ids)
{
	struct collecting c = {.kind = kind, .arena = &cli->arena};
	int err;

	*ids = (struct text_list){cli->args.words, cli->args.word_count};
	if (ids->count > 0)
		return E_OK;
	err = manage_list(&cli->m, kind, 0, 0, collect, &c);
	*ids = (struct text_list){c.ids, c.count};
	return err;
}

int
record_done(
    struct cli *cli, const char *done, const struct record_kind *kind, const char *id)
{
	if (cli->out.json)
		return record_get_show(cli, kind, id);
	out_line(&cli->out, "%s %s %s", done, kind->name, id);
	return E_OK;
}

int
record_run_add(struct cli *cli, const struct record_kind *kind, struct edits *edits)
{
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_add(&cli->m, kind, edits->list, edits->count, NULL);
	return err == E_OK ? record_done(cli, "added", kind, cli_word(cli, 0)) : err;
}

int
record_set(struct cli *cli, const struct record_kind *kind, const struct edits *edits,
    const char **id)
{
	int err;

	*id = cli_word(cli, 0);
	if (edits->count == 0)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "nothing to set: give FIELD=VALUE; --help lists the fields");
	if ((err = cli_open(cli)) != E_OK)
		return err;
	err = manage_set(&cli->m, kind, *id, edits->list, edits->count);
	for (size_t i = 0; err == E_OK && i < edits->count; i++)
		if (strcmp(edits->list[i].field, kind->fields[0].name) == 0)
			*id = (const char *)edits->list[i].text.data;
	return cli_fail(cli, err);
}

static const struct record_kind *
kind_of(const struct cli *cli)
{
	return cli->args.group->records->kind;
}

int
record_run_set(struct cli *cli)
{
	struct edits edits = {0};
	const char *id;
	int err = record_edits(cli, kind_of(cli), 1, &edits);

	if (err == E_OK)
		err = record_set(cli, kind_of(cli), &edits, &id);
	return err == E_OK ? record_done(cli, "changed", kind_of(cli), id) : err;
}

int
record_run_show(struct cli *cli)
{
	int err = cli_open(cli);

	return err == E_OK ? record_get_show(cli, kind_of(cli), cli_word(cli, 0)) : err;
}

int
record_run_list(struct cli *cli)
{
	return record_list(cli, cli->args.group->records);
}

int
record_run_delete(struct cli *cli)
{
	const struct record_kind *kind = kind_of(cli);
	const char *id = cli_word(cli, 0);
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_delete(&cli->m, kind, id);
	if (err != E_OK)
		return err;
	out_done(&cli->out, "deleted", id, "deleted %s %s", kind->name, id);
	return E_OK;
}
