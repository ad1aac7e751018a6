#include "kickstarter/limits.h"

#include "base/number.h"

static int
bad(struct fault *fault, const char *field, const char *why)
{
	return fault_set(fault, E_INVALID, field, "%s", why);
}

/* The device looks for these names at any depth, and even among values. */
static bool
is_name(struct span text)
{
	static const char *const names[] = {"frequency_plan", "frequency_plan_url",
	    "firmware_url", "router", "mqtt_address", "auto_update", "key", "code",
	    "error"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (span_is(text, names[i]))
			return true;
	return false;
}

/* Visible ASCII without what JSON escapes. */
static int
check_plain(struct span text, size_t max, const char *field, struct fault *fault)
{
	if (text.len == 0)
		return bad(fault, field, "is empty");
	if (text.len > max)
		return fault_set(fault, E_INVALID, field,
		    "longer than %zu characters, which the device drops without a word",
		    max);
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] <= ' ' || text.data[i] > '~' || text.data[i] == '"' ||
		    text.data[i] == '\\')
			return bad(fault, field,
			    "must be visible ASCII without blanks, quotes and "
			    "backslashes: the device undoes no escape");
	if (is_name(text))
		return bad(fault, field,
		    "is a word that the device takes for the name of a setting");
	return E_OK;
}

int
kick_key_check(struct span key, const char *field, struct fault *fault)
{
	return check_plain(key, KICK_KEY_MAX, field, fault);
}

/* A part of a host name or of a path that means itself. */
static bool
is_word(struct span text)
{
	if (text.len == 0 || text.data[0] == '.')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.data[i] | 32;

		if ((c < 'a' || c > 'z') &&
		    (text.data[i] < '0' || text.data[i] > '9') &&
		    memchr("_-.~", text.data[i], 4) == NULL)
			return false;
	}
	return true;
}

int
kick_plan_id_check(struct span id, const char *field, struct fault *fault)
{
	int err = check_plain(id, KICK_PLAN_ID_MAX, field, fault);

	if (err == E_OK && !is_word(id))
		return bad(fault, field,
		    "must be letters, digits, underscores, dashes and dots");
	return err;
}

/* `host` or `host:port` of a URL. */
static int
check_authority(struct span text, const char *field, struct fault *fault)
{
	const uint8_t *colon = text.len > 0 ? memchr(text.data, ':', text.len) : NULL;
	struct span host = text;
	uint64_t port;

	if (text.len > 0 && memchr(text.data, '@', text.len) != NULL)
		return bad(fault, field, "must not have a user part");
	if (text.len > 0 && text.data[0] == '[')
		return bad(fault, field, "the device cannot use IPv6 addresses");
	if (colon != NULL) {
		host = span_of(text.data, (size_t)(colon - text.data));
		text = span_from(text, host.len + 1);
		if (text.len > 5 || !number_u64(text, 1, 65535, &port))
			return bad(fault, field, "the port must be 1 to 65535");
	}
	if (!is_word(host))
		return bad(fault, field, "names no host");
	return E_OK;
}

static int
check_path(struct span path, bool base, const char *field, struct fault *fault)
{
	if (path.len < 2)
		return bad(fault, field, "needs a path after the host");
	if (path.data[path.len - 1] == '/')
		return bad(fault, field, "must not end with a slash");
	if (memchr(path.data, ':', path.len) != NULL)
		return bad(fault, field,
		    "must not have a colon in its path, which the device takes for "
		    "that of a port");
	if (memchr(path.data, '#', path.len) != NULL)
		return bad(fault, field, "must not have a fragment (#)");
	if (base && memchr(path.data, '?', path.len) != NULL)
		return bad(fault, field,
		    "must not have a query (?): names of files are added to it");
	return E_OK;
}

int
kick_url_check(struct span url, bool base, const char *field, struct fault *fault)
{
	struct span rest;
	const uint8_t *slash;
	size_t host;
	int err = check_plain(url, KICK_URL_MAX, field, fault);

	if (err != E_OK)
		return err;
	if (span_begins(url, span_str("https://")))
		rest = span_from(url, 8);
	else if (span_begins(url, span_str("http://")))
		rest = span_from(url, 7);
	else
		return bad(
		    fault, field, "must begin with https:// or http:// in lower case");
	slash = rest.len > 0 ? memchr(rest.data, '/', rest.len) : NULL;
	host = slash != NULL ? (size_t)(slash - rest.data) : rest.len;
	err = check_authority(span_of(rest.data, host), field, fault);
	return err != E_OK ? err
			   : check_path(span_from(rest, host), base, field, fault);
}

int
kick_channel_check(struct span channel, const char *field, struct fault *fault)
{
	if (span_begins(channel, span_str("http")))
		return kick_url_check(channel, true, field, fault);
	if (!is_word(channel))
		return bad(fault, field,
		    "must be letters, digits, underscores, dashes and dots, or the "
		    "whole URL of a folder");
	return E_OK;
}

int
kick_body_check(struct span body, struct fault *fault)
{
	if (body.len == 0 || body.data[0] != '{')
		return bad(fault, "answer", "does not begin with {");
	if (body.len > KICK_BODY_MAX)
		return fault_set(fault, E_INVALID, "answer",
		    "has %zu bytes, more than the %d that the device can take",
		    body.len, KICK_BODY_MAX);
	for (size_t i = 0; i < body.len; i++)
		if (body.data[i] < ' ' || body.data[i] > '~' || body.data[i] == '\\')
			return bad(fault, "answer",
			    "has characters that the device cannot take");
	return E_OK;
}
