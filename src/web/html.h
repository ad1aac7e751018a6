/*
 * HTML written as it is produced. Markup is written by html_raw() alone, which takes string
 * literals only; whatever else there is goes through an escaper that is named after the place
 * where it stands. Errors stick in the strbuf.
 *
 * Text from outside may hold characters that turn the direction of what is around them
 * (U+202A… and others) or that cannot be seen: they are shown as their numbers, and
 * html_user() isolates what it shows by <bdi>. Bytes that are not UTF-8 become U+FFFD.
 */
#ifndef GH_WEB_HTML_H
#define GH_WEB_HTML_H

#include <stdarg.h>

#include "base/err.h"
#include "base/strbuf.h"

struct html {
	struct strbuf *to;
	struct span prefix; /* before every link of our own: the path of the program */
};

void html_init(struct html *h, struct strbuf *to, struct span prefix);

/* Our own markup: a literal, nothing else compiles. */
#define html_raw(h, literal) strbuf_put((h)->to, "" literal "", sizeof(literal) - 1)

/* Between tags. */
void html_text(struct html *h, const char *text);
void html_span(struct html *h, struct span text);
void html_number(struct html *h, uint64_t n);
void html_printf(struct html *h, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Between tags: a name, a title or whatever somebody entered, isolated. */
void html_user(struct html *h, const char *text);
void html_user_span(struct html *h, struct span text);

/* ` name="value"` inside a tag; the name is a literal. What cannot be seen becomes U+FFFD. */
#define html_attr(h, name, value) html_put_attr((h), " " name "=\"", (value))
void html_put_attr(struct html *h, const char *before, const char *value);

/* The same for value="…" of an input: it comes back from the browser as it is here, so only
 * what HTML cannot hold is replaced. */
void html_attr_value(struct html *h, const char *value);

/* The content of a <textarea>, right behind its tag. */
void html_textarea(struct html *h, const char *value);

/*
 * ` name="/prefix/path"`: a link of our own. Each {} in the pattern (a literal) becomes the
 * next argument, a const char *, percent-encoded so that it stays one segment or one value;
 * there must be as many of them. NULL, because there was no memory to make it, is "/".
 */
#define html_href(h, ...) html_put_link((h), " href=\"", __VA_ARGS__, (char *)NULL)
#define html_action(h, ...) html_put_link((h), " action=\"", __VA_ARGS__, (char *)NULL)
void html_put_link(struct html *h, const char *before, const char *pattern, ...);

/* Appends such an address without anything around it, e.g. for a redirect. */
void html_path(struct strbuf *to, struct span prefix, const char *pattern, ...);
void html_vpath(
    struct strbuf *to, struct span prefix, const char *pattern, va_list arguments);

/* Percent-encodes everything but letters, digits and -._~ */
void html_percent(struct strbuf *to, struct span text);

#endif
