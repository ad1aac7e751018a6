/* What the device asks, and how it reads addresses. */
#include <stdio.h>

#include "kickstarter/device.h"

/* As atoi() into 16 bits. */
static uint16_t
port_of(const char *text)
{
	unsigned long n = 0;

	for (; *text >= '0' && *text <= '9' && n < 1000000; text++)
		n = n * 10 + (unsigned long)(*text - '0');
	return (uint16_t)n;
}

bool
device_url_read(struct span url, struct device_url *u)
{
	char text[256], *host, *end;

	*u = (struct device_url){0};
	if (url.len >= sizeof text)
		return false;
	snprintf(text, sizeof text, "%.*s", (int)url.len, (const char *)url.data);
	if (strncmp(text, "https", 5) == 0) {
		u->tls = true;
		u->port = 443;
	} else if (strncmp(text, "http", 4) == 0) {
		u->port = 80;
	}
	if ((host = strstr(text, "//")) == NULL)
		return false;
	host += 2;
	end = strpbrk(host, ":");
	if (end != NULL) {
		u->port = port_of(end + 1);
		*end++ = '\0';
		end = strchr(end, '/');
	} else if ((end = strchr(host, '/')) != NULL) {
		*end = '\0';
	}
	snprintf(u->host, sizeof u->host, "%s", host);
	u->has_path = end != NULL;
	if (end != NULL)
		snprintf(u->path, sizeof u->path, "%s", end + 1);
	return true;
}

void
device_broker_read(struct span address, struct device_broker *b)
{
	char text[256], *host = text, *colon, *slash;
	bool schemed = true;

	*b = (struct device_broker){.port = 1883};
	snprintf(
	    text, sizeof text, "%.*s", (int)address.len, (const char *)address.data);
	if (strncmp(text, "mqtts://", 8) == 0) {
		host += 8;
		b->tls = true;
		b->port = 8883;
	} else if (strncmp(text, "mqtt://", 7) == 0) {
		host += 7;
	} else {
		schemed = false;
	}
	if ((colon = strchr(host, ':')) != NULL) {
		*colon = '\0';
		b->port = port_of(colon + 1);
		b->tls |= !schemed && b->port == 8883;
	} else if ((slash = strchr(host, '/')) != NULL) {
		/* It puts host and path together, without the slash. */
		memmove(slash, slash + 1, strlen(slash));
	}
	snprintf(b->host, sizeof b->host, "%s", host);
}

const char *
device_request_name(enum device_request what)
{
	static const char *const names[] = {[DEVICE_ACTIVATE] = "activation",
	    [DEVICE_CONFIGURE] = "configuration",
	    [DEVICE_PLAN] = "frequency-plan",
	    [DEVICE_CHECKSUMS] = "checksums",
	    [DEVICE_FIRMWARE] = "firmware"};

	return names[what];
}

static void
put_line(enum device_request what, const struct device_url *to, const char *id,
    struct strbuf *out)
{
	switch (what) {
	case DEVICE_ACTIVATE:
		strbuf_printf(out, "PUT /api/v2/gateways/%s/activate HTTP/1.1\r\n", id);
		break;
	case DEVICE_CONFIGURE:
		strbuf_printf(
		    out, "GET /api/v2/gateways/%s?filter=ttn HTTP/1.1\r\n", id);
		break;
	case DEVICE_PLAN:
		strbuf_printf(out, "GET /%s?filter=ttn HTTP/1.1\r\n", to->path);
		break;
	default:
		strbuf_printf(out, "GET /%s/%s HTTP/1.1\r\n", to->path,
		    what == DEVICE_CHECKSUMS ? "checksums" : "firmware.hex");
	}
}

void
device_request_write(enum device_request what, const struct device_url *to,
    const char *id, const char *key, bool old, struct strbuf *out)
{
	put_line(what, to, id, out);
	strbuf_puts(out, "User-Agent: TTNGateway\r\n");
	if (old)
		strbuf_printf(out, "Host: %s\r\n", to->host);
	else
		strbuf_printf(out, "Host: %s:%u\r\n", to->host, to->port);
	if (what == DEVICE_CONFIGURE)
		strbuf_printf(out, "Authorization: Key %s\r\n", key);
	strbuf_puts(out, "Connection: close\r\n\r\n");
}
