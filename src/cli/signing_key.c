/* Keys that sign firmware. */
#include "manage/signing_key.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"
#include "cli/record.h"
#include "cli/writer.h"

static const struct record_column columns[] = {
    {"key_id", "ID"},
    {"crc", "CRC"},
    {"retired", "RETIRED"},
    {"signer", "SIGNER"},
    {"name", "NAME"},
    {NULL, NULL},
};
const struct record_table signing_key_records = {&signing_key_kind, columns};

/* ---- options -------------------------------------------------------------------------------- */

/* As gateways list it (decimal), or 0x and hex digits. */
static int
read_crc(struct cli *cli, uint32_t *crc)
{
	const char *text = cli_value(cli, "crc");
	uint64_t n = 0;
	int used = 0;
	unsigned hex;

	if (text == NULL || number_u64(span_str(text), 1, UINT32_MAX, &n)) {
		*crc = (uint32_t)n;
		return E_OK;
	}
	if (sscanf(text, "0x%8x%n", &hex, &used) != 1 || text[used] != '\0' || hex == 0)
		return fault_set(&cli->m.fault, E_INVALID, "--crc",
		    "must be a number, decimal or 0x and hex digits");
	*crc = hex;
	return E_OK;
}

static int
read_request(struct cli *cli, struct signing_key_request *request,
    struct signing_options *options)
{
	request->id = cli_word(cli, 0);
	request->name = cli_value(cli, "name");
	request->signer = cli_value(cli, "signer");
	options->pin_file = cli_value(cli, "pin-file");
	options->module = cli_value(cli, "module");
	return read_crc(cli, &request->crc);
}

/* ---- what a key is --------------------------------------------------------------------------- */

/* Both ways to write the CRC, for people. */
static void
tell_crc(struct cli *cli, const struct signing_key *k)
{
	out_line(&cli->out, "CRC %08x; gateways with it list %llu in \"keys\"",
	    (unsigned)k->crc, (unsigned long long)k->crc);
}

static int
done(struct cli *cli, const char *what, const struct signing_key *k)
{
	int err = record_done(cli, what, &signing_key_kind, k->key_id);

	if (err == E_OK && !cli->out.json)
		tell_crc(cli, k);
	return err;
}

static int
create(struct cli *cli)
{
	const char *path = cli_word(cli, 1);
	struct signing_key_request request = {0};
	struct signing_options options = {0};
	struct signing_key_made made;
	struct signing_key stored;
	struct stat st;
	int err = read_request(cli, &request, &options);

	if (err == E_OK)
		err = cli_configure(cli);
	if (err == E_OK)
		err = manage_signing_key_file(path, cli->config.data, &options,
		    &cli->arena, &made, &cli->m.fault);
	if (err != E_OK)
		return cli_fail(cli, err);
	request.signer = made.signer;
	if (geteuid() != 0 && stat(cli->config.data, &st) == 0 &&
	    st.st_uid == geteuid())
		cli_warn(cli,
		    "%s belongs to the user of the data, so whatever runs as that user "
		    "can sign; safer is another one, with `gatehouse-sign --socket`",
		    path);
	err = cli_open(cli);
	if (err == E_OK)
		err = manage_signing_key_add(&cli->m, &request,
		    span_of(made.point, SIGN_POINT), &options, &stored);
	if (err == E_OK)
		return done(cli, "made", &stored);
	cli_warn(cli,
	    "the key file %s was made, but is not registered; once that works: "
	    "gatehouse signing-key add %s --signer %s",
	    path, request.id, request.signer);
	return cli_fail(cli, err);
}

static int
add(struct cli *cli)
{
	const char *path = cli_word(cli, 1);
	struct signing_key_request request = {0};
	struct signing_options options = {0};
	struct span bytes = {0};
	struct signing_key stored;
	int err = read_request(cli, &request, &options);

	if (err == E_OK && path == NULL && request.signer == NULL)
		err = fault_set(&cli->m.fault, E_INVALID, NULL,
		    "give the file of the public key, or --signer");
	if (err == E_OK && path != NULL)
		err = cli_read(cli, path, &bytes);
	if (err == E_OK && path != NULL && bytes.len == 0)
		err =
		    fault_set(&cli->m.fault, E_INVALID, NULL, "%.200s is empty", path);
	if (err == E_OK)
		err = manage_signer_start(&cli->m.fault);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err =
		    manage_signing_key_add(&cli->m, &request, bytes, &options, &stored);
	return err == E_OK ? done(cli, "added", &stored) : cli_fail(cli, err);
}

static int
show(struct cli *cli)
{
	const char *id = cli_word(cli, 0);
	struct signing_key k;
	int err = cli_open(cli);

	if (err == E_OK)
		err = record_get_show(cli, &signing_key_kind, id);
	if (err == E_OK && !cli->out.json &&
	    (err = manage_get(&cli->m, &signing_key_kind, id, &k)) == E_OK)
		tell_crc(cli, &k);
	return err;
}

/* ---- the file for gateways -------------------------------------------------------------------- */

static int
put_file(struct cli *cli, const struct signing_key *k, struct span bytes)
{
	const char *path = cli_word(cli, 1);
	struct out *o = &cli->out;
	char hex[9];
	int err = writer_file(path, 0644, bytes, &cli->m.fault);

	if (err != E_OK)
		return err;
	snprintf(hex, sizeof hex, "%08x", (unsigned)k->crc);
	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "key_id", k->key_id);
		out_str(o, "file", path);
		out_uint(o, "crc", k->crc);
		out_str(o, "crc_hex", hex);
		out_object_end(o);
		return E_OK;
	}
	out_line(o, "wrote %s", path);
	tell_crc(cli, k);
	if (!cli_has(cli, "pem"))
		out_line(o, "On the gateway it is sig-0.key, or sig-1.key and so on.");
	return E_OK;
}

static int
export_public(struct cli *cli)
{
	const char *path = cli_word(cli, 1);
	struct signing_key k;
	struct span bytes;
	struct stat st;
	int err;

	if (path != NULL && !cli_has(cli, "force") && lstat(path, &st) == 0)
		return fault_set(&cli->m.fault, E_EXISTS, NULL,
		    "%.200s: is there already; --force replaces it", path);
	if ((err = writer_start(&cli->m.fault)) != E_OK ||
	    (err = cli_open(cli)) != E_OK ||
	    (err = manage_get(&cli->m, &signing_key_kind, cli_word(cli, 0), &k)) !=
		E_OK)
		return err;
	bytes = k.point;
	if (cli_has(cli, "pem") &&
	    (err = sign_point_pem(k.point.data, &cli->arena, &bytes)) != E_OK)
		return cli_fail(cli, err);
	if (path != NULL)
		return put_file(cli, &k, bytes);
	if (!cli_has(cli, "pem") && isatty(STDOUT_FILENO))
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "bytes are nothing for a terminal: name a file, or say --pem");
	cli->out.json = false;
	strbuf_put(&cli->out.text, bytes.data, bytes.len);
	return E_OK;
}

/* ---- changing ----------------------------------------------------------------------------------- */

static int
retire(struct cli *cli)
{
	const char *id = cli_word(cli, 0);
	bool undo = cli_has(cli, "undo");
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_signing_key_retire(&cli->m, id, !undo);
	return err == E_OK ? record_done(cli, undo ? "brought back" : "retired",
				 &signing_key_kind, id)
			   : cli_fail(cli, err);
}

/* ---- the table ------------------------------------------------------------------------------------ */

#define OPTION_NAME OPTION("name", "NAME", "a name for people")

static const struct option create_options[] = {OPTION_NAME, OPTION_END};
static const struct option add_options[] = {
    OPTION("signer", "WHERE",
	"where the private key is: file:/PATH, pkcs11:..., or socket:/PATH"),
    OPTION("crc", "NUMBER", "which key of a signing service that has several"),
    OPTION("pin-file", "FILE", "holds the PIN of the token, to ask it for the key"),
    OPTION("module", "FILE", "PKCS#11 module of the token"),
    OPTION_NAME,
    OPTION_END,
};
static const struct option export_options[] = {
    SWITCH("pem", "as PEM instead, for `openssl dgst -verify`"),
    SWITCH("force", "replace a file that is there"),
    OPTION_END,
};
static const struct option retire_options[] = {
    SWITCH("undo", "it makes new signatures again"),
    OPTION_END,
};

const struct command signing_key_commands[] = {
    {"create", "ID FILE", 2, 2, create_options, NULL, create,
	"make a key in a new file, and register it",
	"gatehouse-sign makes the file, for its owner alone; as root it is root's. "
	"Keep a copy in a safe place: gateways that have only this key take no other."},
    {"add", "ID [FILE]", 1, 2, add_options, NULL, add,
	"register a key by its public part",
	"FILE is a sig-N.key (64 bytes), or a public key, certificate or private key "
	"in PEM or DER, of which only the public part is kept. Without FILE the signer "
	"is asked for it. Without --signer signatures are made elsewhere and "
	"imported."},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"show", "ID", 1, 1, NULL, NULL, show, "all of one", NULL},
    {"export-public", "ID [FILE]", 1, 2, export_options, NULL, export_public,
	"the file for gateways: sig-N.key", NULL},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &signing_key_kind,
	record_run_set, "change its name or its signer", NULL},
    {"retire", "ID", 1, 1, retire_options, NULL, retire,
	"no new signatures by it; those that there are stay good", NULL},
    {"remove", "ID", 1, 1, NULL, NULL, record_run_delete,
	"forget one by which no image is signed; the private key is not touched", NULL},
    {.verb = NULL},
};
