/* Changing one gateway, or many in bounded transactions. */
#include "cli/gateway.h"
#include "registry/record_text.h"

#define BATCH 200 /* gateways that one transaction changes */
#define BATCH_MEMORY ((size_t)256 << 20)

/* One field of one gateway that a dry run would change. */
struct would {
	struct would *next;
	const char *gateway, *field, *before, *after;
};

struct bulk {
	struct cli *cli;
	struct gateway_choice choice;
	struct edits edits;
	bool dry;
	uint64_t serials[BATCH];
	size_t count; /* in this batch… */
	uint64_t changed, matched;
	const char *at; /* …and the gateway that is being changed */
	struct would *first, **last;
	bool done;
	uint64_t all_changed, all_matched;
};

/* ---- one gateway --------------------------------------------------------------------------- */

static const char *
value_text(
    struct bulk *b, struct store_txn *txn, const struct field *f, const void *record)
{
	struct record_view view = cli_view(b->cli, txn);
	struct strbuf text;

	if (f->type == FIELD_SEALED)
		return field_is_zero(f, record) ? "" : "(secret)";
	view.arena = b->cli->m.arena;
	strbuf_init(&text, 1 << 20);
	if (!field_is_zero(f, record))
		record_field_to_text(f, record, &view, &text);
	return strbuf_keep_text(&text, b->cli->m.arena);
}

/* Takes note of what differs; false when nothing does. */
static bool
differs(struct bulk *b, struct store_txn *txn, const struct gateway *before,
    const struct gateway *after)
{
	bool any = false;

	for (const struct field *f = gateway_kind.fields; f->number != 0; f++) {
		struct would *w;

		if (f->flags & FIELD_INTERNAL || field_equal(f, before, after))
			continue;
		any = true;
		if (!b->dry || (w = arena_alloc(b->cli->m.arena, sizeof *w)) == NULL)
			continue;
		*w = (struct would){NULL, before->gateway_id, f->name,
		    value_text(b, txn, f, before), value_text(b, txn, f, after)};
		*b->last = w;
		b->last = &w->next;
	}
	return any;
}

static int
change_one(struct bulk *b, struct store_txn *txn, uint64_t serial)
{
	struct manage *m = &b->cli->m;
	struct gateway before, after;
	int err = registry_get(txn, &gateway_kind, serial, m->arena, &before);

	/* Gone since it was chosen. */
	if (err == E_NOTFOUND || (err == E_OK && before.deleted_at != 0))
		return E_OK;
	if (err != E_OK)
		return err;
	b->at = before.gateway_id;
	after = before;
	err = manage_edit_in(
	    m, txn, &gateway_kind, &after, b->edits.list, b->edits.count);
	if (err != E_OK)
		return err;
	b->matched++;
	if (!differs(b, txn, &before, &after))
		return E_OK;
	b->changed++;
	return manage_put_in(m, txn, &gateway_kind, &before, &after, "set");
}

/* ---- one batch ------------------------------------------------------------------------------ */

/* May run more than once. A dry run does everything and then takes it back. */
static int
change_batch(struct manage *m, struct store_txn *txn, void *arg)
{
	struct bulk *b = arg;
	int err = E_OK;

	(void)m;
	b->changed = b->matched = 0;
	b->first = NULL;
	b->last = &b->first;
	b->done = false;
	for (size_t i = 0; err == E_OK && i < b->count; i++)
		err = change_one(b, txn, b->serials[i]);
	if (err != E_OK)
		return err;
	b->done = true;
	return b->dry ? E_STALE : E_OK;
}

static void
show_would(struct bulk *b)
{
	struct out *o = &b->cli->out;

	for (const struct would *w = b->first; w != NULL; w = w->next) {
		out_line(o, "would change %s: %s: %s -> %s", w->gateway, w->field,
		    w->before[0] != '\0' ? w->before : "(empty)",
		    w->after[0] != '\0' ? w->after : "(empty)");
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "gateway", w->gateway);
		out_str(o, "field", w->field);
		out_str(o, "before", w->before);
		out_str(o, "after", w->after);
		out_object_end(o);
	}
}

static int
run_batch(struct bulk *b)
{
	struct cli *cli = b->cli;
	struct fault why;
	int err;

	if (b->count == 0)
		return E_OK;
	err = manage_update(&cli->m, change_batch, b);
	if (b->dry && b->done && err == E_STALE) {
		cli->m.fault = (struct fault){0};
		err = E_OK;
	}
	if (err != E_OK && b->choice.given) {
		why = cli->m.fault;
		return fault_set(&cli->m.fault, err, why.field,
		    "%.150s (at gateway %.40s; %llu were changed before)", why.text,
		    b->at != NULL ? b->at : "?", (unsigned long long)b->all_changed);
	}
	if (err != E_OK)
		return err;
	if (b->dry)
		show_would(b);
	b->all_changed += b->changed;
	b->all_matched += b->matched;
	return E_OK;
}

/* ---- all ------------------------------------------------------------------------------------- */

static int
change_chosen(struct bulk *b)
{
	struct gateway_cursor cursor = {.choice = b->choice};
	struct cli *cli = b->cli;
	struct arena *kept = cli->m.arena, work;
	int err;

	arena_init(&work, BATCH_MEMORY);
	do {
		err = gateway_cursor_next(cli, &cursor, b->serials, BATCH, &b->count);
		cli->m.arena = &work;
		if (err == E_OK)
			err = run_batch(b);
		cli->m.arena = kept;
		arena_reset(&work);
	} while (err == E_OK && b->count > 0);
	arena_clear(&work);
	gateway_cursor_clear(&cursor);
	return err;
}

static int
change_named(struct bulk *b, const char *id)
{
	struct gateway g;
	int err = manage_get(&b->cli->m, &gateway_kind, id, &g);

	if (err != E_OK)
		return err;
	b->count = 1;
	b->serials[0] = g.serial;
	return run_batch(b);
}

static void
summary(struct bulk *b)
{
	struct out *o = &b->cli->out;

	if (o->json) {
		out_uint(o, "matched", b->all_matched);
		out_uint(o, "changed", b->all_changed);
		out_bool(o, "dry_run", b->dry);
	} else {
		out_line(o, "%s %llu of %llu gateways",
		    b->dry ? "would change" : "changed",
		    (unsigned long long)b->all_changed,
		    (unsigned long long)b->all_matched);
	}
}

static int
set_many(struct bulk *b, const char *id)
{
	struct out *o = &b->cli->out;
	int err = cli_open(b->cli);

	if (err != E_OK)
		return err;
	out_object(o, NULL, NULL);
	if (b->dry)
		out_list(o, "changes");
	err = id != NULL ? change_named(b, id) : change_chosen(b);
	if (err != E_OK)
		return cli_fail(b->cli, err);
	if (b->dry)
		out_list_end(o);
	summary(b);
	out_object_end(o);
	return E_OK;
}

int
gateway_set(struct cli *cli)
{
	struct bulk b = {.cli = cli, .dry = cli_has(cli, "dry-run")};
	const char *first = cli_word(cli, 0);
	bool named = first != NULL && strchr(first, '=') == NULL;
	int err = gateway_choice_read(cli, &b.choice);

	if (err != E_OK)
		return err;
	if (named == b.choice.given)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "say which gateways: either an ID, or --group, --lns, --plan, "
		    "--word, --unseen, --at-cups or --all");
	if (named && !b.dry)
		return record_run_set(cli);
	err = record_edits(cli, &gateway_kind, named ? 1 : 0, &b.edits);
	if (err == E_OK && b.edits.count == 0)
		err = fault_set(&cli->m.fault, E_INVALID, NULL,
		    "nothing to set: give FIELD=VALUE; --help lists the fields");
	return err == E_OK ? set_many(&b, named ? first : NULL) : err;
}
