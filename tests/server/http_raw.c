/*
 *	http_raw PORT FILE		the bytes of FILE to 127.0.0.1, the answer to stdout
 *	http_raw -n N PORT FILE		N at the same time; a line "STATUS BODY" for each
 *	http_raw -m N SEED PORT ID KEY	N mutated requests of a Kickstarter called ID
 *
 * A client that looks at bytes: an answer has to begin with `HTTP/1.1 `, to have exactly one
 * `Content-Length: ` that is right and `Connection: close`, and to end with a closed
 * connection, not with a reset. Exit status 0 when all do; what does not is said.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX (1 << 20)
#define PARALLEL_MAX 200
#define PATIENCE_MS 300000

struct answer {
	char bytes[ANSWER_MAX + 1];
	size_t len;
	int status;
	const char *body;
};

static struct answer answer;

static void
die(const char *what)
{
	perror(what);
	exit(2);
}

static int
dial(const char *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_port = htons((unsigned short)strtoul(port, NULL, 10));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		die("connect");
	return fd;
}

static void
send_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) /* it has answered already and closed */
			return;
		bytes += sent;
		n -= (size_t)sent;
	}
}

/* Everything until the end; what is wrong with the way it ends. */
static const char *
receive(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};

	answer.len = 0;
	for (;;) {
		ssize_t n;

		if (poll(&p, 1, PATIENCE_MS) <= 0)
			return "the connection is not closed";
		n = recv(fd, answer.bytes + answer.len, ANSWER_MAX - answer.len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return "the connection was reset";
		if (n == 0)
			break;
		answer.len += (size_t)n;
	}
	answer.bytes[answer.len] = '\0';
	return answer.len == 0 ? "closed without a byte" : NULL;
}

/* What is wrong with the answer; NULL: nothing. */
static const char *
judge(int head)
{
	static const char length[] = "\r\nContent-Length: ";
	const char *at, *end;
	size_t n;

	answer.status = 0;
	answer.body = "";
	if (strncmp(answer.bytes, "HTTP/1.1 ", 9) != 0)
		return "does not begin with HTTP/1.1";
	answer.status = atoi(answer.bytes + 9);
	if ((end = strstr(answer.bytes, "\r\n\r\n")) == NULL)
		return "the header does not end";
	answer.body = end + 4;
	at = strstr(answer.bytes, length);
	if (at == NULL || at > end)
		return "has no Content-Length";
	n = strtoul(at + strlen(length), NULL, 10);
	at = strstr(at + 1, length);
	if (at != NULL && at < end)
		return "has two Content-Length";
	if (answer.len - (size_t)(answer.body - answer.bytes) != (head ? 0 : n))
		return "Content-Length is wrong";
	at = strstr(answer.bytes, "\r\nConnection: close\r\n");
	if (at == NULL || at > end)
		return "does not say Connection: close";
	if (strstr(answer.bytes, "Transfer-Encoding") != NULL)
		return "comes in chunks";
	return NULL;
}

/* Errors of the program have exactly two members. */
static const char *
judge_error(int head)
{
	unsigned code;
	char rest[8];
	int n = 0;

	if (head || answer.status < 400 ||
	    strstr(answer.bytes, "application/json") == NULL)
		return NULL;
	if (sscanf(answer.body, "{\"code\":%u,\"error\":\"%*[^\"\\]%n%7s", &code, &n,
		rest) != 2 ||
	    strcmp(rest, "\"}") != 0)
		return "is no error that the device reads";
	if (code != (unsigned)(answer.status == 503 ? 50 : answer.status))
		return "has another code than its status";
	return NULL;
}

/* ---- one, or many at once -------------------------------------------------------------- */

static size_t
read_file(const char *path, char *to, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		die(path);
	n = fread(to, 1, size, f);
	fclose(f);
	return n;
}

static int
run_one(const char *port, const char *path)
{
	static char request[65536];
	size_t n = read_file(path, request, sizeof request);
	const char *wrong;
	int fd = dial(port);

	send_all(fd, request, n);
	wrong = receive(fd);
	close(fd);
	if (wrong == NULL)
		wrong = judge(strncmp(request, "HEAD ", 5) == 0);
	fwrite(answer.bytes, 1, answer.len, stdout);
	if (wrong != NULL)
		fprintf(stderr, "http_raw: the answer %s\n", wrong);
	return wrong != NULL;
}

static int
run_many(unsigned count, const char *port, const char *path)
{
	static char request[65536];
	size_t n = read_file(path, request, sizeof request);
	int fds[PARALLEL_MAX], failed = 0;

	for (unsigned i = 0; i < count; i++)
		fds[i] = dial(port);
	for (unsigned i = 0; i < count; i++)
		send_all(fds[i], request, n);
	for (unsigned i = 0; i < count; i++) {
		const char *wrong = receive(fds[i]);

		close(fds[i]);
		if (wrong == NULL)
			wrong = judge(0);
		if (wrong != NULL)
			fprintf(stderr, "http_raw: answer %u %s\n", i, wrong);
		failed |= wrong != NULL;
		printf("%d %s\n", answer.status, answer.body);
	}
	return failed;
}

/* ---- mutated requests -------------------------------------------------------------------- */

static unsigned long long seed;

static unsigned
dice(unsigned sides)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % sides;
}

/* The parts of a request that are mutated one by one. */
struct request {
	char method[64], path[9000], headers[9000];
};

static void
make_request(struct request *r, const char *id, const char *key)
{
	static const char *const paths[] = {"/api/v2/gateways/%s?filter=ttn",
	    "/api/v2/gateways/%s/activate", "/api/v2/gateways/%s",
	    "/api/v2/frequency-plans/EU_863_870?filter=ttn",
	    "/api/v2/firmware/stable/checksums",
	    "/api/v2/firmware/stable/firmware.hex"};
	unsigned which = dice(6);

	snprintf(r->method, sizeof r->method, "%s", which == 1 ? "PUT" : "GET");
	/* The format is one of the table above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(r->path, sizeof r->path, paths[which], id);
#pragma GCC diagnostic pop
	snprintf(r->headers, sizeof r->headers,
	    "User-Agent: TTNGateway\r\nHost: 127.0.0.1:80\r\nAuthorization: Key "
	    "%s\r\n",
	    key);
}

static char
any_byte(void)
{
	char c;

	do
		c = (char)dice(256);
	while (c == '\r' || c == '\n');
	return c;
}

static void
insert(char *text, size_t size, size_t at, const char *what, size_t n)
{
	size_t len = strlen(text);

	if (len + n + 1 > size || at > len)
		return;
	memmove(text + at + n, text + at, len - at + 1);
	memcpy(text + at, what, n);
}

static void
mutate_text(char *text, size_t size, size_t from)
{
	static const char *const bits[] = {"%", "%00", "%2f", "%2e%2e/", "/..", "//",
	    "?", "&", "#", "\\", "\"", "\xc3\xa9", "\xff", " ", "%zz", "activate",
	    "/activate", "api", "?filter=ttn", ";", "%0d%0a", "{", "}", "*"};
	size_t len = strlen(text);
	size_t at = from < len ? from + dice((unsigned)(len - from) + 1) : len;
	const char *bit = bits[dice(sizeof bits / sizeof bits[0])];
	char byte[1], fill[3000];

	switch (dice(6)) {
	case 0:
		if (at < len && (byte[0] = any_byte()) != '\0')
			text[at] = byte[0];
		break;
	case 1:
		if (at < len)
			memmove(text + at, text + at + 1, len - at);
		break;
	case 2:
		insert(text, size, at, bit, strlen(bit));
		break;
	case 3:
		if ((byte[0] = any_byte()) != '\0')
			insert(text, size, at, byte, 1);
		break;
	case 4:
		memset(fill, 'a' + (int)dice(26), sizeof fill);
		insert(text, size, at, fill, dice(8) == 0 ? sizeof fill : dice(60));
		break;
	default:
		text[at] = '\0';
	}
	if (from == 1 && text[0] != '/')
		text[0] = '/';
}

static void
mutate_headers(struct request *r)
{
	static const char *const lines[] = {"Authorization: Bearer NNSXS.A.B\r\n",
	    "Authorization: Basic AAAA\r\n", "Authorization:\r\n",
	    "authorization: key k\r\n", "X-Forwarded-Host: evil.example.com\r\n",
	    "X-Forwarded-Proto: gopher\r\n", "X-Forwarded-For: 1.2.3.4, nonsense\r\n",
	    "Accept-Encoding: gzip, br\r\n", "If-None-Match: *\r\n",
	    "Range: bytes=0-3\r\n", "User-Agent: curl/8\r\n", "Accept: text/html\r\n",
	    "Host: other.example.com\r\n", "Cookie: a=b\r\n", "Host_: x\r\n",
	    "User_Agent: x\r\n", "X-Empty:\r\n"};
	const char *line = lines[dice(sizeof lines / sizeof lines[0])];
	char *at;

	switch (dice(3)) {
	case 0:
		insert(r->headers, sizeof r->headers, 0, line, strlen(line));
		break;
	case 1: /* one line less */
		at = strstr(r->headers, "\r\n");
		if (at != NULL)
			memmove(r->headers, at + 2, strlen(at + 2) + 1);
		break;
	default: /* a byte of a value */
		at = strchr(r->headers, ':');
		if (at != NULL && at[2] != '\r' && at[2] != '\0')
			at[2] = (char)(33 + dice(94));
	}
}

static void
mutate(struct request *r)
{
	static const char *const methods[] = {"GET", "HEAD", "PUT", "POST", "DELETE",
	    "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND", "BREW", "get", "G"};

	for (unsigned n = 1 + dice(3); n > 0; n--)
		switch (dice(4)) {
		case 0:
			snprintf(r->method, sizeof r->method, "%s",
			    methods[dice(sizeof methods / sizeof methods[0])]);
			break;
		case 1:
			mutate_headers(r);
			break;
		default:
			mutate_text(r->path, sizeof r->path, dice(3) == 0 ? 1 : 9);
		}
}

static void
complain(const char *wrong, const struct request *r)
{
	fprintf(stderr, "http_raw: the answer %s: %s %.200s\n%.300s\n", wrong,
	    r->method, r->path, answer.bytes);
}

static int
run_mutated(unsigned long count, const char *port, const char *id, const char *key)
{
	static char text[20000];
	static unsigned statuses[1000];
	struct request r;
	int failed = 0;

	for (unsigned long i = 0; i < count; i++) {
		const char *wrong;
		int head, fd = dial(port);

		make_request(&r, id, key);
		mutate(&r);
		snprintf(text, sizeof text,
		    "%s %s HTTP/1.1\r\n%sConnection: close\r\n\r\n", r.method, r.path,
		    r.headers);
		head = strcmp(r.method, "HEAD") == 0;
		send_all(fd, text, strlen(text));
		wrong = receive(fd);
		close(fd);
		if (wrong == NULL && (wrong = judge(head)) == NULL)
			wrong = judge_error(head);
		if (wrong != NULL && failed++ < 10)
			complain(wrong, &r);
		statuses[answer.status % 1000]++;
	}
	for (int i = 0; i < 1000; i++)
		if (statuses[i] > 0)
			printf("%u %d\n", statuses[i], i);
	return failed > 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3)
		return run_one(argv[1], argv[2]);
	if (argc == 5 && strcmp(argv[1], "-n") == 0 && atoi(argv[2]) <= PARALLEL_MAX)
		return run_many((unsigned)atoi(argv[2]), argv[3], argv[4]);
	if (argc == 7 && strcmp(argv[1], "-m") == 0) {
		seed = strtoull(argv[3], NULL, 10);
		return run_mutated(
		    strtoul(argv[2], NULL, 10), argv[4], argv[5], argv[6]);
	}
	fprintf(stderr, "usage: http_raw [-n N] PORT FILE | -m N SEED PORT ID\n");
	return 2;
}
