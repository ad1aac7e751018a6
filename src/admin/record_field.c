#include "admin/record_field.h"

#include <stdio.h>

#include "admin/widget.h"
#include "registry/board.h"
#include "registry/plan.h"
#include "registry/record_text.h"

#define CHOICES_MAX 200 /* more records than this are typed, not chosen from */

/* ---- names ------------------------------------------------------------------------------------ */

static const struct {
	const char *field, *label;
} labels[] = {

    {"ids.eui", "EUI"},
    {"lbs_lns_secret.value", "Key for the network server"},
    {"lbs_lns_secret.key_id", "ID of the key for the network server"},
    {"target_cups_uri", "CUPS to move to"},
    {"target_cups_key", "Key it should have for CUPS"},
    {"frequency_plan_ids", "Frequency plans"},
    {"lns", "Network server"},
    {"class_b_beacons", "Class B beacons"},
    {"kickstarter", "The Things Kickstarter Gateway"},
    {"udp_address", "Servers for UDP"},
    {"overrides", "Changes to configuration files"},
};

static const char *const capitals[] = {
    "id", "eui", "uri", "url", "lns", "cups", "udp", "mqtt", "der", "ca", "gps", NULL};

static bool
is_capital(const char *word, size_t n)
{
	for (size_t i = 0; capitals[i] != NULL; i++)
		if (strlen(capitals[i]) == n && strncmp(capitals[i], word, n) == 0)
			return true;
	return false;
}

const char *
field_label(struct visit *v, const struct field *f)
{
	const char *name = f->name, *dot = strrchr(name, '.');
	char *out;
	size_t n = 0;

	if (f->number == 1 && f->flags & FIELD_UNIQUE)
		return "ID";
	for (size_t i = 0; i < COUNT(labels); i++)
		if (strcmp(labels[i].field, name) == 0)
			return labels[i].label;
	if (dot != NULL && strlen(dot) > 4)
		name = dot + 1;
	if ((out = arena_strdup(v->arena, name)) == NULL)
		return f->name;
	while (out[n] != '\0') {
		size_t len = strcspn(out + n, "_.");

		for (size_t i = 0; i < len; i++)
			if ((is_capital(name + n, len) || (n == 0 && i == 0)) &&
			    out[n + i] >= 'a' && out[n + i] <= 'z')
				out[n + i] = (char)(out[n + i] - 32);
		n += len;
		if (out[n] != '\0')
			out[n++] = ' ';
	}
	return out;
}

/* ---- values ------------------------------------------------------------------------------------- */

const char *
field_text(struct visit *v, struct store_txn *txn, const struct record_kind *kind,
    const struct field *f, const void *record)
{
	struct record_view view = manage_view(&v->m, txn, false);
	struct strbuf text;
	const char *copy;

	(void)kind;
	view.arena = v->arena;
	if (field_is_zero(f, record) && f->type != FIELD_ENUM)
		return "";
	strbuf_init(&text, 1 << 20);
	record_field_to_text(f, record, &view, &text);
	copy = strbuf_keep_text(&text, v->arena);
	return copy != NULL ? copy : "";
}

static const char *
was_name(struct visit *v, const char *name)
{
	const char *was = arena_printf(v->arena, "was.%s", name);

	return was != NULL ? was : "";
}

/* Several of one name, with commas between. */
static const char *
join(struct visit *v, const char *name)
{
	struct strbuf all;
	const char *one, *copy;
	size_t at = 0;

	strbuf_init(&all, 65536);
	while ((one = form_next(&v->form, name, &at)) != NULL) {
		if (all.len > 0)
			strbuf_putc(&all, ',');
		strbuf_puts(&all, one);
	}
	copy = strbuf_keep_text(&all, v->arena);
	return copy != NULL ? copy : "";
}

/* What the form says of a field, in the form of field_text(). */
static const char *
typed_text(struct visit *v, const struct field *f)
{
	if (f->type == FIELD_BOOL)
		return form_value(&v->form, f->name) != NULL ? "true" : "";
	if (f->type == FIELD_FLAGS)
		return join(v, f->name);
	return visit_field(v, f->name);
}

/* Between two zeros of a number or switch there is no difference. */
static bool
same_text(const struct field *f, const char *a, const char *b)
{
	if (f->type == FIELD_BOOL && strcmp(a, "false") == 0)
		a = "";
	if (f->type == FIELD_BOOL && strcmp(b, "false") == 0)
		b = "";
	return strcmp(a, b) == 0;
}

int
record_typed(struct visit *v, const struct record_kind *kind, const struct field *f,
    const void *record, struct span *text, bool *changed)
{
	const char *typed, *was = form_value(&v->form, was_name(v, f->name));

	if (f->type == FIELD_ROWS)
		return rows_typed(v, f, record, text, changed);
	if (f->type == FIELD_SEALED) {
		bool drop = visit_field(v,
				arena_printf(v->arena, "drop.%s", f->name))[0] != '\0';

		*text = form_span(&v->form, f->name);
		*changed = text->len > 0 || drop;
		return E_OK;
	}
	/* A field that the form has not is left alone. */
	if (was == NULL) {
		*changed = false;
		return E_OK;
	}
	typed = typed_text(v, f);
	*text = span_str(typed);
	*changed = !same_text(f, typed, was);
	(void)kind;
	return E_OK;
}

/* ---- choices -------------------------------------------------------------------------------------- */

struct choices {
	const char **ids;
	size_t count;
	struct store_txn *txn;
	struct visit *v;
	const struct record_kind *kind;
};

static int
add_choice(void *arg, uint64_t serial)
{
	struct choices *c = arg;
	const struct field *id = &c->kind->fields[0];
	struct arena work;
	void *record;
	int err;

	if (c->count == CHOICES_MAX)
		return E_FULL;
	arena_init(&work, 2 << 20);
	record = arena_alloc(&work, c->kind->size);
	err = record != NULL ? registry_get(c->txn, c->kind, serial, &work, record)
			     : E_NOMEM;
	if (err == E_OK && id->type == FIELD_TEXT) {
		c->ids[c->count] =
		    arena_strdup(c->v->arena, *(const char **)field_at(id, record));
		if (c->ids[c->count] != NULL)
			c->count++;
	}
	arena_clear(&work);
	return err == E_OK || err == E_NOMEM ? err
					     : E_OK; /* damaged ones are passed over */
}

/* The identifiers of a kind, NULL at the end and "" at the beginning; NULL when there are too
 * many. */
static const char **
find_choices(struct visit *v, struct store_txn *txn, const struct record_kind *kind)
{
	struct choices c = {.txn = txn, .v = v, .kind = kind, .count = 1};

	c.ids = arena_zalloc(v->arena, CHOICES_MAX + 2, sizeof *c.ids);
	if (c.ids == NULL || txn == NULL)
		return NULL;
	c.ids[0] = "";
	return registry_list(txn, kind, 0, add_choice, &c) == E_OK ? c.ids : NULL;
}

/* Other kinds whose identifiers a text field names. */
static const struct record_kind *
suggested_kind(const struct field *f)
{
	if (strcmp(f->name, "frequency_plan_ids") == 0)
		return &plan_kind;
	return strcmp(f->name, "concentrator") == 0 ? &board_kind : NULL;
}

static const char *
put_suggestions(struct visit *v, struct store_txn *txn, const struct field *f)
{
	const struct record_kind *kind = suggested_kind(f);
	const char **ids = kind != NULL ? find_choices(v, txn, kind) : NULL, *id;

	if (ids == NULL || (id = arena_printf(v->arena, "d-%s", f->name)) == NULL)
		return NULL;
	html_raw(&v->html, "<datalist");
	html_attr(&v->html, "id", id);
	html_raw(&v->html, ">\n");
	for (size_t i = 1; ids[i] != NULL; i++) {
		html_raw(&v->html, "<option");
		html_attr_value(&v->html, ids[i]);
		html_raw(&v->html, "></option>\n");
	}
	html_raw(&v->html, "</datalist>\n");
	return id;
}

static void
put_ref(struct visit *v, struct store_txn *txn, const struct field *f,
    const struct input *in)
{
	/* Of keys there are many, and most of other gateways. */
	const char **ids =
	    f->flags & FIELD_INDEXED ? find_choices(v, txn, f->of) : NULL;
	const char **names;
	size_t n = 0;
	bool found = false;

	while (ids != NULL && ids[n] != NULL)
		found |= strcmp(ids[n++], in->value) == 0;
	names = ids != NULL ? arena_zalloc(v->arena, n + 1, sizeof *names) : NULL;
	/* What is no identifier any more must not become another one unseen. */
	if (names == NULL || !found) {
		input_text(v, in);
		return;
	}
	memcpy(names, ids, n * sizeof *names);
	names[0] = "(none)";
	input_choice(v, in, ids, names);
}

/* ---- inputs ----------------------------------------------------------------------------------------- */

static void
put_flags(struct visit *v, const struct field *f, const struct input *in)
{
	struct html *h = &v->html;
	char all[1200];

	snprintf(all, sizeof all, ",%.1000s,", in->value);
	html_raw(h, "<fieldset class=\"field\"><legend>");
	html_text(h, in->label);
	html_raw(h, "</legend>\n");
	for (size_t i = 0; f->words[i] != NULL; i++) {
		char word[120];

		snprintf(word, sizeof word, ",%.100s,", f->words[i]);
		html_raw(h, "<label class=\"check\"><input type=\"checkbox\"");
		html_attr(h, "name", f->name);
		html_attr_value(h, f->words[i]);
		if (strstr(all, word) != NULL)
			html_raw(h, " checked");
		html_raw(h, "> ");
		html_text(h, f->words[i]);
		html_raw(h, "</label>\n");
	}
	html_raw(h, "</fieldset>\n");
}

static void
put_secret(
    struct visit *v, const struct field *f, const struct input *in, const void *record)
{
	struct input i = *in;
	struct input drop = {.label = "Take it away"};

	i.value = NULL; /* what was typed is not sent back */
	i.type = "password";
	i.autocomplete = "new-password";
	i.help = field_is_zero(f, record)
		     ? in->help
		     : "is set; leave this empty to keep what is there";
	input_text(v, &i);
	if (field_is_zero(f, record) ||
	    (drop.name = arena_printf(v->arena, "drop.%s", f->name)) == NULL)
		return;
	input_check(v, &drop, visit_field(v, drop.name)[0] != '\0');
}

static void
put_input(struct visit *v, struct store_txn *txn, const struct field *f,
    struct input *in, const void *record)
{
	switch (f->type) {
	case FIELD_BOOL:
		input_check(v, in, strcmp(in->value, "true") == 0);
		break;
	case FIELD_ENUM:
		input_choice(v, in, f->words, f->words);
		break;
	case FIELD_FLAGS:
		put_flags(v, f, in);
		break;
	case FIELD_REF:
		put_ref(v, txn, f, in);
		break;
	case FIELD_SEALED:
		put_secret(v, f, in, record);
		break;
	case FIELD_TEXT:
		in->max = f->max;
		if (f->max > 300) {
			input_area(v, in, 6);
			break;
		}
		in->list = put_suggestions(v, txn, f);
		input_text(v, in);
		break;
	case FIELD_LIST:
		in->list = put_suggestions(v, txn, f);
		input_text(v, in);
		break;
	default:
		in->mono = f->type == FIELD_EUI;
		input_text(v, in);
	}
}

/* The field's help, and how its sort is written. */
static const char *
help_of(struct visit *v, const struct field *f)
{
	const char *how = f->type == FIELD_TIME	  ? "like 2030-01-01 or +7d"
			  : f->type == FIELD_LIST ? "with commas between"
			  : f->type == FIELD_MAP  ? "key=value, with commas between"
						  : NULL;

	if (how == NULL || f->help == NULL)
		return how != NULL ? how : f->help;
	return arena_printf(v->arena, "%s (%s)", f->help, how);
}

void
record_input(struct visit *v, struct store_txn *txn, const struct record_kind *kind,
    const struct field *f, const void *record, bool typed)
{
	const char *now = field_text(v, txn, kind, f, record), *was;
	struct input in = {
	    .name = f->name, .label = field_label(v, f), .help = f->help, .value = now};

	if (f->type == FIELD_ROWS) {
		rows_input(v, kind, f, record, typed);
		return;
	}
	in.help = help_of(v, f);
	in.required = f == kind->fields;
	was = typed ? form_value(&v->form, was_name(v, f->name)) : NULL;
	if (was != NULL && !same_text(f, typed_text(v, f), was))
		in.value = typed_text(v, f);
	/* Untouched fields follow what somebody else has made of them. */
	if (was != NULL && !same_text(f, now, was) && *(const uint64_t *)record != 0)
		in.theirs = now;
	put_input(v, txn, f, &in, record);
	if (f->type != FIELD_SEALED)
		input_hidden(v, was_name(v, f->name), now);
}
