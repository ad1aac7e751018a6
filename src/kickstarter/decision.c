#include "kickstarter/decision.h"

#include <stdio.h>

#include "base/hex.h"

struct deciding {
	const struct kick_inputs *in;
	struct kick_decision *d;
};

static void
say(struct deciding *x, enum kick_part part, enum kick_why why, const char *text)
{
	struct kick_decision *d = x->d;

	if (d->reason_count < KICK_REASONS_MAX)
		d->reasons[d->reason_count++] = (struct kick_reason){part, why, text};
}

/* The first thing that keeps the device from its configuration counts. */
static void
lack(struct deciding *x, enum kick_part part, enum kick_why why, const struct fault *f)
{
	struct kick_decision *d = x->d;

	if (d->mark[0] == '\0') {
		d->fault = *f;
		fault_text(f, d->mark_text, sizeof d->mark_text);
		d->mark = d->mark_text;
		say(x, part, why, d->mark);
		return;
	}
	say(x, part, why, "");
}

/* ---- who asks ------------------------------------------------------------------------ */

static bool
refuse(struct deciding *x, int err, const char *text)
{
	struct kick_decision *d = x->d;

	d->err = fault_set(&d->fault, err, NULL, "%s", text);
	say(x, KICK_REQUEST, err == E_NOTFOUND ? KICK_NO_GATEWAY : KICK_REFUSED,
	    d->fault.text);
	return false;
}

/* The device acts upon 401, so it gets that for a wrong key and for nothing else. */
static bool
admit(struct deciding *x)
{
	const struct kick_caller *c = x->in->caller;

	if (x->in->gateway == NULL)
		return refuse(x, E_NOTFOUND, "no gateway with this ID is registered");
	if (c->err == E_OK) {
		x->d->authenticated = true;
		say(x, KICK_REQUEST, KICK_OK, "");
		return true;
	}
	if (c->err == E_NOAUTH && !x->in->device) {
		say(x, KICK_REQUEST, KICK_PUBLIC, "");
		return true;
	}
	if (c->err == E_DENIED && c->known && !x->in->device)
		return refuse(x, E_DENIED, c->why.text);
	if (c->err == E_DENIED || c->err == E_NOAUTH)
		return refuse(x, E_NOAUTH, c->why.text);
	return refuse(x, c->err, c->why.text);
}

/* ---- the parts ------------------------------------------------------------------------ */

/* The first plan that the device can take; others are told the first one. */
static const struct kick_plan *
choose_plan(struct deciding *x)
{
	const struct kick_inputs *in = x->in;

	for (size_t i = 0; in->device && i < in->plan_count; i++)
		if (in->plans[i].err == E_OK)
			return &in->plans[i];
	return in->plan_count > 0 ? &in->plans[0] : NULL;
}

static void
decide_plan(struct deciding *x)
{
	const struct kick_inputs *in = x->in;
	const struct kick_plan *p = choose_plan(x);
	struct fault fault = {0};

	if (p == NULL) {
		fault_set(
		    &fault, E_STATE, "frequency_plan_ids", "no frequency plan is set");
		lack(x, KICK_PLAN, KICK_MISSING, &fault);
		return;
	}
	x->d->frequency_plan = p->id;
	if (in->device && p->err != E_OK) {
		fault_set(&fault, E_STATE, "frequency_plan_ids", "%s: %.200s", p->id,
		    p->why.text);
		lack(x, KICK_PLAN, KICK_UNFIT, &fault);
	} else if (kick_plan_id_check(span_str(p->id), "frequency_plan_ids", &fault) !=
		       E_OK ||
		   kick_plan_url(in->origin, p->id, x->d->plan_url, &fault) != E_OK) {
		x->d->plan_url[0] = '\0';
		lack(x, KICK_PLAN, KICK_UNFIT, &fault);
	} else {
		say(x, KICK_PLAN, p == in->plans ? KICK_FIRST : KICK_LATER, p->id);
	}
}

/* The address that was entered, or that of our own where nothing is. */
static void
firmware_by_address(struct deciding *x)
{
	const struct kick_inputs *in = x->in;
	const char *channel = in->gateway->update_channel;
	struct fault fault = {0};
	enum kick_why from = KICK_FROM_US;

	if (kick_firmware_url(
		in->policy, in->origin, channel, x->d->firmware_url, &fault) != E_OK) {
		x->d->firmware_url[0] = '\0';
		lack(x, KICK_FIRMWARE, KICK_UNFIT, &fault);
		return;
	}
	if (channel[0] == '\0')
		channel = in->policy->update_channel;
	if (span_begins(span_str(channel), span_str("http")))
		from = KICK_FROM_CHANNEL;
	else if (in->policy->firmware_url[0] != '\0')
		from = KICK_FROM_DEFAULT;
	say(x, KICK_FIRMWARE, from, x->d->firmware_url);
	if (in->device && !in->gateway->auto_update && from != KICK_FROM_US)
		say(x, KICK_FIRMWARE, KICK_ALWAYS_ASKS, "");
}

static void
keep_firmware(struct deciding *x, const char *text)
{
	struct fault fault = {0};

	if (kick_image_url(
		x->in->origin, KICK_NO_FIRMWARE, x->d->firmware_url, &fault) != E_OK) {
		x->d->firmware_url[0] = '\0';
		lack(x, KICK_FIRMWARE, KICK_UNFIT, &fault);
		return;
	}
	say(x, KICK_FIRMWARE, KICK_KEEPS, text);
}

static void
firmware_by_release(struct deciding *x)
{
	struct kick_decision *d = x->d;
	const struct kick_choice *c = &d->firmware;
	struct fault fault = {0};
	char name[2 * 32 + 1];

	hex_encode(c->firmware->sha256.data, 32, name);
	if (kick_image_url(x->in->origin, name, d->firmware_url, &fault) != E_OK) {
		/* Of all that the device needs this is the least. */
		d->firmware.offer = false;
		fault_text(&fault, d->firmware_text, sizeof d->firmware_text);
		keep_firmware(x, d->firmware_text);
		return;
	}
	snprintf(d->firmware_text, sizeof d->firmware_text,
	    "%s%srelease %s, version %s, image %s",
	    c->rollout != NULL ? c->rollout->rollout_id : "",
	    c->rollout != NULL ? ", " : "", c->release->release_id, c->release->version,
	    c->firmware->firmware_id);
	say(x, KICK_FIRMWARE,
	    c->rollout != NULL ? KICK_FROM_ROLLOUT : KICK_FROM_RELEASE,
	    d->firmware_text);
}

static void
decide_firmware(struct deciding *x)
{
	static const struct kick_images none = {.channel_id = ""};
	const struct kick_inputs *in = x->in;
	const struct kick_images *images = in->images != NULL ? in->images : &none;
	struct kick_choice *c = &x->d->firmware;

	kick_choose(in->gateway, images, in->device, in->now, c);
	if (c->source == KICK_BY_ADDRESS)
		firmware_by_address(x);
	else if (c->source != KICK_KEEPS_IMAGE)
		firmware_by_release(x);
	else
		keep_firmware(x, c->why == KICK_IMAGE_UNUSABLE
				     ? images->unusable
				     : kick_image_why_text(c->why));
}

/* Where the broker's address comes from, and how it was entered. A gateway whose network
 * server has none is not sent elsewhere. */
static enum kick_why
find_broker(const struct kick_inputs *in, const char **entered, const char **id,
    const char **field)
{
	const struct gateway *g = in->gateway;

	if (in->lns != NULL && in->lns->mqtt_address[0] != '\0') {
		*entered = in->lns->mqtt_address;
		*id = in->lns->lns_id;
		*field = "mqtt_address";
		return KICK_FROM_LNS;
	}
	if (g->gateway_server_address[0] != '\0') {
		*entered = *id = g->gateway_server_address;
		*field = "gateway_server_address";
		return KICK_FROM_GATEWAY;
	}
	if (g->lns != 0)
		return KICK_MISSING;
	*entered = *id = in->policy->mqtt_server;
	*field = "mqtt_server";
	return **entered != '\0' ? KICK_FROM_DEFAULT : KICK_MISSING;
}

static void
decide_broker(struct deciding *x)
{
	const struct kick_inputs *in = x->in;
	const char *entered = "", *field = "";
	struct fault fault = {0};
	enum kick_why from = find_broker(in, &entered, &x->d->router_id, &field);

	if (from == KICK_MISSING) {
		x->d->router_id = "";
		fault_set(&fault, E_STATE, "gateway_server_address",
		    in->gateway->lns != 0
			? "its network server has no mqtt_address"
			: "no network server is set, and no mqtt_server by default");
		lack(x, KICK_BROKER, KICK_MISSING, &fault);
		return;
	}
	if (mqtt_address_complete(span_str(entered), field, x->d->mqtt, &fault) !=
	    E_OK) {
		lack(x, KICK_BROKER, KICK_UNFIT, &fault);
		return;
	}
	x->d->mqtt_address = x->d->mqtt;
	say(x, KICK_BROKER, from, x->d->mqtt);
}

/* ---- all ------------------------------------------------------------------------------- */

void
kick_decide(const struct kick_inputs *in, struct kick_decision *d)
{
	struct deciding x = {in, d};

	*d = (struct kick_decision){
	    .frequency_plan = "", .mqtt_address = "", .router_id = "", .mark = ""};
	if (!admit(&x))
		return;
	if (in->device && !in->gateway->kickstarter)
		say(&x, KICK_REQUEST, KICK_UNMARKED, "");
	decide_plan(&x);
	decide_broker(&x);
	decide_firmware(&x);
	d->show_router = d->authenticated || in->gateway->status_public;
	d->show_location = d->authenticated || in->gateway->location_public;
	if (!d->show_router)
		say(&x, KICK_BROKER, KICK_PRIVATE, "");
	/* An incomplete configuration would make the device wait for a human. */
	if (in->device && d->mark[0] != '\0')
		d->err = E_STATE;
	else
		d->fault = (struct fault){0};
	if (!in->device)
		d->mark = "";
}
