#include "admin/page_unknown.h"

#include "admin/part.h"
#include "admin/widget.h"
#include "base/clock.h"
#include "base/eui.h"
#include "base/hex.h"
#include "manage/adopt.h"
#include "registry/template.h"

#define LIST_MAX 500 /* that a page shows; there are never more than some thousand */

/* ---- the list ------------------------------------------------------------------------------ */

struct listing {
	struct visit *v;
	uint64_t eui; /* only this one; 0: all */
	size_t shown, left_out;
	const char *digests[17], *labels[17]; /* of what one presented, for a choice */
	size_t digest_count;
};

static void
put_shown(struct visit *v, const struct unknown_sighting *u)
{
	char digest[17];

	if (u->credential == CREDENTIAL_NONE) {
		html_raw(&v->html, "<span class=\"quiet\">nothing</span>");
		return;
	}
	html_raw(&v->html, "a ");
	html_text(&v->html, credential_name(u->credential));
	html_raw(&v->html, " <code>");
	hex_encode(u->digest, 8, digest);
	html_text(&v->html, digest);
	html_raw(&v->html, "…</code>");
}

static int
put_row(struct manage *m, const struct unknown_sighting *u, void *arg)
{
	struct listing *l = arg;
	struct visit *v = l->v;
	char eui[EUI_TEXT];

	(void)m;
	if (l->shown == LIST_MAX) {
		l->left_out++;
		return E_OK;
	}
	l->shown++;
	eui_format(u->eui, eui);
	table_row(v);
	table_cell(v);
	page_link(v, eui, "/unknown/{}", eui, NULL);
	table_cell(v);
	page_time(v, u->last_at);
	table_cell(v);
	html_number(&v->html, u->count);
	table_cell(v);
	html_user(&v->html, u->address);
	table_cell(v);
	put_shown(v, u);
	table_cell(v);
	html_user(&v->html, u->model);
	table_cell(v);
	html_user(&v->html, u->station);
	return E_OK;
}

static int
put_ignored(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct ignored *i = record;
	struct listing *l = arg;
	struct visit *v = l->v;

	(void)m;
	(void)txn;
	l->shown++;
	table_row(v);
	table_cell(v);
	page_link(v, i->eui, "/unknown/{}", i->eui, NULL);
	table_cell(v);
	html_user(&v->html, i->note);
	table_cell(v);
	page_time(v, i->created_at);
	return E_OK;
}

static int
put_ignored_ones(struct visit *v)
{
	static const char *const titles[] = {"EUI", "Note", "Since", NULL};
	struct listing l = {.v = v};
	int err;

	page_section(v, "ignored", "Ignored");
	page_text(v,
	    "They are refused as before, left out above, and no template adopts "
	    "them.");
	table_begin(v, "Ignored gateways", titles);
	err = manage_list(
	    &v->m, &ignored_kind, pager_after(v), LIST_MAX, put_ignored, &l);
	table_end(v);
	if (l.shown == 0)
		page_text(v, "There are none.");
	page_section_end(v);
	return err;
}

int
page_unknowns(struct visit *v)
{
	static const char *const titles[] = {
	    "EUI", "Last came", "Times", "From", "Presented", "Model", "Station", NULL};
	struct listing l = {.v = v};
	int err;

	page_begin(v, "Unknown gateways");
	page_text(v,
	    "They came to this server, and nobody has registered them. Whoever "
	    "came in the name of an EUI may be somebody else: look at what "
	    "was presented.");
	table_begin(v, "Unknown gateways", titles);
	err = manage_unknowns(&v->m, put_row, &l);
	table_end(v);
	if (err == E_NOTFOUND)
		page_note(v, MOOD_WARN, v->m.fault.text);
	else if (err != E_OK)
		return err;
	else if (l.shown == 0)
		page_note(v, MOOD_QUIET, "There are none.");
	if (l.left_out > 0)
		page_note(v, MOOD_QUIET,
		    arena_printf(
			v->arena, "and %zu more that came before these", l.left_out));
	if ((err = put_ignored_ones(v)) != E_OK)
		return err;
	return page_end(v);
}

/* ---- one -------------------------------------------------------------------------------------- */

static int
read_eui(struct visit *v, uint64_t *eui, char text[EUI_TEXT])
{
	const char *given = visit_capture(v, "eui");

	if (!eui_parse(span_str(given), eui) || *eui == 0)
		return fault_set(
		    &v->m.fault, E_NOTFOUND, NULL, "%.40s is no EUI", given);
	eui_format(*eui, text);
	return E_OK;
}

/* What it presented, each as a choice for the adoption too. */
static int
put_sighting(struct manage *m, const struct unknown_sighting *u, void *arg)
{
	struct listing *l = arg;
	struct visit *v = l->v;
	char digest[65], age[CLOCK_AGE];

	(void)m;
	if (u->eui != l->eui)
		return E_OK;
	l->shown++;
	facts_begin(v);
	facts_time(v, "First came", u->first_at);
	facts_time(v, "Last came", u->last_at);
	facts_row(v, "Times");
	html_number(&v->html, u->count);
	facts_text(v, "From", u->address);
	facts_row(v, "Presented");
	put_shown(v, u);
	facts_text(v, "At the address", u->cups_uri);
	facts_text(v, "Station", u->station);
	facts_text(v, "Model", u->model);
	facts_end(v);
	if (u->credential == CREDENTIAL_NONE || l->digest_count == 15)
		return E_OK;
	hex_encode(u->digest, sizeof u->digest, digest);
	l->digests[l->digest_count] = arena_strdup(v->arena, digest);
	digest[8] = '\0';
	l->labels[l->digest_count] = arena_printf(v->arena,
	    "the %s %s…, last shown %s from %s", credential_name(u->credential), digest,
	    clock_age(u->last_at, v->now, age), u->address);
	if (l->digests[l->digest_count] == NULL || l->labels[l->digest_count] == NULL)
		return E_NOMEM;
	l->digest_count++;
	return E_OK;
}

static int
put_adopt(struct visit *v, struct listing *l, const char *eui, uint64_t number)
{
	char lower[EUI_TEXT];
	int err;

	eui_format_lower(number, lower);
	page_section(v, "adopt", "Adopt");
	page_form(v, "/unknown/{}/adopt", eui, NULL);
	err = input_record(v,
	    &(struct input){.name = "template_id",
		.label = "Template",
		.help = "its settings are copied",
		.value = visit_field(v, "template_id")},
	    &template_kind, "(none)");
	input_text(
	    v, &(struct input){.name = "gateway_id",
		   .label = "ID",
		   .help = "3 to 36 lower-case letters, digits and single dashes",
		   .value = v->form.count > 0 ? visit_field(v, "gateway_id")
					      : arena_printf(v->arena, "eui-%s", lower),
		   .max = 36});
	input_text(v, &(struct input){.name = "name",
			  .label = "Name",
			  .value = visit_field(v, "name"),
			  .max = 50});
	l->digests[l->digest_count] = "";
	l->labels[l->digest_count++] = "nothing: it needs a bundle";
	input_choice(v,
	    &(struct input){.name = "digest",
		.label = "Let it in with",
		.help = "what it presented, or the files that you put on it",
		.value = v->form.count > 0 ? visit_field(v, "digest") : l->digests[0]},
	    l->digests, l->labels);
	input_submit(v, "Adopt it");
	page_form_end(v);
	page_section_end(v);
	return err;
}

static void
put_others(struct visit *v, const char *eui, bool ignored, const char *note)
{
	page_section(v, "ignore", ignored ? "Ignored" : "Not one of ours?");
	page_form(v, "/unknown/{}/ignore", eui, NULL);
	input_text(v, &(struct input){.name = "note",
			  .label = "Why it is ignored",
			  .help = "for people; may be empty",
			  .value = v->form.count > 0 ? visit_field(v, "note") : note,
			  .max = 200});
	input_submit(v, ignored ? "Change the note" : "Ignore it");
	page_form_end(v);
	page_buttons(v);
	if (ignored)
		page_action(v, "Notice it again", "/unknown/{}/notice", eui, NULL);
	page_action(
	    v, "Forget it until it comes again", "/unknown/{}/forget", eui, NULL);
	page_buttons_end(v);
	page_section_end(v);
}

/* The note of one that is ignored, in the arena; *ignored tells whether it is. */
static int
find_ignored(struct visit *v, const char *eui, bool *ignored, const char **note)
{
	struct ignored record;
	struct fault fault = v->m.fault;
	int err = manage_get(&v->m, &ignored_kind, eui, &record);

	v->m.fault = fault;
	*ignored = err == E_OK;
	*note = err == E_OK ? record.note : "";
	return err == E_NOTFOUND ? E_OK : err;
}

static int
put_page(struct visit *v, int problem)
{
	struct listing l = {.v = v};
	struct fault fault = v->m.fault;
	char eui[EUI_TEXT];
	const char *note;
	bool ignored;
	int err = read_eui(v, &l.eui, eui);

	if (err != E_OK || (err = find_ignored(v, eui, &ignored, &note)) != E_OK)
		return err;
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Unknown gateways", "/unknown", NULL);
	page_begin(v, eui);
	input_problem(v, problem);
	page_section(v, "seen", "What came in its name");
	err = manage_unknowns_all(&v->m, put_sighting, &l);
	v->m.fault = fault;
	if (l.shown == 0)
		page_text(
		    v, "Nothing that is remembered. It may be adopted all the same.");
	page_section_end(v);
	if (err != E_OK && err != E_NOTFOUND)
		return err;
	if (visit_may(v, PAGE_OPERATOR)) {
		if ((err = put_adopt(v, &l, eui, l.eui)) != E_OK)
			return err;
		put_others(v, eui, ignored, note);
	} else if (ignored) {
		page_note(
		    v, MOOD_QUIET, arena_printf(v->arena, "It is ignored. %s", note));
	}
	return page_end(v);
}

int
page_unknown(struct visit *v)
{
	return put_page(v, E_OK);
}

/* ---- what is done with it -------------------------------------------------------------------- */

static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

int
page_unknown_adopt(struct visit *v)
{
	struct adoption a = {.template_id = or_null(visit_field(v, "template_id")),
	    .gateway_id = or_null(visit_field(v, "gateway_id")),
	    .name = or_null(visit_field(v, "name")),
	    .digest = or_null(visit_field(v, "digest"))};
	struct adopted done;
	char eui[EUI_TEXT];
	const char *how;
	int err = read_eui(v, &a.eui, eui);

	if (err != E_OK)
		return err;
	a.unbound = a.digest == NULL;
	err = manage_adopt(&v->m, &a, &done);
	if (err == E_INVALID || err == E_EXISTS || err == E_STATE || err == E_NOTFOUND)
		return put_page(v, err);
	if (err != E_OK)
		return err;
	how = done.bound == CREDENTIAL_KEY
		  ? "It is let in with the key that it presented."
	      : done.bound == CREDENTIAL_CERTIFICATE
		  ? "It is let in with the certificate that it presented."
		  : "It needs a bundle: see its keys.";
	return visit_done(v, arena_printf(v->arena, "Adopted. %s", how), "/gateways/{}",
	    done.gateway_id);
}

/* Does it, and goes back to the list. */
static int
finish(struct visit *v, int err, const char *text)
{
	char eui[EUI_TEXT];
	uint64_t number;

	if (err == E_INVALID)
		return put_page(v, err);
	if (err == E_NOTFOUND && read_eui(v, &number, eui) == E_OK)
		return visit_failed(v, err, "/unknown");
	return err == E_OK ? visit_done(v, text, "/unknown") : err;
}

int
page_unknown_forget(struct visit *v)
{
	char text[EUI_TEXT];
	uint64_t eui;
	int err = read_eui(v, &eui, text);

	if (err != E_OK)
		return err;
	return finish(v, manage_unknown_forget(&v->m, eui),
	    "It is forgotten until it comes again.");
}

int
page_unknown_ignore(struct visit *v)
{
	char text[EUI_TEXT];
	uint64_t eui;
	int err = read_eui(v, &eui, text);

	if (err != E_OK)
		return err;
	return finish(v, manage_unknown_ignore(&v->m, eui, visit_field(v, "note")),
	    arena_printf(v->arena, "%s is ignored.", text));
}

int
page_unknown_notice(struct visit *v)
{
	char text[EUI_TEXT];
	uint64_t eui;
	int err = read_eui(v, &eui, text);

	if (err != E_OK)
		return err;
	return finish(v, manage_unknown_notice(&v->m, eui),
	    arena_printf(v->arena, "%s is ignored no longer.", text));
}
