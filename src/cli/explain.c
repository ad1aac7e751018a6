/* What a gateway would get now, and why. */
#include "cli/explain.h"
#include "cli/explain_files.h"

#include <stdio.h>

#include "base/eui.h"
#include "cli/gateway.h"
#include "cli/kickstarter.h"

/* ---- the parts -------------------------------------------------------------------------------- */

static void
show_request(struct cli *cli, const struct explanation *e)
{
	const struct update_info *q = &e->x.request;
	struct out *o = &cli->out;

	out_object(o, "request", "The request");
	out_str(o, "source", explain_source_name(e->source));
	out_span(o, "cups_uri", q->cups_uri);
	out_span(o, "lns_uri", q->lns_uri);
	if (q->has_cups_crc)
		out_uint(o, "cups_crc", q->cups_crc);
	if (q->has_lns_crc)
		out_uint(o, "lns_crc", q->lns_crc);
	out_span(o, "station", q->station);
	out_span(o, "model", q->model);
	out_span(o, "package", q->package);
	out_object_end(o);
}

static void
show_credential(struct cli *cli, const struct explanation *e)
{
	const struct principal *p = &e->x.principal;
	struct out *o = &cli->out;
	char eui[EUI_TEXT];

	out_object(o, "credential", "Who asks");
	out_str(o, "kind", credential_name(p->credential));
	if (p->credential == CREDENTIAL_KEY && p->err == E_OK)
		out_str(o, "key", p->key.key_id);
	if (p->credential == CREDENTIAL_CERTIFICATE && p->certificate_eui != 0) {
		eui_format(p->certificate_eui, eui);
		out_str(o, "certificate_eui", eui);
	}
	out_bool(o, "accepted",
	    p->credential != CREDENTIAL_NONE && p->err == E_OK &&
		cups_decision_main(&e->x.decision)->why != WHY_REFUSED);
	out_str(o, "why", p->err != E_OK ? p->why.text : "");
	out_str(o, "assumed", e->assumed);
	out_object_end(o);
}

static void
show_answer(struct cli *cli, const struct explanation *e)
{
	const struct cups_decision *d = &e->x.decision;
	struct out *o = &cli->out;

	out_object(o, "answer", "The answer");
	out_uint(o, "status", (uint64_t)explain_status(e));
	if (explain_status(e) == 200) {
		out_uint(o, "bytes", e->answer_length);
		out_str(o, "cups_uri", d->cups_uri != NULL ? d->cups_uri : "");
		out_bool(o, "cups_credentials", d->send_cups);
		out_str(o, "lns_uri", d->lns_uri != NULL ? d->lns_uri : "");
		out_bool(o, "lns_credentials", d->send_lns);
		out_bool(o, "firmware", d->firmware.send);
	}
	if (d->cups.kind != CREDENTIALS_NONE)
		out_uint(o, "wanted_cups_crc", d->cups_crc);
	if (d->lns.kind != CREDENTIALS_NONE)
		out_uint(o, "wanted_lns_crc", d->lns_crc);
	out_object_end(o);
}

static void
show_reasons(struct cli *cli, const struct explanation *e)
{
	const struct cups_decision *d = &e->x.decision;
	struct out *o = &cli->out;
	char first[40];

	out_list(o, "reasons");
	if (!o->json) {
		out_line(o, "%s", "");
		out_line(o, "Why");
	}
	for (size_t i = 0; i < d->reason_count; i++) {
		const struct cups_reason *r = &d->reasons[i];
		const char *text = r->why == WHY_REFUSED || r->why == WHY_UNKNOWN
				       ? d->fault.text
				       : cups_why_text(r->why);

		if (r->part == PART_FIRMWARE)
			continue;
		snprintf(first, sizeof first, "%c %-17s  ",
		    explain_is_problem(r->why) ? '!' : ' ', cups_part_name(r->part));
		out_hanging(o, first, text);
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "part", cups_part_name(r->part));
		out_str(o, "why", cups_why_name(r->why));
		out_bool(o, "problem", explain_is_problem(r->why));
		out_uint(o, "number", r->number);
		out_str(o, "text", text);
		out_object_end(o);
	}
	explain_firmware_reasons(cli, e);
	out_list_end(o);
}

static void
show_polls(struct cli *cli, const struct explanation *e)
{
	struct out *o = &cli->out;

	if (o->json) {
		out_str(o, "pattern", poll_pattern_name(e->pattern));
		out_str(o, "pattern_text", poll_pattern_text(e->pattern));
		if (e->seen)
			sighting_show(cli, "sighting", &e->sighting);
		return;
	}
	out_line(o, "%s", "");
	out_line(o, "Its visits");
	out_paragraph(o, 2, poll_pattern_text(e->pattern));
	if (e->seen && e->sighting.seen_at[0] != 0) {
		char buf[OUT_TIME];

		out_line(o, "  the last one %s, from %s",
		    out_time_text(e->sighting.seen_at[0], cli->m.now, buf),
		    e->sighting.address);
	}
}

static void
advice_line(void *arg, const char *text)
{
	struct cli *cli = arg;

	if (cli->out.json)
		json_str(&cli->out.j, text);
	else
		out_hanging(&cli->out, "  * ", text);
}

struct counting {
	size_t count;
};

static void
count_advice(void *arg, const char *text)
{
	(void)text;
	((struct counting *)arg)->count++;
}

static void
show_advice(struct cli *cli, const struct explanation *e)
{
	struct counting c = {0};

	explain_advice(cli, e, count_advice, &c);
	if (!cli->out.json && c.count > 0) {
		out_line(&cli->out, "%s", "");
		out_line(&cli->out, "What to do");
	}
	out_list(&cli->out, "advice");
	explain_advice(cli, e, advice_line, cli);
	out_list_end(&cli->out);
}

static void
show(struct cli *cli, const struct explanation *e)
{
	const struct gateway *g = e->x.inputs.gateway;
	struct out *o = &cli->out;
	char eui[EUI_TEXT];

	eui_format(e->x.request.eui, eui);
	out_object(o, NULL, NULL);
	if (o->json) {
		out_str(o, "gateway", g != NULL ? g->gateway_id : "");
		out_str(o, "eui", eui);
		out_str(o, "verdict", explain_verdict(e, &cli->arena));
	} else {
		out_line(
		    o, "%s (%s)", g != NULL ? g->gateway_id : "unknown gateway", eui);
		out_paragraph(o, 0, explain_verdict(e, &cli->arena));
	}
	show_reasons(cli, e);
	show_advice(cli, e);
	show_credential(cli, e);
	show_request(cli, e);
	show_answer(cli, e);
	explain_firmware_show(cli, e);
	show_polls(cli, e);
}

/* ---- the command -------------------------------------------------------------------------------- */

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

/* A gateway without an EUI cannot come by CUPS, but ask for its files. */
static void
show_without_eui(struct cli *cli, const struct explaining *what)
{
	static const char text[] = "It has no EUI, so CUPS cannot know it.";
	struct out *o = &cli->out;

	cli->m.fault = (struct fault){0};
	out_object(o, NULL, NULL);
	if (o->json) {
		out_str(o, "gateway", what->gateway);
		out_str(o, "verdict", text);
	} else {
		out_line(o, "%s", what->gateway);
		out_paragraph(o, 0, text);
	}
}

static int
explain(struct cli *cli, const struct explaining *what, struct explanation *e)
{
	const char *id = what->gateway;
	int err = manage_explain(&cli->m, what, e);
	bool no_eui = err == E_STATE && strcmp(cli->m.fault.field, "ids.eui") == 0;

	if (err != E_OK && !no_eui)
		return err;
	if (no_eui)
		show_without_eui(cli, what);
	else
		show(cli, e);
	if (!no_eui)
		id = e->x.inputs.gateway != NULL ? e->x.inputs.gateway->gateway_id
						 : NULL;
	err = id != NULL ? explain_files_show(cli, id) : E_OK;
	out_object_end(&cli->out);
	return err;
}

static int
run(struct cli *cli)
{
	struct explaining what = {.gateway = cli_word(cli, 0)};
	struct explanation *e = arena_zalloc(&cli->arena, 1, sizeof *e);
	int err = e != NULL ? read_inputs(cli, &what) : cli_fail(cli, E_NOMEM);

	if (err == E_OK && what.gateway == NULL && what.body.len == 0)
		err = fault_set(&cli->m.fault, E_INVALID, NULL,
		    "name a gateway by its ID or EUI, or give a request with "
		    "--request");
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK && what.body.len == 0 && what.certificate.len == 0 &&
	    manage_is_kickstarter(&cli->m, what.gateway))
		return kickstarter_explain(cli, &what);
	if (err == E_OK)
		err = explain(cli, &what, e);
	return cli_fail(cli, err);
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
