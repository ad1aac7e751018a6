/*
 * cups.fcgi: the LoRa Basics Station's configuration and update server, `POST /update-info`.
 * What a gateway gets is decided in src/cups; here a request becomes plain values, and the
 * outcome an answer and a line in the log.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/policy.h"
#include "app/service.h"
#include "base/clock.h"
#include "base/eui.h"
#include "base/log.h"
#include "cups/cache.h"
#include "cups/exchange.h"
#include "cups/firmware.h"
#include "cups/handover.h"
#include "manage/adopt.h"
#include "web/client.h"
#include "web/credential.h"

/* Longer bodies are thrown away unread; those between this and what a request may have are
 * refused as requests that are not valid. */
#define BODY_READ_MAX (2 << 20)

/* One address may have many gateways behind it. */
#define ADDRESS_FACTOR 20

struct cups {
	struct data data;
	struct cups_server server;
	struct adopt_policy adopt;
	bool sendfile; /* the web server is told the files of an update */
	struct cups_exchange exchange; /* of the present request; holds no secret */
};

/* ---- the log ---------------------------------------------------------------------------- */

static void
note_text(struct request *req, const char *name, const char *text)
{
	request_note(req, name, span_str(text));
}

static void
note(struct request *req, const struct cups_exchange *x)
{
	const struct cups_reason *main = cups_decision_main(&x->decision);
	char text[64];

	if (!x->parsed)
		return;
	eui_format(x->request.eui, text);
	note_text(req, "eui", text);
	if (x->inputs.gateway != NULL)
		note_text(req, "gateway", x->inputs.gateway->gateway_id);
	note_text(req, "credential", credential_name(x->principal.credential));
	if (x->decision.reason_count > 0) {
		note_text(req, "reason", cups_why_name(main->why));
		if (main->part != PART_REQUEST)
			note_text(req, "of", cups_part_name(main->part));
	}
	if (x->err != E_OK)
		note_text(req, "refused",
		    x->decision.fault.text[0] != '\0' ? x->decision.fault.text
						      : x->fault.text);
}

/* ---- the route --------------------------------------------------------------------------- */

static int
refuse(struct response *res, const struct cups_exchange *x)
{
	char text[400], seconds[16];

	response_error(res, x->err, fault_text(&x->fault, text, sizeof text));
	if (x->err == E_THROTTLED) {
		snprintf(seconds, sizeof seconds, "%u", x->retry_after);
		response_header(res, "Retry-After", seconds);
	}
	return E_OK;
}

/* The update follows what was answered; who sends it keeps its slot until it has gone. */
static bool
hand_over(struct cups *cups, struct response *res)
{
	struct cups_exchange *x = &cups->exchange;
	char value[HANDOVER_MAX], text[400];
	struct fault fault = {0};
	int err =
	    cups_hand_over(&cups->server, x, strbuf_span(&res->body), value, &fault);

	if (err == E_OK) {
		strbuf_reset(&res->body);
		response_header(res, "X-Sendfile2", value);
	} else if (err != E_STATE) {
		log_line(LOG_WARN, "the web server cannot send firmware by itself: %s",
		    fault_text(&fault, text, sizeof text));
	}
	return err == E_OK;
}

static void
send_update(struct cups *cups, struct request *req, struct response *res)
{
	struct cups_update *u = &cups->exchange.update;
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)u->size);
	note_text(req, "firmware", text);
	if (!cups->sendfile || !hand_over(cups, res)) {
		response_file(res, u->fd, 0, u->size);
		response_hold(res, u->slot);
		u->fd = u->slot = -1;
	}
	cups_firmware_close(&cups->exchange);
}

static int
update_info(struct request *req, struct response *res, void *state)
{
	struct cups *cups = state;
	struct cups_call call = {.body = req->body};
	struct cups_exchange *x = &cups->exchange;
	char address[ADDRESS_TEXT];

	if (request_key(req, &call.key) != E_OK)
		call.key = span_of(NULL, 0);
	/* One that is no certificate is as good as none: the key may be right. */
	if (request_client_certificate(req, &call.certificate_pem) != E_OK)
		call.certificate_pem = span_of(NULL, 0);
	call.address = client_address_text(req, address);
	cups_exchange(&cups->server, &call, clock_now(), req->arena, &res->body, x);
	note(req, x);
	if (x->err != E_OK)
		return refuse(res, x);
	response_type(res, "application/octet-stream");
	if (x->update.fd >= 0)
		send_update(cups, req, res);
	return E_OK;
}

static const struct route routes[] = {
    {METHOD_POST, "/update-info", update_info, BODY_READ_MAX, 0},
};

/* ---- opening ------------------------------------------------------------------------------ */

static void
cups_close(void *state)
{
	struct cups *cups = state;

	image_cache_free(cups->server.images);
	cups_cache_free(cups->server.cache);
	data_close(&cups->data);
	free(cups);
}

static int
cups_open(const struct config *config, void **state, struct fault *fault)
{
	struct data_options options = {.path = config->data,
	    .seal_path = config->seal_keys,
	    .registry_read_only = config->unknown_gateways != UNKNOWN_ADOPT};
	struct cups *cups = calloc(1, sizeof *cups);
	int err;

	if (cups == NULL)
		return E_NOMEM;
	if ((err = data_open(&options, &cups->data, fault)) != E_OK) {
		free(cups);
		return err;
	}
	cups->server = (struct cups_server){.data = &cups->data,
	    .policy = config_cups_policy(config),
	    .cache = cups_cache_new(),
	    .images = image_cache_new(),
	    .streams = (unsigned)config->workers - 1,
	    .write_wait_ms = (int)config->write_wait,
	    .failures_per_minute = (unsigned)config->throttle_failures,
	    .failures_per_address =
		(unsigned)config->throttle_failures * ADDRESS_FACTOR};
	cups->sendfile = config->firmware_sendfile == SENDFILE_X2;
	if (config->unknown_gateways == UNKNOWN_ADOPT) {
		cups->adopt = (struct adopt_policy){.data = &cups->data,
		    .policy = &cups->server.policy,
		    .wait_ms = cups->server.write_wait_ms};
		cups->server.adopt = adopt_automatically;
		cups->server.adopt_arg = &cups->adopt;
	}
	*state = cups;
	return E_OK;
}

static void
cups_reach(const struct config *config, struct reach_row *reach)
{
	*reach = (struct reach_row){
	    .registry =
		config->unknown_gateways == UNKNOWN_ADOPT ? REACH_WRITE : REACH_READ,
	    .ledger = REACH_WRITE,
	    .sightings = REACH_WRITE,
	    .blobs = REACH_READ,
	    .seal_keys = REACH_READ,
	    .streams = true,
	    .heads = config->firmware_sendfile != SENDFILE_OFF};
}

static int
cups_health(void *state, struct fault *fault)
{
	const struct cups *cups = state;

	return data_health(&cups->data, fault);
}

int
main(int argc, char **argv)
{
	static const struct service service = {
	    .name = "cups",
	    .about = "Answers LoRa Basics Station gateways at POST /update-info.",
	    .routes = routes,
	    .route_count = COUNT(routes),
	    .open = cups_open,
	    .close = cups_close,
	    .reach = cups_reach,
	    .health = cups_health,
	};

	return service_main(&service, argc, argv);
}
