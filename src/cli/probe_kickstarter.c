/* Asking as The Things Kickstarter Gateway does; what it makes of answers is in
 * kickstarter/device.h. */
#include <ctype.h>

#include "base/clock.h"
#include "cli/kickstarter.h"
#include "cli/probe.h"
#include "kickstarter/device.h"

#define STEPS_MAX 5
#define KEPT \
	65536 /* bytes of an answer; of more than that only the firmware is any use */

/* One request and what came of it. */
struct step {
	enum device_request what;
	struct device_url url;
	struct device_verdict verdict;
	struct stream_peer peer;
	bool unreached; /* nobody was there to answer */
};

struct device_probe {
	struct cli *cli;
	const char *id;
	struct device_url server;
	struct span trust;
	struct device_memory memory;
	struct step steps[STEPS_MAX];
	size_t count;
	struct strbuf request, raw;
	/* Of the firmware, which is looked at as it comes. */
	struct device_image image;
	bool in_body;
};

/* ---- what is asked for ------------------------------------------------------------------------ */

/* The key stands in a file, as anywhere. */
static int
read_key(struct device_probe *p)
{
	const char *path = probe_key_file(p->cli);
	struct span key;
	int err;

	if (path[0] == '\0')
		return E_OK;
	if ((err = cli_read_secret(p->cli, path, &key)) != E_OK)
		return err;
	key = manage_key_presented(key);
	if (key.len >= sizeof p->memory.key)
		return fault_set(&p->cli->m.fault, E_INVALID, "--key-file",
		    "the device keeps keys of at most %zu characters",
		    sizeof p->memory.key - 1);
	memcpy(p->memory.key, key.data, key.len);
	return E_OK;
}

static int
read_options(struct device_probe *p)
{
	struct fault *fault = &p->cli->m.fault;
	const char *url = cli_word(p->cli, 0), *trust = cli_value(p->cli, "trust");
	int err;

	p->id = cli_value(p->cli, "id");
	if (url != NULL && strstr(url, "://[") != NULL)
		return fault_set(
		    fault, E_INVALID, NULL, "the device cannot use IPv6 addresses");
	if (url == NULL || !device_url_read(span_str(url), &p->server) ||
	    p->server.port == 0)
		return fault_set(fault, E_INVALID, NULL,
		    "give the URL of the server: https://HOST[:PORT]");
	if (p->server.path[0] != '\0')
		return fault_set(fault, E_INVALID, NULL,
		    "give the URL without a path: the device asks at the root of the "
		    "server");
	if (p->id == NULL || p->id[0] == '\0' || strlen(p->id) > 99)
		return fault_set(fault, E_INVALID, "--id",
		    "is needed: the gateway's ID, at most 99 characters");
	for (const char *c = p->id; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~')
			return fault_set(fault, E_INVALID, "--id",
			    "must be visible ASCII without blanks");
	if (trust != NULL && (err = cli_read(p->cli, trust, &p->trust)) != E_OK)
		return err;
	return read_key(p);
}

/* ---- asking ------------------------------------------------------------------------------------ */

/* The body of the firmware goes by, what it begins with is kept with the header. */
static int
watch_firmware(struct device_probe *p, struct span piece)
{
	const char *end;

	if (p->in_body)
		return device_image_add(&p->image, piece);
	if (p->raw.len == 0 ||
	    (end = memmem(p->raw.data, p->raw.len, "\r\n\r\n", 4)) == NULL)
		return E_OK;
	p->in_body = true;
	end += 4;
	piece = span_from(strbuf_span(&p->raw), (size_t)(end - p->raw.data));
	return device_image_add(&p->image, piece);
}

static int
take_piece(struct device_probe *p, enum device_request what, struct span piece,
    struct device_received *r)
{
	if (!p->in_body && p->raw.len + piece.len <= KEPT) {
		strbuf_put(&p->raw, piece.data, piece.len);
		if (p->raw.err != E_OK)
			return p->raw.err;
	} else {
		r->unkept += piece.len;
	}
	return what == DEVICE_FIRMWARE ? watch_firmware(p, piece) : E_OK;
}

/* Everything until the server closes; *r tells how it ended. */
static int
receive(struct device_probe *p, enum device_request what, struct stream *stream,
    struct device_received *r)
{
	char piece[16384];
	size_t got = 0;
	int err, full = E_OK;

	do {
		err = stream_read(stream, piece, sizeof piece, &got, &p->cli->m.fault);
		if (err != E_OK)
			break;
		if (p->raw.len == 0)
			r->first = got;
		full = take_piece(p, what, span_of(piece, got), r);
	} while (got > 0 && full == E_OK);
	if (full != E_OK)
		return cli_fail(p->cli, full);
	r->bytes = strbuf_span(&p->raw);
	r->open = err != E_OK;
	r->reset = stream_was_reset(stream);
	p->cli->m.fault = (struct fault){0};
	return E_OK;
}

static int
exchange(struct device_probe *p, struct step *s, struct device_received *r)
{
	int64_t wait = 60;
	struct stream_options options = {.host = s->url.host,
	    .port = s->url.port,
	    .tls = s->url.tls,
	    .kickstarter = true,
	    .trust = p->trust,
	    .now = p->cli->m.now};
	struct stream *stream;
	int err = cli_duration(p->cli, "timeout", &wait);

	if (err != E_OK)
		return err;
	options.until = clock_ticks_ms() + wait * 1000;
	strbuf_reset(&p->raw);
	strbuf_reset(&p->request);
	p->in_body = false;
	device_request_write(s->what, &s->url, p->id, p->memory.key,
	    cli_has(p->cli, "old-host"), &p->request);
	if ((err = p->request.err) != E_OK)
		return cli_fail(p->cli, err);
	err = stream_open(&options, &stream, &p->cli->m.fault);
	if (err == E_OK)
		err = stream_peer(stream, &p->cli->arena, &s->peer);
	if (err == E_OK)
		err = stream_write(stream, strbuf_span(&p->request), &p->cli->m.fault);
	if (err == E_OK)
		err = receive(p, s->what, stream, r);
	stream_close(stream);
	return cli_fail(p->cli, err);
}

/* Takes one step; true when the device goes on. A server that cannot be reached is one that
 * it tries again. */
static bool
take_step(struct device_probe *p, enum device_request what,
    const struct device_url *url, int *err)
{
	struct step *s = &p->steps[p->count];
	struct device_received r = {0};

	*s = (struct step){.what = what, .url = *url, .peer = {"", "", "", 0, false}};
	if ((*err = cli_fail(p->cli, device_image_begin(&p->image))) != E_OK)
		return false;
	*err = exchange(p, s, &r);
	if (*err == E_OK)
		device_take(what, &r, &p->memory, &s->verdict);
	device_image_end(&p->image,
	    *err == E_OK && what == DEVICE_FIRMWARE ? &p->memory : NULL, &s->verdict);
	if (*err == E_NET && p->count > 0) {
		s->unreached = true;
		s->verdict.effect = DEVICE_RETRIES;
		s->verdict.wait = 5;
		device_say(&s->verdict, true, "%.150s", p->cli->m.fault.text);
		p->cli->m.fault = (struct fault){0};
		*err = E_OK;
		p->count++;
		return false;
	}
	if (*err != E_OK)
		return false;
	p->count++;
	return s->verdict.effect == DEVICE_GOES_ON;
}

/* As the device does after its start. */
static int
run_device(struct device_probe *p)
{
	struct device_url url;
	int err;

	if (p->memory.key[0] == '\0' &&
	    !take_step(p, DEVICE_ACTIVATE, &p->server, &err))
		return err;
	if (!take_step(p, DEVICE_CONFIGURE, &p->server, &err))
		return err;
	if (!device_url_read(span_str(p->memory.plan_url), &url) ||
	    !take_step(p, DEVICE_PLAN, &url, &err))
		return err;
	if (!device_url_read(span_str(p->memory.firmware_url), &url) ||
	    !take_step(p, DEVICE_CHECKSUMS, &url, &err) ||
	    cli_has(p->cli, "no-firmware"))
		return err;
	take_step(p, DEVICE_FIRMWARE, &url, &err);
	return err;
}

/* ---- showing -------------------------------------------------------------------------------------- */

static void
show_findings(struct out *o, const struct device_verdict *v)
{
	out_list(o, "findings");
	for (size_t i = 0; i < v->finding_count; i++) {
		out_hanging(
		    o, v->findings[i].bad ? "  ! " : "  * ", v->findings[i].text);
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_bool(o, "bad", v->findings[i].bad);
		out_str(o, "text", v->findings[i].text);
		out_object_end(o);
	}
	out_list_end(o);
}

static void
show_taken(struct device_probe *p, const struct step *s)
{
	const struct device_memory *m = &p->memory;
	struct out *o = &p->cli->out;

	if (s->verdict.effect != DEVICE_GOES_ON)
		return;
	if (s->what == DEVICE_ACTIVATE && cli_has(p->cli, "show-secrets"))
		out_str(o, "key", m->key);
	else if (s->what == DEVICE_ACTIVATE)
		out_note(o, "key", "%zu characters (--show-secrets shows it)",
		    strlen(m->key));
	if (s->what == DEVICE_CHECKSUMS)
		out_str(o, "sha256", m->wanted);
	if (s->what == DEVICE_FIRMWARE) {
		out_str(o, "sha256", m->checksum);
		out_note(o, "then", "it starts again with this firmware");
	}
	if (s->what != DEVICE_CONFIGURE)
		return;
	out_str(o, "frequency_plan", m->frequency_plan);
	out_str(o, "frequency_plan_url", m->plan_url);
	out_str(o, "firmware_url", m->firmware_url);
	out_str(o, "broker_host", m->broker.host);
	out_uint(o, "broker_port", m->broker.port);
	out_bool(o, "broker_tls", m->broker.tls);
}

static void
show_step(struct device_probe *p, const struct step *s)
{
	const struct device_verdict *v = &s->verdict;
	struct out *o = &p->cli->out;
	const char *name = device_request_name(s->what), *text;

	out_object(o, NULL, name);
	if (o->json)
		out_str(o, "request", name);
	out_str(o, "host", s->url.host);
	out_uint(o, "port", s->url.port);
	out_str(o, "tls", s->peer.version);
	out_str(o, "root", s->peer.root_subject);
	out_uint(o, "status", (uint64_t)v->status);
	out_uint(o, "header_bytes", v->header);
	out_uint(o, "body_bytes", v->body);
	out_str(o, "code", v->code);
	out_str(o, "error", v->error);
	show_taken(p, s);
	text = device_effect_text(v->effect);
	out_str(o, "effect", o->json ? device_effect_name(v->effect) : text);
	if (v->effect == DEVICE_RETRIES)
		out_uint(o, "seconds", v->wait);
	show_findings(o, v);
	out_object_end(o);
}

static void
show(struct device_probe *p)
{
	struct out *o = &p->cli->out;
	const struct step *last = &p->steps[p->count - 1];

	out_object(o, NULL, NULL);
	if (o->json)
		out_str(o, "id", p->id);
	else
		out_line(o, "%s, as The Things Kickstarter Gateway asks %s:%u", p->id,
		    p->server.host, p->server.port);
	out_list(o, "steps");
	for (size_t i = 0; i < p->count; i++)
		show_step(p, &p->steps[i]);
	out_list_end(o);
	if (o->json)
		out_str(o, "effect", device_effect_name(last->verdict.effect));
	out_object_end(o);
}

/* The exit status tells what the device would do. */
static int
verdict(struct device_probe *p)
{
	const struct device_verdict *v = &p->steps[p->count - 1].verdict;
	struct fault *fault = &p->cli->m.fault;

	for (size_t i = 0; i < p->count; i++)
		if (device_is_bad(&p->steps[i].verdict))
			return fault_set(fault, p->steps[i].unreached ? E_NET : E_STATE,
			    NULL, "%s: %s", device_request_name(p->steps[i].what),
			    p->steps[i].unreached
				? "the server cannot be reached"
				: "an answer breaks the device's rules");
	switch (v->effect) {
	case DEVICE_GOES_ON:
	case DEVICE_KEEPS_FIRMWARE:
		return E_OK;
	case DEVICE_RETRIES:
		return fault_set(fault, E_BUSY, NULL, "put off: %.200s", v->error);
	case DEVICE_DROPS_KEY:
		return fault_set(
		    fault, E_DENIED, NULL, "the key is refused: %.200s", v->error);
	default:
		return fault_set(fault,
		    strcmp(v->code, "404") == 0 ? E_NOTFOUND : E_DENIED, NULL,
		    "the device waits for a human: %.200s", v->error);
	}
}

static int
print_request(struct device_probe *p)
{
	p->cli->out.json = false;
	device_request_write(
	    p->memory.key[0] == '\0' ? DEVICE_ACTIVATE : DEVICE_CONFIGURE, &p->server,
	    p->id, p->memory.key, cli_has(p->cli, "old-host"), &p->request);
	strbuf_put(&p->cli->out.text, p->request.data, p->request.len);
	return p->request.err;
}

int
kickstarter_probe(struct cli *cli)
{
	struct device_probe *p = arena_zalloc(&cli->arena, 1, sizeof *p);
	int err;

	if (p == NULL)
		return cli_fail(cli, E_NOMEM);
	p->cli = cli;
	strbuf_init(&p->request, 4096);
	strbuf_init(&p->raw, KEPT);
	err = read_options(p);
	if (err == E_OK && cli_has(cli, "print-request")) {
		err = print_request(p);
	} else if (err == E_OK && (err = run_device(p)) == E_OK) {
		show(p);
		err = verdict(p);
	}
	explicit_bzero(&p->memory.key, sizeof p->memory.key);
	strbuf_clear(&p->request);
	strbuf_clear(&p->raw);
	return cli_fail(cli, err);
}
