/* Concentrator boards. */
#include "cli/import.h"
#include "cli/record.h"
#include "manage/board.h"

static const struct record_column columns[] = {
    {"board_id", "ID"},
    {"chip", "CHIP"},
    {"source", "SOURCE"},
    {"name", "NAME"},
    {NULL, NULL},
};
const struct record_table concentrator_records = {&board_kind, columns};

/* ---- showing ------------------------------------------------------------------------------ */

static void
show_gains(struct out *o, const struct board_variant *v)
{
	out_list(o, "gain_table");
	for (uint32_t i = 0; i < v->gain_count; i++) {
		const struct gain *g = &v->gains[i];

		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		json_key_int(&o->j, "rf_power", g->rf_power);
		json_key_uint(&o->j, "pa_gain", g->pa_gain);
		if (part_has(&g->part, GAIN_PWR_IDX))
			json_key_uint(&o->j, "pwr_idx", g->pwr_idx);
		if (part_has(&g->part, GAIN_DAC_GAIN))
			json_key_uint(&o->j, "dac_gain", g->dac_gain);
		if (part_has(&g->part, GAIN_MIX_GAIN))
			json_key_uint(&o->j, "mix_gain", g->mix_gain);
		if (part_has(&g->part, GAIN_DIG_GAIN))
			json_key_uint(&o->j, "dig_gain", g->dig_gain);
		out_object_end(o);
	}
	out_list_end(o);
	if (v->gain_count > 0)
		out_note(o, "power", "%d to %d dBm in %u steps", v->gains[0].rf_power,
		    v->gains[v->gain_count - 1].rf_power, v->gain_count);
}

static void
show_variant(struct out *o, const struct board_variant *v)
{
	struct strbuf bands;

	strbuf_init(&bands, 8192);
	for (uint32_t i = 0; i < v->band_count; i++)
		strbuf_printf(&bands, "%s%s", i > 0 ? ", " : "", v->bands[i]);
	out_object(o, NULL, v->band_count > 0 ? strbuf_str(&bands) : "any band");
	if (o->json)
		out_str(o, "bands", strbuf_str(&bands));
	out_str(o, "chip_type", v->chip_type != NULL ? v->chip_type : "");
	if (part_has(&v->part, VARIANT_RSSI_OFFSET)) {
		out_note(o, "rssi_offset", "%g dB", v->rssi_offset);
		if (o->json)
			json_key_double(&o->j, "rssi_offset", v->rssi_offset);
	}
	if (part_has(&v->part, VARIANT_SINGLE_INPUT))
		out_bool(o, "single_input", v->single_input);
	show_gains(o, v);
	out_object_end(o);
	strbuf_clear(&bands);
}

static void
show_board(struct out *o, const struct board *b)
{
	if (part_has(&b->part, BOARD_HAL))
		out_uint(o, "hal", b->hal);
	if (part_has(&b->part, BOARD_COM_TYPE))
		out_str(o, "com_type", b->com_type == COM_USB ? "USB" : "SPI");
	out_str(o, "com_path", b->com_path != NULL ? b->com_path : "");
	out_str(o, "gps_path", b->gps_path != NULL ? b->gps_path : "");
	out_bool(o, "listens_before_talking", b->sx1261 != NULL);
	out_bool(o, "several_plans", b->several_plans);
	out_list(o, "variants");
	for (uint32_t i = 0; i < b->variant_count; i++)
		show_variant(o, &b->variants[i]);
	out_list_end(o);
}

static int
show(struct cli *cli)
{
	const char *id = cli_word(cli, 0);
	struct board_record record;
	struct board *board;
	uint64_t uses;
	int err = cli_open(cli);

	if (err != E_OK)
		return err;
	if ((err = manage_board_get(&cli->m, id, &record, &board)) != E_OK ||
	    (err = manage_board_uses(&cli->m, id, &uses)) != E_OK)
		return cli_fail(cli, err);
	out_object(&cli->out, NULL, NULL);
	if (cli->out.json)
		json_key(&cli->out.j, "concentrator");
	record_show(cli, NULL, &board_kind, &record);
	out_uint(&cli->out, "gateways", uses);
	show_board(&cli->out, board);
	out_object_end(&cli->out);
	return E_OK;
}

/* ---- importing and removing --------------------------------------------------------------- */

static int
read_files(struct cli *cli, struct board_files *files)
{
	const char *path = cli_word(cli, 0);
	int err;

	if ((path != NULL) == cli_has(cli, "shipped"))
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "name a folder with boards or a file, or give --shipped");
	if (path == NULL) {
		if ((err = cli_configure(cli)) != E_OK)
			return err;
		path = arena_printf(&cli->arena, "%s/concentrators", cli->config.share);
	}
	return path != NULL ? board_files_read(&cli->arena, path, files, &cli->m.fault)
			    : E_NOMEM;
}

static int
import(struct cli *cli)
{
	struct plan_importing how = {
	    .shipped = cli_has(cli, "shipped"), .replace = cli_has(cli, "replace")};
	struct import_result result;
	struct board_files files;
	int err = read_files(cli, &files);

	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_board_import(&cli->m, &files, &how, &result);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_object(&cli->out, NULL, NULL);
	out_list(&cli->out, "concentrators");
	for (size_t i = 0; i < files.count; i++) {
		const struct board_item *item = &files.items[i];

		import_item(cli, item->own != NULL ? item->own->id : item->file,
		    &result.outcomes[i], &item->findings);
	}
	out_list_end(&cli->out);
	err = import_end(cli, "boards were", &result);
	out_object_end(&cli->out);
	return err;
}

static int
remove_boards(struct cli *cli)
{
	return import_remove_all(cli, "concentrator", manage_board_remove);
}

static const struct option import_options[] = {
    SWITCH("shipped", "what came with this version of Gatehouse"),
    SWITCH("replace", "with --shipped: also those that were imported here"),
    OPTION_END,
};

const struct command concentrator_commands[] = {
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"show", "ID", 1, 1, NULL, NULL, show, "all of one", NULL},
    {"import", "[FOLDER|FILE]", 0, 1, import_options, NULL, import,
	"take boards in, from the .yml files of a folder or from one file",
	"The README in the folder of the shipped ones says what stands in a file. "
	"Boards are stored whole: what they stand on is merged in."},
    {"remove", "ID...", 1, ARGUMENTS_MANY, NULL, NULL, remove_boards,
	"remove boards that no gateway uses", NULL},
    {.verb = NULL},
};
