/* The keys that secrets are kept under. */
#include "manage/seal.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

static const char *const titles[] = {"KEY", "USE"};

static int
count_values(struct cli *cli, struct seal_counts *all, struct seal_counts *lost)
{
	struct store_txn *txn;
	int err = store_read_begin(cli->data.registry, &txn);

	if (err != E_OK)
		return cli_fail(cli, err);
	err = manage_seal_lost(txn, NULL, all);
	if (err == E_OK)
		err = manage_seal_lost(txn, cli->data.seal, lost);
	store_read_end(txn);
	return cli_fail(cli, err);
}

static void
list_keys(struct cli *cli, const uint32_t *ids, size_t count)
{
	struct out *o = &cli->out;
	char text[16];

	out_table(o, "keys", titles, 2);
	for (size_t i = 0; i < count; i++) {
		bool seals = ids[i] == seal_current(cli->data.seal);

		snprintf(text, sizeof text, "%08x", (unsigned)ids[i]);
		out_cell(o, text);
		out_cell(o, seals ? "seals and opens" : "opens");
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "id", text);
		out_bool(o, "seals", seals);
		out_object_end(o);
	}
	out_table_end(o);
}

static int
list(struct cli *cli)
{
	struct seal_counts all = {0}, lost = {0};
	struct out *o = &cli->out;
	uint32_t ids[64] = {0};
	size_t count = 0;
	int err = cli_open(cli);

	if (err == E_OK)
		err = count_values(cli, &all, &lost);
	if (err != E_OK)
		return err;
	if (cli->data.seal != NULL)
		count = seal_ids(cli->data.seal, ids, COUNT(ids));
	count = count < COUNT(ids) ? count : COUNT(ids);
	out_object(o, NULL, NULL);
	out_str(o, "file", cli->data.seal_path);
	out_str(o, "error", cli->data.seal == NULL ? cli->data.seal_fault.text : "");
	out_uint(o, "values", all.all);
	out_note(o, "sealed", "%s", seal_counts_text(&all, &cli->arena));
	out_uint(o, "lost", lost.all);
	if (lost.all > 0)
		out_note(o, "do not open", "%s", seal_counts_text(&lost, &cli->arena));
	list_keys(cli, ids, count);
	out_object_end(o);
	return E_OK;
}

/* On a terminal, how far it is; a million gateways take a while. */
static int
progress(void *arg, uint64_t records, uint64_t values)
{
	(void)arg;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%llu records, %llu secrets\033[K\r",
		    (unsigned long long)records, (unsigned long long)values);
	return E_OK;
}

static int
rotate(struct cli *cli)
{
	struct seal_rotating how = {.no_new_key = cli_has(cli, "continue"),
	    .keep_keys = cli_has(cli, "keep-keys"),
	    .progress = progress};
	struct seal_rotated done = {0};
	struct out *o = &cli->out;
	char key[16];
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_seal_rotate(&cli->m, &how, &done);
	if (err != E_OK)
		return cli_fail(cli, err);
	snprintf(key, sizeof key, "%08x", (unsigned)done.key);
	out_object(o, NULL, NULL);
	out_str(o, "key", key);
	out_uint(o, "records", done.records);
	out_uint(o, "values", done.values);
	out_uint(o, "failed", done.failed);
	out_uint(o, "dropped_keys", done.dropped);
	out_uint(o, "kept_keys", done.kept);
	out_object_end(o);
	if (done.failed > 0)
		return fault_set(&cli->m.fault, E_CORRUPT, NULL,
		    "%llu secrets do not open and stay as they are; see `gatehouse "
		    "check`",
		    (unsigned long long)done.failed);
	out_line(o,
	    "Older backups open only with the older keys: keep a copy of the file "
	    "that was used then, or use --keep-keys.");
	return E_OK;
}

static const struct option rotate_options[] = {
    SWITCH("continue", "finish an earlier run: no new key"),
    SWITCH("keep-keys", "leave old keys in the file, for older backups"),
    OPTION_END,
};

const struct command seal_commands[] = {
    {"rotate", "", 0, 0, rotate_options, NULL, rotate,
	"make a new key, seal every secret anew, drop the old keys",
	"In many small changes; may be stopped and run again."},
    {"list", "", 0, 0, NULL, NULL, list, "the keys, and what is sealed", NULL},
    {.verb = NULL},
};
