/*
 * Forms: the input is the Content-Type up to the first line end, then the body. Whatever
 * comes, what is taken has names and is UTF-8, a file has just the bytes that were sent, and
 * an error leaves nothing.
 */
#include "fuzz.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/utf8.h"
#include "web/body.h"
#include "web/form.h"

static struct span input;

static int
memory_read(void *buf, size_t n, size_t *got)
{
	*got = n < input.len ? n : input.len;
	if (*got > 0)
		memcpy(buf, input.data, *got);
	input = span_from(input, *got);
	return E_OK;
}

static void
look_at(const struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		must(form->fields[i].name.len > 0);
		must(utf8_valid(form->fields[i].value));
		must(strlen((const char *)form->fields[i].value.data) ==
		     form->fields[i].value.len);
	}
	for (size_t i = 0; i < form->file_count; i++) {
		struct stat st;

		must(fstat(form->files[i].fd, &st) == 0);
		must((uint64_t)st.st_size == form->files[i].length);
		must(form->files[i].length <= 4096);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct transport io = {.framed = true, .read = memory_read};
	const struct request_rules rules = {0};
	const struct form_limits limits = {
	    .text = 4096, .file = 4096, .folder = "/tmp"};
	const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
	struct strbuf type, note;
	struct request req;
	struct arena arena;
	struct form form;
	struct fault fault = {0};
	char length[40];
	char uri[] = "REQUEST_URI=/";
	char *variables[] = {uri, length, NULL, NULL};
	int err;

	if (line == NULL)
		return 0;
	arena_init(&arena, 1 << 20);
	strbuf_init(&note, 100);
	strbuf_init(&type, 4096);
	strbuf_puts(&type, "CONTENT_TYPE=");
	strbuf_put(&type, data, (size_t)(line - data));
	variables[2] = type.data;
	input = span_of(line + 1, size - (size_t)(line + 1 - data));
	snprintf(length, sizeof length, "CONTENT_LENGTH=%zu", input.len);
	if (type.err == E_OK &&
	    request_begin(&req, &rules, &io, variables, &arena, &note, &fault) ==
		E_OK &&
	    body_begin(&req, 1 << 20, &fault) == E_OK) {
		err = form_read(&req, &limits, &form, &fault);
		must(err == E_OK || (form.count == 0 && form.file_count == 0));
		look_at(&form);
		form_close(&form);
	}
	strbuf_clear(&type);
	strbuf_clear(&note);
	arena_clear(&arena);
	return 0;
}
