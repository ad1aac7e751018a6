#include "registry/mqtt.h"

#include <stdio.h>

#include "base/number.h"

static int
bad(struct fault *fault, const char *field, const char *why)
{
	return fault_set(fault, E_INVALID, field, "%s", why);
}

static int
check_host(struct span host, const char *field, struct fault *fault)
{
	if (host.len == 0)
		return bad(fault, field, "names no host");
	for (size_t i = 0; i < host.len; i++) {
		unsigned char c = host.data[i];

		if (c >= 'A' && c <= 'Z')
			return bad(fault, field, "must be in lower case");
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') &&
		    memchr(".-_", c, 3) == NULL)
			return bad(fault, field,
			    "must be a host name or IPv4 address, and a port, without "
			    "path or user");
		if (c == '.' && (i == 0 || host.data[i - 1] == '.'))
			return bad(fault, field, "has an empty part in its name");
	}
	return E_OK;
}

/* `host` or `host:port`; *ported tells which. */
static int
check_rest(struct span rest, const char *field, bool *ported, struct fault *fault)
{
	const uint8_t *colon = rest.len > 0 ? memchr(rest.data, ':', rest.len) : NULL;
	struct span host = rest;
	uint64_t port;

	*ported = colon != NULL;
	if (rest.len > 0 && rest.data[0] == '[')
		return bad(fault, field, "the device cannot use IPv6 addresses");
	if (colon != NULL) {
		host = span_of(rest.data, (size_t)(colon - rest.data));
		rest = span_from(rest, host.len + 1);
		if (rest.len > 5 || !number_u64(rest, 1, 65535, &port))
			return bad(fault, field, "the port must be 1 to 65535");
	}
	return check_host(host, field, fault);
}

/* What follows the scheme; the whole when there is none. */
static struct span
after_scheme(struct span address, bool *schemed)
{
	static const char *const schemes[] = {"mqtts://", "mqtt://"};

	for (size_t i = 0; i < 2; i++)
		if (span_begins(address, span_str(schemes[i]))) {
			*schemed = true;
			return span_from(address, strlen(schemes[i]));
		}
	*schemed = false;
	return address;
}

/*
 * Is this an address that the device reads as it was meant: `mqtts://host[:port]` (TLS,
 * 8883), `mqtt://host[:port]` (1883) or `host:port` (TLS on 8883 only), in lower case, a
 * name or IPv4, no path, at most 255 characters? E_INVALID with the reason.
 */
static int
mqtt_address_check(struct span address, const char *field, struct fault *fault)
{
	bool schemed, ported;
	struct span rest = after_scheme(address, &schemed);
	int err;

	if (address.len > MQTT_ADDRESS_MAX)
		return bad(fault, field, "longer than 255 characters");
	if (!schemed && address.len > 3 &&
	    memmem(address.data, address.len, "://", 3) != NULL)
		return bad(fault, field, "the scheme must be mqtts:// or mqtt://");
	if ((err = check_rest(rest, field, &ported, fault)) != E_OK)
		return err;
	if (!schemed && !ported)
		return bad(fault, field, "has neither scheme nor port");
	return E_OK;
}

/* "mqtts://" and the like for a port of The Things Stack, "" for others. */
static const char *
scheme_of_port(struct span port)
{
	static const char *const ports[] = {
	    "1881", "1882", "1883", "8881", "8882", "8883"};

	for (size_t i = 0; i < 6; i++)
		if (span_is(port, ports[i]))
			return i < 3 ? "mqtt://" : "mqtts://";
	return "";
}

int
mqtt_address_complete(struct span entered, const char *field,
    char out[MQTT_ADDRESS_MAX + 1], struct fault *fault)
{
	const uint8_t *colon;
	struct span port = span_str("8881");
	bool schemed =
	    entered.len > 3 && memmem(entered.data, entered.len, "://", 3) != NULL;
	int n;

	out[0] = '\0';
	colon = entered.len > 0 ? memchr(entered.data, ':', entered.len) : NULL;
	if (colon != NULL)
		port = span_from(entered, (size_t)(colon - entered.data) + 1);
	if (entered.len > MQTT_ADDRESS_MAX)
		return bad(fault, field, "longer than 255 characters");
	if (entered.len > 0 && memchr(entered.data, '\0', entered.len) != NULL)
		return bad(fault, field, "has a NUL in it");
	n = snprintf(out, MQTT_ADDRESS_MAX + 1, "%s%.*s%s",
	    schemed ? "" : scheme_of_port(port), (int)entered.len,
	    (const char *)entered.data, schemed || colon != NULL ? "" : ":8881");
	if (n > MQTT_ADDRESS_MAX)
		return bad(fault, field, "longer than 255 characters with its scheme");
	return mqtt_address_check(span_of(out, (size_t)n), field, fault);
}

int
check_mqtt_address(const struct field *f, const void *value, struct fault *fault)
{
	char complete[MQTT_ADDRESS_MAX + 1];

	return mqtt_address_complete(
	    span_str(*(const char *const *)value), f->name, complete, fault);
}
