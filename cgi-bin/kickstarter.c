/*
 * kickstarter.fcgi: The Things Kickstarter Gateway, `/api/v2`: its activation, its
 * configuration, its frequency plan, its firmware. What it gets is decided in src/kickstarter; here a
 * request becomes plain values, and the outcome an answer and a line in the log. Every
 * answer is one that the device survives.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/policy.h"
#include "app/service.h"
#include "base/clock.h"
#include "base/log.h"
#include "kickstarter/answer.h"
#include "kickstarter/exchange.h"
#include "kickstarter/image.h"
#include "manage/activation.h"
#include "web/client.h"
#include "web/credential.h"

/* The device sends no body; what others send is of no interest. */
#define BODY_MAX 65536

/* One address may have many gateways behind it. */
#define ADDRESS_FACTOR 20

struct kickstarter {
	struct data data;
	struct kick_server server;
	struct activation_policy activation;
};

/* ---- the log ---------------------------------------------------------------------------- */

static void
note_text(struct request *req, const char *name, const char *text)
{
	request_note(req, name, span_str(text));
}

static void
note(struct request *req, const struct kick_exchange *x)
{
	char text[400];

	if (x->inputs.gateway != NULL)
		note_text(req, "gateway", x->records.gateway.gateway_id);
	if (x->call.device)
		note_text(req, "device", "kickstarter");
	if (x->err != E_OK)
		note_text(req, "refused", fault_text(&x->fault, text, sizeof text));
}

/* ---- requests ----------------------------------------------------------------------------- */

/* Room for what a call points to. */
struct asking {
	struct kick_exchange x;
	char origin[KICK_ORIGIN], address[ADDRESS_TEXT];
};

static struct asking *
read_call(const struct kickstarter *k, struct request *req, struct kick_call *call)
{
	struct asking *a = arena_zalloc(req->arena, 1, sizeof *a);
	const char *agent = request_header(req, "User-Agent");

	if (a == NULL)
		return NULL;
	kick_origin(
	    &k->server.policy, client_is_https(req), client_host(req), a->origin);
	*call = (struct kick_call){.id = request_capture(req, "id"),
	    .device = agent != NULL && strcmp(agent, "TTNGateway") == 0,
	    .origin = a->origin,
	    .address = client_address_text(req, a->address)};
	if (request_key(req, &call->key) != E_OK)
		call->key = span_of(NULL, 0);
	return a;
}

static int
answer(struct request *req, struct response *res, int status, struct kick_exchange *x)
{
	char text[400], seconds[16];

	note(req, x);
	if (x->err == E_OK) {
		res->status = status;
		response_type(res, "application/json");
		return E_OK;
	}
	response_error(res, x->err, fault_text(&x->fault, text, sizeof text));
	if (x->err == E_THROTTLED) {
		snprintf(seconds, sizeof seconds, "%u", x->retry_after);
		response_header(res, "Retry-After", seconds);
	}
	return E_OK;
}

static int
configuration(struct request *req, struct response *res, void *state)
{
	struct kickstarter *k = state;
	struct kick_call call;
	struct asking *a = read_call(k, req, &call);

	if (a == NULL)
		return E_NOMEM;
	kick_configure(&k->server, &call, clock_now(), req->arena, &res->body, &a->x);
	if (a->x.caller.shown != KICK_NOTHING)
		note_text(req, "credential", kick_shown_name(a->x.caller.shown));
	return answer(req, res, 200, &a->x);
}

static int
activation(struct request *req, struct response *res, void *state)
{
	struct kickstarter *k = state;
	struct kick_call call;
	struct asking *a = read_call(k, req, &call);

	if (a == NULL)
		return E_NOMEM;
	kick_activate(&k->server, &call, clock_now(), req->arena, &res->body, &a->x);
	return answer(req, res, 201, &a->x);
}

/* For everybody: the device shows no key here. */
static int
frequency_plan(struct request *req, struct response *res, void *state)
{
	struct kickstarter *k = state;
	struct kick_call call;
	struct asking *a = read_call(k, req, &call);

	if (a == NULL)
		return E_NOMEM;
	kick_plan(&k->server, &call, req->arena, &res->body, &a->x);
	return answer(req, res, 200, &a->x);
}

/* Finds the image; when there is none for this client, `res` is the answer. */
static bool
find_image(struct request *req, struct response *res, struct kickstarter *k,
    struct kick_image *image)
{
	struct kick_call call;
	struct asking *a = read_call(k, req, &call);

	if (a == NULL) {
		response_error(res, E_NOMEM, NULL);
		return false;
	}
	kick_image(&k->server, &call, req->arena, image);
	if (call.device)
		note_text(req, "device", "kickstarter");
	if (image->sha256[0] != '\0')
		note_text(req, "image", image->sha256);
	if (image->err == E_OK)
		return true;
	note_text(req, "refused", image->fault.text);
	response_error(res, image->err, image->fault.text);
	return false;
}

/* Both files for everybody, as the plan. */
static int
checksums(struct request *req, struct response *res, void *state)
{
	struct kick_image image;

	if (!find_image(req, res, state, &image))
		return E_OK;
	close(image.fd);
	response_type(res, "text/plain");
	kick_checksums_write(&image, &res->body);
	return E_OK;
}

static int
firmware_hex(struct request *req, struct response *res, void *state)
{
	struct kick_image image;

	if (!find_image(req, res, state, &image))
		return E_OK;
	response_type(res, "application/octet-stream");
	return response_file(res, image.fd, 0, image.size);
}

static const struct route routes[] = {
    {METHOD_GET, "/api/v2/gateways/{id}", configuration, BODY_MAX, 0},
    {METHOD_PUT, "/api/v2/gateways/{id}/activate", activation, BODY_MAX, 0},
    {METHOD_GET, "/api/v2/frequency-plans/{id}", frequency_plan, BODY_MAX, 0},
    {METHOD_GET, "/api/v2/firmware/{id}/checksums", checksums, BODY_MAX, 0},
    {METHOD_GET, "/api/v2/firmware/{id}/firmware.hex", firmware_hex, BODY_MAX, 0},
};

static void
error_form(struct response *res, int err, const char *text)
{
	res->status = kick_error_write(&res->body, err, text);
	response_type(res, "application/json");
}

/* ---- opening ------------------------------------------------------------------------------ */

/* A default that no device could use is said at once; those gateways that need it are told
 * to come again. */
static void
check_policy(const struct kick_policy *p)
{
	char url[KICK_URL_MAX + 1], mqtt[MQTT_ADDRESS_MAX + 1], text[400];
	struct fault fault = {0};

	if (p->mqtt_server[0] != '\0' && mqtt_address_complete(span_str(p->mqtt_server),
					     "mqtt_server", mqtt, &fault) != E_OK)
		log_line(LOG_WARN, "%s", fault_text(&fault, text, sizeof text));
	if (kick_firmware_url(p, "https://example.com", "", url, &fault) != E_OK)
		log_line(LOG_WARN, "%s", fault_text(&fault, text, sizeof text));
	if (p->public_url[0] != '\0' &&
	    kick_plan_url(p->public_url, "EU_863_870", url, &fault) != E_OK)
		log_line(
		    LOG_WARN, "public_url: %s", fault_text(&fault, text, sizeof text));
}

static void
kickstarter_close(void *state)
{
	struct kickstarter *k = state;

	image_cache_free(k->server.images);
	data_close(&k->data);
	free(k);
}

static int
kickstarter_open(const struct config *config, void **state, struct fault *fault)
{
	struct data_options options = {
	    .path = config->data, .seal_path = config->seal_keys};
	struct kickstarter *k = calloc(1, sizeof *k);
	int err;

	if (k == NULL)
		return E_NOMEM;
	if ((err = data_open(&options, &k->data, fault)) != E_OK) {
		free(k);
		return err;
	}
	k->activation = (struct activation_policy){
	    .data = &k->data, .wait_ms = (int)config->write_wait};
	k->server = (struct kick_server){.data = &k->data,
	    .policy = config_kick_policy(config),
	    .write_wait_ms = (int)config->write_wait,
	    .failures_per_minute = (unsigned)config->throttle_failures,
	    .failures_per_address =
		(unsigned)config->throttle_failures * ADDRESS_FACTOR,
	    .new_key = activation_key,
	    .new_key_arg = &k->activation,
	    .images = image_cache_new()};
	if (k->server.images == NULL) {
		kickstarter_close(k);
		return E_NOMEM;
	}
	check_policy(&k->server.policy);
	*state = k;
	return E_OK;
}

static void
kickstarter_reach(const struct config *config, struct reach_row *reach)
{
	(void)config;
	*reach = (struct reach_row){.registry = REACH_WRITE,
	    .ledger = REACH_WRITE,
	    .sightings = REACH_WRITE,
	    .blobs = REACH_READ,
	    .seal_keys = REACH_READ};
}

static int
kickstarter_health(void *state, struct fault *fault)
{
	const struct kickstarter *k = state;

	return data_health(&k->data, fault);
}

int
main(int argc, char **argv)
{
	static const struct service service = {
	    .name = "kickstarter",
	    .about = "Answers The Things Kickstarter Gateway at /api/v2.",
	    .routes = routes,
	    .route_count = COUNT(routes),
	    .open = kickstarter_open,
	    .close = kickstarter_close,
	    .reach = kickstarter_reach,
	    .health = kickstarter_health,
	    .error_form = error_form,
	    .always_length = true,
	};

	return service_main(&service, argc, argv);
}
