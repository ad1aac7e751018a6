/*
 * How requests come in and answers leave: FastCGI (fcgi.c) or plain CGI (cgi.c). A process
 * has one transport and serves one request at a time. Nobody but the request, the response
 * and the service looks in here.
 */
#ifndef GH_WEB_TRANSPORT_H
#define GH_WEB_TRANSPORT_H

#include "base/err.h"
#include "base/span.h"

struct transport {
	const char *name;

	/* The body carries its own end, so reading past it is harmless. */
	bool framed;

	/*
	 * Waits for a request and gives its variables ("NAME=value", NULL at the end), valid
	 * until finish(). E_NOTFOUND: there is no more to serve, end the process with 0;
	 * E_IO: the listening socket is of no use.
	 */
	int (*next)(char ***variables);

	/* Up to n bytes of the body; *got < n only at its end. E_IO: it broke off, or nothing
	 * came within the time limit. */
	int (*read)(void *buf, size_t n, size_t *got);

	/* Sends the parts one after the other. E_IO: nobody is there any more. */
	int (*write)(const struct span *parts, size_t count);

	/* Ends the request. With `whole` false, what was sent is incomplete: the connection
	 * is cut so that the client does not take it for all. */
	void (*finish)(bool whole);
};

/*
 * Looks at file descriptor 0: a listening socket means FastCGI, otherwise the environment
 * of CGI is expected. NULL when there is neither (somebody typed the program's name).
 * From then on SIGTERM, SIGINT and SIGUSR1 let the request that is being served be finished
 * and end the wait for the next; SIGPIPE is ignored.
 */
const struct transport *transport_open(void);

/* How long a worker waits for the web server to send or to take bytes; 60 until it is set.
 * From the next connection on. */
void transport_patience(int seconds);

/* The two; for transport_open(). NULL when they do not apply. */
const struct transport *fcgi_open(void);
const struct transport *cgi_open(void);
void fcgi_patience(int seconds);

#endif
