#include "tests/lib/fcgi_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/number.h"

#define RECORD_MAX 65528
#define WAIT_S 300

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

/* ---- the request ---------------------------------------------------------------------- */

static void
put_record(struct strbuf *b, int type, struct span data)
{
	uint8_t head[8] = {
	    1, (uint8_t)type, 0, 1, (uint8_t)(data.len >> 8), (uint8_t)data.len, 0, 0};

	strbuf_put(b, head, sizeof head);
	strbuf_put(b, data.data, data.len);
}

static void
put_stream(struct strbuf *b, int type, struct span data)
{
	while (data.len > 0) {
		size_t n = data.len < RECORD_MAX ? data.len : RECORD_MAX;

		put_record(b, type, span_of(data.data, n));
		data = span_from(data, n);
	}
	put_record(b, type, span_of(NULL, 0));
}

static void
put_length(struct strbuf *b, size_t n)
{
	uint8_t four[4] = {(uint8_t)(n >> 24 | 0x80), (uint8_t)(n >> 16),
	    (uint8_t)(n >> 8), (uint8_t)n};

	if (n < 128)
		strbuf_putc(b, (char)n);
	else
		strbuf_put(b, four, 4);
}

static void
put_variable(struct strbuf *b, const char *pair)
{
	size_t name = strcspn(pair, "="), value = strlen(pair) - name - 1;

	put_length(b, name);
	put_length(b, value);
	strbuf_put(b, pair, name);
	strbuf_put(b, pair + name + 1, value);
}

static bool
has_variable(char *const *variables, const char *pair)
{
	size_t n = strcspn(pair, "=") + 1;

	for (; *variables != NULL; variables++)
		if (strncmp(*variables, pair, n) == 0)
			return true;
	return false;
}

void
fcgi_post(struct fcgi_request *r, char *const *variables, struct span body)
{
	static const char *const usual[] = {"REQUEST_METHOD=POST",
	    "REQUEST_URI=/update-info", "SCRIPT_NAME=/update-info",
	    "PATH_INFO=", "QUERY_STRING=", "SERVER_PROTOCOL=HTTP/1.1",
	    "GATEWAY_INTERFACE=CGI/1.1", "REMOTE_ADDR=198.51.100.7", "HTTPS=on",
	    "CONTENT_TYPE=application/json"};
	struct strbuf all;
	char length[40];

	strbuf_init(&all, 1 << 20);
	strbuf_init(&r->bytes, 16 << 20);
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (!has_variable(variables, usual[i]))
			put_variable(&all, usual[i]);
	snprintf(length, sizeof length, "CONTENT_LENGTH=%zu", body.len);
	put_variable(&all, length);
	for (; *variables != NULL; variables++)
		put_variable(&all, *variables);
	put_record(&r->bytes, BEGIN, span_of("\0\1\0\0\0\0\0", 8));
	put_stream(&r->bytes, PARAMS, strbuf_span(&all));
	put_stream(&r->bytes, STDIN, body);
	strbuf_clear(&all);
}

void
fcgi_clear(struct fcgi_request *r)
{
	strbuf_clear(&r->bytes);
}

/* ---- the answer ------------------------------------------------------------------------- */

static int
dial(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	struct timeval limit = {.tv_sec = WAIT_S};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof name.sun_path)
		return -1;
	memcpy(name.sun_path, path, strlen(path));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, (struct sockaddr *)&name, sizeof name) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool
send_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = send(fd, bytes.data, bytes.len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

static bool
read_all(int fd, void *to, size_t n)
{
	for (char *at = to; n > 0;) {
		ssize_t got = recv(fd, at, n, 0);

		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

/* The records up to the end of the request; its standard output is collected. */
static bool
receive(int fd, struct strbuf *out)
{
	uint8_t head[8];
	char data[65536 + 256];

	while (read_all(fd, head, sizeof head)) {
		size_t n = (size_t)head[4] << 8 | head[5];

		if (!read_all(fd, data, n + head[6]))
			return false;
		if (head[1] == STDOUT)
			strbuf_put(out, data, n);
		if (head[1] == END)
			return out->err == 0;
	}
	return false;
}

static void
take_apart(struct span all, struct fcgi_answer *a)
{
	const uint8_t *end =
	    all.len > 0 ? memmem(all.data, all.len, "\r\n\r\n", 4) : NULL;
	uint64_t status = 0, length;

	a->wrong = "the answer has no head";
	if (end == NULL || !span_begins(all, span_str("Status: ")) ||
	    !number_u64(span_of(all.data + 8, 3), 100, 599, &status))
		return;
	a->head = span_of(all.data, (size_t)(end - all.data) + 2);
	a->body = span_from(all, a->head.len + 2);
	a->wrong = "Content-Length is not that of the body";
	if (!number_u64(fcgi_header(a, "Content-Length"), 0, 1 << 30, &length) ||
	    length != a->body.len)
		return;
	a->wrong = NULL;
	a->status = (int)status;
}

void
fcgi_ask(const char *socket_path, const struct fcgi_request *r, struct strbuf *buffer,
    struct fcgi_answer *answer)
{
	int fd = dial(socket_path);

	*answer = (struct fcgi_answer){.wrong = "cannot connect"};
	strbuf_reset(buffer);
	if (fd < 0)
		return;
	/* Who answers early may not read all of it; what counts is the answer. */
	send_all(fd, strbuf_span(&r->bytes));
	answer->wrong = "the answer is not whole";
	if (receive(fd, buffer))
		take_apart(strbuf_span(buffer), answer);
	close(fd);
}

struct span
fcgi_header(const struct fcgi_answer *answer, const char *name)
{
	struct span rest = answer->head;
	size_t n = strlen(name);

	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.data) + 1 : rest.len;

		if (len > n + 2 && memcmp(rest.data, name, n) == 0 &&
		    rest.data[n] == ':')
			return span_trim(span_of(rest.data + n + 1, len - n - 1));
		rest = span_from(rest, len);
	}
	return span_of(NULL, 0);
}
