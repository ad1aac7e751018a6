#include "web/response.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define PIECE 65536

void
response_init(struct response *res)
{
	memset(res, 0, sizeof *res);
	strbuf_init(&res->head, RESPONSE_HEAD_MAX);
	strbuf_init(&res->top, RESPONSE_HEAD_MAX + 256);
	strbuf_init(&res->body, RESPONSE_BODY_MAX);
	res->error_form = response_error_json;
	res->status = 200;
	res->fd = res->held = -1;
}

static void
drop_held(struct response *res)
{
	if (res->held >= 0)
		close(res->held);
	res->held = -1;
}

static void
drop_file(struct response *res)
{
	if (res->fd >= 0)
		close(res->fd);
	res->fd = -1;
	res->offset = res->length = 0;
}

static void
empty(struct strbuf *b)
{
	if (b->cap > RESPONSE_KEEP) {
		strbuf_clear(b);
		return;
	}
	if (b->len > 0)
		explicit_bzero(b->data, b->len);
	strbuf_reset(b);
}

void
response_reset(struct response *res)
{
	empty(&res->head);
	empty(&res->top);
	empty(&res->body);
	drop_file(res);
	drop_held(res);
	res->status = 200;
	res->err = E_OK;
	res->has_type = res->has_cache = false;
}

void
response_clear(struct response *res)
{
	drop_file(res);
	drop_held(res);
	strbuf_clear(&res->head);
	strbuf_clear(&res->top);
	strbuf_clear(&res->body);
}

void
response_header(struct response *res, const char *name, const char *value)
{
	struct strbuf *h = &res->head;

	size_t n = strlen(name), len = strlen(value);
	char *to;

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 127) {
			res->err = E_INTERNAL;
			return;
		}
	if ((name[0] | 32) == 'c') {
		res->has_type |= strcasecmp(name, "Content-Type") == 0;
		res->has_cache |= strcasecmp(name, "Cache-Control") == 0;
	}
	if ((to = strbuf_extend(h, n + 2 + len + 2)) == NULL)
		return;
	memcpy(to, name, n);
	memcpy(to + n, ": ", 2);
	memcpy(to + n + 2, value, len);
	memcpy(to + n + 2 + len, "\r\n", 2);
}

void
response_type(struct response *res, const char *type)
{
	response_header(res, "Content-Type", type);
}

void
response_text(struct response *res, int status, const char *text)
{
	res->status = status;
	response_type(res, "text/plain; charset=utf-8");
	strbuf_puts(&res->body, text);
}

void
response_redirect(struct response *res, int status, const char *location)
{
	res->status = status;
	response_header(res, "Location", location);
}

int
response_file(struct response *res, int fd, uint64_t offset, uint64_t length)
{
	struct stat st;

	drop_file(res);
	res->fd = fd;
	res->offset = offset;
	res->length = length;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    length <= (uint64_t)st.st_size && offset <= (uint64_t)st.st_size - length)
		return E_OK;
	return res->err = E_IO;
}

void
response_hold(struct response *res, int fd)
{
	drop_held(res);
	res->held = fd;
}

/* Copies as the inside of a JSON string in plain ASCII; what is no ASCII becomes `?`. */
static void
put_json_text(struct strbuf *b, const char *text, size_t max)
{
	for (; *text != '\0' && max > 0; text++, max--) {
		unsigned char c = (unsigned char)*text;

		if ((c & 0xc0) == 0x80)
			continue;
		if (c == '"')
			c = '\'';
		if (c == '\\')
			c = '/';
		strbuf_putc(b, c < ' ' || c > 126 ? '?' : (char)c);
	}
}

void
response_error_json(struct response *res, int err, const char *text)
{
	struct strbuf *b = &res->body;

	res->status = err_http(err);
	response_type(res, "application/json");
	strbuf_puts(b, "{\"code\":");
	strbuf_putu(b, (uint64_t)err_grpc(err));
	strbuf_puts(b, ",\"message\":\"error:");
	put_json_text(b, err_text(err), 80);
	if (text != NULL && text[0] != '\0') {
		strbuf_puts(b, " (");
		put_json_text(b, text, 280);
		strbuf_putc(b, ')');
	}
	strbuf_puts(b, "\"}");
}

int
response_error(struct response *res, int err, const char *text)
{
	response_reset(res);
	res->error_form(res, err, text);
	/* HTTP wants to be told how to authenticate; forms may have said it themselves. */
	if (res->status == 401)
		response_header(res, "WWW-Authenticate", "Bearer");
	return E_OK;
}

/* The first line of the answer, in one piece since it is wanted for every one. */
static void
put_status(struct strbuf *out, int status)
{
	static const struct {
		int status;
		const char *text;
	} lines[] = {
	    {200, "200 OK"},
	    {201, "201 Created"},
	    {202, "202 Accepted"},
	    {204, "204 No Content"},
	    {206, "206 Partial Content"},
	    {301, "301 Moved Permanently"},
	    {302, "302 Found"},
	    {303, "303 See Other"},
	    {304, "304 Not Modified"},
	    {307, "307 Temporary Redirect"},
	    {308, "308 Permanent Redirect"},
	    {400, "400 Bad Request"},
	    {401, "401 Unauthorized"},
	    {403, "403 Forbidden"},
	    {404, "404 Not Found"},
	    {405, "405 Method Not Allowed"},
	    {406, "406 Not Acceptable"},
	    {409, "409 Conflict"},
	    {410, "410 Gone"},
	    {412, "412 Precondition Failed"},
	    {413, "413 Content Too Large"},
	    {415, "415 Unsupported Media Type"},
	    {416, "416 Range Not Satisfiable"},
	    {422, "422 Unprocessable Content"},
	    {429, "429 Too Many Requests"},
	    {500, "500 Internal Server Error"},
	    {502, "502 Bad Gateway"},
	    {503, "503 Service Unavailable"},
	};

	strbuf_put(out, "Status: ", 8);
	for (size_t i = 0; i < COUNT(lines); i++)
		if (lines[i].status == status) {
			strbuf_puts(out, lines[i].text);
			return;
		}
	strbuf_printf(out, "%d Status", status);
}

static bool
has_body(int status)
{
	return status != 204 && status != 304 && status >= 200;
}

/* Status, headers, length and the empty line, in one buffer. */
static void
finish_head(struct response *res, uint64_t length)
{
	struct strbuf *out = &res->top;

	put_status(out, res->status);
	strbuf_put(out, "\r\n", 2);
	strbuf_put(out, res->head.data, res->head.len);
	if (has_body(res->status)) {
		if (!res->has_type && length > 0)
			strbuf_puts(out, "Content-Type: application/octet-stream\r\n");
		strbuf_put(out, "Content-Length: ", 16);
		strbuf_putu(out, length);
		strbuf_put(out, "\r\n", 2);
	}
	strbuf_puts(out, res->has_cache ? "\r\n" : "Cache-Control: no-store\r\n\r\n");
}

/* The next piece of the file into `buf`; an empty one at its end. */
static int
read_piece(struct response *res, char buf[PIECE], struct span *piece)
{
	size_t want = res->length < PIECE ? (size_t)res->length : PIECE;
	ssize_t n = 0;

	*piece = span_of(NULL, 0);
	if (want == 0)
		return E_OK;
	do
		n = pread(res->fd, buf, want, (off_t)res->offset);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		log_line(LOG_ERROR, "a file broke off while it was sent: %s",
		    n < 0 ? strerror(errno) : "it became shorter");
		return E_IO;
	}
	*piece = span_of(buf, (size_t)n);
	res->offset += piece->len;
	res->length -= piece->len;
	return E_OK;
}

static int
send_rest(
    struct response *res, const struct transport *io, char buf[PIECE], uint64_t *bytes)
{
	struct span piece;
	int err = E_OK;

	while (res->length > 0 && err == E_OK) {
		if ((err = read_piece(res, buf, &piece)) == E_OK &&
		    (err = io->write(&piece, 1)) == E_OK)
			*bytes += piece.len;
	}
	return err;
}

/* What went wrong while the answer was built, or E_OK. */
static int
built(const struct response *res)
{
	if (res->err != E_OK)
		return res->err;
	return res->head.err != E_OK ? res->head.err : res->body.err;
}

/* Header, body and the begin of the file leave together: some devices want the first bytes of
 * the body in one piece with the header. */
int
response_send(
    struct response *res, const struct transport *io, bool head, uint64_t *bytes)
{
	struct span parts[3] = {0};
	char buf[PIECE];
	int err;

	*bytes = 0;
	if ((err = built(res)) == E_OK && !head && has_body(res->status))
		err = read_piece(res, buf, &parts[2]);
	if (err != E_OK) {
		response_error(res, err == E_NOMEM ? E_NOMEM : E_INTERNAL, NULL);
		parts[2].len = 0;
	}
	finish_head(res, res->body.len + parts[2].len + res->length);
	if (res->top.err != E_OK)
		return res->top.err;
	head = head || !has_body(res->status);
	parts[0] = strbuf_span(&res->top);
	if (!head)
		parts[1] = strbuf_span(&res->body);
	if ((err = io->write(parts, 3)) != E_OK)
		return err;
	*bytes = parts[1].len + parts[2].len;
	return head ? E_OK : send_rest(res, io, buf, bytes);
}
