/* Certificate authorities for gateways' client certificates. */
#include "manage/ca.h"

#include "cli/record.h"
#include "crypto/certificate.h"

static const struct record_column columns[] = {
    {"ca_id", "ID"},
    {"eui_prefixes", "SPEAKS FOR"},
    {"not_after", "EXPIRES"},
    {"subject", "SUBJECT"},
    {"name", "NAME"},
    {NULL, NULL},
};
const struct record_table ca_records = {&ca_kind, columns};

static int
read_request(struct cli *cli, struct ca_request *r)
{
	r->id = cli_word(cli, 0);
	r->name = cli_value(cli, "name");
	return cli_list(cli, "prefix", &r->eui_prefixes);
}

static int
import(struct cli *cli)
{
	struct ca_request request = {0};
	struct span bytes;
	struct ca stored;
	int err = read_request(cli, &request);

	if (err == E_OK)
		err = cli_read(cli, cli_word(cli, 1), &bytes);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_ca_import(&cli->m, &request, bytes, &stored);
	return err == E_OK ? record_done(cli, "imported", &ca_kind, request.id)
			   : cli_fail(cli, err);
}

static int
create(struct cli *cli)
{
	struct ca_request request = {0};
	int64_t until = cli->m.now + CA_LASTS;
	struct ca stored;
	int err = read_request(cli, &request);

	if (err == E_OK)
		err = cli_time(cli, "until", &until);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_ca_create(&cli->m, &request, until, &stored);
	return err == E_OK ? record_done(cli, "made", &ca_kind, request.id)
			   : cli_fail(cli, err);
}

/* The serial number as such, or of a certificate in a file. */
static int
serial_of(struct cli *cli, const char **serial)
{
	const char *path = cli_value(cli, "cert");
	struct certificate_info info;
	struct span bytes, der;
	int err;

	*serial = cli_word(cli, 1);
	if ((*serial != NULL) == (path != NULL))
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "give the serial number of the certificate, or --cert FILE");
	if (path == NULL)
		return E_OK;
	if ((err = cli_read(cli, path, &bytes)) != E_OK ||
	    (err = certificate_der(bytes, &cli->arena, &der, NULL, &cli->m.fault)) !=
		E_OK ||
	    (err = certificate_inspect(der, &cli->arena, &info, &cli->m.fault)) != E_OK)
		return err;
	*serial = info.serial;
	return E_OK;
}

static int
revoke(struct cli *cli)
{
	const char *serial, *id = cli_word(cli, 0);
	int err = serial_of(cli, &serial);

	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_ca_revoke(&cli->m, id, serial);
	if (err != E_OK)
		return cli_fail(cli, err);
	if (cli->out.json)
		return record_get_show(cli, &ca_kind, id);
	out_line(&cli->out, "certificate %s of %s no longer counts", serial, id);
	return E_OK;
}

static int
show(struct cli *cli)
{
	const char *id = cli_word(cli, 0);
	struct span pem;
	struct ca ca;
	int err = cli_open(cli);

	if (err != E_OK || !cli_has(cli, "pem"))
		return err != E_OK ? err : record_get_show(cli, &ca_kind, id);
	if ((err = manage_get(&cli->m, &ca_kind, id, &ca)) != E_OK)
		return err;
	if ((err = certificate_pem(ca.der, &cli->arena, &pem)) != E_OK)
		return cli_fail(cli, err);
	cli->out.json = false;
	strbuf_put(&cli->out.text, pem.data, pem.len);
	return E_OK;
}

#define OPTIONS_CA                                                                \
	OPTION_MANY(                                                              \
	    "prefix", "HEX,...", "beginnings of the EUIs that it may speak for"), \
	    OPTION("name", "NAME", "a name for people")

static const struct option import_options[] = {OPTIONS_CA, OPTION_END};
static const struct option create_options[] = {
    OPTIONS_CA,
    OPTION("until", "TIME", "when it ends (+7300d)"),
    OPTION_END,
};
static const struct option revoke_options[] = {
    OPTION("cert", "FILE", "the certificate instead of its serial number"),
    OPTION_END,
};
static const struct option show_options[] = {
    SWITCH("pem", "its certificate as PEM, for the web server"),
    OPTION_END,
};

const struct command ca_commands[] = {
    {"import", "ID FILE", 2, 2, import_options, NULL, import,
	"register the certificate of a CA (PEM or DER)",
	"Its client certificates then count for gateways whose EUI begins with one of "
	"its prefixes; without any it speaks for no gateway."},
    {"create", "ID", 1, 1, create_options, NULL, create,
	"make a CA of our own, for `gatehouse cert issue`", NULL},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &ca_kind, record_run_set,
	"change its name or prefixes", NULL},
    {"show", "ID", 1, 1, show_options, NULL, show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"revoke", "ID [SERIAL]", 1, 2, revoke_options, NULL, revoke,
	"end one client certificate", NULL},
    {"delete", "ID", 1, 1, NULL, NULL, record_run_delete,
	"remove it: certificates that it issued no longer count",
	"Refused while it lets in certificates that gateways were given here. To let "
	"nobody "
	"in by it at once: `gatehouse ca set ID eui_prefixes=`."},
    {.verb = NULL},
};
