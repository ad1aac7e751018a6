#include "kickstarter/answer.h"

#include "base/clock.h"
#include "json/writer.h"

#define TOKEN_SECONDS 86400 /* when the gateway's record does not say it */

/* ---- errors ------------------------------------------------------------------------------ */

static bool
is_lasting(int err)
{
	switch (err) {
	case E_INVALID:
	case E_NOAUTH:
	case E_DENIED:
	case E_NOTFOUND:
	case E_METHOD:
	case E_TOOBIG:
	case E_TYPE:
		return true;
	default:
		return false;
	}
}

static void
put_plain(struct strbuf *out, const char *text)
{
	for (size_t n = 0; *text != '\0' && n < KICK_ERROR_MAX; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c & 0xc0) == 0x80)
			continue;
		if (c == '"')
			c = '\'';
		else if (c == '\\')
			c = '/';
		else if (c < ' ' || c > '~')
			c = '?';
		strbuf_putc(out, (char)c);
		n++;
	}
}

int
kick_error_write(struct strbuf *out, int err, const char *text)
{
	int status = is_lasting(err) ? err_http(err) : 503;

	strbuf_puts(out, "{\"code\":");
	strbuf_putu(out, status == 503 ? KICK_CODE_BUSY : (uint64_t)status);
	strbuf_puts(out, ",\"error\":\"");
	put_plain(out, text != NULL && text[0] != '\0' ? text : err_text(err));
	strbuf_puts(out, "\"}");
	return status;
}

/* ---- activation -------------------------------------------------------------------------- */

int
kick_key_write(struct span key, struct strbuf *out, struct fault *fault)
{
	int err = kick_key_check(key, "key", fault);

	if (err != E_OK)
		return err;
	strbuf_puts(out, "{\"key\":\"");
	strbuf_put(out, key.data, key.len);
	strbuf_puts(out, "\"}");
	return out->err;
}

/* ---- configuration ------------------------------------------------------------------------ */

static void
for_device(
    const struct kick_inputs *in, const struct kick_decision *d, struct json_out *j)
{
	json_key_str(j, "frequency_plan", d->frequency_plan);
	json_key_str(j, "frequency_plan_url", d->plan_url);
	json_key_str(j, "firmware_url", d->firmware_url);
	json_key_object(j, "router");
	json_key_str(j, "mqtt_address", d->mqtt_address);
	json_object_end(j);
	json_key_bool(j, "auto_update", in->gateway->auto_update);
}

static void
location(const struct gateway *g, struct json_out *j)
{
	const struct antenna *a = g->antennas.rows;

	if (g->antennas.count == 0 ||
	    (a->latitude == 0 && a->longitude == 0 && a->altitude == 0))
		return;
	json_key_object(j, "antenna_location");
	json_key_double(j, "latitude", a->latitude);
	json_key_double(j, "longitude", a->longitude);
	json_key_int(j, "altitude", a->altitude);
	json_object_end(j);
}

/* A token that old registrations have among their attributes. */
static void
token(const struct kick_inputs *in, struct json_out *j)
{
	const char *value = kick_attribute(in->gateway, "token");
	const char *expires = kick_attribute(in->gateway, "token-expires");
	int64_t until, left = TOKEN_SECONDS;

	if (value[0] == '\0')
		return;
	if (clock_parse(span_str(expires), &until))
		left = until > in->now ? until - in->now : 0;
	json_key_object(j, "token");
	json_key_str(j, "access_token", value);
	json_key_int(j, "expires_in", left);
	json_object_end(j);
}

static void
router(const struct kick_decision *d, struct json_out *j)
{
	json_object(j);
	json_key_str(j, "id", d->router_id);
	json_key_str(j, "mqtt_address", d->mqtt_address);
	json_object_end(j);
}

static void
for_others(
    const struct kick_inputs *in, const struct kick_decision *d, struct json_out *j)
{
	const struct gateway *g = in->gateway;

	json_key_str(j, "id", g->gateway_id);
	if (d->authenticated && g->description[0] != '\0') {
		json_key_object(j, "attributes");
		json_key_str(j, "description", g->description);
		json_object_end(j);
	}
	json_key_str(j, "frequency_plan", d->frequency_plan);
	json_key_str(j, "frequency_plan_url", d->plan_url);
	json_key_bool(j, "auto_update", g->auto_update);
	if (d->firmware_url[0] != '\0')
		json_key_str(j, "firmware_url", d->firmware_url);
	if (d->show_location)
		location(g, j);
	if (d->authenticated)
		token(in, j);
	if (!d->show_router || d->mqtt_address[0] == '\0')
		return;
	json_key(j, "router");
	router(d, j);
	json_key_array(j, "fallback_routers");
	router(d, j);
	json_array_end(j);
}

int
kick_configuration_write(const struct kick_inputs *in, const struct kick_decision *d,
    struct strbuf *out, struct fault *fault)
{
	size_t start = out->len;
	struct json_out j;

	json_init(&j, out, NULL);
	json_object(&j);
	if (in->device)
		for_device(in, d, &j);
	else
		for_others(in, d, &j);
	json_object_end(&j);
	if (out->err != E_OK || !in->device)
		return out->err;
	return kick_body_check(span_from(strbuf_span(out), start), fault);
}
