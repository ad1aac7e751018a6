#include "kickstarter/device.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#define STATUS_LINE_MAX 254
#define HEADER_MAX 535 /* of firmware.hex: header and first bytes come in one segment */

static const struct {
	const char *name, *text;
} effects[] = {
    [DEVICE_GOES_ON] = {"goes-on", "it takes the answer and goes on"},
    [DEVICE_KEEPS_FIRMWARE] = {"keeps-firmware", "it keeps the firmware that it has"},
    [DEVICE_RETRIES] = {"retries", "it tries again after some seconds"},
    [DEVICE_DROPS_KEY] = {"drops-key", "it drops its key and activates again"},
    [DEVICE_WAITS] = {"waits", "it waits for a human"},
    [DEVICE_DROPS_ID] = {"drops-id", "it drops its ID and key and waits for a human"},
    [DEVICE_HANGS] = {"hangs", "it waits for the connection to be closed, for ever"},
    [DEVICE_REBOOTS] = {"reboots", "it reboots, and does the same again"},
};

const char *
device_effect_name(enum device_effect e)
{
	return effects[e].name;
}

const char *
device_effect_text(enum device_effect e)
{
	return effects[e].text;
}

void
device_say(struct device_verdict *v, bool bad, const char *fmt, ...)
{
	struct device_finding *f = &v->findings[v->finding_count];
	va_list ap;

	if (v->finding_count == DEVICE_FINDINGS) {
		/* What is bad takes the place of a remark. */
		do
			f--;
		while (f > v->findings && f->bad);
		if (!bad || f->bad)
			return;
		v->finding_count--;
		memmove(
		    f, f + 1, (size_t)(v->findings + v->finding_count - f) * sizeof *f);
		f = &v->findings[v->finding_count];
	}
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	f->bad = bad;
	v->finding_count++;
}

bool
device_is_bad(const struct device_verdict *v)
{
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].bad)
			return true;
	return false;
}

/* ---- the header ---------------------------------------------------------------------------- */

struct answer {
	struct span bytes, status; /* the first line */
	struct span header, body;  /* header with its empty line */
	struct span json;	   /* the last line that begins with { */
	struct span length; /* what follows `Content-Length: `; data NULL: nothing */
};

static struct span
find(struct span in, const char *what)
{
	const uint8_t *at =
	    in.len > 0 ? memmem(in.data, in.len, what, strlen(what)) : NULL;

	return at != NULL ? span_from(in, (size_t)(at - in.data)) : span_of(NULL, 0);
}

/* Lines are what stands between line ends of any kind; empty ones are skipped. */
static bool
next_line(struct span *rest, struct span *line)
{
	while (rest->len > 0 && (rest->data[0] == '\r' || rest->data[0] == '\n'))
		*rest = span_from(*rest, 1);
	if (rest->len == 0)
		return false;
	*line = *rest;
	for (line->len = 0; line->len < rest->len; line->len++)
		if (rest->data[line->len] == '\r' || rest->data[line->len] == '\n')
			break;
	*rest = span_from(*rest, line->len);
	return true;
}

static void
take_apart(struct span bytes, struct answer *a)
{
	struct span rest = bytes, line, at = find(bytes, "\r\n\r\n");
	bool first = true;

	*a = (struct answer){.bytes = bytes, .header = bytes};
	if (at.data != NULL) {
		a->header.len = (size_t)(at.data - bytes.data) + 4;
		a->body = span_from(bytes, a->header.len);
	}
	for (; next_line(&rest, &line); first = false) {
		if (first)
			a->status = line;
		else if (line.data[0] == '{')
			a->json = line;
		at = find(line, "Content-Length: ");
		if (!first && at.data != NULL && a->length.data == NULL)
			a->length = span_from(at, 16);
	}
}

static long long
digits(struct span text)
{
	long long n = 0;

	for (size_t i = 0; i < text.len && isdigit(text.data[i]) && n < INT32_MAX; i++)
		n = n * 10 + (text.data[i] - '0');
	return n;
}

/* Rules for every answer, whether this one does harm or not. */
static void
judge_header(const struct answer *a, uint64_t unkept, struct device_verdict *v)
{
	struct span status = find(a->status, "HTTP/1.1 ");

	if (status.data != a->status.data || status.data == NULL)
		device_say(v, true, "the status line does not begin with `HTTP/1.1 `");
	else
		v->status = (int)digits(span_from(a->status, 9));
	v->header = a->header.len;
	v->body = a->body.len + unkept;
	if (a->body.data == NULL && a->header.len > 0 &&
	    find(a->bytes, "\r\n\r\n").data == NULL)
		device_say(v, true, "the header does not end");
	if (a->length.data == NULL)
		device_say(
		    v, true, "there is no `Content-Length: ` in exactly this case");
	else if ((uint64_t)digits(a->length) != v->body)
		device_say(v, true, "Content-Length is %lld, but %llu bytes came",
		    digits(a->length), (unsigned long long)v->body);
	if (find(a->header, "Transfer-Encoding").data != NULL)
		device_say(v, true, "the body comes in chunks");
	if (v->status >= 300 && v->status < 400)
		device_say(v, true, "redirects are never followed");
}

/* ---- errors ---------------------------------------------------------------------------------- */

static bool
keep(struct span value, char *to, size_t size, const char *name,
    struct device_verdict *v)
{
	if (value.len >= size) {
		device_say(v, true, "%s has %zu characters and overruns its memory",
		    name, value.len);
		v->effect = DEVICE_REBOOTS;
		return false;
	}
	memcpy(to, value.data, value.len);
	to[value.len] = '\0';
	return true;
}

/* False when it cannot read it: more than five tokens, or no object. */
static bool
read_error(struct span line, struct device_verdict *v)
{
	struct device_token t[DEVICE_TOKENS_ERROR];
	int count = device_tokens(line, t, DEVICE_TOKENS_ERROR);

	if (count < 1 || t[0].type != DEVICE_OBJECT)
		return false;
	for (int i = 1; i + 1 < count; i++) {
		struct span name = device_text(line, &t[i]);
		struct span value = device_text(line, &t[i + 1]);
		bool ok = true;

		if (span_is(name, "code"))
			ok = keep(value, v->code, sizeof v->code, "code", v);
		else if (span_is(name, "error"))
			ok = keep(value, v->error, sizeof v->error, "error", v);
		else
			continue;
		if (!ok)
			return true;
		i++;
	}
	return true;
}

/* The table of effects; what is not in it is tried again. */
static void
take_error(enum device_request what, struct span line, struct device_verdict *v)
{
	static const struct {
		enum device_request what;
		const char *code;
		enum device_effect effect;
		unsigned wait;
	} table[] = {
	    {DEVICE_ACTIVATE, "403", DEVICE_WAITS, 0},
	    {DEVICE_ACTIVATE, "404", DEVICE_WAITS, 0},
	    {DEVICE_CONFIGURE, "401", DEVICE_DROPS_KEY, 0},
	    {DEVICE_CONFIGURE, "404", DEVICE_DROPS_ID, 0},
	    {DEVICE_CONFIGURE, "50", DEVICE_RETRIES, 10},
	    {DEVICE_PLAN, "403", DEVICE_RETRIES, 2},
	};

	v->effect = DEVICE_RETRIES;
	v->wait = 5;
	if (!read_error(line, v)) {
		device_say(
		    v, true, "the error is not {\"code\":...,\"error\":\"...\"}");
		return;
	}
	if (v->effect == DEVICE_REBOOTS)
		v->wait = 0;
	for (size_t i = 0; i < COUNT(table); i++)
		if (table[i].what == what && strcmp(table[i].code, v->code) == 0 &&
		    v->effect != DEVICE_REBOOTS) {
			v->effect = table[i].effect;
			v->wait = table[i].wait;
		}
}

/* ---- the three JSON answers ------------------------------------------------------------------- */

static void
take_key(struct span line, struct device_memory *m, struct device_verdict *v)
{
	struct device_token t[DEVICE_TOKENS_ERROR];
	int count = device_tokens(line, t, DEVICE_TOKENS_ERROR);

	if (count < 1 || t[0].type != DEVICE_OBJECT) {
		device_say(v, true, "the answer is not {\"key\":\"...\"}");
		v->effect = DEVICE_RETRIES;
		v->wait = 5;
		return;
	}
	m->key[0] = '\0';
	for (int i = 1; i + 1 < count; i++)
		if (span_is(device_text(line, &t[i]), "key") &&
		    !keep(device_text(line, &t[++i]), m->key, sizeof m->key, "key", v))
			return;
	if (strchr(m->key, '\\') != NULL)
		device_say(v, true, "the key has an escape, which is never undone");
	if (m->key[0] != '\0')
		return;
	device_say(v, true, "there is no key");
	v->effect = DEVICE_REBOOTS;
}

static void
check_url(const char *url, const char *name, bool *complete, struct device_verdict *v)
{
	struct device_url u;

	if (!device_url_read(span_str(url), &u)) {
		device_say(v, true, "%s is missing or no URL", name);
		*complete = false;
	} else if (!u.has_path || u.path[0] == '\0' || u.host[0] == '\0' ||
		   u.port == 0) {
		device_say(v, true, "%s is read as host '%s', port %u, path '%s'", name,
		    u.host, u.port, u.path);
		v->effect = DEVICE_REBOOTS;
	}
}

static void
take_configuration(struct span line, struct device_memory *m, struct device_verdict *v)
{
	bool complete = device_take_settings(line, m, v);

	if (!complete)
		device_say(v, true, "the configuration cannot be read");
	if (m->broker.host[0] == '\0' || m->broker.port == 0) {
		device_say(v, true, "mqtt_address is missing or no address");
		complete = false;
	}
	check_url(m->plan_url, "frequency_plan_url", &complete, v);
	check_url(m->firmware_url, "firmware_url", &complete, v);
	if (!complete && v->effect != DEVICE_REBOOTS)
		v->effect = DEVICE_WAITS;
}

static void
take_json(enum device_request what, const struct answer *a, struct device_memory *m,
    struct device_verdict *v)
{
	const char *good = what == DEVICE_ACTIVATE ? "201" : "200";

	if (a->json.len == 0)
		device_say(v, true, "no line begins with {");
	if (find(a->status, good).data == NULL) {
		take_error(what, a->json, v);
	} else if (what == DEVICE_ACTIVATE) {
		take_key(a->json, m, v);
	} else if (what == DEVICE_CONFIGURE) {
		take_configuration(a->json, m, v);
	} else if (!device_take_plan(a->json, &m->sx1301, v)) {
		device_say(v, true, "the frequency plan cannot be read");
		v->effect = DEVICE_RETRIES;
		v->wait = 5;
	}
}

/* ---- firmware --------------------------------------------------------------------------------- */

static void
take_checksums(
    const struct answer *a, struct device_memory *m, struct device_verdict *v)
{
	if (v->status != 200) {
		v->effect = DEVICE_KEEPS_FIRMWARE;
		return;
	}
	for (size_t i = 0; i < 64; i++) {
		unsigned char c = i < a->body.len ? a->body.data[i] : 0;

		if (!isxdigit(c)) {
			device_say(v, true,
			    "the body does not begin with 64 hex digits: it takes what "
			    "it finds for a checksum, and downloads without end");
			v->effect = DEVICE_REBOOTS;
			return;
		}
		m->wanted[i] = (char)tolower(c);
	}
	m->wanted[64] = '\0';
	if (strcmp(m->wanted, m->checksum) == 0)
		v->effect = DEVICE_KEEPS_FIRMWARE;
}

static void
take_firmware(
    const struct answer *a, const struct device_received *r, struct device_verdict *v)
{
	if (v->status != 200) {
		v->effect = DEVICE_KEEPS_FIRMWARE;
		return;
	}
	if (a->header.len > HEADER_MAX)
		device_say(v, true, "the header has %zu bytes, more than %d",
		    a->header.len, HEADER_MAX);
	if (r->first != 0 && r->first <= a->header.len)
		device_say(
		    v, true, "the first bytes of the body do not come with the header");
	if (v->body == 0 || v->body > DEVICE_FIRMWARE_MAX)
		device_say(v, true, "the firmware has %llu bytes",
		    (unsigned long long)v->body);
	if (a->body.len > 0 && a->body.data[0] != ':')
		device_say(v, true, "the firmware is not Intel HEX");
	if (device_is_bad(v))
		v->effect = DEVICE_REBOOTS;
}

/* ---- all ---------------------------------------------------------------------------------------- */

void
device_take(enum device_request what, const struct device_received *r,
    struct device_memory *m, struct device_verdict *v)
{
	struct answer a;

	*v = (struct device_verdict){.effect = DEVICE_GOES_ON};
	if (r->open) {
		device_say(v, true, "the connection is not closed");
		v->effect = DEVICE_HANGS;
		return;
	}
	if (r->reset)
		device_say(v, true, "the connection is closed by a reset");
	take_apart(r->bytes, &a);
	if (a.status.len == 0) {
		device_say(v, true, "the connection is closed without a byte");
		v->effect = DEVICE_REBOOTS;
		return;
	}
	judge_header(&a, r->unkept, v);
	if (a.status.len > STATUS_LINE_MAX)
		device_say(v, true, "the status line has %zu characters, more than %d",
		    a.status.len, STATUS_LINE_MAX);
	if (a.status.len > STATUS_LINE_MAX ||
	    (what >= DEVICE_CHECKSUMS && a.length.data == NULL)) {
		v->effect = DEVICE_REBOOTS;
	} else if (what != DEVICE_FIRMWARE && r->bytes.len > DEVICE_ANSWER_MAX) {
		device_say(v, true, "the answer has %zu bytes, more than %d",
		    r->bytes.len, DEVICE_ANSWER_MAX);
		v->effect = DEVICE_RETRIES;
		v->wait = 5;
	} else if (what == DEVICE_CHECKSUMS) {
		take_checksums(&a, m, v);
	} else if (what == DEVICE_FIRMWARE) {
		take_firmware(&a, r, v);
	} else {
		take_json(what, &a, m, v);
	}
}
