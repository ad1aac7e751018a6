#include "admin/record_page.h"

#include <ctype.h>

#include "admin/widget.h"

static const struct record_pages *
pages_of(const struct visit *v)
{
	return v->page->arguments;
}

/* "Network server" of "network server". */
static const char *
capital(struct visit *v, const char *text)
{
	char *copy = arena_strdup(v->arena, text);

	if (copy == NULL)
		return text;
	copy[0] = (char)toupper((unsigned char)copy[0]);
	return copy;
}

static bool
may_change(const struct visit *v, const struct record_pages *p)
{
	return visit_may(v, p->access != PAGE_OPEN ? p->access : PAGE_OPERATOR);
}

static int
begin_read(struct visit *v, struct store_txn **txn)
{
	int err = store_read_begin(v->admin->data.registry, txn);

	return manage_failed(&v->m, err);
}

int
record_open(struct visit *v, const struct record_kind *kind, const char *id,
    void **record, struct store_txn **txn)
{
	int err;

	if ((*record = arena_alloc(v->arena, kind->size)) == NULL)
		return E_NOMEM;
	if ((err = begin_read(v, txn)) != E_OK)
		return err;
	if ((err = manage_find_in(&v->m, *txn, kind, id, *record)) != E_OK)
		store_read_end(*txn);
	return err;
}

/* ---- lists --------------------------------------------------------------------------------- */

void
record_cell(struct visit *v, struct store_txn *txn, const struct record_kind *kind,
    const char *field, const void *record)
{
	const struct field *f = field_by_name(kind, field);

	table_cell(v);
	if (f == NULL || (field_is_zero(f, record) && f->type != FIELD_ENUM))
		return;
	if (f->type == FIELD_TIME)
		page_time(v, *(const int64_t *)field_at(f, record));
	else if (f->type == FIELD_BOOL)
		html_raw(&v->html, "yes");
	else if (f->type == FIELD_SEALED)
		html_raw(&v->html, "set");
	else if (f->type == FIELD_LIST)
		field_items(v, f, record);
	else if (f->type == FIELD_FLAGS)
		field_flags(v, f, record);
	else
		html_user(&v->html, field_text(v, txn, kind, f, record));
}

struct listing {
	struct visit *v;
	const struct record_kind *kind;
	const char *link;
	record_cells_fn *put;
	uint64_t shown, last;
	bool more;
};

static int
put_row(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct listing *l = arg;
	struct visit *v = l->v;
	const char *id = record_id(l->kind, record);

	(void)m;
	if (l->shown == PAGE_ROWS) {
		l->more = true;
		return E_AGAIN;
	}
	l->shown++;
	l->last = *(const uint64_t *)record;
	table_row(v);
	table_cell(v);
	page_link(v, id, l->link, id, NULL);
	l->put(v, txn, record);
	return E_OK;
}

int
record_table(struct visit *v, const struct record_kind *kind, const char *base,
    const char *caption, const char *const *titles, record_cells_fn *put)
{
	struct listing l = {
	    v, kind, arena_printf(v->arena, "%s/{}", base), put, 0, 0, false};
	int err;

	if (l.link == NULL)
		return E_NOMEM;
	table_begin(v, caption, titles);
	err = manage_list(&v->m, kind, pager_after(v), 0, put_row, &l);
	table_end(v);
	if (err != E_OK)
		return err;
	if (l.shown == 0)
		page_note(v, MOOD_QUIET, "There are none.");
	pager(v, l.more ? l.last : 0);
	return E_OK;
}

static void
put_columns(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct record_pages *p = pages_of(v);

	for (size_t i = 0; p->columns[i] != NULL; i++)
		record_cell(v, txn, p->shape.kind, p->columns[i], record);
}

static const char *const *
column_titles(struct visit *v, const struct record_pages *p)
{
	const char **titles;
	size_t n = 0;

	while (p->columns[n] != NULL)
		n++;
	if ((titles = arena_zalloc(v->arena, n + 2, sizeof *titles)) == NULL)
		return p->columns;
	titles[0] = "ID";
	for (size_t i = 0; i < n; i++) {
		const struct field *f = field_by_name(p->shape.kind, p->columns[i]);

		titles[i + 1] = f != NULL ? field_label(v, f) : p->columns[i];
	}
	return titles;
}

int
record_list(struct visit *v)
{
	const struct record_pages *p = pages_of(v);
	int err;

	page_begin(v, p->many);
	if (p->intro != NULL)
		page_text(v, p->intro);
	if (may_change(v, p)) {
		page_buttons(v);
		page_button(v, arena_printf(v->arena, "New %s", p->one),
		    arena_printf(v->arena, "%s/new", p->base), NULL, NULL);
		page_buttons_end(v);
	}
	err = record_table(
	    v, p->shape.kind, p->base, p->many, column_titles(v, p), put_columns);
	return err == E_OK ? page_end(v) : err;
}

/* ---- one ------------------------------------------------------------------------------------- */

static void
crumbs(struct visit *v, const char *id)
{
	const struct record_pages *p = pages_of(v);

	page_crumb(v, p->many, p->base, NULL);
	if (id != NULL)
		page_crumb(v, id, arena_printf(v->arena, "%s/{}", p->base), id);
}

static void
actions(struct visit *v, const char *id)
{
	const struct record_pages *p = pages_of(v);

	if (!may_change(v, p))
		return;
	page_buttons(v);
	page_button(v, "Edit", arena_printf(v->arena, "%s/{}/edit", p->base), id, NULL);
	page_button(v, p->delete_word != NULL ? p->delete_word : "Delete…",
	    arena_printf(v->arena, "%s/{}/delete", p->base), id, NULL);
	page_buttons_end(v);
}

int
record_show(struct visit *v)
{
	const struct record_pages *p = pages_of(v);
	struct store_txn *txn;
	void *record;
	int err = record_open(v, p->shape.kind, visit_capture(v, "id"), &record, &txn);

	if (err != E_OK)
		return err;
	crumbs(v, NULL);
	page_begin(v, record_id(p->shape.kind, record));
	actions(v, record_id(p->shape.kind, record));
	page_section(v, "settings", "Settings");
	record_facts(v, txn, &p->shape, record);
	page_section_end(v);
	if (p->more != NULL)
		err = p->more(v, txn, record);
	store_read_end(txn);
	if (err == E_OK && p->after != NULL)
		err = p->after(v, record);
	return err == E_OK ? page_end(v) : err;
}

/* ---- making and changing ------------------------------------------------------------------------ */

/* The form for a new one (`id` NULL) or one that is there; `err` says what is wrong with what
 * was typed. */
static int
put_form(struct visit *v, const char *id, int problem)
{
	const struct record_pages *p = pages_of(v);
	struct fault fault = v->m.fault;
	bool typed = v->req->method == METHOD_POST;
	struct store_txn *txn;
	void *record;
	int err;

	if (id != NULL) {
		err = record_open(v, p->shape.kind, id, &record, &txn);
	} else if ((record = arena_alloc(v->arena, p->shape.kind->size)) == NULL) {
		err = E_NOMEM;
	} else {
		record_init(p->shape.kind, record);
		err = begin_read(v, &txn);
	}
	if (err != E_OK)
		return err;
	v->m.fault = fault;
	if (problem != E_OK)
		v->res->status = problem == E_STALE ? 409 : err_http(problem);
	crumbs(v, id);
	page_begin(v, id != NULL ? arena_printf(v->arena, "Edit %s", id)
				 : arena_printf(v->arena, "New %s", p->one));
	input_problem(v, problem);
	if (problem == E_STALE)
		page_text(v, "What you typed is kept below, beside what it is now. "
			     "Saving again puts "
			     "your values in the place of the others.");
	page_form(v,
	    arena_printf(v->arena, "%s%s", p->base, id != NULL ? "/{}/edit" : "/new"),
	    id, NULL);
	record_inputs(v, txn, &p->shape, record, typed);
	input_submit(v, id != NULL ? "Save" : "Create");
	page_form_end(v);
	store_read_end(txn);
	return page_end(v);
}

/* What a person can put right in the form; other errors have their own page. */
int
record_new(struct visit *v)
{
	return put_form(v, NULL, E_OK);
}

int
record_edit(struct visit *v)
{
	return put_form(v, visit_capture(v, "id"), E_OK);
}

static const char *
new_id(const struct record_kind *kind, const struct edit *edits, size_t count,
    const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(edits[i].field, kind->fields[0].name) == 0)
			return (const char *)edits[i].text.data;
	return id;
}

int
record_add(struct visit *v)
{
	const struct record_pages *p = pages_of(v);
	void *empty = arena_alloc(v->arena, p->shape.kind->size);
	struct edit *edits;
	size_t count;
	const char *id;
	int err;

	if (empty == NULL)
		return E_NOMEM;
	record_init(p->shape.kind, empty);
	err = record_edits_of(v, &p->shape, empty, &edits, &count);
	if (err == E_OK)
		err = p->add != NULL
			  ? p->add(&v->m, edits, count)
			  : manage_add(&v->m, p->shape.kind, edits, count, NULL);
	if (err != E_OK)
		return input_is_correctable(err) ? put_form(v, NULL, err) : err;
	id = new_id(p->shape.kind, edits, count, "");
	return visit_done(v,
	    arena_printf(v->arena, "%s %s is there.", capital(v, p->one), id),
	    arena_printf(v->arena, "%s/{}", p->base), id);
}

int
record_save(struct visit *v)
{
	const struct record_pages *p = pages_of(v);
	const char *id = visit_capture(v, "id");
	struct store_txn *txn;
	struct edit *edits;
	size_t count = 0;
	void *record;
	int err = record_open(v, p->shape.kind, id, &record, &txn);

	if (err != E_OK)
		return err;
	err = record_edits_of(v, &p->shape, record, &edits, &count);
	store_read_end(txn);
	v->m.expected = visit_field(v, "version");
	if (err == E_OK && count > 0)
		err = p->set != NULL
			  ? p->set(&v->m, id, edits, count)
			  : manage_set(&v->m, p->shape.kind, id, edits, count);
	if (err != E_OK)
		return input_is_correctable(err) ? put_form(v, id, err) : err;
	return visit_done(v,
	    count > 0 ? "The changes are stored." : "Nothing was changed.",
	    arena_printf(v->arena, "%s/{}", p->base),
	    new_id(p->shape.kind, edits, count, id));
}

/* ---- deleting --------------------------------------------------------------------------------------- */

int
record_ask_delete(struct visit *v)
{
	const struct record_pages *p = pages_of(v);
	char version[MANAGE_VERSION];
	struct store_txn *txn;
	void *record;
	const char *id, *show;
	int err = record_open(v, p->shape.kind, visit_capture(v, "id"), &record, &txn);

	if (err != E_OK)
		return err;
	store_read_end(txn);
	if ((err = manage_version(p->shape.kind, record, version)) != E_OK)
		return err;
	id = record_id(p->shape.kind, record);
	crumbs(v, id);
	show = arena_printf(v->arena, "%s/{}", p->base);
	return page_question(
	    v, &(struct question){
		   .title = arena_printf(v->arena, "Delete %s %s?", p->one, id),
		   .text = p->delete_text != NULL
			       ? p->delete_text
			       : "It is refused while something needs it.",
		   .button = "Delete it",
		   .pattern = arena_printf(v->arena, "%s/{}/delete", p->base),
		   .one = id,
		   .back = show,
		   .back_one = id,
		   .version = version});
}

int
record_delete(struct visit *v)
{
	const struct record_pages *p = pages_of(v);
	const char *id = visit_capture(v, "id");
	int err;

	v->m.expected = visit_field(v, "version");
	err = p->remove != NULL ? p->remove(&v->m, id)
				: manage_delete(&v->m, p->shape.kind, id);
	if (err == E_STATE || err == E_STALE)
		return visit_failed(
		    v, err, arena_printf(v->arena, "%s/{}", p->base), id);
	if (err != E_OK)
		return err;
	return visit_done(v,
	    arena_printf(v->arena, "%s %s is deleted.", capital(v, p->one), id),
	    p->base);
}
