/* Asking a CUPS as a gateway does. */
#include "cli/kickstarter.h"
#include "cli/probe.h"

#include <unistd.h>

#include "base/clock.h"

/* Everything that a server sends within the time, as far as the client would read. */
static int
receive(struct probe *p, struct stream *stream)
{
	char buf[16384];
	size_t got = 0;
	int err;

	do {
		err = stream_read(stream, buf, sizeof buf, &got, &p->cli->m.fault);
		if (err != E_OK)
			break;
		err = probe_take(p, span_of(buf, got));
	} while (err == E_OK && got > 0 && !probe_is_whole(p));
	/* Time is up in the middle of an answer: what there is tells more. */
	if (err == E_NET && p->raw.len > 0) {
		p->cli->m.fault = (struct fault){0};
		return E_OK;
	}
	return cli_fail(p->cli, err);
}

static int
exchange(struct probe *p)
{
	int64_t wait = 60;
	struct stream_options options = {.host = p->host,
	    .port = p->port,
	    .tls = p->tls,
	    .trust = p->trust,
	    .now = p->cli->m.now};
	struct stream *stream;
	int err = cli_duration(p->cli, "timeout", &wait);

	if (err != E_OK)
		return err;
	options.until = clock_ticks_ms() + wait * 1000;
	if (p->certificate.len > 0) {
		options.certificate = p->certificate;
		options.key = p->key;
	}
	err = stream_open(&options, &stream, &p->cli->m.fault);
	if (err != E_OK)
		return cli_fail(p->cli, err);
	err = stream_peer(stream, &p->cli->arena, &p->peer);
	if (err == E_OK)
		err = stream_write(stream, strbuf_span(&p->request), &p->cli->m.fault);
	if (err == E_OK)
		err = receive(p, stream);
	stream_close(stream);
	return cli_fail(p->cli, err);
}

/* The exit status tells what the gateway would see. */
static int
verdict(struct probe *p)
{
	struct fault *fault = &p->cli->m.fault;

	switch (p->status) {
	case 200:
		return probe_rejected(p) ? fault_set(fault, E_STATE, NULL,
					       "a gateway does not take this answer")
					 : E_OK;
	case 401:
	case 403:
		return fault_set(fault, E_DENIED, NULL, "refused with %d", p->status);
	case 404:
		return fault_set(fault, E_NOTFOUND, NULL, "refused with 404");
	case 429:
	case 503:
		return fault_set(fault, E_BUSY, NULL, "refused with %d", p->status);
	default:
		return fault_set(fault, E_STATE, NULL, "refused with %d", p->status);
	}
}

const char *
probe_key_file(struct cli *cli)
{
	const char *path = cli_value(cli, "key-file");

	if (path == NULL && (path = cli_value(cli, "key")) != NULL &&
	    strcmp(path, "-") != 0 && access(path, R_OK) != 0) {
		fault_set(&cli->m.fault, E_INVALID, "--key",
		    "names a file that cannot be read; a key is never an argument: put "
		    "it in a file and use --key-file FILE, or - for standard input");
		return NULL;
	}
	return path != NULL ? path : "";
}

static int
run(struct cli *cli)
{
	struct probe *p = arena_zalloc(&cli->arena, 1, sizeof *p);
	int err;

	if (p == NULL)
		return cli_fail(cli, E_NOMEM);
	if (probe_key_file(cli) == NULL)
		return cli_fail(cli, cli->m.fault.err);
	if (cli_has(cli, "kickstarter"))
		return kickstarter_probe(cli);
	p->cli = cli;
	strbuf_init(&p->request, CLI_FILE_MAX + 65536);
	strbuf_init(&p->raw, PROBE_ANSWER_MAX);
	if ((err = probe_request(p)) == E_OK && cli_has(cli, "print-request")) {
		cli->out.json = false;
		strbuf_put(&cli->out.text, p->request.data, p->request.len);
	} else if (err == E_OK && (err = exchange(p)) == E_OK) {
		probe_judge(p);
		probe_show(p);
		err = verdict(p);
	}
	strbuf_clear(&p->request);
	strbuf_clear(&p->raw);
	if (p->digesting != NULL)
		digests_end(p->digesting, NULL);
	return err;
}

static const struct option options[] = {
    OPTION("eui", "EUI", "who is asking"),
    OPTION("files", "FOLDER",
	"the gateway's files, as `gatehouse bundle` makes them: cups.uri, cups.trust, "
	"cups.crt, cups.key, tc.uri..."),
    OPTION("key-file", "FILE", "its cups.key with a token"),
    OPTION("cert", "FILE", "its client certificate"),
    OPTION("private-key", "FILE", "the private key of that"),
    OPTION("trust", "FILE",
	"its cups.trust: the certificate that it trusts (else the system's roots)"),
    OPTION("cups-uri", "URI", "what it reports as its CUPS (the URL)"),
    OPTION("tc-uri", "URI", "what it reports as its network server"),
    OPTION("cups-crc", "N", "CRC of its CUPS files (that of the files given)"),
    OPTION("tc-crc", "N", "CRC of its LNS files"),
    OPTION("station", "TEXT", "what it says of its station program"),
    OPTION("model", "TEXT", "what it says of its model"),
    OPTION("package", "TEXT", "what it says of its package"),
    OPTION_MANY("keys", "CRC,...", "CRCs of its firmware-signing keys"),
    OPTION_MANY("sig-key", "FILE",
	"its sig-N.key (64 bytes, or a public key): an update is verified, and its CRC "
	"reported"),
    OPTION("body", "FILE", "send these bytes as the body instead"),
    OPTION("timeout", "TIME", "for everything (60s)"),
    SWITCH("key-without-tls", "send the key over http too, which gateways do not"),
    SWITCH("print-request", "print the request instead of sending it"),
    OPTION_SHOW_SECRETS,
    OPTION("key", "FILE", "the same as --key-file: never the key itself"),
    SWITCH("kickstarter",
	"ask as The Things Kickstarter Gateway, at the server that the URL names"),
    OPTION("id", "ID", "Kickstarter: the gateway's ID; without a key it is activated"),
    SWITCH("no-firmware", "Kickstarter: stop before the firmware itself"),
    SWITCH("firmware", "Kickstarter: download the firmware, as it does by itself"),
    SWITCH("old-host", "Kickstarter: Host without the port, as before 2019"),
    OPTION_END,
};

const struct command probe_commands[] = {
    {"", "[URL]", 0, 1, options, NULL, run, "ask a CUPS as a gateway does",
	"Sends the request of a LoRa Basics Station, byte for byte, and reads the "
	"answer as strictly as that does; with --kickstarter the requests of that "
	"gateway, one after the other. Exits with 0 when a gateway would take the "
	"answer, 5 when it is refused (401, 403), 3 for 404, 6 for 429 and 503, 1 when "
	"the answer would do harm."},
    {.verb = NULL},
};
