#include "manage/input.h"

void
input_init(struct input *in, input_read_fn *read, void *arg)
{
	memset(in, 0, offsetof(struct input, buf));
	in->read = read;
	in->arg = arg;
	in->line = 1;
}

static void
fill(struct input *in)
{
	size_t got = 0;

	if (in->end)
		return;
	memmove(in->buf, in->buf + in->at, in->len - in->at);
	in->len -= in->at;
	in->at = 0;
	in->err = in->read(
	    in->arg, in->buf + in->len, sizeof in->buf - in->len, &got, &in->fault);
	if (in->err != E_OK)
		got = 0;
	in->len += got;
	in->end = got == 0;
}

struct span
input_ahead(struct input *in, size_t n)
{
	while (in->len - in->at < n && !in->end)
		fill(in);
	return span_of(in->buf + in->at, in->len - in->at);
}

int
input_peek(struct input *in)
{
	if (in->at == in->len)
		fill(in);
	return in->at < in->len ? in->buf[in->at] : INPUT_END;
}

int
input_take(struct input *in)
{
	int c = input_peek(in);

	if (c == INPUT_END)
		return c;
	in->at++;
	if (c == '\n' || (c == '\r' && input_peek(in) != '\n'))
		in->line++;
	return c;
}
