#include "gateway-files/server.h"

#include <arpa/inet.h>

#include "base/number.h"
#include "radio/limits.h"

#define FIELD "gateway_server_address"

static int
refuse(struct fault *fault, const char *text)
{
	return fault_set(fault, E_INVALID, FIELD, "%s", text);
}

/* What stands before "://", empty when nothing does. */
static struct span
take_scheme(struct span *text)
{
	struct span scheme = {NULL, 0};

	for (size_t i = 1; i + 3 <= text->len; i++) {
		if (memcmp(text->data + i, "://", 3) != 0)
			continue;
		scheme = span_of(text->data, i);
		*text = span_from(*text, i + 3);
		break;
	}
	return scheme;
}

static const uint8_t *
last_colon(struct span s)
{
	for (size_t i = s.len; i-- > 0;)
		if (s.data[i] == ':')
			return s.data + i;
	return NULL;
}

static size_t
colons(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.data[i] == ':';
	return n;
}

static int
set_port(struct span text, struct server *out, struct fault *fault)
{
	uint64_t port;

	if (text.len == 0)
		return refuse(fault, "the port is empty");
	if (!number_u64(text, 1, UINT16_MAX, &port))
		return refuse(fault, "the port is not 1 to 65535");
	out->port = (uint16_t)port;
	return E_OK;
}

static int
set_host(struct span text, struct server *out, struct fault *fault)
{
	if (text.len == 0)
		return refuse(fault, "there is no host");
	if (text.len > SERVER_HOST_MAX)
		return refuse(fault, "the host is longer than 253 characters");
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z');

		if (!alnum && (c == '\0' || strchr("-._", c) == NULL))
			return refuse(
			    fault, "the host has a character that no name has");
	}
	memcpy(out->host, text.data, text.len);
	out->host[text.len] = '\0';
	return E_OK;
}

/* "[2001:db8::1]:1700", from the bracket on. */
static int
parse_ipv6(struct span text, struct server *out, struct fault *fault)
{
	const uint8_t *end = memchr(text.data, ']', text.len);
	struct in6_addr ignored;
	struct span rest;
	size_t n;

	if (end == NULL)
		return refuse(fault, "the bracket is not closed");
	n = (size_t)(end - text.data) - 1;
	if (n < sizeof out->host) {
		memcpy(out->host, text.data + 1, n);
		out->host[n] = '\0';
	}
	if (n >= sizeof out->host || inet_pton(AF_INET6, out->host, &ignored) != 1)
		return refuse(fault, "there is no IPv6 address between the brackets");
	out->ipv6 = true;
	rest = span_from(text, n + 2);
	if (rest.len == 0)
		return E_OK;
	if (rest.data[0] != ':')
		return refuse(fault, "after the bracket comes :port or nothing");
	return set_port(span_from(rest, 1), out, fault);
}

int
server_parse(struct span text, struct server *out, struct fault *fault)
{
	struct span scheme;
	const uint8_t *colon;
	int err;

	*out = (struct server){.port = SERVER_PORT};
	text = span_trim(text);
	scheme = take_scheme(&text);
	if (scheme.len > 0 && !(scheme.len == 3 && span_begins_nocase(scheme, "udp")))
		return fault_set(fault, E_INVALID, FIELD,
		    "%.*s is not udp: this gateway's forwarder speaks UDP",
		    (int)(scheme.len > 16 ? 16 : scheme.len),
		    (const char *)scheme.data);
	if (text.len > 0 && text.data[0] == '[')
		return parse_ipv6(text, out, fault);
	if (colons(text) > 1)
		return refuse(
		    fault, "an IPv6 address stands in brackets: [2001:db8::1]");
	if ((colon = last_colon(text)) != NULL) {
		size_t n = (size_t)(colon - text.data);

		if ((err = set_port(span_from(text, n + 1), out, fault)) != E_OK)
			return err;
		text.len = n;
	}
	return set_host(text, out, fault);
}

int
server_check_semtech(const struct server *s, struct fault *fault)
{
	size_t n = strlen(s->host);

	if (s->ipv6)
		return refuse(fault, "the forwarder resolves to IPv4 alone: use a name "
				     "or an IPv4 address");
	if (n > LIMIT_ADDRESS)
		return fault_set(fault, E_INVALID, FIELD,
		    "the host has %zu characters, the forwarder takes 63 at most", n);
	return E_OK;
}
