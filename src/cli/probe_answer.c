/* What a LoRa Basics Station makes of an answer. */
#include <stdarg.h>
#include <stdio.h>

#include "base/number.h"
#include "cli/probe.h"
#include "registry/checks.h"

void
probe_say(struct probe *p, bool fatal, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (p->finding_count < PROBE_FINDINGS)
		p->findings[p->finding_count++] =
		    (struct probe_finding){fatal, arena_strdup(&p->cli->arena, text)};
}

bool
probe_rejected(const struct probe *p)
{
	for (size_t i = 0; i < p->finding_count; i++)
		if (p->findings[i].fatal)
			return true;
	return false;
}

/* ---- the header ------------------------------------------------------------------------------- */

static bool
name_is(struct span name, const char *wanted)
{
	return name.len == strlen(wanted) && span_begins_nocase(name, wanted);
}

static void
read_length(struct probe *p, struct span value)
{
	if (p->has_length)
		probe_say(p, true, "Content-Length is there twice");
	else if (!number_u64(value, 0, UINT32_MAX, &p->length))
		probe_say(p, true, "Content-Length is no number");
	else
		p->has_length = true;
}

static void
read_header_line(struct probe *p, struct span line)
{
	const uint8_t *colon = memchr(line.data, ':', line.len);
	struct span name, value;

	if (line.len == 0)
		return;
	if (colon == NULL) {
		probe_say(p, true, "a header line has no colon");
		return;
	}
	name = span_of(line.data, (size_t)(colon - line.data));
	value = span_trim(span_from(line, name.len + 1));
	if (name.len == 0 || span_trim(name).len != name.len)
		probe_say(p, true, "there is a blank before the colon of a header");
	name = span_trim(name);
	if (name_is(name, "Content-Length"))
		read_length(p, value);
	else if (name_is(name, "Transfer-Encoding"))
		probe_say(p, true, "Transfer-Encoding: the client reads no chunks");
	else if (name_is(name, "Content-Encoding"))
		probe_say(p, true, "Content-Encoding: the client does not decompress");
}

/* "HTTP/1.1 200 OK" */
static void
read_status(struct probe *p, struct span line)
{
	uint64_t status;

	if (line.len < 12 || !span_begins(line, span_str("HTTP/1.")) ||
	    line.data[8] != ' ' ||
	    !number_u64(span_of(line.data + 9, 3), 100, 999, &status)) {
		probe_say(p, true, "the status line is not HTTP/1.x");
		return;
	}
	p->status = (int)status;
	p->reason = span_trim(span_from(line, 12));
}

static void
read_lines(struct probe *p, struct span header)
{
	bool first = true, bare = false;

	while (header.len > 0) {
		const uint8_t *end = memchr(header.data, '\n', header.len);
		size_t n = end != NULL ? (size_t)(end - header.data) : header.len;
		struct span line = span_of(header.data, n);

		header = span_from(header, n + 1);
		if (n > 0 && line.data[n - 1] == '\r')
			line.len--;
		else
			bare = true;
		if (first)
			read_status(p, line);
		else
			read_header_line(p, line);
		first = false;
	}
	if (bare)
		probe_say(p, true, "the header has line ends without CR");
}

/* The end of the header, also of one with bare line ends; 0 when it has not come. */
static size_t
header_end(struct span raw)
{
	const uint8_t *crlf =
	    raw.len > 0 ? memmem(raw.data, raw.len, "\r\n\r\n", 4) : NULL;
	const uint8_t *lf = raw.len > 0 ? memmem(raw.data, raw.len, "\n\n", 2) : NULL;

	if (crlf != NULL && (lf == NULL || crlf < lf))
		return (size_t)(crlf - raw.data) + 4;
	return lf != NULL ? (size_t)(lf - raw.data) + 2 : 0;
}

/* Has the header come whole? Then reads it; false while more is needed. */
static bool
probe_header(struct probe *p)
{
	struct span raw = strbuf_span(&p->raw);

	if (p->header_len > 0)
		return true;
	if ((p->header_len = header_end(raw)) == 0)
		return false;
	read_lines(p, span_of(raw.data, p->header_len - 2));
	return true;
}

/* ---- bytes ------------------------------------------------------------------------------------- */

/* From where the update begins everything is digested; what came of it moves there. */
static int
begin_update(struct probe *p, size_t at)
{
	struct span excess = span_from(strbuf_span(&p->raw), at);
	int err = digests_begin(&p->digesting);

	if (err == E_OK)
		err = digests_add(p->digesting, excess);
	p->update_bytes = excess.len;
	p->raw.len = at;
	return err;
}

int
probe_take(struct probe *p, struct span bytes)
{
	struct update_answer a;
	struct span body;
	size_t used;

	if (p->digesting != NULL) {
		p->update_bytes += bytes.len;
		return digests_add(p->digesting, bytes);
	}
	strbuf_put(&p->raw, bytes.data, bytes.len);
	if (p->raw.err != E_OK)
		return p->raw.err;
	if (!probe_header(p) || p->status != 200 || !p->has_length)
		return E_OK;
	body = span_from(strbuf_span(&p->raw), p->header_len);
	if (update_answer_head(body, &a, &used, NULL) != E_OK || a.update_length == 0)
		return E_OK;
	return begin_update(p, p->header_len + used);
}

uint64_t
probe_body_bytes(const struct probe *p)
{
	return p->raw.len - p->header_len + p->update_bytes;
}

bool
probe_is_whole(struct probe *p)
{
	return probe_header(p) && p->has_length && probe_body_bytes(p) >= p->length;
}

/* ---- the whole -------------------------------------------------------------------------------- */

/* What would make the client choke before it looks at the body. */
static void
judge_frame(struct probe *p)
{
	if (p->status >= 100 && p->status < 200)
		probe_say(
		    p, true, "an interim answer (%d) confuses the client", p->status);
	if (!p->has_length)
		probe_say(p, true, "Content-Length is missing");
	else if (probe_body_bytes(p) < p->length)
		probe_say(p, true, "the body ends after %llu of %llu bytes",
		    (unsigned long long)probe_body_bytes(p),
		    (unsigned long long)p->length);
	else if (probe_body_bytes(p) > p->length)
		probe_say(p, true, "%llu bytes come after the body",
		    (unsigned long long)(probe_body_bytes(p) - p->length));
	if (p->header_len > PROBE_BUFFER)
		probe_say(p, true, "the header has %zu bytes, the client's buffer %d",
		    p->header_len, PROBE_BUFFER);
	if (p->status != 200 && p->raw.len >= PROBE_BUFFER)
		probe_say(p, true,
		    "this refusal is longer than %d bytes: it crashes the "
		    "client",
		    PROBE_BUFFER);
}

/* The body without what is too much. */
static void
cut_body(struct probe *p)
{
	if (p->has_length && p->body.len > p->length)
		p->body.len = (size_t)p->length;
}

static void
judge_uri(struct probe *p, enum station_uri kind, const char *name, struct span uri,
    struct span has)
{
	struct fault why = {0};

	if (uri.len == 0)
		return;
	if (station_uri_check(kind, uri, NULL, &why) != E_OK)
		probe_say(p, true,
		    "%s: %s: the gateway saves it and does not start any more", name,
		    why.text);
	else if (span_eq(uri, has))
		probe_say(p, false,
		    "%s: the gateway has it already: sent again and again, this is a "
		    "loop",
		    name);
}

static int
read_answer(struct probe *p, struct fault *why)
{
	struct span rest;
	size_t used;

	if (p->digesting == NULL)
		return update_answer_read(p->body, &p->answer, &rest, why);
	digests_end(p->digesting, &p->digests);
	p->digesting = NULL;
	if (update_answer_head(p->body, &p->answer, &used, why) != E_OK)
		return E_INVALID;
	return p->update_bytes == p->answer.update_length
		   ? E_OK
		   : fault_set(
			 why, E_INVALID, "update", "length and bytes do not agree");
}

static void
judge_body(struct probe *p)
{
	struct fault why = {0};

	if (read_answer(p, &why) != E_OK) {
		probe_say(p, true, "%s: %s", why.field, why.text);
		return;
	}
	p->decoded = true;
	if (p->header_len + 2 + p->answer.cups_uri.len + p->answer.lns_uri.len + 1 >
	    PROBE_BUFFER)
		probe_say(p, true,
		    "the header and both URIs do not fit the client's first %d bytes",
		    PROBE_BUFFER);
	judge_uri(p, STATION_CUPS, "cupsUri", p->answer.cups_uri, p->info.cups_uri);
	judge_uri(p, STATION_LNS, "tcUri", p->answer.lns_uri, p->info.lns_uri);
	if (p->answer.cups_uri.len > 0 && p->answer.cups_credentials.len == 0)
		probe_say(p, false,
		    "another CUPS without credentials: the present ones must fit "
		    "there");
}

void
probe_judge(struct probe *p)
{
	if (p->header_len == 0) {
		probe_say(p, true,
		    p->raw.len == 0 ? "the server closed without an answer"
				    : "the header never ends");
		return;
	}
	p->body = span_from(strbuf_span(&p->raw), p->header_len);
	judge_frame(p);
	cut_body(p);
	if (p->status == 200 && !probe_rejected(p))
		judge_body(p);
}
