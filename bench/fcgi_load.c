/*
 * A web server's side of FastCGI, written to measure and to test: sends the same request N
 * times over a unix socket on up to c connections, and checks that every answer is whole
 * and like the first one.
 *
 *	fcgi_load [-n N] [-c CONNECTIONS] [-k] [-s STATUS] [-b BODY | -B FILE]
 *	    [-i SECONDS] [-d] [-o] [-v] SOCKET METHOD URI [NAME=VALUE...]
 *
 * -k keeps the connections; -s is the status that is expected (200); -o prints the first
 * answer instead of figures; -v lets answers differ that are as long (with a token), -d lets
 * them differ in any way. A variable that is given replaces the usual one of that name; an
 * empty CONTENT_LENGTH= leaves it out. -i ends with failure when nothing came for so long.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define HEADER 8
#define RECORD_MAX 65528

enum { BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6, STDERR = 7 };

struct bytes {
	char *data;
	size_t len, cap;
};

struct connection {
	int fd;
	size_t sent;	   /* bytes of the request */
	struct bytes in;   /* of the records, not yet taken apart */
	struct bytes body; /* of standard output so far */
	bool busy;
};

static struct bytes request;
static struct bytes first; /* the answer that all others must be like */
static const char *socket_path;
static bool keep, show;
static int want_status = 200;
static long wanted = 1, begun, done;

static void
fail(const char *what)
{
	fprintf(stderr, "fcgi_load: %s\n", what);
	exit(1);
}

static void
put(struct bytes *b, const void *data, size_t len)
{
	if (b->cap - b->len < len) {
		b->cap = (b->len + len) * 2;
		if ((b->data = realloc(b->data, b->cap)) == NULL)
			fail("out of memory");
	}
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void
put_record(struct bytes *b, int type, const void *data, size_t len)
{
	size_t padding = (8 - len % 8) % 8;
	unsigned char head[HEADER] = {1, (unsigned char)type, 0, 1,
	    (unsigned char)(len >> 8), (unsigned char)len, (unsigned char)padding, 0};

	put(b, head, sizeof head);
	put(b, data, len);
	put(b, "\0\0\0\0\0\0\0", padding);
}

/* A stream in records, with its end. */
static void
put_stream(struct bytes *b, int type, const char *data, size_t len)
{
	while (len > 0) {
		size_t n = len < RECORD_MAX ? len : RECORD_MAX;

		put_record(b, type, data, n);
		data += n;
		len -= n;
	}
	put_record(b, type, NULL, 0);
}

static void
put_length(struct bytes *b, size_t n)
{
	unsigned char four[4] = {(unsigned char)(n >> 24 | 0x80),
	    (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};
	unsigned char one = (unsigned char)n;

	if (n < 128)
		put(b, &one, 1);
	else
		put(b, four, 4);
}

static void
put_pair(struct bytes *b, const char *name, size_t name_len, const char *value)
{
	put_length(b, name_len);
	put_length(b, strlen(value));
	put(b, name, name_len);
	put(b, value, strlen(value));
}

/* The variables that lighttpd would send, unless they are among the given ones. */
static void
put_variables(
    struct bytes *b, char **given, const char *method, const char *uri, size_t body_len)
{
	char path[4096], length[32];
	const char *query = strchr(uri, '?');
	const char *usual[][2] = {{"CONTENT_LENGTH", length},
	    {"QUERY_STRING", query != NULL ? query + 1 : ""}, {"REQUEST_URI", uri},
	    {"REDIRECT_STATUS", "200"}, {"SCRIPT_NAME", path}, {"PATH_INFO", ""},
	    {"SCRIPT_FILENAME", "/srv/www/gatehouse"}, {"DOCUMENT_ROOT", "/srv/www"},
	    {"REQUEST_METHOD", method}, {"SERVER_PROTOCOL", "HTTP/1.1"},
	    {"SERVER_SOFTWARE", "fcgi_load"}, {"GATEWAY_INTERFACE", "CGI/1.1"},
	    {"REQUEST_SCHEME", "https"}, {"HTTPS", "on"}, {"SERVER_PORT", "443"},
	    {"SERVER_ADDR", "192.0.2.1"}, {"SERVER_NAME", "cups.example.com"},
	    {"REMOTE_ADDR", "198.51.100.7"}, {"REMOTE_PORT", "51234"},
	    {"HTTP_HOST", "cups.example.com:443"}};

	snprintf(path, sizeof path, "%.*s",
	    (int)(query != NULL ? query - uri : (long)strlen(uri)), uri);
	snprintf(length, sizeof length, "%zu", body_len);
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
		size_t n = strlen(usual[i][0]);
		char **g = given;

		while (
		    *g != NULL && (strncmp(*g, usual[i][0], n) != 0 || (*g)[n] != '='))
			g++;
		if (*g == NULL)
			put_pair(b, usual[i][0], n, usual[i][1]);
	}
	for (char **g = given; *g != NULL; g++) {
		const char *eq = strchr(*g, '=');

		if (eq == NULL)
			fail("variables are NAME=VALUE");
		if (eq[1] != '\0' || strncmp(*g, "CONTENT_LENGTH=", 15) != 0)
			put_pair(b, *g, (size_t)(eq - *g), eq + 1);
	}
}

static void
build_request(char **given, const char *method, const char *uri, struct bytes body)
{
	unsigned char begin[8] = {0, 1, keep, 0};
	struct bytes variables = {0};

	put_record(&request, BEGIN, begin, sizeof begin);
	put_variables(&variables, given, method, uri, body.len);
	put_stream(&request, PARAMS, variables.data, variables.len);
	put_stream(&request, STDIN, body.data, body.len);
	free(variables.data);
}

static void
start(struct connection *c)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};

	if (strlen(socket_path) >= sizeof name.sun_path)
		fail("the path of the socket is too long");
	memcpy(name.sun_path, socket_path, strlen(socket_path));
	if (c->fd < 0) {
		c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (c->fd < 0 ||
		    connect(c->fd, (struct sockaddr *)&name, sizeof name) != 0)
			fail(strerror(errno));
		fcntl(c->fd, F_SETFL, O_NONBLOCK);
	}
	c->sent = 0;
	c->in.len = c->body.len = 0;
	c->busy = true;
	begun++;
}

static bool varying, differing;

static void
check_answer(struct bytes answer)
{
	char expected[32];
	const char *end;
	size_t n;

	n = (size_t)snprintf(expected, sizeof expected, "Status: %d ", want_status);
	if (answer.len < n || memcmp(answer.data, expected, n) != 0) {
		fwrite(answer.data, 1, answer.len < 500 ? answer.len : 500, stderr);
		fail("an answer has another status");
	}
	if ((end = memmem(answer.data, answer.len, "\r\n\r\n", 4)) == NULL)
		fail("an answer has no end of its header");
	if (done == 0)
		put(&first, answer.data, answer.len);
	else if (differing)
		return;
	else if (answer.len != first.len ||
		 (!varying && memcmp(answer.data, first.data, first.len) != 0))
		fail("an answer is not like the first");
}

static void
finish(struct connection *c)
{
	check_answer(c->body);
	done++;
	c->busy = false;
	if (keep)
		return;
	close(c->fd);
	c->fd = -1;
}

/* One record; false when it is not all there yet. */
static bool
take_record(struct connection *c, size_t *at)
{
	const unsigned char *p = (const unsigned char *)c->in.data + *at;
	size_t left = c->in.len - *at, len, all;

	if (left < HEADER)
		return false;
	len = (size_t)p[4] << 8 | p[5];
	all = HEADER + len + p[6];
	if (left < all)
		return false;
	if (p[0] != 1 || p[2] != 0 || p[3] != 1)
		fail("a record is not of this request");
	if (p[1] == STDOUT)
		put(&c->body, p + HEADER, len);
	else if (p[1] == STDERR)
		fwrite(p + HEADER, 1, len, stderr);
	else if (p[1] != END)
		fail("a record of an unknown type");
	*at += all;
	if (p[1] == END) {
		finish(c);
		return false;
	}
	return true;
}

static void
receive(struct connection *c)
{
	char buf[65536];
	ssize_t n = read(c->fd, buf, sizeof buf);
	size_t at = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		fail(
		    n < 0 ? strerror(errno) : "the connection ended before the answer");
	put(&c->in, buf, (size_t)n);
	while (take_record(c, &at))
		continue;
	memmove(c->in.data, c->in.data + at, c->in.len - at);
	c->in.len -= at;
}

static void
transmit(struct connection *c)
{
	ssize_t n =
	    send(c->fd, request.data + c->sent, request.len - c->sent, MSG_NOSIGNAL);

	if (n > 0)
		c->sent += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		c->sent = request.len; /* it does not want more; see what it says */
}

static void
run(struct connection *connections, size_t count, int patience)
{
	struct pollfd fds[CONNECTIONS_MAX];

	while (done < wanted) {
		for (size_t i = 0; i < count; i++) {
			struct connection *c = &connections[i];

			if (!c->busy && begun < wanted) {
				start(c);
				transmit(c);
			}
			fds[i].fd = c->busy ? c->fd : -1;
			fds[i].events =
			    (short)(POLLIN | (c->sent < request.len ? POLLOUT : 0));
			fds[i].revents = 0;
		}
		if (poll(fds, count, patience) == 0)
			fail("no answer in time");
		for (size_t i = 0; i < count; i++) {
			if ((fds[i].revents & POLLOUT) != 0)
				transmit(&connections[i]);
			if ((fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
				receive(&connections[i]);
		}
	}
}

static struct bytes
read_file(const char *path)
{
	struct bytes b = {0};
	char buf[65536];
	ssize_t n;
	int fd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY);

	if (fd < 0)
		fail(strerror(errno));
	while ((n = read(fd, buf, sizeof buf)) > 0)
		put(&b, buf, (size_t)n);
	return b;
}

int
main(int argc, char **argv)
{
	static struct connection connections[CONNECTIONS_MAX];
	struct bytes body = {0};
	struct timespec from, to;
	size_t count = 1;
	int option, patience = 30;
	double seconds;

	while ((option = getopt(argc, argv, "n:c:ks:b:B:i:dov")) != -1) {
		switch (option) {
		case 'n':
			wanted = strtol(optarg, NULL, 10);
			break;
		case 'c':
			count = strtoul(optarg, NULL, 10);
			break;
		case 'k':
			keep = true;
			break;
		case 's':
			want_status = (int)strtol(optarg, NULL, 10);
			break;
		case 'b':
			put(&body, optarg, strlen(optarg));
			break;
		case 'B':
			body = read_file(optarg);
			break;
		case 'i':
			patience = (int)strtol(optarg, NULL, 10);
			break;
		case 'd':
			differing = true;
			break;
		case 'v':
			varying = true;
			break;
		case 'o':
			show = true;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind < 3 || count < 1 || count > CONNECTIONS_MAX)
		fail("usage: fcgi_load [options] SOCKET METHOD URI [NAME=VALUE...]");
	socket_path = argv[optind];
	build_request(argv + optind + 3, argv[optind + 1], argv[optind + 2], body);
	for (size_t i = 0; i < count; i++)
		connections[i].fd = -1;
	clock_gettime(CLOCK_MONOTONIC, &from);
	run(connections, count, patience * 1000);
	clock_gettime(CLOCK_MONOTONIC, &to);
	seconds = (double)(to.tv_sec - from.tv_sec) +
		  (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	if (show)
		fwrite(first.data, 1, first.len, stdout);
	else
		printf("%ld requests, %.3f s, %.0f requests/s\n", done, seconds,
		    (double)done / seconds);
	for (size_t i = 0; i < count; i++) {
		free(connections[i].in.data);
		free(connections[i].body.data);
	}
	free(body.data);
	free(request.data);
	free(first.data);
	return 0;
}
