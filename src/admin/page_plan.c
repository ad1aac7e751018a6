#include "admin/page_plan.h"

#include "admin/part.h"
#include "admin/spectrum.h"
#include "admin/widget.h"

/* ---- the list ------------------------------------------------------------------------------ */

static void
put_cells(struct visit *v, struct store_txn *txn, const void *record)
{
	static const char *const columns[] = {"band_id", "base_frequency", "source"};
	const struct plan_record *r = record;

	table_cell(v);
	html_user(&v->html, r->name);
	for (size_t i = 0; i < COUNT(columns); i++)
		record_cell(v, txn, &plan_kind, columns[i], r);
	table_cell(v);
	if (r->warnings.count > 0)
		badge(v, MOOD_WARN,
		    arena_printf(v->arena, "%zu warnings", r->warnings.count));
}

int
page_plans(struct visit *v)
{
	static const char *const titles[] = {
	    "ID", "Name", "Band", "MHz", "Source", "Warnings", NULL};
	int err;

	page_begin(v, "Frequency plans");
	if (visit_may(v, PAGE_OPERATOR)) {
		page_buttons(v);
		page_button(v, "Import", "/plans/import", NULL, NULL);
		page_buttons_end(v);
	}
	err =
	    record_table(v, &plan_kind, "/plans", "Frequency plans", titles, put_cells);
	return err == E_OK ? page_end(v) : err;
}

/* ---- one -------------------------------------------------------------------------------------- */

static void
put_facts(struct visit *v, const struct plan_record *r, const struct plan *plan,
    uint64_t uses)
{
	struct html *h = &v->html;

	page_section(v, "plan", "The plan");
	facts_begin(v);
	facts_text(v, "Name", r->name);
	facts_text(v, "Description", r->description);
	facts_text(v, "Band", r->band_id);
	if (r->base_frequency != 0) {
		facts_row(v, "Base frequency");
		html_printf(h, "%llu MHz", (unsigned long long)r->base_frequency);
	}
	facts_text(v, "Source", record_sources[r->source]);
	facts_text(v, "File", r->origin);
	if (part_has(&plan->part, PLAN_MAX_EIRP)) {
		facts_row(v, "At most");
		html_printf(h, "%.10g dBm EIRP", plan->max_eirp);
	}
	if (plan->lbt != NULL) {
		facts_row(v, "Listens before it talks");
		html_printf(h, "%.10g dBm for %.10g µs", plan->lbt->rssi_target,
		    (double)plan->lbt->scan_time / 1e3);
	}
	facts_time(v, "Imported", r->updated_at);
	radio_facts(v, uses, "/gateways?plan={}", r->plan_id, &r->warnings);
	facts_end(v);
	page_section_end(v);
}

int
page_plan(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct plan_record r;
	struct plan *plan;
	uint64_t uses;
	int err = manage_plan_get(&v->m, id, &r, &plan);

	if (err == E_OK)
		err = manage_plan_uses(&v->m, id, &uses);
	if (err != E_OK)
		return err;
	page_crumb(v, "Frequency plans", "/plans", NULL);
	page_begin(v, r.plan_id);
	page_buttons(v);
	page_button(v, "Save it as YAML", "/plans/{}/yaml", r.plan_id, NULL);
	if (visit_may(v, PAGE_OPERATOR))
		page_button(v, "Remove…", "/plans/{}/delete", r.plan_id, NULL);
	page_buttons_end(v);
	put_facts(v, &r, plan, uses);
	page_section(v, "channels", "Channels");
	spectrum(v, plan);
	page_section_end(v);
	return page_end(v);
}

int
page_plan_yaml(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct strbuf text;
	struct plan *plan;
	int err = manage_plan_get(&v->m, id, NULL, &plan);

	if (err != E_OK)
		return err;
	strbuf_init(&text, 1 << 20);
	plan_write(plan, &text);
	err = text.err != E_OK
		  ? text.err
		  : visit_download(v, "application/yaml",
			arena_printf(v->arena, "%s.yml", id), strbuf_span(&text));
	strbuf_clear(&text);
	return err;
}

/* ---- importing ---------------------------------------------------------------------------------- */

static int
put_form(struct visit *v, int problem)
{
	int err;

	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Frequency plans", "/plans", NULL);
	page_begin(v, "Import frequency plans");
	page_text(v,
	    "YAML files as The Things Network publishes them: single plans, or an "
	    "index (" PLAN_INDEX ") with the files that it names, at most eight "
	    "at once. `gatehouse plan import` takes whole folders.");
	input_problem(v, problem);
	page_form_files(v, "/plans/import", NULL, NULL);
	input_files(
	    v, &(struct input){.name = "files", .label = "Files"}, ".yml,.yaml");
	html_raw(&v->html,
	    "<fieldset><legend>Of a single file, when there is no index</legend>\n");
	input_text(v, &(struct input){.name = "plan_id",
			  .label = "ID",
			  .help = "empty: the file's name",
			  .value = visit_field(v, "plan_id"),
			  .max = 64});
	input_text(v, &(struct input){.name = "name",
			  .label = "Name",
			  .value = visit_field(v, "name"),
			  .max = 200});
	err = input_record(v,
	    &(struct input){.name = "base",
		.label = "Base",
		.help = "the plan that it changes",
		.value = visit_field(v, "base")},
	    &plan_kind, "(it stands alone)");
	html_raw(&v->html, "</fieldset>\n");
	yaml_buttons(v);
	page_form_end(v);
	return err == E_OK ? page_end(v) : err;
}

int
page_plan_upload(struct visit *v)
{
	return put_form(v, E_OK);
}

static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

/* Checks or imports what was read together, and tells. */
static int
take(struct visit *v, struct plan_files *files, bool single)
{
	const struct plan_importing how = {
	    .base = single ? or_null(visit_field(v, "base")) : NULL};
	bool check = yaml_only_check(v);
	struct import_result result = {0};
	int err = E_OK;

	if (!check)
		err = manage_plan_import(&v->m, files, &how, &result);
	else if (files->alone && files->set.items[0].plan != NULL && how.base == NULL)
		plan_check(files->set.items[0].plan, &files->set.items[0].findings);
	for (size_t i = 0; err == E_OK && i < files->set.count; i++) {
		const struct plan_item *item = &files->set.items[i];

		outcome_row(v,
		    item->entry.id != NULL ? item->entry.id : "(without an ID)",
		    item->entry.file != NULL ? item->entry.file : "",
		    check ? NULL : &result.outcomes[i], &item->findings);
	}
	return err;
}

static int
take_each(struct visit *v, const struct file_text *texts, size_t count)
{
	struct plan_about about = {0};
	struct plan_files files;
	int err = E_OK;

	if (count == 1) {
		about.id = or_null(visit_field(v, "plan_id"));
		about.name = or_null(visit_field(v, "name"));
	}
	for (size_t i = 0; err == E_OK && i < count; i++) {
		err = plan_text_read(
		    v->arena, texts[i].text, texts[i].name, &about, &files);
		if (err == E_OK)
			err = take(v, &files, count == 1);
	}
	return err;
}

static bool
has_index(const struct file_text *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(texts[i].name, PLAN_INDEX) == 0)
			return true;
	return false;
}

int
page_plan_import(struct visit *v)
{
	bool check = yaml_only_check(v), index;
	struct plan_files files;
	struct file_text *texts;
	size_t count;
	int err = yaml_uploads(v, &texts, &count);

	index = err == E_OK && has_index(texts, count);
	if (index)
		err = plan_texts_read(v->arena, texts, count, &files, &v->m.fault);
	if (err == E_INVALID || err == E_TOOBIG)
		return put_form(v, err);
	if (err != E_OK)
		return err;
	page_crumb(v, "Frequency plans", "/plans", NULL);
	page_begin(v, check ? "What an import would say" : "Imported");
	outcome_begin(v, "Plans");
	err = index ? take(v, &files, false) : take_each(v, texts, count);
	outcome_end(v);
	if (err != E_OK)
		return err;
	page_buttons(v);
	page_button(v, "Import more", "/plans/import", NULL, NULL);
	page_button(v, "All plans", "/plans", NULL, NULL);
	page_buttons_end(v);
	return page_end(v);
}

const struct record_pages plan_pages = {
    .shape = {.kind = &plan_kind},
    .base = "/plans",
    .one = "frequency plan",
    .many = "Frequency plans",
    .remove = manage_plan_remove,
};
