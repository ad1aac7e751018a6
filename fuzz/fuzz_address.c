/*
 * Addresses of all kinds that stand in headers, forms and files: of clients and networks, of
 * stations, forwarders and Kickstarters. What is taken gives the same again when it is
 * written down, and is read by the gateway's own parser (kickstarter/device.h) as it was
 * meant.
 */
#include "fuzz.h"

#include <stdio.h>

#include "admin/gate.h"
#include "gateway-files/server.h"
#include "kickstarter/device.h"
#include "kickstarter/limits.h"
#include "registry/checks.h"
#include "registry/mqtt.h"
#include "web/address.h"

/* ---- of clients ---------------------------------------------------------------------- */

static void
clients(struct span text)
{
	char out[ADDRESS_TEXT];
	struct address a, hop, again;
	struct network n;

	if (address_parse_hop(text, &hop)) {
		address_format(&hop, out);
		must(address_parse(span_str(out), &again));
		must(memcmp(&hop, &again, sizeof hop) == 0);
	}
	if (address_parse(text, &a)) {
		must(address_parse_hop(text, &hop));
		must(memcmp(&hop, &a, sizeof a) == 0);
		must(network_parse(text, &n) && network_has(&n, &a));
		must(n.bits == (a.family == 4 ? 32 : 128));
	}
	if (network_parse(text, &n)) {
		must(n.bits <= (n.base.family == 4 ? 32 : 128));
		must(network_has(&n, &n.base));
	}
}

/* ---- of browsers ------------------------------------------------------------------------ */

static void
origins(struct span text)
{
	char out[ORIGIN_MAX], again[ORIGIN_MAX];

	if (!origin_of(text, out))
		return;
	must(strncmp(out, "http://", 7) == 0 || strncmp(out, "https://", 8) == 0);
	must(strpbrk(out, "@\\?# ") == NULL && strchr(out + 8, '/') == NULL);
	must(origin_of(span_str(out), again) && strcmp(out, again) == 0);
	must(strlen(out) <= text.len);
}

/* ---- of stations ------------------------------------------------------------------------ */

static void
stations(enum station_uri kind, struct span text)
{
	static const char *const schemes[2][2] = {{"http", "https"}, {"ws", "wss"}};
	struct station_address a, again;
	struct fault fault = {0};
	char uri[160], complete[128], twice[128];

	if (station_uri_check(kind, text, &a, &fault) == E_OK) {
		must(text.len <= 127 && a.port > 0);
		snprintf(uri, sizeof uri, "%s://%s:%u", schemes[kind][a.tls], a.host,
		    a.port);
		must(strlen(uri) <= text.len);
		must(station_uri_check(kind, span_str(uri), &again, &fault) == E_OK);
		must(strcmp(a.host, again.host) == 0 && a.port == again.port &&
		     a.tls == again.tls);
		must(station_uri_complete(kind, text, complete, &fault) == E_OK);
		must(span_is(text, complete));
	} else {
		must(fault.text[0] != '\0');
	}
	if (station_uri_complete(kind, text, complete, &fault) == E_OK) {
		must(memchr(text.data, '\0', text.len) == NULL);
		must(station_uri_check(kind, span_str(complete), NULL, &fault) == E_OK);
		must(station_uri_complete(kind, span_str(complete), twice, &fault) ==
		     E_OK);
		must(strcmp(complete, twice) == 0);
	}
}

/* ---- of forwarders ------------------------------------------------------------------------- */

static void
servers(struct span text, const char *string)
{
	static const struct field field = {.name = "udp_address"};
	struct server s, again;
	struct fault fault = {0};
	char written[300];
	int err = server_parse(text, &s, &fault);

	must(err == E_OK || fault.text[0] != '\0');
	/* What may be entered may be used. */
	if (check_udp_address(&field, &string, &fault) == E_OK &&
	    strlen(string) == text.len)
		must(err == E_OK);
	if (err != E_OK)
		return;
	must(s.host[0] != '\0' && s.port > 0);
	snprintf(written, sizeof written, s.ipv6 ? "udp://[%s]:%u" : "%s:%u", s.host,
	    s.port);
	must(server_parse(span_str(written), &again, &fault) == E_OK);
	must(strcmp(s.host, again.host) == 0 && s.port == again.port &&
	     s.ipv6 == again.ipv6);
	if (server_check_semtech(&s, &fault) == E_OK)
		must(strlen(s.host) <= 63 && strchr(s.host, ':') == NULL);
}

/* ---- of Kickstarters ------------------------------------------------------------------------- */

/* Is `text` what the parts come to, with or without the port? */
static bool
is_made_of(struct span text, const char *scheme, const char *host, unsigned port,
    const char *path)
{
	char made[600], digits[8];
	size_t n;

	snprintf(made, sizeof made, "%s%s%s", scheme, host, path);
	if (span_is(text, made))
		return true;
	/* The port is all that can be written in several ways: with zeros before it. */
	for (n = 1; n <= 5; n++) {
		snprintf(digits, sizeof digits, "%0*u", (int)n, port);
		snprintf(made, sizeof made, "%s%s:%s%s", scheme, host, digits, path);
		if (span_is(text, made))
			return true;
	}
	return false;
}

static void
brokers(struct span text)
{
	struct device_broker b;
	struct fault fault = {0};
	char complete[MQTT_ADDRESS_MAX + 1], again[MQTT_ADDRESS_MAX + 1];
	const char *scheme;

	if (mqtt_address_complete(text, "address", complete, &fault) != E_OK) {
		must(fault.text[0] != '\0');
		return;
	}
	must(strlen(complete) >= text.len);
	text = span_str(complete);
	must(mqtt_address_complete(text, "address", again, &fault) == E_OK);
	must(strcmp(complete, again) == 0);
	device_broker_read(text, &b);
	scheme = span_begins(text, span_str("mqtts://"))  ? "mqtts://"
		 : span_begins(text, span_str("mqtt://")) ? "mqtt://"
							  : "";
	must(b.host[0] != '\0' && b.port > 0);
	must(is_made_of(text, scheme, b.host, b.port, ""));
	must(b.tls == (scheme[0] != '\0' ? scheme[4] == 's' : b.port == 8883));
}

static void
urls(struct span text, bool base)
{
	struct device_url u;
	struct fault fault = {0};
	char path[300];

	if (kick_url_check(text, base, "url", &fault) != E_OK) {
		must(fault.text[0] != '\0');
		return;
	}
	must(kick_channel_check(text, "channel", &fault) == E_OK || !base);
	must(device_url_read(text, &u));
	must(u.host[0] != '\0' && u.port > 0 && u.has_path && u.path[0] != '\0');
	snprintf(path, sizeof path, "/%s", u.path);
	must(is_made_of(text, u.tls ? "https://" : "http://", u.host, u.port, path));
}

/* Words that become parts of addresses mean themselves there. */
static void
words(struct span text)
{
	struct fault fault = {0};
	struct device_url u;
	struct strbuf url;

	if (kick_plan_id_check(text, "id", &fault) == E_OK)
		must(kick_channel_check(text, "channel", &fault) == E_OK ||
		     span_begins(text, span_str("http")));
	if (kick_channel_check(text, "channel", &fault) != E_OK ||
	    span_begins(text, span_str("http")) || text.len > 200)
		return;
	strbuf_init(&url, 300);
	strbuf_puts(&url, "https://h/f/");
	strbuf_put(&url, text.data, text.len);
	must(kick_url_check(strbuf_span(&url), true, "url", &fault) == E_OK);
	must(device_url_read(strbuf_span(&url), &u));
	must(strcmp(u.path, url.data + strlen("https://h/")) == 0);
	strbuf_clear(&url);
}

/* What the device makes of any of them lies within its memory. */
static void
devices(struct span text)
{
	struct device_broker b;
	struct device_url u;

	device_broker_read(text, &b);
	if (device_url_read(text, &u))
		must(text.len < 256);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	char string[400];

	if (size >= sizeof string)
		return 0;
	if (size > 0)
		memcpy(string, data, size);
	string[size] = '\0';
	clients(text);
	origins(text);
	stations(STATION_CUPS, text);
	stations(STATION_LNS, text);
	servers(text, string);
	brokers(text);
	urls(text, true);
	urls(text, false);
	words(text);
	devices(text);
	return 0;
}
