/* Import: a file is tried first, and done when somebody has seen what would come of it. In
 * between it waits in the data folder (manage/upload.h). */
#include "admin/page_import.h"

#include <errno.h>
#include <unistd.h>

#include "admin/input.h"
#include "admin/transfer.h"
#include "admin/widget.h"
#include "base/file.h"
#include "manage/gateway_import.h"
#include "manage/upload.h"

#define ROWS_MAX 500 /* that a report shows of either sort */

/* ---- the form ------------------------------------------------------------------------------ */

static void
put_choices(struct visit *v)
{
	static const char *const formats[] = {"", "csv", "json", NULL};
	static const char *const format_labels[] = {
	    "find it out", "table (CSV)", "JSON, or JSON lines", NULL};
	static const char *const existing_labels[] = {
	    "are changed as the file says", "are passed over", "are refused", NULL};

	input_choice(v,
	    &(struct input){
		.name = "format", .label = "Format", .value = visit_field(v, "format")},
	    formats, format_labels);
	input_choice(v,
	    &(struct input){.name = "existing",
		.label = "Gateways that are registered already",
		.value = visit_field(v, "existing")},
	    bulk_existing_words, existing_labels);
	input_check(v,
	    &(struct input){.name = "clear",
		.label = "Empty cells of a table clear the field",
		.help = "Otherwise they change nothing."},
	    visit_field(v, "clear")[0] != '\0');
	input_check(v,
	    &(struct input){.name = "strict",
		.label = "Refuse gateways with unknown fields",
		.help = "Otherwise such fields are named and passed over."},
	    visit_field(v, "strict")[0] != '\0');
}

static int
show_form(struct visit *v, int problem)
{
	const char *limit = transfer_size(v, v->admin->settings.upload_limit);

	/* What is wrong in the file is said of the file. */
	if (problem != E_OK)
		fault_set(&v->m.fault, problem, "file", "%s", visit_fault(v, problem));
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_begin(v, "Import gateways");
	input_problem(v, problem);
	page_text(v,
	    "A table (CSV) or JSON with The Things Stack's field names, as its "
	    "exports and ours have them. Nothing is done before you have seen "
	    "what would come of each line.");
	page_buttons(v);
	page_button(v, "Export gateways", "/export", NULL, NULL);
	page_buttons_end(v);
	page_form_files(v, "/import", NULL, NULL);
	put_choices(v);
	input_file(v,
	    &(struct input){.name = "file",
		.label = "File",
		.required = true,
		.help = arena_printf(v->arena, "At most %s (upload_limit).", limit)});
	input_submit(v, "Try it");
	page_form_end(v);
	page_section(v, "columns", "A table looks like this");
	page_code(v, "gateway_id,eui,name,frequency_plan_id,lns\n"
		     "roof-7,58A0CBFFFE800001,Roof 7,EU_863_870_TTN,city-lns\n");
	page_text(v,
	    "Any field of a gateway can be a column; the EUI or the ID must be "
	    "there.");
	page_section_end(v);
	return page_end(v);
}

int
page_import(struct visit *v)
{
	return show_form(v, E_OK);
}

/* ---- what comes of the lines ------------------------------------------------------------------ */

/* The lines that a report shows: those that somebody should look at, and the others. */
struct lines {
	struct bulk_line *rows;
	size_t count;
	uint64_t all;
};

struct report {
	struct visit *v;
	bool dry;
	struct lines wrong, other;
};

static const char *
kept(struct visit *v, const char *text)
{
	const char *copy = text[0] != '\0' ? arena_strdup(v->arena, text) : "";

	return copy != NULL ? copy : "";
}

static int
take_line(void *arg, const struct bulk_line *l)
{
	struct report *r = arg;
	bool wrong =
	    l->outcome == BULK_REFUSED || l->ignored[0] != '\0' || l->note[0] != '\0';
	struct lines *to = wrong ? &r->wrong : &r->other;
	struct bulk_line *row;

	to->all++;
	if (to->count == ROWS_MAX)
		return E_OK;
	row = &to->rows[to->count++];
	*row = *l;
	row->gateway_id = kept(r->v, l->gateway_id);
	row->fields = kept(r->v, l->fields);
	row->ignored = kept(r->v, l->ignored);
	row->note = kept(r->v, l->note);
	return E_OK;
}

static int
read_file(void *arg, void *buf, size_t n, size_t *got, struct fault *fault)
{
	const int *fd = arg;
	ssize_t len;

	do
		len = read(*fd, buf, n);
	while (len < 0 && errno == EINTR);
	*got = len > 0 ? (size_t)len : 0;
	return len >= 0 ? E_OK : file_fault(fault, "upload", "read");
}

static enum bulk_existing
chosen_existing(struct visit *v)
{
	const char *word = visit_field(v, "existing");

	for (int i = 0; bulk_existing_words[i] != NULL; i++)
		if (strcmp(bulk_existing_words[i], word) == 0)
			return (enum bulk_existing)i;
	return BULK_UPDATE_THEM;
}

static int
run(struct visit *v, int fd, bool dry, struct report *r, struct bulk_result *result)
{
	const char *format = visit_field(v, "format");
	struct bulk_import in = {.read = read_file,
	    .read_arg = &fd,
	    .format = strcmp(format, "csv") == 0    ? BULK_CSV
		      : strcmp(format, "json") == 0 ? BULK_JSON
						    : BULK_GUESS,
	    .existing = chosen_existing(v),
	    .dry_run = dry,
	    .strict = visit_field(v, "strict")[0] != '\0',
	    .clear = visit_field(v, "clear")[0] != '\0',
	    .report = take_line,
	    .report_arg = r};

	*r = (struct report){.v = v, .dry = dry};
	*result = (struct bulk_result){0};
	r->wrong.rows = arena_zalloc(v->arena, ROWS_MAX, sizeof *r->wrong.rows);
	r->other.rows = arena_zalloc(v->arena, ROWS_MAX, sizeof *r->other.rows);
	if (r->wrong.rows == NULL || r->other.rows == NULL)
		return E_NOMEM;
	return manage_gateway_import(&v->m, &in, result);
}

/* ---- the report ---------------------------------------------------------------------------------- */

static void
put_outcome(struct visit *v, const struct bulk_line *l, bool dry)
{
	static const char *const would[] = {
	    "create", "change", "as it is", "pass over", "refuse"};
	static const char *const did[] = {
	    "created", "changed", "as it was", "passed over", "refused"};
	static const enum mood moods[] = {
	    MOOD_GOOD, MOOD_GOOD, MOOD_QUIET, MOOD_QUIET, MOOD_BAD};

	badge(v, moods[l->outcome], (dry ? would : did)[l->outcome]);
}

static void
put_why(struct visit *v, const struct bulk_line *l)
{
	struct html *h = &v->html;
	char why[400];

	if (l->outcome == BULK_REFUSED)
		html_user(h, fault_text(&l->fault, why, sizeof why));
	if (l->fields[0] != '\0')
		html_user(h, l->fields);
	if (l->ignored[0] != '\0') {
		html_raw(h, " <span class=\"quiet\">no such field: ");
		html_user(h, l->ignored);
		html_raw(h, "</span>");
	}
	if (l->note[0] != '\0') {
		html_raw(h, " <span class=\"quiet\">");
		html_user(h, l->note);
		html_raw(h, "</span>");
	}
}

static void
put_line(struct visit *v, const struct bulk_line *l, bool dry)
{
	table_row(v);
	table_cell(v);
	html_number(&v->html, l->line);
	table_cell(v);
	if (l->gateway_id[0] == '\0')
		html_raw(&v->html, "<span class=\"quiet\">without an ID</span>");
	else if (!dry && l->outcome != BULK_REFUSED)
		page_link(v, l->gateway_id, "/gateways/{}", l->gateway_id, NULL);
	else
		html_user(&v->html, l->gateway_id);
	table_cell(v);
	put_outcome(v, l, dry);
	table_cell(v);
	put_why(v, l);
}

static void
put_lines(struct visit *v, const char *id, const char *title, const struct lines *lines,
    bool dry)
{
	static const char *const titles[] = {
	    "Line", "Gateway", "Outcome", "What and why", NULL};

	if (lines->all == 0)
		return;
	page_section(v, id, title);
	table_begin(v, title, titles);
	for (size_t i = 0; i < lines->count; i++)
		put_line(v, &lines->rows[i], dry);
	table_end(v);
	if (lines->all > lines->count) {
		html_raw(&v->html, "<p class=\"quiet\">and ");
		html_number(&v->html, lines->all - lines->count);
		html_raw(&v->html, " more that are not listed here</p>\n");
	}
	page_section_end(v);
}

static void
put_counts(struct visit *v, const struct bulk_result *result, bool dry)
{
	static const char *const would[] = {"Would be created", "Would be changed",
	    "Are so already", "Would be passed over", "Would be refused"};
	static const char *const did[] = {
	    "Created", "Changed", "Were so already", "Passed over", "Refused"};

	page_section(v, "sum", "In all");
	facts_begin(v);
	for (int i = 0; i < BULK_OUTCOMES; i++) {
		facts_row(v, (dry ? would : did)[i]);
		html_number(&v->html, result->counts[i]);
	}
	facts_text(v, "No such fields", result->ignored);
	facts_end(v);
	page_section_end(v);
}

static void
put_report(struct visit *v, const struct report *r, const struct bulk_result *result)
{
	if (v->said.len > 0)
		page_note(v, MOOD_WARN, strbuf_str(&v->said));
	put_counts(v, result, r->dry);
	put_lines(v, "wrong", "To look at", &r->wrong, r->dry);
	put_lines(v, "others", "The others", &r->other, r->dry);
}

/* ---- trying --------------------------------------------------------------------------------------- */

static struct span
owner(const struct visit *v)
{
	return span_of(v->digest, SESSION_DIGEST);
}

static void
put_confirmation(struct visit *v, const char *token, const struct bulk_result *result)
{
	static const char *const kept_fields[] = {
	    "format", "existing", "clear", "strict"};
	uint64_t refused = result->counts[BULK_REFUSED];

	page_form(v, "/import/{}", token, NULL);
	for (size_t i = 0; i < COUNT(kept_fields); i++)
		if (visit_field(v, kept_fields[i])[0] != '\0')
			input_hidden(v, kept_fields[i], visit_field(v, kept_fields[i]));
	input_submit(
	    v, refused > 0 ? "Do it, without those that are refused" : "Do it");
	page_form_end(v);
	page_form(v, "/import/{}/drop", token, NULL);
	html_raw(&v->html,
	    "<div class=\"buttons\"><button class=\"link\">No, forget the "
	    "file</button></div>\n");
	page_form_end(v);
}

int
page_import_try(struct visit *v)
{
	const struct form_file *file;
	char token[UPLOAD_TOKEN];
	struct bulk_result result;
	struct report r;
	bool any;
	int err = transfer_file(v, &file);

	if (err == E_OK)
		err = run(v, file->fd, true, &r, &result);
	if (err == E_INVALID || err == E_TYPE || err == E_TOOBIG)
		return show_form(v, err);
	if (err != E_OK)
		return err;
	any = result.counts[BULK_CREATED] + result.counts[BULK_UPDATED] > 0;
	if (any && (err = manage_upload_keep(&v->m, owner(v), file->fd, token)) != E_OK)
		return err;
	page_crumb(v, "Import gateways", "/import", NULL);
	page_begin(v, "What would come of it");
	page_note(v, MOOD_QUIET,
	    any ? "Nothing is done yet. The file waits for an hour."
		: "Nothing is done, and nothing would be.");
	put_report(v, &r, &result);
	if (any)
		put_confirmation(v, token, &result);
	return page_end(v);
}

/* ---- doing it ---------------------------------------------------------------------------------------- */

int
page_import_do(struct visit *v)
{
	const char *token = visit_capture(v, "token");
	struct bulk_result result;
	struct report r;
	int fd, err = manage_upload_open(&v->m, owner(v), token, &fd);

	if (err != E_OK)
		return err;
	err = run(v, fd, false, &r, &result);
	close(fd);
	/* What was stored before it broke off is told as well. */
	if (err == E_BUSY && result.counts[BULK_CREATED] == 0)
		return err;
	manage_upload_drop(&v->m, owner(v), token);
	page_crumb(v, "Import gateways", "/import", NULL);
	page_begin(v, err == E_OK ? "The import is done" : "The import broke off");
	if (err != E_OK) {
		v->res->status = err_http(err);
		page_note(v, MOOD_BAD, visit_fault(v, err));
	}
	put_report(v, &r, &result);
	page_buttons(v);
	page_button(v, "Gateways", "/gateways", NULL, NULL);
	page_button(v, "Another file", "/import", NULL, NULL);
	page_buttons_end(v);
	return page_end(v);
}

int
page_import_drop(struct visit *v)
{
	manage_upload_drop(&v->m, owner(v), visit_capture(v, "token"));
	return visit_done(v, "The file is forgotten; nothing was done.", "/import");
}
