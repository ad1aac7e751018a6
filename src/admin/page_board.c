/* Concentrator boards. */
#include "admin/page_plan.h"
#include "admin/part.h"
#include "admin/widget.h"

static void
put_cells(struct visit *v, struct store_txn *txn, const void *record)
{
	static const char *const columns[] = {"chip", "bands", "source"};
	const struct board_record *r = record;

	table_cell(v);
	html_user(&v->html, r->name);
	for (size_t i = 0; i < COUNT(columns); i++)
		record_cell(v, txn, &board_kind, columns[i], r);
}

int
page_boards(struct visit *v)
{
	static const char *const titles[] = {
	    "ID", "Name", "Chip", "Bands", "Source", NULL};
	int err;

	page_begin(v, "Concentrator boards");
	page_text(v, "What a gateway's hardware adds to a frequency plan.");
	if (visit_may(v, PAGE_OPERATOR)) {
		page_buttons(v);
		page_button(v, "Import", "/boards/import", NULL, NULL);
		page_buttons_end(v);
	}
	err = record_table(
	    v, &board_kind, "/boards", "Concentrator boards", titles, put_cells);
	return err == E_OK ? page_end(v) : err;
}

/* ---- one -------------------------------------------------------------------------------------- */

static void
put_board(
    struct visit *v, const struct board_record *r, const struct board *b, uint64_t uses)
{
	page_section(v, "board", "The board");
	facts_begin(v);
	facts_text(v, "Name", r->name);
	facts_text(v, "Chip", r->chip);
	if (part_has(&b->part, BOARD_HAL)) {
		facts_row(v, "HAL");
		html_number(&v->html, b->hal);
	}
	if (part_has(&b->part, BOARD_COM_TYPE))
		facts_text(v, "Connected by", b->com_type == COM_USB ? "USB" : "SPI");
	facts_text(v, "Device", b->com_path);
	facts_text(v, "GPS", b->gps_path);
	facts_row(v, "Listens before it talks");
	html_text(&v->html, b->sx1261 != NULL ? "can (SX1261)" : "cannot");
	facts_row(v, "Several plans at once");
	html_text(&v->html, b->several_plans ? "yes" : "no");
	facts_text(v, "Source", record_sources[r->source]);
	facts_text(v, "File", r->origin);
	facts_time(v, "Imported", r->updated_at);
	radio_facts(v, uses, NULL, r->board_id, &r->warnings);
	facts_end(v);
	page_section_end(v);
}

static void
put_gain(struct visit *v, const struct gain *g)
{
	struct html *h = &v->html;

	table_row(v);
	table_cell(v);
	html_printf(h, "%d", g->rf_power);
	table_cell(v);
	html_number(h, g->pa_gain);
	table_cell(v);
	if (part_has(&g->part, GAIN_PWR_IDX))
		html_number(h, g->pwr_idx);
	table_cell(v);
	if (part_has(&g->part, GAIN_DAC_GAIN))
		html_number(h, g->dac_gain);
	table_cell(v);
	if (part_has(&g->part, GAIN_MIX_GAIN))
		html_number(h, g->mix_gain);
	table_cell(v);
	if (part_has(&g->part, GAIN_DIG_GAIN))
		html_number(h, g->dig_gain);
}

static void
put_variant(struct visit *v, const struct board_variant *x)
{
	static const char *const titles[] = {"dBm", "PA gain", "PWR index", "DAC gain",
	    "Mixer gain", "Digital gain", NULL};
	struct html *h = &v->html;

	html_raw(h, "<h3>");
	for (uint32_t i = 0; i < x->band_count; i++) {
		if (i > 0)
			html_raw(h, ", ");
		html_text(h, x->bands[i]);
	}
	if (x->band_count == 0)
		html_raw(h, "any other band");
	html_raw(h, "</h3>\n");
	facts_begin(v);
	facts_text(v, "Radios", x->chip_type);
	if (part_has(&x->part, VARIANT_RSSI_OFFSET)) {
		facts_row(v, "RSSI offset");
		html_printf(h, "%g dB", x->rssi_offset);
	}
	if (x->gain_count > 0) {
		facts_row(v, "Power");
		html_printf(h, "%d to %d dBm in %u steps", x->gains[0].rf_power,
		    x->gains[x->gain_count - 1].rf_power, x->gain_count);
	}
	facts_end(v);
	if (x->gain_count == 0)
		return;
	html_raw(h, "<details><summary>Gain table</summary>\n");
	table_begin(v, "Gains", titles);
	for (uint32_t i = 0; i < x->gain_count; i++)
		put_gain(v, &x->gains[i]);
	table_end(v);
	html_raw(h, "</details>\n");
}

int
page_board(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct board_record r;
	struct board *board;
	uint64_t uses;
	int err = manage_board_get(&v->m, id, &r, &board);

	if (err == E_OK)
		err = manage_board_uses(&v->m, id, &uses);
	if (err != E_OK)
		return err;
	page_crumb(v, "Concentrator boards", "/boards", NULL);
	page_begin(v, r.board_id);
	if (visit_may(v, PAGE_OPERATOR)) {
		page_buttons(v);
		page_button(v, "Remove…", "/boards/{}/delete", r.board_id, NULL);
		page_buttons_end(v);
	}
	put_board(v, &r, board, uses);
	page_section(v, "variants", "As it is built");
	for (uint32_t i = 0; i < board->variant_count; i++)
		put_variant(v, &board->variants[i]);
	page_section_end(v);
	return page_end(v);
}

/* ---- importing ---------------------------------------------------------------------------------- */

static int
put_form(struct visit *v, int problem)
{
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Concentrator boards", "/boards", NULL);
	page_begin(v, "Import concentrator boards");
	page_text(v,
	    "One YAML file a board, at most eight at once; what a board stands on "
	    "may be among them or here already.");
	input_problem(v, problem);
	page_form_files(v, "/boards/import", NULL, NULL);
	input_files(
	    v, &(struct input){.name = "files", .label = "Files"}, ".yml,.yaml");
	input_submit(v, "Import");
	page_form_end(v);
	return page_end(v);
}

int
page_board_upload(struct visit *v)
{
	return put_form(v, E_OK);
}

int
page_board_import(struct visit *v)
{
	static const struct plan_importing how = {0};
	struct import_result result = {0};
	struct board_files files;
	struct file_text *texts;
	size_t count;
	int err = yaml_uploads(v, &texts, &count);

	if (err == E_INVALID || err == E_TOOBIG)
		return put_form(v, err);
	if (err == E_OK)
		err = board_texts_read(v->arena, texts, count, &files);
	if (err == E_OK)
		err = manage_board_import(&v->m, &files, &how, &result);
	if (err != E_OK)
		return err;
	page_crumb(v, "Concentrator boards", "/boards", NULL);
	page_begin(v, "Imported");
	outcome_begin(v, "Boards");
	for (size_t i = 0; i < files.count; i++) {
		const struct board_item *item = &files.items[i];

		outcome_row(v, item->own != NULL ? item->own->id : "(unreadable)",
		    item->file, &result.outcomes[i], &item->findings);
	}
	outcome_end(v);
	page_buttons(v);
	page_button(v, "All boards", "/boards", NULL, NULL);
	page_buttons_end(v);
	return page_end(v);
}

const struct record_pages board_pages = {
    .shape = {.kind = &board_kind},
    .base = "/boards",
    .one = "concentrator board",
    .many = "Concentrator boards",
    .remove = manage_board_remove,
};
