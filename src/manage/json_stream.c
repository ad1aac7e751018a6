#include "manage/json_stream.h"

void
json_stream_init(struct json_stream *s, struct input *in)
{
	*s = (struct json_stream){.in = in, .first = true};
}

static bool
is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int
skip_space(struct input *in)
{
	while (is_space(input_peek(in)))
		input_take(in);
	return input_peek(in);
}

/* Passes over `{"gateways":[` when that is what comes. */
static bool
skip_member(struct input *in)
{
	static const char name[] = "{\"gateways\":[";
	struct span ahead = input_ahead(in, 256);
	size_t n = 0;

	for (size_t i = 0; i < ahead.len && n < sizeof name - 1; i++) {
		if (is_space(ahead.data[i]))
			continue;
		if (ahead.data[i] != (uint8_t)name[n++])
			return false;
		if (n == sizeof name - 1) {
			for (size_t k = 0; k <= i; k++)
				input_take(in);
			return true;
		}
	}
	return false;
}

static void
begin(struct json_stream *s)
{
	if (span_begins(input_ahead(s->in, 3), span_of("\xef\xbb\xbf", 3)))
		for (int i = 0; i < 3; i++)
			input_take(s->in);
	s->state = STREAM_LINES;
	if (skip_space(s->in) == '[') {
		input_take(s->in);
		s->state = STREAM_ARRAY;
	} else if (skip_member(s->in)) {
		s->state = STREAM_MEMBER;
	}
}

/*
 * One value, from its first byte to where it ends. In JSON lines a line that begins with `{`
 * is the next one even where this one's braces do not close, and a string ends with its
 * line; so one broken line does not take the others with it.
 */
static int
read_value(struct json_stream *s, struct strbuf *text, struct fault *fault)
{
	bool lines = s->state == STREAM_LINES, string = false, escaped = false;
	unsigned depth = 0;
	int c, err = E_OK;

	while ((c = input_peek(s->in)) != INPUT_END) {
		if (!string && depth == 0 && (c == ',' || c == ']' || is_space(c)))
			break;
		input_take(s->in);
		if (text->len >= JSON_STREAM_OBJECT_MAX)
			err = fault_set(fault, E_TOOBIG, NULL, "is too long");
		else
			strbuf_putc(text, (char)c);
		if (lines && c == '\n' && input_peek(s->in) == '{')
			break;
		if (string) {
			string = c != '\n' && (c != '"' || escaped);
			escaped = c == '\\' && !escaped;
		} else if (c == '"') {
			string = true;
			escaped = false;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (depth <= 1)
				break;
			depth--;
		}
	}
	return err != E_OK ? err : text->err;
}

/* What stands between the values of an array; its end. */
static int
between(struct json_stream *s, struct fault *fault)
{
	int c = skip_space(s->in);

	if (s->state == STREAM_LINES) {
		if (c == ',' && !s->first) /* an array whose brackets were cut off */
			input_take(s->in);
		c = skip_space(s->in);
		if (c == INPUT_END)
			s->state = STREAM_END;
		return E_OK;
	}
	if (c == ']') {
		input_take(s->in);
		if (s->state == STREAM_MEMBER)
			while (skip_space(s->in) != INPUT_END && c != '}')
				c = input_take(s->in);
		s->state = STREAM_END;
		c = skip_space(s->in);
		return c == INPUT_END ? E_OK
				      : fault_set(fault, E_INVALID, NULL,
					    "something follows the end of the list");
	}
	if (!s->first && c != ',')
		return fault_set(fault, E_INVALID, NULL,
		    c == INPUT_END ? "the list does not end: the file was cut off"
				   : "a comma is missing between two gateways");
	if (!s->first)
		input_take(s->in);
	return skip_space(s->in) != INPUT_END
		   ? E_OK
		   : fault_set(fault, E_INVALID, NULL,
			 "the list does not end: the file was cut off");
}

int
json_stream_next(
    struct json_stream *s, struct strbuf *text, uint64_t *line, struct fault *fault)
{
	int err = E_OK;

	strbuf_reset(text);
	if (s->state == STREAM_BEGIN)
		begin(s);
	if (s->state != STREAM_END)
		err = between(s, fault);
	*line = s->in->line;
	if (s->in->err != E_OK) {
		*fault = s->in->fault;
		return s->in->err;
	}
	if (err != E_OK || s->state == STREAM_END) {
		s->state = STREAM_END;
		return err != E_OK ? err : E_NOTFOUND;
	}
	s->first = false;
	/* A bracket or comma where a value should be would be met again and again. */
	if (strchr("]},:", input_peek(s->in)) != NULL) {
		s->state = STREAM_END;
		return fault_set(fault, E_INVALID, NULL, "is no JSON from here on");
	}
	return read_value(s, text, fault);
}
