/* What a gateway would get now, and why. */
#include "app/file_policy.h"
#include "cli/gateway.h"

/* A body, perhaps with the header lines before it, as a log or a capture has it. */
static struct span
body_of(struct span text)
{
	const uint8_t *at =
	    text.len > 4 ? memmem(text.data, text.len, "\r\n\r\n", 4) : NULL;

	if (!span_begins(text, span_str("POST ")) || at == NULL)
		return span_trim(text);
	return span_trim(span_from(text, (size_t)(at - text.data) + 4));
}

static int
read_inputs(struct cli *cli, struct explaining *what)
{
	const char *request = cli_value(cli, "request"),
		   *key = cli_value(cli, "key-file"), *cert = cli_value(cli, "cert");
	int err = E_OK;

	if (request != NULL && (err = cli_read(cli, request, &what->body)) == E_OK)
		what->body = body_of(what->body);
	if (err == E_OK && key != NULL &&
	    (err = cli_read_secret(cli, key, &what->key)) == E_OK)
		what->key = manage_key_presented(what->key);
	if (err == E_OK && cert != NULL)
		err = cli_read(cli, cert, &what->certificate);
	what->nothing = cli_has(cli, "nobody");
	if (err == E_OK && (key != NULL) + (cert != NULL) + what->nothing > 1)
		err = fault_set(&cli->m.fault, E_INVALID, NULL,
		    "--key-file, --cert and --nobody cannot be combined");
	return err;
}

static int
run(struct cli *cli)
{
	struct explaining what = {.gateway = cli_word(cli, 0)};
	struct file_policy files;
	struct explainer ex;
	int err = read_inputs(cli, &what);

	if (err == E_OK && what.gateway == NULL && what.body.len == 0)
		err = fault_set(&cli->m.fault, E_INVALID, NULL,
		    "name a gateway by its ID or EUI, or give a request with "
		    "--request");
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = config_file_policy(&cli->config, &files, &cli->m.fault);
	if (err != E_OK)
		return cli_fail(cli, err);
	ex = cli_explainer(cli);
	ex.files = &files;
	return cli_fail(cli, explain_show(&ex, &what));
}

static const struct option options[] = {
    OPTION("request", "FILE", "the body of a request instead of the last one"),
    OPTION("key-file", "FILE", "as if it came with this key"),
    OPTION("cert", "FILE", "as if it came with this client certificate"),
    SWITCH("nobody", "as if it showed nothing"),
    {"key", "", "",
	.refuse = "a key is never an argument: put it in a file and use "
		  "--key-file FILE, or - for standard input"},
    OPTION_END,
};

const struct command explain_commands[] = {
    {"", "ID|EUI", 0, 1, options, NULL, run, "what a gateway would get now, and why",
	"Asks the same decision that the endpoint makes, and writes nothing. Without "
	"--request the gateway's last visit is taken, or a factory state when it never "
	"came; without a credential, the one that it came with or should have."},
    {.verb = NULL},
};
