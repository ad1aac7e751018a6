#include "tests/sim/kickstarter.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "kickstarter/answer.h"
#include "kickstarter/image.h"

#define DAY_SECONDS 86400

void
kick_device_init(struct kick_device *d, const char *id, int64_t now)
{
	memset(d, 0, sizeof *d);
	snprintf(d->id, sizeof d->id, "%s", id);
	d->next = d->started = now;
}

static void
start(struct kick_device *d, int64_t now)
{
	d->step = KICK_STARTS;
	d->next = d->started = now;
}

void
kick_device_restart(struct kick_device *d, const char *id, int64_t now)
{
	snprintf(d->id, sizeof d->id, "%s", id);
	start(d, now);
}

void
kick_device_forget(struct kick_device *d)
{
	d->requests = d->activations = d->starts = d->reboots = d->bad = 0;
	d->downloads = d->updates = 0;
	d->last[0] = '\0';
}

/* ---- the server's side ------------------------------------------------------------------- */

/* Header and body as a web server sends them. */
static void
put_answer(struct strbuf *raw, int status, struct span body)
{
	strbuf_printf(raw,
	    "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n",
	    status, body.len);
	strbuf_put(raw, body.data, body.len);
}

/* The files are below the URL that the configuration named. */
static int
fetch_file(struct kick_world *w, enum device_request what, struct kick_call *call,
    const struct kick_device *d, struct strbuf *body)
{
	const char *folder = strstr(d->memory.firmware_url, "/api/v2/firmware/");
	struct kick_image image;
	char *to;

	if (folder == NULL)
		return E_NOTFOUND;
	call->id = span_str(folder + strlen("/api/v2/firmware/"));
	kick_image(&w->server, call, &w->arena, &image);
	if (image.err != E_OK)
		return image.err;
	if (what == DEVICE_CHECKSUMS)
		kick_checksums_write(&image, body);
	else if ((to = strbuf_extend(body, image.size)) == NULL ||
		 read(image.fd, to, image.size) != (ssize_t)image.size)
		image.err = E_IO;
	close(image.fd);
	return image.err;
}

static void
ask_endpoint(struct kick_world *w, enum device_request what,
    const struct kick_device *d, struct strbuf *raw)
{
	struct kick_exchange *x = arena_alloc(&w->arena, sizeof *x);
	char origin[KICK_ORIGIN];
	struct kick_call call = {.id = span_str(d->id),
	    .key = span_str(d->memory.key),
	    .device = true,
	    .origin = origin,
	    .address = "192.0.2.1"};
	struct strbuf body;
	int status = what == DEVICE_ACTIVATE ? 201 : 200;
	char text[400];

	kick_origin(&w->server.policy, true, span_str(w->host), origin);
	strbuf_init(&body, 16 << 20);
	memset(x, 0, sizeof *x);
	if (what == DEVICE_ACTIVATE) {
		kick_activate(&w->server, &call, w->now, &w->arena, &body, x);
	} else if (what == DEVICE_CONFIGURE) {
		kick_configure(&w->server, &call, w->now, &w->arena, &body, x);
	} else if (what == DEVICE_PLAN) {
		call.key = span_str("");
		call.id = span_str(strrchr(d->memory.plan_url, '/') + 1);
		kick_plan(&w->server, &call, &w->arena, &body, x);
	} else {
		x->err = fetch_file(w, what, &call, d, &body);
	}
	if (x->err != E_OK) {
		strbuf_reset(&body);
		status = kick_error_write(
		    &body, x->err, fault_text(&x->fault, text, sizeof text));
	}
	put_answer(raw, status, strbuf_span(&body));
	strbuf_clear(&body);
}

/* False when there is no connection at all. */
static bool
send_request(struct kick_world *w, enum device_request what,
    const struct kick_device *d, struct strbuf *raw)
{
	struct strbuf body;

	strbuf_init(&body, 1024);
	switch (w->weather) {
	case WEATHER_UNREACHABLE:
		return false;
	case WEATHER_NOT_READY:
		put_answer(raw, kick_error_write(&body, E_BUSY, "not ready"),
		    strbuf_span(&body));
		break;
	case WEATHER_GATEWAY:
		put_answer(raw, 503,
		    span_str(
			"<?xml version=\"1.0\"?>\n<html>\n<h1>503</h1>\n</html>\n"));
		break;
	default:
		ask_endpoint(w, what, d, raw);
		if (w->weather == WEATHER_LOST)
			strbuf_reset(raw);
	}
	strbuf_clear(&body);
	return true;
}

/* ---- the device's side ------------------------------------------------------------------------ */

static enum device_request
wanted(const struct kick_device *d)
{
	if (d->step == KICK_FETCHES_PLAN)
		return DEVICE_PLAN;
	if (d->step == KICK_FETCHES_FIRMWARE)
		return DEVICE_CHECKSUMS;
	if (d->step == KICK_DOWNLOADS)
		return DEVICE_FIRMWARE;
	return d->memory.key[0] == '\0' ? DEVICE_ACTIVATE : DEVICE_CONFIGURE;
}

static void
go_on(struct kick_device *d, enum device_request what, bool keeps, int64_t now)
{
	static const enum kick_step next[] = {[DEVICE_ACTIVATE] = KICK_STARTS,
	    [DEVICE_CONFIGURE] = KICK_FETCHES_PLAN,
	    [DEVICE_PLAN] = KICK_FETCHES_FIRMWARE,
	    [DEVICE_CHECKSUMS] = KICK_DOWNLOADS,
	    [DEVICE_FIRMWARE] = KICK_RUNS};

	d->step = keeps ? KICK_RUNS : next[what];
	d->activations += what == DEVICE_ACTIVATE;
	d->next = d->step == KICK_RUNS ? d->started + DAY_SECONDS : now + 2;
	if (d->next <= now)
		d->next = now + 1;
}

static void
suffer(struct kick_device *d, enum device_request what, const struct device_verdict *v,
    int64_t now)
{
	d->bad += device_is_bad(v);
	snprintf(d->last, sizeof d->last, "%s: %s: %.120s", device_request_name(what),
	    device_effect_name(v->effect), v->error);
	switch (v->effect) {
	case DEVICE_GOES_ON:
	case DEVICE_KEEPS_FIRMWARE:
		if (what == DEVICE_FIRMWARE && v->effect == DEVICE_GOES_ON) {
			d->updates++;
			start(d, now + 30);
			break;
		}
		go_on(d, what, v->effect == DEVICE_KEEPS_FIRMWARE, now);
		break;
	case DEVICE_RETRIES:
		/* All but "busy" makes it begin again, and a plan is fetched again alone. */
		if (!(what == DEVICE_PLAN && v->wait == 2))
			d->step = KICK_STARTS;
		d->next = now + v->wait;
		break;
	case DEVICE_DROPS_KEY:
		d->memory.key[0] = '\0';
		d->next = now + 1;
		break;
	case DEVICE_DROPS_ID:
		d->id[0] = d->memory.key[0] = '\0';
		d->step = KICK_STUCK;
		break;
	case DEVICE_WAITS:
	case DEVICE_HANGS:
		d->step = KICK_STUCK;
		break;
	case DEVICE_REBOOTS:
		d->reboots++;
		start(d, now + 30);
		break;
	}
}

static void
take_image(struct kick_device *d, struct span bytes, struct device_verdict *v)
{
	struct device_image image;

	d->downloads++;
	if (device_image_begin(&image) != E_OK)
		return;
	device_image_add(&image, span_from(bytes, v->header));
	device_image_end(&image, &d->memory, v);
}

static void
live(struct kick_world *w, struct kick_device *d)
{
	enum device_request what;
	struct device_received r = {0};
	struct device_verdict v;
	struct strbuf raw;

	if (d->step == KICK_RUNS) {
		d->starts++;
		start(d, w->now);
	}
	what = wanted(d);
	d->requests++;
	strbuf_init(&raw, 17 << 20);
	if (send_request(w, what, d, &raw)) {
		r.bytes = strbuf_span(&raw);
		device_take(what, &r, &d->memory, &v);
		if (what == DEVICE_FIRMWARE)
			take_image(d, r.bytes, &v);
	} else {
		v = (struct device_verdict){.effect = DEVICE_RETRIES, .wait = 5};
	}
	suffer(d, what, &v, w->now);
	strbuf_clear(&raw);
	arena_reset(&w->arena);
}

void
kick_world_run(struct kick_world *w, struct kick_device *d, int64_t until)
{
	while (d->step != KICK_STUCK && d->next < until) {
		w->now = d->next > w->now ? d->next : w->now;
		clock_set(w->now);
		live(w, d);
	}
	w->now = until;
	clock_set(w->now);
}
