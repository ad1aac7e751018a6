/*
 * A program on top of the service that says what it was asked: for the black-box tests of
 * src/web and src/app.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/service.h"
#include "base/clock.h"
#include "base/number.h"
#include "web/body.h"
#include "web/client.h"
#include "web/credential.h"

struct echo {
	const struct config *config;
};

static void
line(struct response *res, const char *name, struct span value)
{
	strbuf_puts(&res->body, name);
	strbuf_putc(&res->body, '=');
	strbuf_put(&res->body, value.data, value.len);
	strbuf_putc(&res->body, '\n');
}

static void
lines(struct response *res, const char *name, const char *value)
{
	line(res, name, span_str(value != NULL ? value : "(none)"));
}

static void
say_who(struct request *req, struct response *res)
{
	char address[ADDRESS_TEXT];
	struct span key, pem;
	int err;

	address_format(client_address(req), address);
	lines(res, "address", address);
	lines(res, "https", client_is_https(req) ? "yes" : "no");
	line(res, "host", client_host(req));
	if (request_key(req, &key) == E_OK)
		line(res, "key", key);
	if ((err = request_client_certificate(req, &pem)) == E_OK)
		line(res, "certificate", pem);
	else
		lines(res, "certificate", err_text(err));
}

/* Everything about the request, a line each. */
static int
echo(struct request *req, struct response *res, void *state)
{
	char now[CLOCK_TEXT];
	struct span value;

	(void)state;
	response_type(res, "text/plain");
	lines(res, "method", req->method_name);
	line(res, "path", req->path);
	line(res, "prefix", req->prefix);
	line(res, "name", request_capture(req, "name"));
	if (request_query(req, "q", &value))
		line(res, "q", value);
	lines(res, "agent", request_header(req, "User-Agent"));
	lines(res, "type", request_header(req, "Content-Type"));
	lines(res, "variable", request_variable(req, "SSL_CLIENT_CERT"));
	lines(res, "forged", request_variable(req, "HTTP_SSL_CLIENT_CERT"));
	say_who(req, res);
	clock_format(clock_now(), now);
	lines(res, "now", now);
	line(res, "body", req->body);
	request_note(req, "eui", span_str("58A0CBFFFE800001"));
	request_note(req, "reason", span_str("all \"well\""));
	return E_OK;
}

/* 14 zero bytes, as the floor program answers. */
static int
nothing(struct request *req, struct response *res, void *state)
{
	(void)req;
	(void)state;
	response_type(res, "application/octet-stream");
	strbuf_put(&res->body, "\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	return E_OK;
}

/* A prefix in memory and DATA/blob behind it. */
static int
blob(struct request *req, struct response *res, void *state)
{
	const struct echo *e = state;
	uint64_t offset = 0, length;
	struct span value;
	struct stat st;
	char *path;
	int fd;

	path = arena_printf(req->arena, "%s/blob", e->config->data);
	if (path == NULL || (fd = open(path, O_RDONLY | O_CLOEXEC)) < 0 ||
	    fstat(fd, &st) != 0)
		return E_NOTFOUND;
	if (request_query(req, "offset", &value))
		number_u64(value, 0, UINT64_MAX, &offset);
	length = (uint64_t)st.st_size - offset;
	if (request_query(req, "length", &value))
		number_u64(value, 0, UINT64_MAX, &length);
	strbuf_puts(&res->body, "prefix");
	response_file(res, fd, offset, length);
	if (request_query(req, "truncate", &value) && truncate(path, 100000) != 0)
		return E_IO;
	return E_OK;
}

/* Adds up the bytes of a body that is read piece by piece. */
static int
upload(struct request *req, struct response *res, void *state)
{
	struct fault fault = {0};
	uint64_t total = 0, sum = 0;
	uint8_t piece[4096];
	size_t got;
	int err;

	(void)state;
	do {
		err = body_read(req, piece, sizeof piece, &got, &fault);
		if (err != E_OK)
			return response_error(res, err, fault.text);
		for (size_t i = 0; i < got; i++)
			sum += piece[i];
		total += got;
	} while (got > 0);
	response_type(res, "text/plain");
	strbuf_printf(&res->body, "%llu %llu\n", (unsigned long long)total,
	    (unsigned long long)sum);
	return E_OK;
}

/* Answers so many bytes after so many milliseconds. */
static int
slow(struct request *req, struct response *res, void *state)
{
	uint64_t ms = 0, bytes = 0;
	struct timespec pause, left;
	struct span value;

	(void)state;
	if (request_query(req, "ms", &value))
		number_u64(value, 0, 60000, &ms);
	if (request_query(req, "bytes", &value))
		number_u64(value, 0, 100 << 20, &bytes);
	pause = (struct timespec){(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
	while (ms > 0 && nanosleep(&pause, &left) != 0)
		pause = left;
	response_type(res, "text/plain");
	for (; bytes > 0; bytes--)
		strbuf_putc(&res->body, 'x');
	return E_OK;
}

/* Makes DATA/waits, and answers when there is DATA/go. */
static int
wait_to_go(struct request *req, struct response *res, void *state)
{
	const struct echo *e = state;
	const struct timespec pause = {.tv_nsec = 10000000};
	const char *waits = arena_printf(req->arena, "%s/waits", e->config->data);
	const char *go = arena_printf(req->arena, "%s/go", e->config->data);
	int fd;

	if (waits == NULL || go == NULL ||
	    (fd = open(waits, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return E_IO;
	close(fd);
	while (access(go, F_OK) != 0)
		nanosleep(&pause, NULL);
	response_text(res, 200, "gone\n");
	return E_OK;
}

/* The error of that number; with text=… in the handler's own words. */
static int
error(struct request *req, struct response *res, void *state)
{
	uint64_t number;
	struct span text;

	(void)state;
	if (!number_u64(request_capture(req, "number"), 1, E_COUNT - 1, &number))
		return response_error(res, E_INVALID, "no such error");
	if (request_query(req, "text", &text))
		return response_error(res, (int)number, (const char *)text.data);
	return (int)number;
}

static int
bad_header(struct request *req, struct response *res, void *state)
{
	(void)req;
	(void)state;
	response_header(res, "X-Name", "one\r\nX-Forged: two");
	return E_OK;
}

static int
not_modified(struct request *req, struct response *res, void *state)
{
	const char *seen = request_header(req, "If-None-Match");

	(void)state;
	response_header(res, "ETag", "\"abc\"");
	response_header(res, "Cache-Control", "private, max-age=60");
	if (seen != NULL && strcmp(seen, "\"abc\"") == 0)
		res->status = 304;
	else
		response_text(res, 200, "content\n");
	return E_OK;
}

/* Never ends. */
static int
burn(struct request *req, struct response *res, void *state)
{
	volatile unsigned n = 0;

	(void)req;
	(void)res;
	(void)state;
	while (n < UINT_MAX)
		n = n > 1000 ? 0 : n + 1;
	return E_OK;
}

/* Fails as long as DATA/broken exists. */
static int
echo_open(const struct config *config, void **state, struct fault *fault)
{
	static struct echo e;
	char path[4096];

	snprintf(path, sizeof path, "%s/broken", config->data);
	if (access(path, F_OK) == 0)
		return fault_set(
		    fault, E_CORRUPT, NULL, "%s: the test says it is broken", path);
	e.config = config;
	*state = &e;
	return E_OK;
}

static const struct route routes[] = {
    {.methods = METHOD_POST,
	.pattern = "/update-info",
	.handler = nothing,
	.max_body = 8192},
    {.methods = METHOD_GET | METHOD_POST,
	.pattern = "/echo",
	.handler = echo,
	.max_body = 1024},
    {.methods = METHOD_GET | METHOD_PUT | METHOD_DELETE,
	.pattern = "/echo/{name}",
	.handler = echo,
	.max_body = 16},
    {.methods = METHOD_GET, .pattern = "/blob", .handler = blob},
    {.methods = METHOD_POST,
	.pattern = "/upload",
	.handler = upload,
	.max_body = 100 << 20,
	.flags = ROUTE_READS},
    {.methods = METHOD_GET | METHOD_POST,
	.pattern = "/slow",
	.handler = slow,
	.max_body = 32 << 20},
    {.methods = METHOD_GET, .pattern = "/wait", .handler = wait_to_go},
    {.methods = METHOD_GET, .pattern = "/burn", .handler = burn},
    {.methods = METHOD_GET, .pattern = "/error/{number}", .handler = error},
    {.methods = METHOD_GET, .pattern = "/bad-header", .handler = bad_header},
    {.methods = METHOD_GET, .pattern = "/etag", .handler = not_modified},
};

#ifdef GH_SANITIZERS
/* libfcgi forgets the 24 bytes of its list of parameters when a request breaks off in them. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfcgi\n";
}
#endif

int
main(int argc, char **argv)
{
	static const struct service service = {
	    .name = "echo",
	    .about = "Says what it was asked.",
	    .routes = routes,
	    .route_count = sizeof routes / sizeof routes[0],
	    .open = echo_open,
	};

	return service_main(&service, argc, argv);
}
