#include "registry/checks.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/number.h"
#include "base/utf8.h"
#include "json/reader.h"

static bool
is_id(const char *s)
{
	size_t n = strlen(s);

	if (n < 3 || n > 36)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool letter =
		    (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9');

		if (!letter && (s[i] != '-' || i == 0 || i + 1 == n || s[i - 1] == '-'))
			return false;
	}
	return true;
}

static int
bad_id(const struct field *f, struct fault *fault)
{
	return fault_set(fault, E_INVALID, f->name,
	    "must be 3 to 36 lower-case letters, digits and single dashes between "
	    "them");
}

int
check_id(const struct field *f, const void *value, struct fault *fault)
{
	return is_id(*(const char *const *)value) ? E_OK : bad_id(f, fault);
}

int
check_ids(const struct field *f, const void *value, struct fault *fault)
{
	const struct text_list *list = value;
	const struct text_map *map = value;

	for (size_t i = 0; f->type == FIELD_LIST && i < list->count; i++)
		if (!is_id(list->items[i]))
			return bad_id(f, fault);
	for (size_t i = 0; f->type == FIELD_MAP && i < map->count; i++)
		if (!is_id(map->pairs[i].key))
			return bad_id(f, fault);
	return E_OK;
}

static int
check_text(
    const struct field *f, const char *text, const char *allowed, struct fault *fault)
{
	if (!utf8_valid(span_str(text)))
		return fault_set(fault, E_INVALID, f->name, "is not UTF-8 text");
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c < 32 || c == 127) && strchr(allowed, c) == NULL)
			return fault_set(fault, E_INVALID, f->name,
			    "must not contain control characters");
	}
	return E_OK;
}

int
check_line(const struct field *f, const void *value, struct fault *fault)
{
	return check_text(f, *(const char *const *)value, "", fault);
}

int
check_lines(const struct field *f, const void *value, struct fault *fault)
{
	const struct text_list *list = value;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < list->count; i++) {
		err = check_text(f, list->items[i], "", fault);
		if (list->items[i][0] == '\0')
			err =
			    fault_set(fault, E_INVALID, f->name, "has an empty entry");
	}
	return err;
}

int
check_prose(const struct field *f, const void *value, struct fault *fault)
{
	return check_text(f, *(const char *const *)value, "\t\r\n", fault);
}

/* ---- addresses --------------------------------------------------------------------- */

/* A host name or IPv4 address: letters, digits, dots, dashes; no empty label. */
static bool
is_host(struct span s)
{
	if (s.len == 0 || s.len > 127 || s.data[0] == '.' || s.data[0] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = s.data[i] | 32;

		if ((c < 'a' || c > 'z') && (s.data[i] < '0' || s.data[i] > '9') &&
		    s.data[i] != '-' && s.data[i] != '.')
			return false;
		if (s.data[i] == '.' && i + 1 < s.len && s.data[i + 1] == '.')
			return false;
	}
	return true;
}

static bool
is_ipv6(struct span s)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr ignored;

	if (s.len >= sizeof text)
		return false;
	memcpy(text, s.data, s.len);
	text[s.len] = '\0';
	return inet_pton(AF_INET6, text, &ignored) == 1;
}

/* Cuts `host:port` at its last colon. False without one. */
static bool
split_port(struct span s, struct span *host, uint64_t *port)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.data[i - 1] == ':') {
			*host = span_of(s.data, i - 1);
			return number_u64(span_from(s, i), 1, 65535, port);
		}
	return false;
}

static bool
cut_scheme(struct span *s, const char *scheme)
{
	if (!span_begins(*s, span_str(scheme)))
		return false;
	*s = span_from(*s, strlen(scheme));
	return true;
}

int
station_uri_check(enum station_uri kind, struct span uri,
    struct station_address *address, struct fault *fault)
{
	static const char *const schemes[2][2] = {
	    {"https://", "http://"}, {"wss://", "ws://"}};
	static const char *const fields[] = {"cups_uri", "lns_uri"};
	struct span rest = uri, host;
	bool tls = cut_scheme(&rest, schemes[kind][0]);
	uint64_t port;

	if (uri.len > 127)
		return fault_set(
		    fault, E_INVALID, fields[kind], "longer than 127 characters");
	if (!tls && !cut_scheme(&rest, schemes[kind][1]))
		return fault_set(fault, E_INVALID, fields[kind],
		    "must begin with %s or %s in lower case", schemes[kind][0],
		    schemes[kind][1]);
	if (rest.len > 0 && rest.data[0] == '[')
		return fault_set(fault, E_INVALID, fields[kind],
		    "IPv6 addresses are not read rightly by gateways; use a name");
	if (rest.len > 0 && memchr(rest.data, '/', rest.len) != NULL)
		return fault_set(fault, E_INVALID, fields[kind],
		    "must end after the port: no path and no slash");
	if (rest.len > 0 && memchr(rest.data, '@', rest.len) != NULL)
		return fault_set(
		    fault, E_INVALID, fields[kind], "must not have a user part");
	if (rest.len > 0 && memchr(rest.data, ':', rest.len) == NULL)
		return fault_set(fault, E_INVALID, fields[kind],
		    "the port is required, as in %sexample.com:%s", schemes[kind][0],
		    kind == STATION_CUPS ? "443" : "8887");
	if (!split_port(rest, &host, &port))
		return fault_set(
		    fault, E_INVALID, fields[kind], "the port must be 1 to 65535");
	if (!is_host(host))
		return fault_set(fault, E_INVALID, fields[kind],
		    "is not a host name or IPv4 address");
	if (address != NULL) {
		address->tls = tls;
		address->port = (uint16_t)port;
		snprintf(address->host, sizeof address->host, "%.*s", (int)host.len,
		    (const char *)host.data);
	}
	return E_OK;
}

int
station_uri_complete(
    enum station_uri kind, struct span address, char out[128], struct fault *fault)
{
	static const char *const schemes[2][2] = {{"https", "http"}, {"wss", "ws"}};
	static const unsigned ports[2][2] = {{443, 80}, {8887, 1887}};
	struct span rest = address;
	int plain = 0, n;
	const char *at = NULL;

	if (address.len > 0) {
		if (memchr(address.data, '\0', address.len) != NULL)
			return fault_set(fault, E_INVALID, "gateway_server_address",
			    "has a NUL in it");
		at = memmem(address.data, address.len, "://", 3);
	}
	if (at != NULL) {
		struct span scheme =
		    span_of(address.data, (size_t)(at - (const char *)address.data));

		plain = span_is(scheme, schemes[kind][1]);
		if (!plain && !span_is(scheme, schemes[kind][0]))
			return fault_set(fault, E_INVALID, "gateway_server_address",
			    "a scheme that gateways cannot use; %s or %s",
			    schemes[kind][0], schemes[kind][1]);
		rest = span_from(address, scheme.len + 3);
	}
	if (rest.len > 0 && memchr(rest.data, ':', rest.len) != NULL)
		n = snprintf(out, 128, "%s://%.*s", schemes[kind][plain], (int)rest.len,
		    (const char *)rest.data);
	else
		n = snprintf(out, 128, "%s://%.*s:%u", schemes[kind][plain],
		    (int)rest.len, (const char *)rest.data, ports[kind][plain]);
	if (n >= 128)
		return fault_set(fault, E_INVALID, "gateway_server_address",
		    "its URI would be longer than 127 characters");
	return station_uri_check(kind, span_of(out, (size_t)n), NULL, fault);
}

static int
check_host_port(const struct field *f, struct span s, struct fault *fault)
{
	struct span host = s;
	const char *at = memmem(s.data, s.len, "://", 3);
	uint64_t port;

	if (at != NULL) {
		size_t n = (size_t)(at - (const char *)s.data);

		for (size_t i = 0; i < n; i++)
			if ((s.data[i] < 'a' || s.data[i] > 'z') || n > 10)
				return fault_set(fault, E_INVALID, f->name,
				    "the scheme must be lower-case letters");
		if (n == 0)
			return fault_set(fault, E_INVALID, f->name, "empty scheme");
		s = host = span_from(s, n + 3);
	}
	if (s.len > 0 && s.data[0] == '[') {
		const uint8_t *end = memchr(s.data, ']', s.len);

		if (end == NULL ||
		    !is_ipv6(span_of(s.data + 1, (size_t)(end - s.data) - 1)))
			return fault_set(
			    fault, E_INVALID, f->name, "is not an IPv6 address in [ ]");
		s = span_from(s, (size_t)(end - s.data) + 1);
		if (s.len != 0 &&
		    (s.data[0] != ':' || !number_u64(span_from(s, 1), 1, 65535, &port)))
			return fault_set(
			    fault, E_INVALID, f->name, "the port must be 1 to 65535");
		return E_OK;
	}
	if (s.len > 0 && memchr(s.data, ':', s.len) != NULL &&
	    !split_port(s, &host, &port))
		return fault_set(
		    fault, E_INVALID, f->name, "the port must be 1 to 65535");
	if (!is_host(host))
		return fault_set(fault, E_INVALID, f->name,
		    "must be [scheme://]host[:port] without a path");
	return E_OK;
}

/* The generic form is wider than what stations take: other protocols use the field too. */
int
check_address(const struct field *f, const void *value, struct fault *fault)
{
	return check_host_port(f, span_str(*(const char *const *)value), fault);
}

static int
check_udp(const struct field *f, struct span s, struct fault *fault)
{
	if (memmem(s.data, s.len, "://", 3) != NULL && !span_begins_nocase(s, "udp://"))
		return fault_set(fault, E_INVALID, f->name,
		    "must be host[:port], without a scheme other than udp");
	return check_host_port(f, s, fault);
}

int
check_udp_address(const struct field *f, const void *value, struct fault *fault)
{
	return check_udp(f, span_str(*(const char *const *)value), fault);
}

int
check_udp_addresses(const struct field *f, const void *value, struct fault *fault)
{
	const struct text_list *list = value;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < list->count; i++)
		err = check_udp(f, span_str(list->items[i]), fault);
	return err;
}

int
check_host_ports(const struct field *f, const void *value, struct fault *fault)
{
	const struct text_list *list = value;
	struct span host;
	uint64_t port;

	for (size_t i = 0; i < list->count; i++) {
		if (!split_port(span_str(list->items[i]), &host, &port) ||
		    !is_host(host))
			return fault_set(fault, E_INVALID, f->name,
			    "each must be host:port, as in lns.example.com:8887");
		for (size_t j = 0; j < host.len; j++)
			if (host.data[j] >= 'A' && host.data[j] <= 'Z')
				return fault_set(fault, E_INVALID, f->name,
				    "host names are written in lower case here");
	}
	return E_OK;
}

/* The address check speaks of a field of its own; the record's field is what was given. */
static int
check_uri(enum station_uri kind, const struct field *f, const void *value,
    struct fault *fault)
{
	int err =
	    station_uri_check(kind, span_str(*(const char *const *)value), NULL, fault);

	if (err != E_OK && fault != NULL)
		snprintf(fault->field, sizeof fault->field, "%s", f->name);
	return err;
}

int
check_cups_uri(const struct field *f, const void *value, struct fault *fault)
{
	return check_uri(STATION_CUPS, f, value, fault);
}

int
check_lns_uri(const struct field *f, const void *value, struct fault *fault)
{
	return check_uri(STATION_LNS, f, value, fault);
}

/* ---- others ------------------------------------------------------------------------ */

int
check_eui_prefixes(const struct field *f, const void *value, struct fault *fault)
{
	const struct text_list *list = value;

	for (size_t i = 0; i < list->count; i++) {
		size_t n = strlen(list->items[i]);

		if (n > 16 || strspn(list->items[i], "0123456789abcdefABCDEF") != n)
			return fault_set(fault, E_INVALID, f->name,
			    "each must be 0 to 16 hex digits");
	}
	return E_OK;
}

int
check_json_object(const struct field *f, const void *value, struct fault *fault)
{
	struct fault why = {0};
	struct json *root;
	int err = json_parse(span_str(*(const char *const *)value), &root, &why);

	if (err != E_OK)
		return fault_set(fault, err, f->name, "not JSON: %s", why.text);
	if (json_type(root) != JSON_OBJECT)
		err = fault_set(fault, E_INVALID, f->name, "must be a JSON object");
	json_free(root);
	return err;
}

bool
check_header_text(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 32 || text.data[i] > 126)
			return false;
	return text.len > 0;
}
