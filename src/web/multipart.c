/*
 * multipart/form-data in one pass: a window over the body in which the boundary is looked
 * for. What is certain not to belong to a boundary goes to the part's field or file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "web/body.h"
#include "web/form.h"

#define WINDOW 65536
#define HEADERS_MAX 2048 /* bytes of the headers of one part */

struct window {
	struct form_work *w;
	char *data;
	size_t start, end;
	bool ended;			       /* the body has no more */
	char delimiter[FORM_BOUNDARY_MAX + 5]; /* "\r\n--boundary" */
	size_t delimiter_len;
};

/* One part: what its headers say, and where its bytes go. */
struct part {
	struct span name, filename, type;
	bool has_filename;
	int fd; /* -1: a field */
	uint64_t length;
	struct strbuf value;
};

static int
broken(struct window *in, const char *what)
{
	return fault_set(in->w->fault, E_INVALID, NULL, "the form's data %s", what);
}

/* Moves what is left to the front and reads on. */
static int
fill(struct window *in)
{
	size_t got;
	int err;

	memmove(in->data, in->data + in->start, in->end - in->start);
	in->end -= in->start;
	in->start = 0;
	err = body_read(
	    in->w->req, in->data + in->end, WINDOW - in->end, &got, in->w->fault);
	in->end += got;
	in->ended = got == 0;
	return err;
}

static int
need(struct window *in, size_t n)
{
	int err = E_OK;

	while (err == E_OK && in->end - in->start < n) {
		err = fill(in);
		if (err == E_OK && in->ended)
			return broken(in, "are cut off");
	}
	return err;
}

/* ---- where bytes go ------------------------------------------------------------------------- */

/* A file without a name, which is gone with its descriptor. */
static int
make_file(struct window *in, struct part *part)
{
	const char *folder = in->w->limits->folder;
	char path[1200];

	part->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (part->fd >= 0)
		return E_OK;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return file_fault(in->w->fault, folder, "store an upload in");
	snprintf(path, sizeof path, "%s/.upload-XXXXXX", folder);
	if ((part->fd = mkostemp(path, O_CLOEXEC)) < 0)
		return file_fault(in->w->fault, folder, "store an upload in");
	unlink(path);
	return E_OK;
}

static int
write_file(struct window *in, struct part *part, struct span bytes)
{
	uint64_t max = in->w->limits->file;

	if (bytes.len > max - part->length)
		return fault_set(in->w->fault, E_TOOBIG, NULL,
		    "the file is longer than %llu bytes", (unsigned long long)max);
	part->length += bytes.len;
	while (bytes.len > 0) {
		ssize_t n = write(part->fd, bytes.data, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_fault(
			    in->w->fault, in->w->limits->folder, "store an upload in");
		bytes = span_from(bytes, (size_t)n);
	}
	return E_OK;
}

static int
take(struct window *in, struct part *part, size_t n)
{
	struct span bytes = span_of(in->data + in->start, n);

	in->start += n;
	if (n == 0)
		return E_OK;
	if (part == NULL)
		return broken(in, "do not begin with their boundary");
	if (part->fd >= 0)
		return write_file(in, part, bytes);
	if (part->has_filename)
		return broken(in, "have a file without a name");
	strbuf_put(&part->value, bytes.data, bytes.len);
	if (part->value.err == E_TOOBIG)
		return fault_set(in->w->fault, E_TOOBIG, NULL,
		    "the form has more than %zu bytes of text", in->w->limits->text);
	return part->value.err;
}

/* Gives the part everything up to the next boundary, and passes over that. */
static int
take_all(struct window *in, struct part *part)
{
	size_t keep = in->delimiter_len - 1, have;
	const char *found;
	int err;

	for (;;) {
		have = in->end - in->start;
		found = have > 0 ? memmem(in->data + in->start, have, in->delimiter,
				       in->delimiter_len)
				 : NULL;
		if (found != NULL) {
			err = take(in, part, (size_t)(found - in->data) - in->start);
			in->start += in->delimiter_len;
			return err;
		}
		if (in->ended)
			return broken(in, "are cut off");
		if (have > keep && (err = take(in, part, have - keep)) != E_OK)
			return err;
		if ((err = fill(in)) != E_OK)
			return err;
	}
}

/* ---- the headers of a part --------------------------------------------------------------------- */

/* Cuts `; name="value"` off; false when it is not well-formed. */
static bool
take_parameter(struct span *rest, struct span *name, struct span *value)
{
	struct span s = span_trim(*rest);
	const uint8_t *equals, *quote;

	if (s.len == 0 || s.data[0] != ';')
		return false;
	s = span_trim(span_from(s, 1));
	if (s.len == 0 || (equals = memchr(s.data, '=', s.len)) == NULL)
		return false;
	*name = span_of(s.data, (size_t)(equals - s.data));
	s = span_from(s, name->len + 1);
	if (s.len < 2 || s.data[0] != '"' ||
	    (quote = memchr(s.data + 1, '"', s.len - 1)) == NULL)
		return false;
	*value = span_of(s.data + 1, (size_t)(quote - s.data) - 1);
	*rest = span_from(s, value->len + 2);
	return true;
}

static int
read_disposition(struct window *in, struct span value, struct part *part)
{
	struct span name, text;

	if (part->name.data != NULL)
		return broken(in, "have a part with two dispositions");
	if (!span_begins_nocase(value, "form-data"))
		return broken(in, "have a part that is no field");
	value = span_trim(span_from(value, 9));
	while (value.len > 0) {
		if (!take_parameter(&value, &name, &text))
			return broken(in, "have a disposition that is not well-formed");
		if (span_is(name, "name") && part->name.data == NULL) {
			part->name = text;
		} else if (span_is(name, "filename") && !part->has_filename) {
			part->filename = text;
			part->has_filename = true;
		} else {
			return broken(in, "have a disposition with something unknown");
		}
	}
	return part->name.len > 0 ? E_OK : broken(in, "have a part without a name");
}

static int
read_header(struct window *in, struct span line, struct part *part)
{
	const uint8_t *colon = line.len > 0 ? memchr(line.data, ':', line.len) : NULL;
	struct span name, value;

	if (colon == NULL)
		return broken(in, "have a header without a colon");
	name = span_of(line.data, (size_t)(colon - line.data));
	value = span_trim(span_from(line, name.len + 1));
	if (name.len == 19 && span_begins_nocase(name, "Content-Disposition"))
		return read_disposition(in, value, part);
	if (name.len == 12 && span_begins_nocase(name, "Content-Type"))
		part->type = value;
	if (name.len == 25 && span_begins_nocase(name, "Content-Transfer-Encoding"))
		return broken(in, "have a transfer encoding");
	return E_OK;
}

/* The headers up to the empty line, copied since the window moves on. */
static int
read_headers(struct window *in, struct part *part)
{
	char *copy = NULL, *end = NULL;
	struct span rest;
	int err = E_OK;
	size_t have;

	while (err == E_OK && end == NULL) {
		have = in->end - in->start;
		end = memmem(in->data + in->start, have, "\r\n\r\n", 4);
		if (end == NULL && have > HEADERS_MAX)
			return broken(in, "have a part with long headers");
		if (end == NULL)
			err = need(in, have + 1);
	}
	if (err != E_OK)
		return err;
	have = (size_t)(end - in->data) - in->start;
	if (have > HEADERS_MAX)
		return broken(in, "have a part with long headers");
	copy = arena_dup(in->w->req->arena, span_of(in->data + in->start, have));
	if (copy == NULL)
		return E_NOMEM;
	in->start += have + 4;
	rest = span_of(copy, have);
	if (memchr(copy, '\0', have) != NULL || !utf8_valid(rest))
		return broken(in, "have a header that is not UTF-8");
	while (err == E_OK && rest.len > 0) {
		char *cut = memmem(rest.data, rest.len, "\r\n", 2);
		size_t n = cut != NULL ? (size_t)(cut - (char *)rest.data) : rest.len;

		err = read_header(in, span_of(rest.data, n), part);
		rest = span_from(rest, n + 2);
	}
	if (err == E_OK && part->name.data == NULL)
		err = broken(in, "have a part without a name");
	return err;
}

/* ---- parts --------------------------------------------------------------------------------------- */

static struct span
without_folders(struct span path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.data[i - 1] == '/' || path.data[i - 1] == '\\')
			return span_from(path, i);
	return path;
}

static int
begin_file(struct window *in, struct part *part)
{
	struct form_work *w = in->w;
	int err;

	if (part->filename.len == 0)
		return E_OK; /* none was chosen */
	if (w->limits->file == 0)
		return fault_set(w->fault, E_INVALID, NULL, "no file is taken here");
	if (w->form->file_count == FORM_FILES_MAX ||
	    w->form->count + w->form->file_count >= FORM_FIELDS_MAX)
		return fault_set(w->fault, E_TOOBIG, NULL,
		    "the form has more than %d files", FORM_FILES_MAX);
	if (part->name.len > FORM_NAME_MAX)
		return broken(in, "have a file with a long name");
	if (w->limits->allow_files != NULL &&
	    (err = w->limits->allow_files(w->limits->arg, w->form, w->fault)) != E_OK)
		return err;
	return make_file(in, part);
}

static int
end_file(struct window *in, struct part *part)
{
	struct form *form = in->w->form;
	struct form_file *file = &form->files[form->file_count];
	struct arena *arena = in->w->req->arena;

	if (part->fd < 0)
		return E_OK;
	file->field = arena_dup(arena, part->name);
	file->name = arena_dup(arena, without_folders(part->filename));
	file->type = arena_dup(arena, part->type);
	file->length = part->length;
	if (file->field == NULL || file->name == NULL || file->type == NULL)
		return E_NOMEM;
	if (lseek(part->fd, 0, SEEK_SET) < 0)
		return E_IO;
	file->fd = part->fd;
	part->fd = -1;
	form->file_count++;
	return E_OK;
}

static int
read_part(struct window *in)
{
	struct part part = {.fd = -1};
	int err;

	strbuf_init(&part.value, in->w->left);
	err = read_headers(in, &part);
	if (err == E_OK && part.has_filename)
		err = begin_file(in, &part);
	if (err == E_OK)
		err = take_all(in, &part);
	if (err == E_OK)
		err = part.has_filename
			  ? end_file(in, &part)
			  : form_add(in->w, part.name, strbuf_span(&part.value));
	if (part.fd >= 0)
		close(part.fd);
	strbuf_clear(&part.value);
	return err;
}

static int
read_end(struct window *in)
{
	int err = E_OK;

	if (in->end == in->start)
		err = fill(in);
	if (err == E_OK && in->end - in->start == 1)
		err = fill(in);
	if (err != E_OK || in->end == in->start)
		return err;
	if (in->end - in->start == 2 && memcmp(in->data + in->start, "\r\n", 2) == 0 &&
	    in->w->req->body_left == 0)
		return E_OK;
	return broken(in, "go on after their end");
}

int
form_multipart(struct form_work *w, const char *boundary)
{
	struct window in = {.w = w};
	int err;

	in.delimiter_len =
	    (size_t)snprintf(in.delimiter, sizeof in.delimiter, "\r\n--%s", boundary);
	if ((in.data = arena_alloc(w->req->arena, WINDOW)) == NULL)
		return E_NOMEM;
	/* The first boundary has no line before it. */
	memcpy(in.data, "\r\n", 2);
	in.end = 2;
	err = take_all(&in, NULL);
	while (err == E_OK && (err = need(&in, 2)) == E_OK) {
		const char *next = in.data + in.start;

		in.start += 2;
		if (memcmp(next, "--", 2) == 0)
			return read_end(&in);
		if (memcmp(next, "\r\n", 2) != 0)
			return broken(&in, "have something after a boundary");
		err = read_part(&in);
	}
	return err;
}
