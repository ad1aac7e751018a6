#include "web/html.h"

#include <stdio.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

void
html_init(struct html *h, struct strbuf *to, struct span prefix)
{
	h->to = to;
	h->prefix = prefix;
}

/* ---- characters ------------------------------------------------------------------------------ */

static uint32_t
decode(const uint8_t *p, size_t n)
{
	uint32_t c = p[0] & (n == 2 ? 0x1f : n == 3 ? 0x0f : 0x07);

	if (n == 1)
		return p[0];
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	return c;
}

/* What turns the direction of text, is invisible, or controls something. */
static bool
is_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
	    {0x00, 0x08},
	    {0x0b, 0x1f},
	    {0x7f, 0x9f},
	    {0xad, 0xad},
	    {0x34f, 0x34f},
	    {0x61c, 0x61c},
	    {0x115f, 0x1160},
	    {0x17b4, 0x17b5},
	    {0x200b, 0x200b},
	    {0x200e, 0x200f},
	    {0x2028, 0x202e},
	    {0x2060, 0x206f},
	    {0x3164, 0x3164},
	    {0xfeff, 0xfeff},
	    {0xffa0, 0xffa0},
	    {0xfff0, 0xfffb},
	    {0xe0000, 0xe0fff},
	};

	if (c < 0x7f && c >= ' ')
		return false;
	for (size_t i = 0; i < COUNT(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* HTML has no way to hold them (WHATWG HTML, 13.1.4). */
static bool
is_impossible(uint32_t c)
{
	return (c < ' ' && c != '\t' && c != '\n') || (c >= 0x7f && c <= 0x9f) ||
	       (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static const char *
entity(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

enum place { IN_TEXT, IN_ATTRIBUTE, IN_VALUE };

static void
put_special(struct strbuf *to, enum place place, uint32_t c, struct span bytes)
{
	if (place == IN_VALUE ? !is_impossible(c) : !is_hidden(c) && !is_impossible(c))
		strbuf_put(to, bytes.data, bytes.len);
	else if (place == IN_TEXT)
		strbuf_printf(
		    to, "<span class=\"hidden-char\">U+%04X</span>", (unsigned)c);
	else
		strbuf_puts(to, REPLACEMENT);
}

static bool
is_plain(uint8_t c)
{
	return c >= ' ' && c < 0x7f && c != '&' && c != '<' && c != '>' && c != '"' &&
	       c != '\'';
}

static void
escape(struct strbuf *to, struct span s, enum place place)
{
	size_t i = 0, from = 0;

	while (i < s.len) {
		const char *name;
		size_t n;

		if (is_plain(s.data[i])) {
			i++;
			continue;
		}
		if (i > from)
			strbuf_put(to, s.data + from, i - from);
		if ((name = entity(s.data[i])) != NULL) {
			strbuf_puts(to, name);
			i++;
		} else if ((n = utf8_length(span_from(s, i))) == 0) {
			strbuf_puts(to, REPLACEMENT);
			i++;
		} else {
			put_special(
			    to, place, decode(s.data + i, n), span_of(s.data + i, n));
			i += n;
		}
		from = i;
	}
	if (i > from)
		strbuf_put(to, s.data + from, i - from);
}

/* ---- between tags ----------------------------------------------------------------------------- */

void
html_span(struct html *h, struct span text)
{
	escape(h->to, text, IN_TEXT);
}

void
html_text(struct html *h, const char *text)
{
	escape(h->to, span_str(text), IN_TEXT);
}

void
html_number(struct html *h, uint64_t n)
{
	strbuf_putu(h->to, n);
}

void
html_printf(struct html *h, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	html_text(h, text);
}

void
html_user_span(struct html *h, struct span text)
{
	html_raw(h, "<bdi>");
	escape(h->to, text, IN_TEXT);
	html_raw(h, "</bdi>");
}

void
html_user(struct html *h, const char *text)
{
	html_user_span(h, span_str(text));
}

/* ---- inside tags ------------------------------------------------------------------------------- */

void
html_put_attr(struct html *h, const char *before, const char *value)
{
	strbuf_puts(h->to, before);
	escape(h->to, span_str(value), IN_ATTRIBUTE);
	strbuf_putc(h->to, '"');
}

void
html_attr_value(struct html *h, const char *value)
{
	html_raw(h, " value=\"");
	escape(h->to, span_str(value), IN_VALUE);
	html_raw(h, "\"");
}

void
html_textarea(struct html *h, const char *value)
{
	/* Browsers drop one line end at the beginning. */
	html_raw(h, "\n");
	escape(h->to, span_str(value), IN_VALUE);
}

/* ---- addresses ---------------------------------------------------------------------------------- */

void
html_percent(struct strbuf *to, struct span text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
		    c == '~') {
			strbuf_putc(to, (char)c);
		} else {
			strbuf_putc(to, '%');
			strbuf_putc(to, digits[c >> 4]);
			strbuf_putc(to, digits[c & 15]);
		}
	}
}

void
html_vpath(struct strbuf *to, struct span prefix, const char *pattern, va_list ap)
{
	/* A path of the server: what it cannot have literally is escaped; slashes stay. */
	for (size_t i = 0; i < prefix.len; i++)
		if (prefix.data[i] == '/')
			strbuf_putc(to, '/');
		else
			html_percent(to, span_of(prefix.data + i, 1));
	for (pattern = pattern != NULL ? pattern : "/"; *pattern != '\0'; pattern++) {
		const char *arg;

		if (pattern[0] != '{' || pattern[1] != '}') {
			strbuf_putc(to, *pattern);
			continue;
		}
		pattern++;
		arg = va_arg(ap, const char *);
		/* These two would mean another folder. */
		if (arg != NULL && strcmp(arg, ".") == 0)
			strbuf_puts(to, "%2E");
		else if (arg != NULL && strcmp(arg, "..") == 0)
			strbuf_puts(to, "%2E%2E");
		else
			html_percent(to, span_str(arg));
	}
}

void
html_path(struct strbuf *to, struct span prefix, const char *pattern, ...)
{
	va_list ap;

	va_start(ap, pattern);
	html_vpath(to, prefix, pattern, ap);
	va_end(ap);
}

void
html_put_link(struct html *h, const char *before, const char *pattern, ...)
{
	struct strbuf path;
	va_list ap;

	strbuf_init(&path, 8192);
	va_start(ap, pattern);
	html_vpath(&path, h->prefix, pattern, ap);
	va_end(ap);
	strbuf_puts(h->to, before);
	escape(h->to, strbuf_span(&path), IN_ATTRIBUTE);
	strbuf_putc(h->to, '"');
	if (path.err != E_OK && h->to->err == E_OK)
		h->to->err = path.err;
	strbuf_clear(&path);
}
