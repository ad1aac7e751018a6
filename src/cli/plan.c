/* Frequency plans. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/import.h"
#include "cli/record.h"
#include "cli/writer.h"
#include "manage/board.h"
#include "radio/picture.h"

static const struct record_column columns[] = {
    {"plan_id", "ID"},
    {"band_id", "BAND"},
    {"base_frequency", "MHZ"},
    {"source", "SOURCE"},
    {"name", "NAME"},
    {NULL, NULL},
};
const struct record_table plan_records = {&plan_kind, columns};

/* ---- reading ------------------------------------------------------------------------------ */

static void
show_items(
    struct cli *cli, const struct plan_files *files, const struct import_result *result)
{
	out_list(&cli->out, "plans");
	for (size_t i = 0; i < files->set.count; i++) {
		const struct plan_item *item = &files->set.items[i];

		import_item(cli, item->entry.id != NULL ? item->entry.id : "",
		    result != NULL ? &result->outcomes[i] : NULL, &item->findings);
	}
	out_list_end(&cli->out);
}

static int
read_about(struct cli *cli, struct plan_about *about)
{
	about->id = cli_value(cli, "id");
	about->name = cli_value(cli, "name");
	about->description = cli_value(cli, "description");
	return cli_number(cli, "base-frequency", 1, 1000000, &about->base_frequency);
}

/* Everything that only somebody else than the owner of the data may read is read first. */
static int
read_files(struct cli *cli, struct plan_files *files)
{
	const char *path = cli_word(cli, 0);
	struct plan_about about = {0};
	int err = read_about(cli, &about);

	if (err != E_OK)
		return err;
	if (!cli_has(cli, "shipped")) {
		if (path == NULL)
			return fault_set(&cli->m.fault, E_INVALID, NULL,
			    "name a folder with plans or a file, or give --shipped");
		return plan_files_read(&cli->arena, path, &about, files, &cli->m.fault);
	}
	if (path != NULL)
		return fault_set(&cli->m.fault, E_INVALID, "--shipped",
		    "cannot be combined with a path");
	if ((err = cli_configure(cli)) != E_OK)
		return err;
	path = arena_printf(&cli->arena, "%s/frequency-plans", cli->config.share);
	return path != NULL
		   ? plan_files_read(&cli->arena, path, NULL, files, &cli->m.fault)
		   : E_NOMEM;
}

static int
import(struct cli *cli)
{
	struct plan_importing how = {.shipped = cli_has(cli, "shipped"),
	    .replace = cli_has(cli, "replace"),
	    .base = cli_value(cli, "base")};
	struct import_result result;
	struct plan_files files;
	int err = read_files(cli, &files);

	if (err == E_OK && how.base != NULL && !files.alone)
		err = fault_set(&cli->m.fault, E_INVALID, "--base",
		    "is for a single plan; an index says it by base-id");
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_plan_import(&cli->m, &files, &how, &result);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_object(&cli->out, NULL, NULL);
	show_items(cli, &files, &result);
	err = import_end(cli, "plans were", &result);
	out_object_end(&cli->out);
	return err;
}

/* A file alone has to be whole by itself here. */
static int
check(struct cli *cli)
{
	struct plan_about about = {0};
	struct plan_files files;
	struct plan_item *item;
	size_t bad = 0;
	int err = plan_files_read(
	    &cli->arena, cli_word(cli, 0), &about, &files, &cli->m.fault);

	if (err != E_OK)
		return cli_fail(cli, err);
	item = &files.set.items[0];
	if (files.alone && item->plan != NULL)
		plan_check(item->plan, &item->findings);
	out_object(&cli->out, NULL, NULL);
	show_items(cli, &files, NULL);
	for (size_t i = 0; i < files.set.count; i++)
		bad += files.set.items[i].findings.errors > 0;
	out_uint(&cli->out, "plans_read", files.set.count);
	out_uint(&cli->out, "faulty", bad);
	out_object_end(&cli->out);
	return bad == 0 ? E_OK
			: fault_set(&cli->m.fault, E_INVALID, NULL,
			      "%zu of %zu plans cannot be used", bad, files.set.count);
}

/* ---- showing ------------------------------------------------------------------------------ */

static bool
is_utf8(void)
{
	const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"}, *value;

	for (size_t i = 0; i < COUNT(names); i++)
		if ((value = getenv(names[i])) != NULL && value[0] != '\0')
			return strcasestr(value, "utf-8") != NULL ||
			       strcasestr(value, "utf8") != NULL;
	return false;
}

static void
show_picture(struct cli *cli, const struct plan *plan)
{
	struct strbuf picture;
	struct span rest;

	strbuf_init(&picture, 65536);
	plan_picture(plan, is_utf8() && !cli_has(cli, "ascii"), &picture);
	rest = strbuf_span(&picture);
	out_line(&cli->out, "%s", "");
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		size_t n = end != NULL ? (size_t)(end - rest.data) : rest.len;

		out_line(&cli->out, "%.*s", (int)n, (const char *)rest.data);
		rest = span_from(rest, n + 1);
	}
	strbuf_clear(&picture);
}

static int
show(struct cli *cli)
{
	const char *id = cli_word(cli, 0);
	struct plan_record record;
	struct strbuf yaml;
	struct plan *plan;
	uint64_t uses;
	int err = cli_open(cli);

	if (err != E_OK)
		return err;
	if ((err = manage_plan_get(&cli->m, id, &record, &plan)) != E_OK ||
	    (err = manage_plan_uses(&cli->m, id, &uses)) != E_OK)
		return cli_fail(cli, err);
	out_object(&cli->out, NULL, NULL);
	if (cli->out.json)
		json_key(&cli->out.j, "plan");
	record_show(cli, NULL, &plan_kind, &record);
	out_uint(&cli->out, "gateways", uses);
	if (cli->out.json) {
		strbuf_init(&yaml, 1 << 20);
		plan_write(plan, &yaml);
		out_span(&cli->out, "yaml", strbuf_span(&yaml));
		strbuf_clear(&yaml);
	}
	out_object_end(&cli->out);
	show_picture(cli, plan);
	return E_OK;
}

/* ---- writing ------------------------------------------------------------------------------ */

static int
write_plan(struct cli *cli, const char *folder, const char *id, struct strbuf *index)
{
	const char *path = arena_printf(&cli->arena, "%s/%s.yml", folder, id);
	struct plan_record record;
	struct strbuf text;
	struct plan *plan;
	int err = path != NULL ? manage_plan_get(&cli->m, id, &record, &plan) : E_NOMEM;

	if (err != E_OK)
		return cli_fail(cli, err);
	strbuf_init(&text, 1 << 20);
	plan_write(plan, &text);
	plan_write_entry(&record, index);
	err = text.err;
	if (err == E_OK)
		err = writer_file(path, 0644, strbuf_span(&text), &cli->m.fault);
	strbuf_clear(&text);
	return err;
}

static int
export_folder(struct cli *cli, const char *folder)
{
	struct text_list ids = {0};
	const char *path = arena_printf(&cli->arena, "%s/" PLAN_INDEX, folder);
	struct strbuf index;
	int err = path != NULL ? E_OK : E_NOMEM;

	if (err == E_OK)
		err = record_ids(cli, &plan_kind, &ids);
	if (err == E_OK)
		err = writer_folder(folder, 0755, &cli->m.fault);
	strbuf_init(&index, 16 << 20);
	for (size_t i = 0; err == E_OK && i < ids.count; i++)
		err = write_plan(cli, folder, ids.items[i], &index);
	if (err == E_OK && (err = index.err) == E_OK)
		err = writer_file(path, 0644, strbuf_span(&index), &cli->m.fault);
	strbuf_clear(&index);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_object(&cli->out, NULL, NULL);
	out_str(&cli->out, "folder", folder);
	out_uint(&cli->out, "plans", ids.count);
	out_object_end(&cli->out);
	return E_OK;
}

static int export(struct cli *cli)
{
	const char *folder = cli_value(cli, "out");
	struct plan *plan;
	int err = E_OK;

	if (folder == NULL && cli->args.word_count != 1)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "name one plan, or a folder with --out FOLDER");
	if (folder != NULL)
		err = writer_start(&cli->m.fault);
	if (err == E_OK)
		err = cli_open(cli);
	if (err != E_OK)
		return cli_fail(cli, err);
	if (folder != NULL)
		return export_folder(cli, folder);
	err = manage_plan_get(&cli->m, cli_word(cli, 0), NULL, &plan);
	if (err != E_OK)
		return cli_fail(cli, err);
	cli->out.json = false;
	plan_write(plan, &cli->out.text);
	return cli->out.text.err;
}

static int
remove_plans(struct cli *cli)
{
	return import_remove_all(cli, "plan", manage_plan_remove);
}

/* ---- the table ---------------------------------------------------------------------------- */

static const struct option import_options[] = {
    SWITCH("shipped", "what came with this version of Gatehouse"),
    SWITCH("replace", "with --shipped: also those that were imported here"),
    OPTION("id", "ID", "of a single file: its ID instead of the file's name"),
    OPTION("base", "ID", "of a single file: the plan that it changes"),
    OPTION("name", "TEXT", "of a single file: a name for people"),
    OPTION("description", "TEXT", "of a single file: notes"),
    OPTION("base-frequency", "MHZ", "of a single file: for lists"),
    OPTION_END,
};
static const struct option show_options[] = {
    SWITCH("ascii", "draw without box characters"),
    OPTION_END,
};
static const struct option export_options[] = {
    OPTION("out", "FOLDER", "where an index and a file for each plan go"),
    OPTION_END,
};

const struct command plan_commands[] = {
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"show", "ID", 1, 1, show_options, NULL, show,
	"one, with its channels on a frequency axis", NULL},
    {"import", "[FOLDER|FILE]", 0, 1, import_options, NULL, import,
	"take plans in, from a folder with an index or from one file",
	"The folder is one as The Things Network publishes it (" PLAN_INDEX
	" and the files that it names). Those that no forwarder could use are refused "
	"with file, line and rule; the others are stored, all in one change. Plans are "
	"stored whole: what they stand on is merged in."},
    {"check", "FOLDER|FILE", 1, 1, NULL, NULL, check,
	"say what an import would say, and store nothing", NULL},
    {"export", "[ID...]", 0, ARGUMENTS_MANY, export_options, NULL, export,
	"write one to standard output, or a folder of them",
	"As YAML that can be imported again; with --out and no ID all of them."},
    {"remove", "ID...", 1, ARGUMENTS_MANY, NULL, NULL, remove_plans,
	"remove plans that no gateway uses", NULL},
    {.verb = NULL},
};
