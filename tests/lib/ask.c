/*
 *	ask [-n N] [-t SECONDS] [-c PROCESSES] SOCKET BODYFILE [NAME=VALUE...]
 *
 * asks `POST /update-info` N times (once), or for so long, by several processes at the same
 * time, and prints what came back: a line `COUNT STATUS LENGTH RETRY` for each kind of
 * answer (status 0: none came; RETRY: is there a Retry-After), then `slowest MILLISECONDS`.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/lib/fcgi_client.h"

#define KINDS_MAX 64

/* One answer, as a child tells it. */
struct seen {
	int status, retry;
	unsigned length, ms;
};

struct kind {
	struct seen like;
	unsigned long count;
};

static const char *socket_path;
static struct fcgi_request request;
static unsigned long number = 1;
static int64_t until; /* 0: a number of times */

static void
child(int to, unsigned long n)
{
	struct strbuf buffer;

	strbuf_init(&buffer, 16 << 20);
	/* Once at the least, however late it is. */
	for (bool more = until > 0 || n > 0; more;
	     more = until > 0 ? clock_ticks_ms() < until : --n > 0) {
		int64_t began = clock_ticks_ms();
		struct fcgi_answer a;
		struct seen seen;

		fcgi_ask(socket_path, &request, &buffer, &a);
		seen = (struct seen){a.status, fcgi_header(&a, "Retry-After").len > 0,
		    (unsigned)a.body.len, (unsigned)(clock_ticks_ms() - began)};
		if (a.status == 0)
			fprintf(stderr, "ask: %s\n", a.wrong);
		if (write(to, &seen, sizeof seen) != sizeof seen)
			_exit(1);
	}
	_exit(0);
}

static void
count(struct kind *kinds, const struct seen *s)
{
	for (struct kind *k = kinds; k < kinds + KINDS_MAX; k++) {
		if (k->count == 0)
			k->like = *s;
		if (k->like.status == s->status && k->like.length == s->length &&
		    k->like.retry == s->retry) {
			k->count++;
			return;
		}
	}
	fprintf(stderr, "ask: too many kinds of answers\n");
}

static int
collect(int from)
{
	struct kind kinds[KINDS_MAX] = {0};
	unsigned slowest = 0;
	struct seen s;

	while (read(from, &s, sizeof s) == sizeof s) {
		count(kinds, &s);
		slowest = s.ms > slowest ? s.ms : slowest;
	}
	for (size_t i = 0; i < KINDS_MAX && kinds[i].count > 0; i++)
		printf("%lu %d %u %d\n", kinds[i].count, kinds[i].like.status,
		    kinds[i].like.length, kinds[i].like.retry);
	printf("slowest %u\n", slowest);
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned long processes = 1;
	struct fault fault;
	struct strbuf body;
	int option, fds[2];

	while ((option = getopt(argc, argv, "n:t:c:")) != -1) {
		unsigned long value = strtoul(optarg != NULL ? optarg : "", NULL, 10);

		if (option == 'n')
			number = value;
		else if (option == 't')
			until = clock_ticks_ms() + (int64_t)value * 1000;
		else if (option == 'c')
			processes = value;
		else
			return 2;
	}
	if (argc - optind < 2) {
		fprintf(stderr, "usage: ask [options] SOCKET BODYFILE [NAME=VALUE]\n");
		return 2;
	}
	socket_path = argv[optind];
	strbuf_init(&body, 16 << 20);
	if (file_read(argv[optind + 1], &body, &fault) != E_OK || pipe(fds) != 0) {
		fprintf(stderr, "ask: %s\n", fault.text);
		return 1;
	}
	fcgi_post(&request, argv + optind + 2, strbuf_span(&body));
	fflush(stdout);
	for (unsigned long i = 0; i < processes; i++)
		if (fork() == 0)
			child(fds[1], (number + i) / processes);
	close(fds[1]);
	collect(fds[0]);
	while (wait(NULL) > 0)
		continue;
	fcgi_clear(&request);
	strbuf_clear(&body);
	return 0;
}
