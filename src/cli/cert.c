/* Gateways' client certificates. */
#include "manage/cert.h"

#include "base/eui.h"
#include "cli/record.h"

static const char *const uses[] = {"cups", "lns", NULL};

static int
read_use(struct cli *cli, int *use)
{
	if (cli_value(cli, "for") == NULL)
		return fault_set(
		    &cli->m.fault, E_INVALID, "--for", "is needed: cups or lns");
	return cli_choice(cli, "for", uses, use);
}

static void
show_info(struct cli *cli, const char *use, const struct certificate_info *info)
{
	struct out *o = &cli->out;
	char eui[EUI_TEXT] = "";
	uint64_t number;

	if (certificate_eui(info, &number))
		eui_format(number, eui);
	out_str(o, "for", use);
	out_str(o, "subject", info->subject);
	out_str(o, "issuer", info->issuer);
	out_str(o, "eui", eui);
	out_str(o, "serial", info->serial);
	out_str(o, "key", info->key_kind);
	out_time(o, "not_before", info->not_before);
	out_time(o, "not_after", info->not_after);
	out_bool(o, "client_auth", info->client_auth);
	out_str(o, "sha256", info->sha256);
}

static void
show_made(struct cli *cli, int use, const struct cert_made *made)
{
	out_object(&cli->out, NULL, NULL);
	show_info(cli, uses[use], &made->info);
	if (use == CERT_CUPS && cli->out.json)
		out_bool(&cli->out, "known_ca", made->ca != 0);
	out_object_end(&cli->out);
	if (use == CERT_CUPS && made->ca == 0)
		cli_warn(cli, "no registered CA issued it: the gateway will be refused "
			      "with it; see `gatehouse ca import`");
	out_line(&cli->out, "The gateway is sent it with its key at the next poll.");
}

static int
issue(struct cli *cli)
{
	const char *ca = cli_value(cli, "ca");
	int64_t until = cli->m.now + CERT_LASTS;
	struct cert_made made = {0};
	int use = CERT_CUPS, err = read_use(cli, &use);

	if (err == E_OK)
		err = cli_time(cli, "until", &until);
	if (err == E_OK && ca == NULL)
		err = fault_set(&cli->m.fault, E_INVALID, "--ca",
		    "is needed: a CA whose key is here (see `gatehouse ca create`)");
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_cert_issue(
		    &cli->m, (enum cert_use)use, cli_word(cli, 0), ca, until, &made);
	if (err != E_OK)
		return cli_fail(cli, err);
	show_made(cli, use, &made);
	return E_OK;
}

static int
import(struct cli *cli)
{
	const char *cert = cli_value(cli, "cert"), *key = cli_value(cli, "key-file");
	struct cert_made made = {0};
	struct span cert_bytes, key_bytes;
	int use = CERT_CUPS, err = read_use(cli, &use);

	if (err == E_OK && (cert == NULL || key == NULL))
		err = fault_set(&cli->m.fault, E_INVALID, NULL,
		    "--cert FILE and --key-file FILE are needed");
	if (err == E_OK)
		err = cli_read(cli, cert, &cert_bytes);
	if (err == E_OK)
		err = cli_read(cli, key, &key_bytes);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_cert_import(&cli->m, (enum cert_use)use, cli_word(cli, 0),
		    cert_bytes, key_bytes, &made);
	if (err != E_OK)
		return cli_fail(cli, err);
	show_made(cli, use, &made);
	return E_OK;
}

static int
remove_cert(struct cli *cli)
{
	int use = CERT_CUPS, err = read_use(cli, &use);

	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_cert_remove(&cli->m, (enum cert_use)use, cli_word(cli, 0));
	if (err != E_OK)
		return cli_fail(cli, err);
	out_done(&cli->out, "removed", uses[use],
	    "removed; the gateway keeps what it has until it is sent something else");
	return E_OK;
}

static int
show_one(struct cli *cli, const char *use, struct span der)
{
	struct certificate_info info;
	int err;

	if (der.len == 0)
		return E_OK;
	err = certificate_inspect(der, &cli->arena, &info, &cli->m.fault);
	if (err != E_OK)
		return err;
	out_object(&cli->out, NULL, use);
	show_info(cli, use, &info);
	out_object_end(&cli->out);
	return E_OK;
}

static int
show(struct cli *cli)
{
	struct gateway g;
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_get(&cli->m, &gateway_kind, cli_word(cli, 0), &g);
	if (err != E_OK)
		return err;
	out_list(&cli->out, NULL);
	if ((err = show_one(cli, "cups", g.cups_certificate.der)) != E_OK ||
	    (err = show_one(cli, "lns", g.lns_certificate.der)) != E_OK)
		return cli_fail(cli, err);
	out_list_end(&cli->out);
	if (g.cups_certificate.der.len == 0 && g.lns_certificate.der.len == 0)
		out_line(&cli->out, "%s has no certificates", g.gateway_id);
	return E_OK;
}

#define OPTION_FOR OPTION("for", "USE", "cups or lns: where the gateway shows it")

static const struct option issue_options[] = {
    OPTION_FOR,
    OPTION("ca", "CA", "that issues it; its key must be here"),
    OPTION("until", "TIME", "when it ends (+730d), at most when its CA does"),
    OPTION_END,
};
static const struct option import_options[] = {
    OPTION_FOR,
    OPTION("cert", "FILE", "the certificate, PEM or DER"),
    OPTION("key-file", "FILE", "its private key, PEM or DER, or - for standard input"),
    OPTION_END,
};
static const struct option remove_options[] = {OPTION_FOR, OPTION_END};

const struct command cert_commands[] = {
    {"issue", "GATEWAY --for USE --ca CA", 1, 1, issue_options, NULL, issue,
	"issue a certificate by a CA of our own", NULL},
    {"import", "GATEWAY --for USE --cert FILE --key-file FILE", 1, 1, import_options,
	NULL, import, "give a gateway a certificate that somebody else issued",
	"RSA keys of 2048 bits and more and P-256 keys will do; others are misread by "
	"gateways and refused here."},
    {"show", "GATEWAY", 1, 1, NULL, NULL, show, "its certificates", NULL},
    {"remove", "GATEWAY --for USE", 1, 1, remove_options, NULL, remove_cert,
	"take one away", NULL},
    {.verb = NULL},
};
