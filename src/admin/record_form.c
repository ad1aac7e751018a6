#include "admin/record_form.h"

#include "admin/record_field.h"
#include "admin/widget.h"

/* ---- sections ------------------------------------------------------------------------------ */

static bool
is_among(const char *const *names, const char *name)
{
	for (; names != NULL && *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static const struct record_section *
section_of(const struct record_shape *shape, const char *field)
{
	const struct record_section *s = shape->sections;

	for (; s != NULL && s->title != NULL; s++)
		if (is_among(s->fields, field))
			return s;
	return NULL;
}

static bool
is_shown(const struct record_shape *shape, const struct field *f)
{
	return !(f->flags & FIELD_INTERNAL) && !is_among(shape->hidden, f->name);
}

/* May it be set by a form at all? */
static bool
field_is_settable(const struct field *f)
{
	return !(f->flags & (FIELD_INTERNAL | FIELD_READONLY)) &&
	       f->type != FIELD_BYTES;
}

void
field_items(struct visit *v, const struct field *f, const void *record)
{
	const struct text_list *list = field_at(f, record);

	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			html_raw(&v->html, ", ");
		html_user(&v->html, list->items[i]);
	}
}

void
field_flags(struct visit *v, const struct field *f, const void *record)
{
	static const char prefix[] = "RIGHT_GATEWAY_";
	uint64_t flags = *(const uint64_t *)field_at(f, record);
	bool any = false;

	for (size_t i = 0; f->words[i] != NULL; i++) {
		const char *word = f->words[i];

		if ((flags >> i & 1) == 0)
			continue;
		if (strncmp(word, prefix, strlen(prefix)) == 0)
			word += strlen(prefix);
		if (any)
			html_raw(&v->html, ", ");
		html_text(&v->html, word);
		any = true;
	}
}

/* ---- facts ----------------------------------------------------------------------------------- */

/* A record that is named leads to its page, where whoever looks may open it. */
static void
put_ref(struct visit *v, const char *id, const struct record_kind *of)
{
	static const struct {
		const char *kind, *pattern;
		enum page_access access;
	} pages[] = {{"lns", "/lns/{}", PAGE_VIEWER},
	    {"trust", "/trust/{}", PAGE_VIEWER},
	    {"gateway", "/gateways/{}", PAGE_VIEWER},
	    {"firmware", "/firmware/{}", PAGE_VIEWER},
	    {"release", "/releases/{}", PAGE_VIEWER},
	    {"channel", "/channels/{}", PAGE_VIEWER}, {"key", "/keys/{}", PAGE_ADMIN}};

	for (size_t i = 0; i < COUNT(pages); i++)
		if (strcmp(pages[i].kind, of->name) == 0 &&
		    visit_may(v, pages[i].access)) {
			page_link(v, id, pages[i].pattern, id, NULL);
			return;
		}
	html_user(&v->html, id);
}

static void
put_fact(struct visit *v, struct store_txn *txn, const struct record_kind *kind,
    const struct field *f, const void *record)
{
	struct html *h = &v->html;

	facts_row(v, field_label(v, f));
	switch (f->type) {
	case FIELD_SEALED:
		html_raw(h, "<span class=\"quiet\">set, not shown</span>");
		break;
	case FIELD_BYTES:
		html_printf(
		    h, "%zu bytes", ((const struct span *)field_at(f, record))->len);
		break;
	case FIELD_TIME:
		page_time(v, *(const int64_t *)field_at(f, record));
		break;
	case FIELD_BOOL:
		html_raw(h, "yes");
		break;
	case FIELD_LIST:
		field_items(v, f, record);
		break;
	case FIELD_FLAGS:
		field_flags(v, f, record);
		break;
	case FIELD_REF:
		put_ref(v, field_text(v, txn, kind, f, record), f->of);
		break;
	default:
		html_user(h, field_text(v, txn, kind, f, record));
	}
}

static size_t
put_facts(struct visit *v, struct store_txn *txn, const struct record_shape *shape,
    const struct record_section *section, const void *record)
{
	size_t n = 0;

	for (const struct field *f = shape->kind->fields; f->number != 0; f++) {
		if (!is_shown(shape, f) || section_of(shape, f->name) != section ||
		    (field_is_zero(f, record) && f->type != FIELD_ENUM))
			continue;
		if (n++ == 0) {
			if (shape->sections != NULL) {
				html_raw(&v->html, "<h3>");
				html_text(&v->html,
				    section != NULL ? section->title : "More");
				html_raw(&v->html, "</h3>\n");
			}
			facts_begin(v);
		}
		put_fact(v, txn, shape->kind, f, record);
	}
	if (n > 0)
		facts_end(v);
	return n;
}

void
record_facts(struct visit *v, struct store_txn *txn, const struct record_shape *shape,
    const void *record)
{
	const struct record_section *s = shape->sections;

	for (; s != NULL && s->title != NULL; s++)
		put_facts(v, txn, shape, s, record);
	put_facts(v, txn, shape, NULL, record);
}

/* ---- inputs ------------------------------------------------------------------------------------ */

/* Must it be seen at once? */
static bool
is_open(struct visit *v, const struct record_shape *shape,
    const struct record_section *section, const void *record, bool typed)
{
	size_t n = strlen(v->m.fault.field);

	for (const struct field *f = shape->kind->fields; f->number != 0; f++)
		if (is_shown(shape, f) && field_is_settable(f) &&
		    section_of(shape, f->name) == section &&
		    (!field_is_zero(f, record) || typed ||
			(n > 0 && strncmp(v->m.fault.field, f->name, n) == 0)))
			return true;
	return false;
}

static void
put_inputs(struct visit *v, struct store_txn *txn, const struct record_shape *shape,
    const struct record_section *section, const void *record, bool typed)
{
	bool folded = section != NULL && section->folded;
	size_t n = 0;

	for (const struct field *f = shape->kind->fields; f->number != 0; f++) {
		if (!is_shown(shape, f) || !field_is_settable(f) ||
		    section_of(shape, f->name) != section)
			continue;
		if (n++ == 0 && shape->sections != NULL) {
			if (folded)
				html_raw(&v->html, "<details");
			else
				html_raw(&v->html, "<fieldset");
			if (folded && is_open(v, shape, section, record, typed))
				html_raw(&v->html, " open");
			if (folded)
				html_raw(&v->html, "><summary>");
			else
				html_raw(&v->html, "><legend>");
			html_text(&v->html, section != NULL ? section->title : "More");
			if (folded)
				html_raw(&v->html, "</summary>\n");
			else
				html_raw(&v->html, "</legend>\n");
		}
		record_input(v, txn, shape->kind, f, record, typed);
	}
	if (n > 0 && shape->sections != NULL) {
		if (folded)
			html_raw(&v->html, "</details>\n");
		else
			html_raw(&v->html, "</fieldset>\n");
	}
}

void
record_inputs(struct visit *v, struct store_txn *txn, const struct record_shape *shape,
    const void *record, bool typed)
{
	const struct record_section *s = shape->sections;
	char version[MANAGE_VERSION];

	if (*(const uint64_t *)record != 0 &&
	    manage_version(shape->kind, record, version) == E_OK)
		input_hidden(v, "version", version);
	for (; s != NULL && s->title != NULL; s++)
		put_inputs(v, txn, shape, s, record, typed);
	put_inputs(v, txn, shape, NULL, record, typed);
}

/* ---- what was typed ------------------------------------------------------------------------------ */

int
record_edits_of(struct visit *v, const struct record_shape *shape, const void *record,
    struct edit **edits, size_t *count)
{
	size_t n = 0;
	int err = E_OK;

	for (const struct field *f = shape->kind->fields; f->number != 0; f++)
		n++;
	*count = 0;
	if ((*edits = arena_zalloc(v->arena, n, sizeof **edits)) == NULL)
		return E_NOMEM;
	for (const struct field *f = shape->kind->fields; err == E_OK && f->number != 0;
	     f++) {
		struct edit *e = &(*edits)[*count];
		bool changed = false;

		if (!is_shown(shape, f) || !field_is_settable(f))
			continue;
		err = record_typed(v, shape->kind, f, record, &e->text, &changed);
		e->field = f->name;
		if (err == E_OK && changed)
			++*count;
	}
	return err;
}
