/* The files to put on a gateway. */
#include "manage/bundle.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/writer.h"

static int
write_files(struct cli *cli, const char *folder, const struct bundle *b)
{
	char path[1024];
	int err = writer_folder(folder, 0700, &cli->m.fault);

	for (size_t i = 0; err == E_OK && i < b->count; i++) {
		int n = snprintf(path, sizeof path, "%s/%s", folder, b->files[i].name);

		if (n < 0 || (size_t)n >= sizeof path)
			return fault_set(
			    &cli->m.fault, E_TOOBIG, "--out", "is too long");
		err = writer_file(
		    path, b->files[i].mode, b->files[i].bytes, &cli->m.fault);
	}
	return err;
}

/* Which key is in it, in words. */
static const char *
key_text(const struct bundle *b)
{
	static const char *const texts[] = {
	    [BUNDLE_NO_KEY] = "none: the gateway only verifies the server",
	    [BUNDLE_KEY_MADE] = "a new one was made",
	    [BUNDLE_KEY_SEALED] = "the one that it should have",
	    [BUNDLE_CERTIFICATE] = "the private key of its client certificate"};

	return texts[b->key_kind];
}

static void
show(struct cli *cli, const char *folder, const struct bundle *b)
{
	struct out *o = &cli->out;
	bool has_key =
	    b->key_kind == BUNDLE_KEY_MADE || b->key_kind == BUNDLE_KEY_SEALED;

	out_object(o, NULL, NULL);
	out_str(o, "folder", folder);
	out_list(o, "files");
	for (size_t i = 0; i < b->count; i++) {
		out_note(o, "file", "%s (%zu bytes)", b->files[i].name,
		    b->files[i].bytes.len);
		if (o->json)
			json_str(&o->j, b->files[i].name);
	}
	out_list_end(o);
	if (o->json)
		out_str(o, "key", bundle_key_name(b->key_kind));
	else
		out_note(o, "key", "%s", key_text(b));
	out_str(o, "key_id", has_key ? b->key.key_id : "");
	if (has_key)
		out_uint(o, "generation", b->key.generation);
	out_uint(o, "cups_crc", b->cups_crc);
	out_bool(o, "cups_matches", b->cups_matches);
	out_object_end(o);
	if (!b->cups_matches)
		out_line(o,
		    "At its first visit the gateway is sent its credentials once, "
		    "since it reports other files than it should have.");
	out_line(o, "Keep the folder safe: whoever has the key file is this gateway.");
}

static int
run(struct cli *cli)
{
	struct bundle_request request = {.gateway = cli_word(cli, 0),
	    .cups_uri = cli_value(cli, "cups-uri"),
	    .lns = cli_has(cli, "lns"),
	    .new_key = cli_has(cli, "new-key"),
	    .der = cli_has(cli, "der")};
	struct bundle *b = arena_zalloc(&cli->arena, 1, sizeof *b);
	const char *folder = cli_value(cli, "out");
	int err = E_OK;

	if (b == NULL)
		return cli_fail(cli, E_NOMEM);
	if (folder == NULL)
		return fault_set(&cli->m.fault, E_INVALID, "--out",
		    "is needed: the folder to write the files to");
	if ((err = writer_start(&cli->m.fault)) != E_OK ||
	    (err = cli_open(cli)) != E_OK ||
	    (err = manage_bundle(&cli->m, &request, b)) != E_OK ||
	    (err = write_files(cli, folder, b)) != E_OK)
		return cli_fail(cli, err);
	show(cli, folder, b);
	return E_OK;
}

static const struct option options[] = {
    OPTION("out", "FOLDER", "where the files go; it is made when it is not there"),
    SWITCH("der", "certificates and private keys as DER instead of PEM"),
    SWITCH("lns", "also the files of its network server: tc.uri, tc.trust..."),
    SWITCH("new-key", "make a new key even where one is here that can be used"),
    OPTION("cups-uri", "URI", "another address of this server than the configured one"),
    OPTION_END,
};

const struct command bundle_commands[] = {
    {"", "GATEWAY --out FOLDER", 1, 1, options, NULL, run,
	"the files to put on a gateway so that it comes here",
	"cups.uri, cups.trust and cups.key (and cups.crt, or with --lns tc.uri and so "
	"on), as a LoRa Basics Station reads them."},
    {.verb = NULL},
};
