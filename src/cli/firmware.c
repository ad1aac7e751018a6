/* Firmware images. */
#include "manage/firmware.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "cli/progress.h"
#include "cli/record.h"

static const char *const families[] = {"station", "kickstarter", NULL};

/* ---- what one is ------------------------------------------------------------------------ */

static void
show_signature(
    struct cli *cli, struct store_txn *txn, const struct firmware_signature *s)
{
	const char *key = manage_signature_key(&cli->m, txn, s);
	struct out *o = &cli->out;
	char buf[OUT_TIME], crc[9];

	snprintf(crc, sizeof crc, "%08x", (unsigned)s->crc);
	if (!o->json) {
		out_note(o, "signature", "by %s (CRC %s), %s",
		    key[0] != '\0' ? key : "a key that is not registered any more", crc,
		    out_time_text(s->signed_at, o->now, buf));
		return;
	}
	out_object(o, NULL, NULL);
	out_str(o, "key_id", key);
	out_uint(o, "crc", s->crc);
	out_str(o, "crc_hex", crc);
	out_time(o, "signed_at", s->signed_at);
	out_object_end(o);
}

static void
show_digest(struct out *o, const char *name, struct span digest)
{
	char hex[2 * SHA512_SIZE + 1] = "";

	if (digest.len <= SHA512_SIZE)
		hex_encode(digest.data, digest.len, hex);
	out_str(o, name, hex);
}

static void
show_members(struct cli *cli, struct store_txn *txn, const struct firmware *f)
{
	const struct firmware_signature *rows = f->signatures.rows;
	struct out *o = &cli->out;

	out_str(o, "firmware_id", f->firmware_id);
	out_str(o, "description", f->description);
	out_str(o, "family", families[f->family == FIRMWARE_KICKSTARTER]);
	out_str(o, "file_name", f->file_name);
	out_uint(o, "size", f->size);
	show_digest(o, "sha256", f->sha256);
	show_digest(o, "sha512", f->sha512);
	out_list(o, "signatures");
	for (size_t i = 0; i < f->signatures.count; i++)
		show_signature(cli, txn, &rows[i]);
	out_list_end(o);
	if (!o->json && f->signatures.count == 0 && f->family == FIRMWARE_STATION)
		out_note(o, "signatures", "none");
	out_time(o, "created_at", f->created_at);
	out_time(o, "updated_at", f->updated_at);
}

static int
show_one(struct cli *cli, const char *id)
{
	struct store_txn *txn;
	struct firmware f;
	int err = store_read_begin(cli->data.registry, &txn);

	if (err != E_OK)
		return cli_fail(cli, err);
	err = manage_find_in(&cli->m, txn, &firmware_kind, id, &f);
	if (err == E_OK) {
		out_object(&cli->out, NULL, NULL);
		show_members(cli, txn, &f);
		out_object_end(&cli->out);
	}
	store_read_end(txn);
	return cli_fail(cli, err);
}

static int
show(struct cli *cli)
{
	int err = cli_open(cli);

	return err == E_OK ? show_one(cli, cli_word(cli, 0)) : err;
}

static int
done(struct cli *cli, const char *what, const char *id)
{
	if (cli->out.json)
		return show_one(cli, id);
	out_line(&cli->out, "%s image %s", what, id);
	return E_OK;
}

static int
list_one(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct firmware *f = record;
	struct cli *cli = arg;
	char buf[CLOCK_AGE];

	(void)m;
	if (cli->out.json) {
		out_object(&cli->out, NULL, NULL);
		show_members(cli, txn, f);
		out_object_end(&cli->out);
		return E_OK;
	}
	out_cell(&cli->out, f->firmware_id);
	out_cell(&cli->out, families[f->family == FIRMWARE_KICKSTARTER]);
	out_cell_uint(&cli->out, f->size);
	out_cell_uint(&cli->out, f->signatures.count);
	out_cell(&cli->out, clock_age(f->created_at, cli->m.now, buf));
	out_cell(&cli->out, f->file_name);
	return E_OK;
}

static int
list(struct cli *cli)
{
	static const char *const titles[] = {
	    "ID", "FAMILY", "BYTES", "SIGNATURES", "ADDED", "FILE"};
	int err = cli_open(cli);

	if (err != E_OK)
		return err;
	out_table(&cli->out, NULL, titles, COUNT(titles));
	err = manage_list(&cli->m, &firmware_kind, 0, 0, list_one, cli);
	if (err == E_OK)
		out_table_end(&cli->out);
	return cli_fail(cli, err);
}

/* ---- adding ------------------------------------------------------------------------------- */

static int
open_image(struct cli *cli, const char *path, int *fd)
{
	*fd = STDIN_FILENO;
	if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO))
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "an image does not come from a terminal: name a file");
	if (strcmp(path, "-") == 0) {
		cli->input_read = true;
		return E_OK;
	}
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return *fd >= 0 ? E_OK : file_fault(&cli->m.fault, path, "open");
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return "";
	path = slash != NULL ? slash + 1 : path;
	return strlen(path) <= 255 ? path : "";
}

/* "KEY=FILE", or a file whose key is found out. */
static int
read_signature(struct cli *cli, const char *text, struct firmware_signing *s)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
	const char *path = text;
	int err;

	if (n > 0 && text[n] == '=') {
		if ((s->key = arena_dup(&cli->arena, span_of(text, n))) == NULL)
			return cli_fail(cli, E_NOMEM);
		path = text + n + 1;
	}
	err = cli_read(cli, path, &s->der);
	if (err == E_OK && s->der.len == 0)
		return fault_set(
		    &cli->m.fault, E_INVALID, NULL, "%.200s is empty", path);
	return err;
}

static int
read_signatures(struct cli *cli, struct firmware_adding *how)
{
	struct firmware_signing *all =
	    arena_zalloc(&cli->arena, cli->args.given_count + 1, sizeof *all);
	const char *text;
	size_t at = 0;
	int err = E_OK;

	if (all == NULL)
		return cli_fail(cli, E_NOMEM);
	how->signatures = all;
	while (err == E_OK && (text = args_next(&cli->args, "signature", &at)) != NULL)
		err = read_signature(cli, text, &all[how->signature_count++]);
	at = 0;
	while (err == E_OK && (text = args_next(&cli->args, "sign", &at)) != NULL)
		all[how->signature_count++].key = text;
	return err;
}

static void
read_signing(const struct cli *cli, struct signing_options *options)
{
	options->pin_file = cli_value(cli, "pin-file");
	options->module = cli_value(cli, "module");
}

static int
add(struct cli *cli)
{
	const char *id = cli_word(cli, 0), *path = cli_word(cli, 1);
	struct signing_options options = {0};
	struct firmware_adding how = {.id = id,
	    .description = cli_value(cli, "description"),
	    .file_name = base_name(path),
	    .family = -1,
	    .signing = &options,
	    .progress = progress_show,
	    .progress_arg = (void *)(uintptr_t) "reading"};
	struct firmware stored;
	bool healed;
	int fd = -1, err = cli_choice(cli, "family", families, &how.family);

	read_signing(cli, &options);
	if (err == E_OK)
		err = read_signatures(cli, &how);
	if (err == E_OK)
		err = open_image(cli, path, &fd);
	if (err == E_OK && cli_has(cli, "sign"))
		err = manage_signer_start(&cli->m.fault);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_firmware_add(&cli->m, &how, fd, &stored, &healed);
	if (fd > STDIN_FILENO)
		close(fd);
	if (err != E_OK)
		return cli_fail(cli, err);
	return done(cli, healed ? "had already, and now has whole," : "added", id);
}

/* ---- signing ------------------------------------------------------------------------------- */

static int
signed_by(struct cli *cli, const char *id, const struct firmware_signing *signing,
    const struct signing_options *options)
{
	const char *by;
	int err = manage_firmware_sign(&cli->m, id, signing, options, &by);

	if (err != E_OK || cli->out.json)
		return err == E_OK ? show_one(cli, id) : cli_fail(cli, err);
	out_line(&cli->out, "image %s is signed by %s", id, by);
	return E_OK;
}

static int
sign(struct cli *cli)
{
	struct firmware_signing signing = {.key = cli_word(cli, 1)};
	struct signing_options options = {0};
	int err = manage_signer_start(&cli->m.fault);

	read_signing(cli, &options);
	if (err == E_OK)
		err = cli_open(cli);
	return err == E_OK ? signed_by(cli, cli_word(cli, 0), &signing, &options)
			   : cli_fail(cli, err);
}

static int
import_signature(struct cli *cli)
{
	struct firmware_signing signing = {.key = cli_value(cli, "key")};
	const char *path = cli_word(cli, 1);
	int err = cli_read(cli, path, &signing.der);

	if (err == E_OK && signing.der.len == 0)
		err =
		    fault_set(&cli->m.fault, E_INVALID, NULL, "%.200s is empty", path);
	if (err == E_OK)
		err = cli_open(cli);
	return err == E_OK ? signed_by(cli, cli_word(cli, 0), &signing, NULL) : err;
}

static int
unsign(struct cli *cli)
{
	const char *id = cli_word(cli, 0), *key = cli_word(cli, 1);
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_firmware_unsign(&cli->m, id, key);
	if (err != E_OK || cli->out.json)
		return err == E_OK ? show_one(cli, id) : cli_fail(cli, err);
	out_line(&cli->out, "image %s has no signature by %s any more", id, key);
	return E_OK;
}

static int
digest(struct cli *cli)
{
	bool hex = cli_has(cli, "hex");
	char text[2 * SHA512_SIZE + 1];
	struct firmware f;
	int err;

	if (!hex && !cli->out.json && isatty(STDOUT_FILENO))
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "bytes are nothing for a terminal: redirect them to a file, or say "
		    "--hex");
	if ((err = cli_open(cli)) != E_OK ||
	    (err = manage_get(&cli->m, &firmware_kind, cli_word(cli, 0), &f)) != E_OK)
		return cli_fail(cli, err);
	if (f.sha512.len != SHA512_SIZE)
		return fault_set(&cli->m.fault, E_CORRUPT, NULL, "has no digest");
	hex_encode(f.sha512.data, f.sha512.len, text);
	if (cli->out.json) {
		out_object(&cli->out, NULL, NULL);
		out_str(&cli->out, "firmware_id", f.firmware_id);
		out_str(&cli->out, "sha512", text);
		out_object_end(&cli->out);
	} else if (hex) {
		out_line(&cli->out, "%s", text);
	} else {
		strbuf_put(&cli->out.text, f.sha512.data, f.sha512.len);
	}
	return E_OK;
}

/* ---- care ------------------------------------------------------------------------------------ */

/* One after the other; what is wrong with one does not hide the others. */
static int
verify_one(struct cli *cli, const char *id)
{
	struct out *o = &cli->out;
	struct firmware f;
	int err = manage_firmware_verify(
	    &cli->m, id, progress_show, (void *)(uintptr_t) "verifying", &f);

	if (err == E_OK)
		out_line(o, "%s: whole", id);
	else
		out_line(o, "%s: %s", id, cli->m.fault.text);
	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "firmware_id", id);
		out_bool(o, "whole", err == E_OK);
		out_str(o, "error", err == E_OK ? "" : cli->m.fault.text);
		out_object_end(o);
	}
	return err;
}

static int
verify(struct cli *cli)
{
	struct text_list ids;
	size_t bad = 0;
	int first = E_OK, err = cli_open(cli);

	if (err == E_OK)
		err = record_ids(cli, &firmware_kind, &ids);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_list(&cli->out, NULL);
	for (size_t i = 0; i < ids.count; i++) {
		err = verify_one(cli, ids.items[i]);
		bad += err != E_OK;
		first = first == E_OK ? err : first;
	}
	out_list_end(&cli->out);
	if (bad == 0)
		return E_OK;
	return fault_set(&cli->m.fault, first, NULL, "%zu of %zu images %s not whole",
	    bad, ids.count, ids.count == 1 ? "is" : "are");
}

static int
set(struct cli *cli)
{
	struct edits edits = {0};
	const char *id;
	int err = record_edits(cli, &firmware_kind, 1, &edits);

	if (err == E_OK)
		err = record_set(cli, &firmware_kind, &edits, &id);
	return err == E_OK ? done(cli, "changed", id) : err;
}

/* ---- the table -------------------------------------------------------------------------------- */

#define OPTION_PIN OPTION("pin-file", "FILE", "holds the PIN of the token")
#define OPTION_MODULE OPTION("module", "FILE", "PKCS#11 module of the token")

static const struct option add_options[] = {
    OPTION("family", "FAMILY", "station (usual) or kickstarter, which wants Intel HEX"),
    OPTION("description", "TEXT", "anything worth knowing about it"),
    OPTION_MANY("sign", "KEY", "let this key sign it"),
    OPTION_MANY("signature", "[KEY=]FILE", "a signature that was made elsewhere (DER)"),
    OPTION_PIN,
    OPTION_MODULE,
    OPTION_END,
};
static const struct option sign_options[] = {OPTION_PIN, OPTION_MODULE, OPTION_END};
static const struct option import_options[] = {
    OPTION("key", "KEY", "the key that made it; else it is found out"),
    OPTION_END,
};
static const struct option digest_options[] = {
    SWITCH("hex", "as text"),
    OPTION_END,
};

const struct record_table firmware_records = {&firmware_kind, NULL};
const struct command firmware_commands[] = {
    {"add", "ID FILE", 2, 2, add_options, NULL, add,
	"take an image in, with its signatures; all of it or nothing",
	"FILE is what a gateway runs (station) or Intel HEX (kickstarter), - for "
	"standard input. The same file again under the same ID heals one that is "
	"damaged."},
    {"list", "", 0, 0, NULL, NULL, list, "all of them", NULL},
    {"show", "ID", 1, 1, NULL, NULL, show, "all of one", NULL},
    {"sign", "ID KEY", 2, 2, sign_options, NULL, sign, "let a key sign it", NULL},
    {"digest", "ID", 1, 1, digest_options, NULL, digest,
	"write the SHA-512 to sign to standard output",
	"To sign on another machine: `gatehouse firmware digest ID >D` here, `openssl "
	"pkeyutl -sign -inkey key.pem -in D -out S` there; or, where the image itself "
	"is, `openssl dgst -sha512 -sign key.pem -out S IMAGE`. Then `gatehouse "
	"firmware import-signature ID S` here."},
    {"import-signature", "ID FILE", 2, 2, import_options, NULL, import_signature,
	"take a signature that was made elsewhere (DER), once it is verified", NULL},
    {"unsign", "ID KEY", 2, 2, NULL, NULL, unsign, "take a signature away", NULL},
    {"verify", "[ID...]", 0, ARGUMENTS_MANY, NULL, NULL, verify,
	"read images and signatures and compare them with what was added", NULL},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &firmware_kind, set,
	"change its description or its ID", NULL},
    {"remove", "ID", 1, 1, NULL, NULL, record_run_delete,
	"remove one that no release names; its file goes a day later", NULL},
    {.verb = NULL},
};
