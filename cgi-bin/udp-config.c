/*
 * udp-config.fcgi: configuration files of UDP packet forwarders, at the addresses of The
 * Things Stack. What a gateway gets is made in src/gateway-files; here a request becomes
 * plain values, and the outcome an answer and a line in the log.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/file_policy.h"
#include "app/service.h"
#include "base/clock.h"
#include "gateway-files/exchange.h"
#include "web/client.h"
#include "web/conditional.h"
#include "web/credential.h"

/* One address may have many gateways behind it. */
#define ADDRESS_FACTOR 20

/* A fleet has few kinds of gateways; each takes a few kilobytes here. */
#define CACHE_SLOTS 64

struct udp_config {
	struct data data;
	struct file_service service;
};

/* ---- the question ------------------------------------------------------------------------ */

/* From a segment to the end of the address: "{format}/{filename}" and so on. */
static struct span
path_from(const struct request *req, const char *segment)
{
	struct span from = request_capture(req, segment);

	return span_of(from.data, (size_t)(req->path.data + req->path.len - from.data));
}

#define CONFIGURATION "configuration"

/* A gateway may have the name that begins the other form: then a file's whole path stands
 * where that has an ID. No gateway's file has such a path. */
static bool
is_gateway_configuration(const struct request *req, bool contents)
{
	return contents && file_path_check(path_from(req, "id"), NULL) == E_OK;
}

static int
take_query(struct request *req, bool contents, struct span *id, struct file_query *q,
    struct fault *fault)
{
	struct span compat;

	*id = request_capture(req, "id");
	q->path = path_from(req, "format");
	q->contents = contents;
	if (is_gateway_configuration(req, contents)) {
		q->path = path_from(req, "id");
		q->contents = false;
		*id = span_str(CONFIGURATION);
	}
	if (request_query(req, "compat", &compat) && compat.len > 0) {
		if (!span_is(compat, "tts"))
			return fault_set(
			    fault, E_INVALID, "compat", "must be tts or left out");
		q->reference = true;
	}
	if (!request_query(req, "concentrator", &q->concentrator))
		q->concentrator = span_of(NULL, 0);
	return E_OK;
}

struct client {
	const struct request *req;
	int64_t now;
};

static bool
is_current(void *arg, const struct file_answer *answer)
{
	const struct client *c = arg;

	return request_has_current(c->req, answer->etag, answer->modified, c->now);
}

/* ---- the answer ---------------------------------------------------------------------------- */

static void
note(struct request *req, struct span id, const struct file_exchange *x)
{
	char text[400];

	request_note(req, "gateway", id);
	request_note(
	    req, "credential", span_str(credential_name(x->principal.credential)));
	if (x->err != E_OK)
		request_note(
		    req, "refused", span_str(fault_text(&x->fault, text, sizeof text)));
	else if (x->findings.first != NULL)
		request_note(req, "warning", span_str(x->findings.first->text));
}

static int
refuse(struct response *res, const struct file_exchange *x)
{
	char text[400], seconds[16];

	response_error(res, x->err, fault_text(&x->fault, text, sizeof text));
	if (x->err == E_THROTTLED) {
		snprintf(seconds, sizeof seconds, "%u", x->retry_after);
		response_header(res, "Retry-After", seconds);
	}
	return E_OK;
}

static void
put_headers(struct response *res, const struct file_exchange *x, bool contents)
{
	const struct file_format *f = x->answer.format;
	char date[HTTP_DATE], disposition[80];

	http_date_format(x->answer.modified, date);
	response_header(res, "ETag", x->answer.etag);
	response_header(res, "Last-Modified", date);
	response_header(res, "Cache-Control", "private");
	if (x->unchanged) {
		res->status = 304;
		return;
	}
	response_type(res, contents ? "application/json" : f->content_type);
	if (contents)
		return;
	snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"",
	    strrchr(f->path, '/') + 1);
	response_header(res, "Content-Disposition", disposition);
}

static int
serve(struct request *req, struct response *res, void *state, bool contents)
{
	struct udp_config *u = state;
	struct file_exchange *x = arena_alloc(req->arena, sizeof *x);
	struct client client = {req, clock_now()};
	struct file_call call = {.agent = span_str(request_header(req, "User-Agent")),
	    .current = is_current,
	    .arg = &client};
	struct fault fault = {0};
	char address[ADDRESS_TEXT], text[400];
	int err;

	if (x == NULL)
		return E_NOMEM;
	if ((err = take_query(req, contents, &call.gateway_id, &call.query, &fault)) !=
	    E_OK)
		return response_error(res, err, fault_text(&fault, text, sizeof text));
	if (request_key(req, &call.key) != E_OK)
		call.key = span_of(NULL, 0);
	if (request_client_certificate(req, &call.certificate_pem) != E_OK)
		call.certificate_pem = span_of(NULL, 0);
	call.address = client_address_text(req, address);
	file_exchange(&u->service, &call, client.now, req->arena, &res->body, x);
	note(req, call.gateway_id, x);
	if (x->err != E_OK)
		return refuse(res, x);
	put_headers(res, x, call.query.contents);
	return E_OK;
}

static int
get_file(struct request *req, struct response *res, void *state)
{
	return serve(req, res, state, false);
}

static int
get_contents(struct request *req, struct response *res, void *state)
{
	return serve(req, res, state, true);
}

#define GATEWAYS "/api/v3/gcs/gateways"

static const struct route routes[] = {
    {METHOD_GET, GATEWAYS "/{id}/{format}/{filename}", get_file, 0, 0},
    {METHOD_GET, GATEWAYS "/" CONFIGURATION "/{id}/{format}/{filename}", get_contents,
	0, 0},
    {METHOD_GET, GATEWAYS "/" CONFIGURATION "/{id}/{format}/{type}/{filename}",
	get_contents, 0, 0},
    {METHOD_GET, GATEWAYS "/{id}/{format}/{type}/{filename}", get_file, 0, 0},
    {METHOD_GET, GATEWAYS "/{id}/{format}", get_file, 0, 0},
};

/* ---- opening ------------------------------------------------------------------------------ */

static void
udp_close(void *state)
{
	struct udp_config *u = state;

	file_memo_free(u->service.memo);
	file_records_free(u->service.records);
	file_cache_free(u->service.cache);
	data_close(&u->data);
	free(u);
}

static int
udp_open(const struct config *config, void **state, struct fault *fault)
{
	struct data_options options = {.path = config->data, .registry_only = true};
	struct udp_config *u = calloc(1, sizeof *u);
	int err;

	if (u == NULL)
		return E_NOMEM;
	u->service = (struct file_service){.data = &u->data,
	    .cache = file_cache_new(CACHE_SLOTS),
	    .records = file_records_new(),
	    .memo = file_memo_new(),
	    .require_auth = config->require_auth,
	    .failures_per_minute = (unsigned)config->throttle_failures,
	    .failures_per_address =
		(unsigned)config->throttle_failures * ADDRESS_FACTOR};
	err = u->service.cache != NULL ? E_OK : E_NOMEM;
	if (err == E_OK)
		err = config_file_policy(config, &u->service.policy, fault);
	if (err == E_OK)
		err = data_open(&options, &u->data, fault);
	if (err != E_OK)
		udp_close(u);
	else
		*state = u;
	return err;
}

static void
udp_reach(const struct config *config, struct reach_row *reach)
{
	(void)config;
	*reach = (struct reach_row){.registry = REACH_READ, .sightings = REACH_WRITE};
}

static int
udp_health(void *state, struct fault *fault)
{
	const struct udp_config *u = state;

	return data_health(&u->data, fault);
}

int
main(int argc, char **argv)
{
	static const struct service service = {
	    .name = "udp-config",
	    .about = "Gives UDP packet forwarders their configuration files.",
	    .routes = routes,
	    .route_count = COUNT(routes),
	    .open = udp_open,
	    .close = udp_close,
	    .reach = udp_reach,
	    .health = udp_health,
	};

	return service_main(&service, argc, argv);
}
