/* What pages of plans and boards share: uploads, and what became of them. */
#include "admin/page_plan.h"
#include "admin/part.h"
#include "admin/widget.h"

#define YAML_MAX (2 << 20)

int
yaml_uploads(struct visit *v, struct file_text **texts, size_t *count)
{
	size_t n = v->form.file_count;
	int err = E_OK;

	*count = 0;
	if ((*texts = arena_zalloc(v->arena, n + 1, sizeof **texts)) == NULL)
		return E_NOMEM;
	for (size_t i = 0; err == E_OK && i < n; i++) {
		const struct form_file *file = &v->form.files[i];

		if (strcmp(file->field, "files") != 0)
			continue;
		(*texts)[*count].name =
		    file->name[0] != '\0' ? file->name : "upload.yml";
		err = upload_read(v, file, YAML_MAX, &(*texts)[*count].text);
		++*count;
	}
	if (err == E_OK && *count == 0)
		err = fault_set(&v->m.fault, E_INVALID, "files", "choose a file");
	return err;
}

void
yaml_buttons(struct visit *v)
{
	html_raw(&v->html,
	    "<div class=\"buttons\"><button name=\"do\" value=\"import\">Import"
	    "</button>\n<button class=\"second\" name=\"do\" value=\"check\">Only check"
	    "</button></div>\n");
}

bool
yaml_only_check(struct visit *v)
{
	return strcmp(visit_field(v, "do"), "check") == 0;
}

/* ---- what became of them ------------------------------------------------------------------- */

static const char *const titles[] = {"What", "File", "Outcome", "Remarks", NULL};

void
outcome_begin(struct visit *v, const char *caption)
{
	table_begin(v, caption, titles);
}

void
outcome_end(struct visit *v)
{
	table_end(v);
}

static void
put_outcome(struct visit *v, const enum import_outcome *outcome,
    const struct findings *findings)
{
	if (outcome == NULL)
		badge(v, findings->errors > 0 ? MOOD_BAD : MOOD_GOOD,
		    findings->errors > 0 ? "faulty" : "good");
	else
		badge(v,
		    *outcome == IMPORT_REFUSED ? MOOD_BAD
		    : *outcome == IMPORT_ADDED || *outcome == IMPORT_CHANGED
			? MOOD_GOOD
			: MOOD_QUIET,
		    import_outcome_name(*outcome));
}

void
outcome_row(struct visit *v, const char *id, const char *file,
    const enum import_outcome *outcome, const struct findings *findings)
{
	struct strbuf text;

	table_row(v);
	table_cell(v);
	html_user(&v->html, id);
	table_cell(v);
	html_user(&v->html, file);
	table_cell(v);
	put_outcome(v, outcome, findings);
	table_cell(v);
	if (findings->first == NULL)
		return;
	strbuf_init(&text, 65536);
	html_raw(&v->html, "<ul class=\"changes\">");
	for (const struct finding *f = findings->first; f != NULL; f = f->next) {
		strbuf_reset(&text);
		finding_print(f, &text);
		html_raw(&v->html, "<li>");
		html_user(&v->html, strbuf_str(&text));
		html_raw(&v->html, "</li>\n");
	}
	html_raw(&v->html, "</ul>");
	strbuf_clear(&text);
}

void
radio_facts(struct visit *v, uint64_t uses, const char *path, const char *id,
    const struct text_list *warnings)
{
	facts_row(v, "Gateways");
	html_number(&v->html, uses);
	if (path != NULL && uses > 0) {
		html_raw(&v->html, " ");
		page_link(v, "list them", path, id, NULL);
	}
	if (warnings->count == 0)
		return;
	facts_row(v, "Warnings");
	html_raw(&v->html, "<ul class=\"changes\">");
	for (size_t i = 0; i < warnings->count; i++) {
		html_raw(&v->html, "<li>");
		html_user(&v->html, warnings->items[i]);
		html_raw(&v->html, "</li>\n");
	}
	html_raw(&v->html, "</ul>");
}
