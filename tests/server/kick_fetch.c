/*
 *	kick_fetch PORT METHOD PATH [FILE]
 *		one request of a Kickstarter; prints the status and the bytes of the first piece
 *		that came, of the header, and of the body; the whole answer goes to FILE
 *	kick_fetch -n CLIENTS ROUNDS PORT ID KEY
 *		so many gateways that ask for configuration, checksums and firmware.hex, and
 *		compare: prints pairs that were right, others, and answers without firmware
 *
 * What an answer does to the device is judged by kickstarter/device.h.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "kickstarter/device.h"

#define ANSWER_MAX (16 << 20)
#define PATIENCE_MS 300000

static struct strbuf answer;
static size_t first;

static void __attribute__((noreturn)) die(const char *what)
{
	perror(what);
	exit(2);
}

/* ---- one request ---------------------------------------------------------------------------- */

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
ask(const char *port, struct span request, struct device_received *r)
{
	static char piece[1 << 20];
	int fd = dial(port);
	struct pollfd p = {fd, POLLIN, 0};
	ssize_t n;

	if (send(fd, request.data, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
		die("send");
	strbuf_reset(&answer);
	first = 0;
	*r = (struct device_received){0};
	for (;;) {
		if (poll(&p, 1, PATIENCE_MS) <= 0) {
			r->open = true;
			break;
		}
		n = recv(fd, piece, sizeof piece, 0);
		if (n < 0 && errno == EINTR)
			continue;
		r->reset = n < 0;
		if (n <= 0)
			break;
		if (first == 0)
			first = (size_t)n;
		strbuf_put(&answer, piece, (size_t)n);
	}
	close(fd);
	r->bytes = strbuf_span(&answer);
	r->first = first;
}

static int
run_one(const char *port, const char *method, const char *path, const char *to)
{
	struct device_received r;
	const char *end;
	char request[2048];
	size_t header;
	FILE *file;

	snprintf(request, sizeof request,
	    "%s %s?filter=ttn HTTP/1.1\r\nUser-Agent: TTNGateway\r\nHost: "
	    "127.0.0.1:%s\r\nConnection: close\r\n\r\n",
	    method, path, port);
	ask(port, span_str(request), &r);
	end = answer.len > 0 ? memmem(answer.data, answer.len, "\r\n\r\n", 4) : NULL;
	if (r.open || r.reset || end == NULL || answer.len < 12) {
		fprintf(stderr, "kick_fetch: no answer\n");
		return 1;
	}
	header = (size_t)(end - answer.data) + 4;
	printf(
	    "%.3s %zu %zu %zu\n", answer.data + 9, first, header, answer.len - header);
	if (to == NULL)
		return 0;
	if ((file = fopen(to, "w")) == NULL ||
	    fwrite(answer.data, 1, answer.len, file) != answer.len || fclose(file) != 0)
		die(to);
	return 0;
}

/* ---- many gateways ---------------------------------------------------------------------------- */

struct score {
	unsigned right, wrong, none;
};

struct client {
	const char *port, *id;
	struct device_url server;
	struct device_memory memory;
	struct score score;
};

static enum device_effect
step(struct client *c, enum device_request what, const struct device_url *url)
{
	struct device_received r;
	struct device_verdict v;
	struct device_image image;
	struct strbuf request;

	strbuf_init(&request, 4096);
	device_request_write(what, url, c->id, c->memory.key, false, &request);
	ask(c->port, strbuf_span(&request), &r);
	strbuf_clear(&request);
	device_take(what, &r, &c->memory, &v);
	if (what == DEVICE_FIRMWARE) {
		if (device_image_begin(&image) != E_OK)
			die("digest");
		device_image_add(&image, span_from(r.bytes, v.header));
		device_image_end(&image, &c->memory, &v);
	}
	for (size_t i = 0; i < v.finding_count; i++)
		if (v.findings[i].bad)
			fprintf(stderr, "kick_fetch: %s: %s\n",
			    device_request_name(what), v.findings[i].text);
	return device_is_bad(&v) ? DEVICE_REBOOTS : v.effect;
}

static void
live(struct client *c)
{
	struct device_url url;
	enum device_effect e = step(c, DEVICE_CONFIGURE, &c->server);

	if (e == DEVICE_GOES_ON &&
	    device_url_read(span_str(c->memory.firmware_url), &url)) {
		c->memory.checksum[0] = '\0';
		e = step(c, DEVICE_CHECKSUMS, &url);
		if (e == DEVICE_GOES_ON)
			e = step(c, DEVICE_FIRMWARE, &url);
	}
	if (e == DEVICE_GOES_ON)
		c->score.right++;
	else if (e == DEVICE_KEEPS_FIRMWARE)
		c->score.none++;
	else
		c->score.wrong++;
}

static void
add_scores(int from, struct score *sum)
{
	struct score one;

	while (read(from, &one, sizeof one) == sizeof one) {
		sum->right += one.right;
		sum->wrong += one.wrong;
		sum->none += one.none;
	}
}

static int
run_many(unsigned clients, unsigned rounds, const char *port, const char *id,
    const char *key)
{
	struct client c = {.port = port, .id = id};
	struct score sum = {0};
	char url[64];
	int ends[2], failed = 0, status;

	snprintf(url, sizeof url, "http://127.0.0.1:%s", port);
	device_url_read(span_str(url), &c.server);
	snprintf(c.memory.key, sizeof c.memory.key, "%s", key);
	if (pipe(ends) != 0)
		die("pipe");
	for (unsigned i = 0; i < clients; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid > 0)
			continue;
		close(ends[0]);
		for (unsigned j = 0; j < rounds; j++)
			live(&c);
		if (write(ends[1], &c.score, sizeof c.score) != sizeof c.score)
			_exit(2);
		_exit(0);
	}
	close(ends[1]);
	add_scores(ends[0], &sum);
	while (wait(&status) > 0)
		failed |= status != 0;
	printf("%u right %u wrong %u none\n", sum.right, sum.wrong, sum.none);
	return failed;
}

int
main(int argc, char **argv)
{
	int status = 2;

	strbuf_init(&answer, ANSWER_MAX);
	if (argc == 7 && strcmp(argv[1], "-n") == 0)
		status = run_many((unsigned)strtoul(argv[2], NULL, 10),
		    (unsigned)strtoul(argv[3], NULL, 10), argv[4], argv[5], argv[6]);
	else if (argc == 4 || argc == 5)
		status = run_one(argv[1], argv[2], argv[3], argc == 5 ? argv[4] : NULL);
	else
		fprintf(stderr, "usage: kick_fetch PORT METHOD PATH [FILE] | -n "
				"CLIENTS ROUNDS PORT ID KEY\n");
	strbuf_clear(&answer);
	return status;
}
