/*
 * The life of a web-facing program, from main() to exit: options, configuration, the
 * program's state, one request after the other by FastCGI or one by plain CGI, the log.
 *
 * A program is a table of routes and a function that opens its state:
 *
 *	int
 *	main(int argc, char **argv)
 *	{
 *		return service_main(&cups, argc, argv);
 *	}
 *
 * When the configuration or the state cannot be opened the process stays and answers 503,
 * says why in the log, and tries again at later requests; so nobody restarts it in a loop,
 * and it comes back by itself when the cause has gone. Only when another data folder has come
 * to the place of the one that it is confined to, it ends with 1, to be started anew.
 */
#ifndef GH_APP_SERVICE_H
#define GH_APP_SERVICE_H

#include "app/config.h"
#include "app/confine.h"
#include "web/route.h"

struct service {
	const char *name;  /* in the log: "cups" */
	const char *about; /* one sentence for --help */

	const struct route *routes;
	size_t route_count;

	/* Makes what the handlers get as `state` (E_OK), once in a process, after any fork.
	 * `config` stays valid until close(). May be NULL, as the following. */
	int (*open)(const struct config *config, void **state, struct fault *fault);
	void (*close)(void *state);

	/* What of the data folder it may touch once it is open; NULL: everything. */
	void (*reach)(const struct config *config, struct reach_row *reach);

	/* What stands before every link of this program; NULL: config_prefix(). Valid as long
	 * as the configuration. */
	struct span (*prefix)(const struct config *config);

	/* Looks after itself for GET /healthz, which every program answers. */
	int (*health)(void *state, struct fault *fault);

	/* Runs before every handler, after the body was read: E_OK to go on. Otherwise as a
	 * handler's error; SERVICE_ANSWERED when `res` is the answer. */
	route_handler *gate;

	response_error_form *error_form; /* NULL: response_error_json() */
	/* The same by the address that was asked for; goes before it. May be NULL. */
	response_error_form *(*error_form_of)(const struct request *req);

	/* Its clients need a Content-Length on every answer, so OPTIONS is refused as other
	 * methods are, not answered by 204. */
	bool always_length;
};

#define SERVICE_ANSWERED (-1)

/*
 * Runs the program; the return value is its exit status: 0 also after SIGTERM, 2 for wrong
 * options or when no web server started it.
 *
 * The environment variable GATEHOUSE_TEST_NOW (an RFC 3339 time, or @FILE for a file that
 * holds one and is read before each request) sets the clock. It is for tests; a client has
 * no way to set it, and it is said in the log.
 */
int service_main(const struct service *service, int argc, char **argv);

#endif
