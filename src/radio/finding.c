#include "radio/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

void
findings_init(struct findings *f, struct arena *arena)
{
	*f = (struct findings){.arena = arena};
}

static void
append(struct findings *f, const struct finding *one)
{
	struct finding *copy;

	*(one->error ? &f->errors : &f->warnings) += 1;
	if (f->errors + f->warnings > FINDINGS_MAX && !(one->error && f->errors == 1))
		return;
	if ((copy = arena_alloc(f->arena, sizeof *copy)) == NULL)
		return;
	*copy = *one;
	copy->next = NULL;
	*(f->last != NULL ? &f->last->next : &f->first) = copy;
	f->last = copy;
}

/* Texts quote what stands in files: nothing in them may move a terminal's cursor. */
static void
make_harmless(char *text)
{
	struct span rest = span_str(text);

	while (rest.len > 0) {
		size_t n = utf8_length(rest);
		uint8_t c = rest.data[0];

		if (n == 0 || c < 0x20 || c == 0x7f)
			text[rest.data - (const uint8_t *)text] = '?';
		rest = span_from(rest, n > 0 ? n : 1);
	}
}

__attribute__((format(printf, 3, 0))) static void
add(struct findings *f, struct finding one, const char *fmt, va_list ap)
{
	char text[256];

	vsnprintf(text, sizeof text, fmt, ap);
	make_harmless(text);
	if ((one.text = arena_strdup(f->arena, text)) == NULL)
		one.text = "out of memory";
	append(f, &one);
}

void
finding_error(
    struct findings *f, const char *rule, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, (struct finding){.error = true, .rule = rule, .at = at}, fmt, ap);
	va_end(ap);
}

void
finding_warning(
    struct findings *f, const char *rule, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, (struct finding){.rule = rule, .at = at}, fmt, ap);
	va_end(ap);
}

void
findings_take(
    struct findings *to, const struct findings *from, bool soften, const char *prefix)
{
	for (const struct finding *i = from->first; i != NULL; i = i->next) {
		struct finding one = *i;

		one.error = i->error && !soften;
		if (prefix[0] != '\0')
			one.text = arena_printf(to->arena, "%s%s", prefix, i->text);
		if (one.text == NULL)
			one.text = i->text;
		append(to, &one);
	}
}

static const struct finding *
first_error(const struct findings *f)
{
	const struct finding *i = f->first;

	while (i != NULL && !i->error)
		i = i->next;
	return i;
}

int
findings_result(const struct findings *f, struct fault *fault)
{
	const struct finding *one;

	if (f->errors == 0)
		return E_OK;
	if ((one = first_error(f)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	if (one->at.line == 0)
		return fault_set(
		    fault, E_INVALID, one->at.file, "%s [%s]", one->text, one->rule);
	return fault_set(fault, E_INVALID, one->at.file, "line %u: %s [%s]",
	    one->at.line, one->text, one->rule);
}

void
finding_print(const struct finding *one, struct strbuf *out)
{
	if (one->at.file != NULL) {
		strbuf_puts(out, one->at.file);
		if (one->at.line != 0)
			strbuf_printf(out, ":%u", one->at.line);
		strbuf_puts(out, ": ");
	}
	strbuf_printf(out, "%s: %s [%s]\n", one->error ? "error" : "warning", one->text,
	    one->rule);
}
