#include "app/service.h"

#include <getopt.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "app/request_log.h"
#include "app/test_clock.h"
#include "app/web_root.h"
#include "base/clock.h"
#include "base/log.h"
#include "web/body.h"

#define RETRY_MS 1000	    /* between two tries to open what could not be opened */
#define COMPLAIN_MS 60000   /* between two lines in the log about the same reason */
#define EARLY_MEMORY 262144 /* of a request while there is no configuration */
#define LOOK_MS 1000	    /* between two looks at the places of the data */
#define TIMER_MS 1000	    /* between two settings of the timer */

/* Everything that lives as long as the process. */
struct worker {
	const struct service *service;
	const struct transport *io;
	const char *config_path;

	struct config config;
	struct request_rules rules;
	void *state;
	bool configured, ready;
	bool placed; /* the data folder is not where the web server serves from */
	bool confined;
	int64_t next_try, next_complaint, next_look, next_timer;
	struct fault fault; /* why it is not ready */

	struct arena arena;
	struct response res;
	struct strbuf note, line;
};

/* ---- opening ---------------------------------------------------------------------- */

static int
configure(struct worker *w)
{
	const struct config *c = &w->config;
	int err;

	if ((err = config_load(w->config_path, &w->config, &w->fault)) != E_OK)
		return err;
	log_open(
	    w->service->name, (enum log_target)c->log, (enum log_level)c->log_level);
	w->rules = (struct request_rules){
	    .proxies = c->trusted_proxies.items,
	    .proxy_count = c->trusted_proxies.count,
	    .certificate_header = c->client_certificate_header,
	    .key_headers = c->key_headers.items,
	    .key_header_count = c->key_headers.count,
	    .prefix =
		w->service->prefix != NULL ? w->service->prefix(c) : config_prefix(c),
	};
	w->arena.limit = c->request_memory;
	transport_patience((int)c->client_wait);
	w->configured = true;
	return E_OK;
}

static int
try_open(struct worker *w)
{
	int err;

	memset(&w->fault, 0, sizeof w->fault);
	if (!w->configured && (err = configure(w)) != E_OK)
		return err;
	if (w->service->open == NULL)
		return E_OK;
	return w->service->open(&w->config, &w->state, &w->fault);
}

/* Gives up what is not needed any more; where the kernel cannot, it works all the same. */
static void
confine_worker(struct worker *w)
{
	const struct config *c = &w->config;
	struct confinement limits = {.data = c->data,
	    .seal_keys = c->seal_keys,
	    .share = c->share,
	    .also = test_clock_folder(),
	    .reach = {.rest = true}};
	struct confined done;

	if (w->service->reach != NULL) {
		limits.reach = (struct reach_row){0};
		w->service->reach(c, &limits.reach);
	}
	done = confine(&limits);
	if (!done.privileges || !done.calls || !done.files)
		log_line(LOG_DETAIL, "not confined by the kernel:%s%s%s",
		    done.privileges ? "" : " privileges", done.calls ? "" : " calls",
		    done.files ? "" : " files");
	w->confined = done.files;
	w->next_look = clock_ticks_ms() + LOOK_MS;
}

/* Tries when it is time to; complains now and then. */
static bool
is_ready(struct worker *w)
{
	struct fault before = w->fault;
	int64_t now;
	char text[400];
	int err;

	if (w->ready || (now = clock_ticks_ms()) < w->next_try)
		return w->ready;
	if ((err = try_open(w)) == E_OK) {
		if (w->next_try > 0)
			log_line(LOG_NOTE, "ready after all");
		confine_worker(w);
		return w->ready = true;
	}
	w->fault.err = err;
	w->next_try = now + RETRY_MS;
	if (now >= w->next_complaint || strcmp(before.text, w->fault.text) != 0) {
		log_line(LOG_ERROR, "not ready, answering 503: %s",
		    fault_text(&w->fault, text, sizeof text));
		w->next_complaint = now + COMPLAIN_MS;
	}
	return false;
}

/* ---- answering --------------------------------------------------------------------- */

static int
healthz(struct request *req, struct response *res, void *state)
{
	const struct worker *w = state;
	struct fault fault = {0};
	char text[400];
	int err;

	(void)req;
	if (w->service->health == NULL ||
	    (err = w->service->health(w->state, &fault)) == E_OK) {
		response_text(res, 200, "ok\n");
		return E_OK;
	}
	fault.err = err;
	log_line(LOG_ERROR, "not healthy: %s", fault_text(&fault, text, sizeof text));
	return response_error(res, E_BUSY, "not healthy; the log says why");
}

static const struct route common_routes[] = {
    {.methods = METHOD_GET, .pattern = "/healthz", .handler = healthz},
};

/* No handler for this method: OPTIONS is answered here. */
static int
answer_method(const struct worker *w, const struct request *req, struct response *res,
    unsigned allow)
{
	char names[ROUTE_ALLOW];

	if (req->method == METHOD_OPTIONS && !w->service->always_length)
		res->status = 204;
	else
		response_error(res, E_METHOD, NULL);
	response_header(res, "Allow", route_allow(allow, names));
	return E_OK;
}

static int
run_handler(struct worker *w, struct request *req, void *state, struct fault *fault)
{
	const struct route *route = req->route;
	int err, end;

	if ((route->flags & ROUTE_READS) == 0)
		err = body_read_all(req, route->max_body, fault);
	else
		err = body_begin(req, route->max_body, fault);
	if (err != E_OK)
		return err;
	if (state == w->state && w->service->gate != NULL) {
		err = w->service->gate(req, &w->res, state);
		if (err != E_OK)
			return err == SERVICE_ANSWERED ? E_OK : err;
	}
	err = route->handler(req, &w->res, state);
	if ((route->flags & ROUTE_READS) != 0 && (end = body_end(req, fault)) != E_OK &&
	    err == E_OK)
		return end;
	return err;
}

/* Looks once where the data are: only a request tells where the web server serves from. */
static int
check_place(struct worker *w, const struct request *req, struct fault *fault)
{
	char text[400];

	if (!w->placed &&
	    web_root_check(w->config.data, request_variable(req, "DOCUMENT_ROOT"),
		request_variable(req, "SERVER_SOFTWARE"), fault) != E_OK) {
		log_line(LOG_ERROR, "not ready, answering 503: %s",
		    fault_text(fault, text, sizeof text));
		return fault_set(
		    fault, E_BUSY, NULL, "not ready; the operator's log says why");
	}
	w->placed = true;
	return E_OK;
}

static int
answer(struct worker *w, struct request *req, struct fault *fault)
{
	const struct service *s = w->service;
	void *state;
	unsigned allow;
	int err;

	if (!is_ready(w))
		return fault_set(
		    fault, E_BUSY, NULL, "not ready; the operator's log says why");
	if ((err = check_place(w, req, fault)) != E_OK)
		return err;
	state = w->state;
	err = route_request(req, s->routes, s->route_count, &allow);
	if (err == E_NOTFOUND) {
		state = w;
		err = route_request(req, common_routes, COUNT(common_routes), &allow);
	}
	if (err == E_METHOD)
		return answer_method(w, req, &w->res, allow);
	if (err != E_OK)
		return fault_set(fault, err, NULL, "there is nothing at this address");
	return run_handler(w, req, state, fault);
}

/* ---- limits --------------------------------------------------------------------------- */

static void
on_timer(int sig)
{
	static const char text[] =
	    "gatehouse: a request took more than request_time of "
	    "the processor, so the program ends\n";

	(void)sig;
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(1);
	_exit(1);
}

/* One request that goes on and on must not take the worker from all others for ever. */
static void
set_timer(struct worker *w, int64_t now)
{
	/* What came before it within TIMER_MS counts, too. */
	struct itimerval timer = {
	    .it_value.tv_sec = TIMER_MS / 1000 +
			       (w->configured ? (time_t)w->config.request_time : 60)};

	if (now < w->next_timer)
		return;
	w->next_timer = now + TIMER_MS;
	setitimer(ITIMER_PROF, &timer, NULL);
}

/* Is this process of no more use, since it cannot get at the data that are there now? */
static bool
is_past(struct worker *w, int status, int64_t now)
{
	if (!w->confined || (status < 500 && now < w->next_look))
		return false;
	w->next_look = now + LOOK_MS;
	if (!confine_is_past())
		return false;
	log_line(LOG_WARN,
	    "%s or what is in it is not what it was at the start: ending, to be "
	    "started anew",
	    w->config.data);
	return true;
}

/* False when the process has to end. */
static bool
serve(struct worker *w, char **variables)
{
	int64_t began = clock_ticks_ms(), now;
	struct fault fault = {0};
	struct request req;
	uint64_t bytes;
	int err, status;

	set_timer(w, began);
	test_clock_read();
	err = request_begin(
	    &req, &w->rules, w->io, variables, &w->arena, &w->note, &fault);
	if (w->service->error_form_of != NULL)
		w->res.error_form = w->service->error_form_of(&req);
	if (err == E_OK)
		err = answer(w, &req, &fault);
	if (err != E_OK) {
		response_error(&w->res, err, fault.text);
		request_note(&req, "error",
		    span_str(fault.text[0] != '\0' ? fault.text : err_text(err)));
	}
	err = response_send(&w->res, w->io, req.method == METHOD_HEAD, &bytes);
	status = w->res.status;
	now = clock_ticks_ms();
	request_log(&w->line, &req, status, bytes, now - began, err != E_OK);
	w->io->finish(err == E_OK);
	response_reset(&w->res);
	strbuf_reset(&w->note);
	arena_reset(&w->arena);
	return !is_past(w, status, now);
}

/* ---- the process -------------------------------------------------------------------- */

static void
worker_init(struct worker *w, const struct service *service)
{
	memset(w, 0, sizeof *w);
	umask(umask(0) | 007);
	signal(SIGPROF, on_timer);
	w->service = service;
	arena_init(&w->arena, EARLY_MEMORY);
	response_init(&w->res);
	if (service->error_form != NULL)
		w->res.error_form = service->error_form;
	strbuf_init(&w->note, REQUEST_LOG_NOTE + 1);
	strbuf_init(&w->line, REQUEST_LOG_LINE);
	log_open(service->name, LOG_STDERR, LOG_NOTE);
#ifdef __GLIBC__
	/* Fixed, or one large request would teach malloc() to keep large blocks. */
	mallopt(M_MMAP_THRESHOLD, 128 << 10);
	mallopt(M_TRIM_THRESHOLD, 256 << 10);
#endif
}

static void
worker_clear(struct worker *w)
{
	if (w->ready && w->service->close != NULL)
		w->service->close(w->state);
	config_clear(&w->config);
	arena_clear(&w->arena);
	response_clear(&w->res);
	strbuf_clear(&w->note);
	strbuf_clear(&w->line);
}

static bool
routes_ok(const struct service *s)
{
	for (size_t i = 0; i < s->route_count; i++)
		if (!route_pattern_ok(s->routes[i].pattern)) {
			log_line(LOG_ERROR, "bad route %s", s->routes[i].pattern);
			return false;
		}
	return true;
}

static void
usage(const struct service *s, FILE *to)
{
	fprintf(to,
	    "usage: %s [--config FILE]\n"
	    "%s\n\n"
	    "A web server starts this program, by FastCGI or as plain CGI.\n"
	    "  --config FILE  configuration (default: $GATEHOUSE_CONF, then\n"
	    "                 " GH_SYSCONFDIR "/gatehouse.conf)\n"
	    "  --help         show this\n"
	    "  --version      show the version\n",
	    s->name, s->about != NULL ? s->about : "");
}

/* -1: go on; otherwise the exit status. */
static int
read_options(struct worker *w, int argc, char **argv)
{
	static const struct option options[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			w->config_path = optarg;
			break;
		case 'h':
			usage(w->service, stdout);
			return 0;
		case 'v':
			printf(
			    "%s (gatehouse) %s\n", w->service->name, PACKAGE_VERSION);
			return 0;
		default:
			usage(w->service, stderr);
			return 2;
		}
	}
	if (optind == argc)
		return -1;
	usage(w->service, stderr);
	return 2;
}

int
service_main(const struct service *service, int argc, char **argv)
{
	struct worker w;
	char **variables;
	int status, err = E_INTERNAL;

	worker_init(&w, service);
	/* Under CGI the arguments are words of the query: a stranger's. */
	if (getenv("REQUEST_METHOD") == NULL && getenv("GATEWAY_INTERFACE") == NULL &&
	    (status = read_options(&w, argc, argv)) >= 0)
		return status;
	if ((w.io = transport_open()) == NULL) {
		usage(service, stderr);
		return 2;
	}
	test_clock_open();
	if (routes_ok(service)) {
		is_ready(&w);
		while ((err = w.io->next(&variables)) == E_OK)
			if (!serve(&w, variables)) {
				err = E_STATE;
				break;
			}
	}
	worker_clear(&w);
	return err == E_NOTFOUND ? 0 : 1;
}
