/* A web server's side of FastCGI, one request after the other, each on its own
 * connection. */
#ifndef GH_TESTS_FCGI_CLIENT_H
#define GH_TESTS_FCGI_CLIENT_H

#include "base/strbuf.h"

/* What is sent: put together once, sent many times. */
struct fcgi_request {
	struct strbuf bytes;
};

/*
 * `POST /update-info` with the variables that lighttpd would send and these (NAME=VALUE, NULL
 * at the end), and a body with its Content-Length.
 */
void fcgi_post(struct fcgi_request *r, char *const *variables, struct span body);
void fcgi_clear(struct fcgi_request *r);

/* The parts of an answer; borrowed from its buffer. */
struct fcgi_answer {
	int status; /* 0: no whole answer came */
	struct span head, body;
	const char *wrong; /* why there is none */
};

/* Sends it and waits for the answer, at most 30 seconds between two bytes. */
void fcgi_ask(const char *socket_path, const struct fcgi_request *r,
    struct strbuf *buffer, struct fcgi_answer *answer);

/* The value of a header line, empty when there is none. */
struct span fcgi_header(const struct fcgi_answer *answer, const char *name);

#endif
