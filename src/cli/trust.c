/* Trust certificates. */
#include "manage/trust_queue.h"

#include <stdio.h>

#include "cli/record.h"

static const struct record_column columns[] = {
    {"trust_id", "ID"},
    {"addresses", "ADDRESSES"},
    {"not_after", "EXPIRES"},
    {"chain_not_after", "CHAIN EXPIRES"},
    {"fetched_at", "FETCHED"},
    {"subject", "SUBJECT"},
    {NULL, NULL},
};
const struct record_table trust_records = {&trust_kind, columns};

static int
import(struct cli *cli)
{
	const char **addresses;
	struct text_list list;
	struct trust stored = {0};
	struct span bytes;
	size_t extra = cli->args.word_count - 2;
	int err = cli_read(cli, cli_word(cli, 1), &bytes);

	addresses = arena_zalloc(&cli->arena, extra + 1, sizeof *addresses);
	if (err == E_OK && addresses == NULL)
		err = cli_fail(cli, E_NOMEM);
	if (err != E_OK)
		return err;
	for (size_t i = 0; i < extra; i++)
		addresses[i] = cli_word(cli, i + 2);
	list = (struct text_list){addresses, extra};
	if ((err = cli_open(cli)) == E_OK)
		err = manage_trust_import(
		    &cli->m, cli_word(cli, 0), bytes, &list, &stored);
	return err == E_OK ? record_done(cli, "imported", &trust_kind, stored.trust_id)
			   : cli_fail(cli, err);
}

/* ---- fetching ------------------------------------------------------------------------------- */

static int
read_fetching(struct cli *cli, struct trust_fetching *how)
{
	const char *anchors = cli_value(cli, "anchors");
	int64_t wait = 15;
	int err = cli_duration(cli, "timeout", &wait);

	how->id = cli_value(cli, "id");
	how->accept = cli_has(cli, "accept");
	if (err == E_OK && (wait < 1 || wait > 600))
		err = fault_set(
		    &cli->m.fault, E_INVALID, "--timeout", "must be from 1s to 10m");
	how->wait_ms = (int)wait * 1000;
	if (err == E_OK && anchors != NULL)
		err = cli_read(cli, anchors, &how->anchors);
	return err;
}

static void
show_report_text(struct out *o, const struct trust_report *r)
{
	const char *id = r->trust.trust_id != NULL ? r->trust.trust_id : "";
	char buf[OUT_TIME];

	if (r->result == TRUST_FAILED) {
		out_line(o, "%s: failed: %s", id, r->fault.text);
		return;
	}
	out_line(o, "%s: %s%s", id, trust_result_name(r->result),
	    r->result == TRUST_CHANGED && !r->stored
		? ", not stored: gateways that hold the old certificate may be locked "
		  "out; if it is right, say --accept"
		: "");
	out_note(o, "  root", "%s", r->found_subject);
	out_note(o, "  SHA-256", "%s", r->found_sha256);
	out_note(
	    o, "  root expires", "%s", out_time_text(r->root_expires, o->now, buf));
	out_note(o, "  server", "%s", r->server_subject);
	out_note(o, "  its chain expires", "%s",
	    out_time_text(r->chain_expires, o->now, buf));
}

static void
show_report(struct cli *cli, const struct trust_report *r)
{
	struct out *o = &cli->out;

	if (!o->json) {
		show_report_text(o, r);
		return;
	}
	out_object(o, NULL, NULL);
	out_str(o, "trust_id", r->trust.trust_id != NULL ? r->trust.trust_id : "");
	out_str(o, "result", trust_result_name(r->result));
	out_bool(o, "stored", r->stored);
	out_str(o, "root", r->found_subject);
	out_str(o, "sha256", r->found_sha256);
	out_time(o, "root_expires", r->root_expires);
	out_str(o, "server", r->server_subject);
	out_time(o, "chain_expires", r->chain_expires);
	out_str(o, "error", r->fault.text);
	out_object_end(o);
}

/* All are tried; with several, each failure is told when it happens. */
static int
fetch_all(struct cli *cli, struct trust_fetching *how)
{
	size_t count = cli->args.word_count, failed = 0;
	int err = E_OK, first = E_OK;

	out_list(&cli->out, NULL);
	for (size_t i = 0; (how->uri = cli_word(cli, i)) != NULL; i++) {
		struct trust_report report = {
		    .found_subject = "", .found_sha256 = "", .server_subject = ""};

		cli->m.fault = (struct fault){0};
		err = cli_fail(cli, manage_trust_fetch(&cli->m, how, &report));
		if (err == E_OK || err == E_STALE)
			show_report(cli, &report);
		if (err == E_OK)
			continue;
		if (err == E_NET && how->anchors.len == 0 &&
		    strstr(cli->m.fault.text, "unknown issuer") != NULL)
			cli_warn(cli,
			    "when that is your own CA: `gatehouse trust import ID FILE "
			    "HOST:PORT`, or --anchors FILE");
		if (count > 1)
			cli_warn(cli, "%s: %s", how->uri, cli->m.fault.text);
		if (failed++ == 0)
			first = err;
	}
	out_list_end(&cli->out);
	if (failed == 0 || count == 1)
		return first;
	return fault_set(&cli->m.fault, first, NULL,
	    "%zu of %zu were not fetched or not stored", failed, count);
}

/* Only written down; `gatehouse tick` dials. */
static int
fetch_later(struct cli *cli, const struct trust_fetching *how)
{
	const char *uri;
	int err = E_OK;

	out_list(&cli->out, NULL);
	for (size_t i = 0; err == E_OK && (uri = cli_word(cli, i)) != NULL; i++) {
		err = manage_trust_fetch_later(
		    &cli->m, &(struct trust_wish){uri, how->id, how->accept_only});
		if (err != E_OK)
			break;
		if (cli->out.json)
			json_str(&cli->out.j, uri);
		out_line(&cli->out, "%s waits for `gatehouse tick`", uri);
	}
	if (err == E_OK)
		out_list_end(&cli->out);
	return cli_fail(cli, err);
}

static int
fetch(struct cli *cli)
{
	struct trust_fetching how = {0};
	int err = read_fetching(cli, &how);

	how.accept_only = cli_value(cli, "accept-root");
	if (err == E_OK && how.id != NULL && cli->args.word_count > 1)
		err = fault_set(
		    &cli->m.fault, E_INVALID, "--id", "needs exactly one address");
	if (err == E_OK && cli_has(cli, "later") && (how.accept || how.anchors.len > 0))
		err = fault_set(&cli->m.fault, E_INVALID, "--later",
		    "goes with --id and --accept-root alone");
	if (err == E_OK)
		err = cli_open(cli);
	if (err != E_OK)
		return err;
	return cli_has(cli, "later") ? fetch_later(cli, &how) : fetch_all(cli, &how);
}

struct refreshing {
	struct cli *cli;
	unsigned failed, changed;
};

static int
refreshed(struct manage *m, const struct trust_report *report, void *arg)
{
	struct refreshing *r = arg;

	(void)m;
	r->failed += report->result == TRUST_FAILED;
	r->changed += report->result == TRUST_CHANGED && !report->stored;
	show_report(r->cli, report);
	return E_OK;
}

static int
refresh(struct cli *cli)
{
	struct refreshing r = {.cli = cli};
	struct trust_fetching how = {0};
	int err = read_fetching(cli, &how);

	if (err == E_OK && cli_has(cli, "later") && cli_word(cli, 0) == NULL)
		err = fault_set(&cli->m.fault, E_INVALID, "--later", "needs an ID");
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK && cli_has(cli, "later")) {
		err = manage_trust_refresh_later(&cli->m, cli_word(cli, 0));
		return err == E_OK ? record_done(cli, "will be fetched", &trust_kind,
					 cli_word(cli, 0))
				   : cli_fail(cli, err);
	}
	if (err != E_OK)
		return err;
	out_list(&cli->out, NULL);
	err = manage_trust_refresh(&cli->m, cli_word(cli, 0), &how, refreshed, &r);
	out_list_end(&cli->out);
	if (err != E_OK)
		return cli_fail(cli, err);
	if (r.failed > 0)
		return fault_set(&cli->m.fault, E_NET, NULL,
		    "%u could not be fetched; what is registered stays", r.failed);
	if (r.changed > 0)
		return fault_set(&cli->m.fault, E_STALE, NULL,
		    "%u would change and were not stored; see --accept", r.changed);
	return E_OK;
}

/* ---- what waits --------------------------------------------------------------------------- */

static int
queue(struct cli *cli)
{
	static const struct record_column jobs[] = {{"uri", "URI"}, {"state", "STATE"},
	    {"asked_at", "ASKED"}, {"asked_by", "BY"}, {"tried_at", "TRIED"},
	    {"trust_id", "ID"}, {"found_sha256", "ROOT"}, {"text", "REASON"},
	    {NULL, NULL}};

	return record_list(cli, &(struct record_table){&trust_job_kind, jobs});
}

static int
unqueue(struct cli *cli)
{
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_trust_unwish(&cli->m, cli_word(cli, 0));
	if (err != E_OK)
		return cli_fail(cli, err);
	out_done(&cli->out, "unqueued", cli_word(cli, 0), "not waited for any more");
	return E_OK;
}

/* ---- the others -------------------------------------------------------------------------------- */

static int
set(struct cli *cli)
{
	struct text_list add = {0}, drop = {0};
	const char *id = cli_word(cli, 0);
	int err = cli_list(cli, "add", &add);

	if (err == E_OK)
		err = cli_list(cli, "drop", &drop);
	if (err != E_OK)
		return err;
	if (cli->args.word_count > 1 && add.count + drop.count > 0)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "--add and --drop cannot be combined with FIELD=VALUE");
	if (add.count + drop.count == 0)
		return record_run_set(cli);
	if ((err = cli_open(cli)) == E_OK)
		err = manage_trust_addresses(&cli->m, id, &add, &drop);
	return err == E_OK ? record_done(cli, "changed", &trust_kind, id)
			   : cli_fail(cli, err);
}

#define OPTION_LATER SWITCH("later", "leave it to `gatehouse tick`")
#define OPTIONS_FETCHING                                                     \
	SWITCH("accept", "store a root even where it replaces another one"), \
	    OPTION("anchors", "FILE",                                        \
		"roots to verify against (PEM) instead of the system's"),    \
	    OPTION("timeout", "TIME", "for one server (15s)")

static const struct option fetch_options[] = {
    OPTIONS_FETCHING,
    OPTION("id", "ID", "its identifier instead of one made of host and port"),
    OPTION(
	"accept-root", "SHA256", "store this root even where it replaces another one"),
    OPTION_LATER,
    OPTION_END,
};
static const struct option refresh_options[] = {
    OPTIONS_FETCHING, OPTION_LATER, OPTION_END};
static const struct option set_options[] = {
    OPTION_MANY("add", "HOST:PORT", "serve this address too"),
    OPTION_MANY("drop", "HOST:PORT", "serve it no longer"),
    OPTION_END,
};

const struct command trust_commands[] = {
    {"fetch", "URI...", 1, ARGUMENTS_MANY, fetch_options, NULL, fetch,
	"ask a server for its chain and store the root of it",
	"URI is wss://host:port or https://host:port. The chain is verified first. A "
	"gateway holds exactly one certificate, so a root that replaces another one is "
	"stored only with --accept."},
    {"refresh", "[ID]", 0, 1, refresh_options, NULL, refresh,
	"fetch again what was fetched", NULL},
    {"queue", "", 0, 0, NULL, NULL, queue,
	"what `gatehouse tick` will fetch, and what became of what it fetched", NULL},
    {"unqueue", "URI", 1, 1, NULL, NULL, unqueue, "take one from that list", NULL},
    {"import", "ID FILE [HOST:PORT...]", 2, ARGUMENTS_MANY, NULL, NULL, import,
	"register a certificate from a file (PEM or DER)",
	"An existing one gets the new certificate and the further addresses; its "
	"gateways are sent it at their next poll."},
    {"set", "ID [FIELD=VALUE...]", 1, ARGUMENTS_MANY, set_options, &trust_kind, set,
	"change its identifier or addresses", NULL},
    {"show", "ID", 1, 1, NULL, NULL, record_run_show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them, with their ends",
	NULL},
    {"delete", "ID", 1, 1, NULL, NULL, record_run_delete,
	"remove one that no network server and not this CUPS has by its address", NULL},
    {.verb = NULL},
};
