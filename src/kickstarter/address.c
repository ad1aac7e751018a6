#include "kickstarter/address.h"

#include <stdio.h>

static bool
cut_end(struct span *s, const char *end)
{
	size_t n = strlen(end);

	if (s->len <= n || memcmp(s->data + s->len - n, end, n) != 0)
		return false;
	s->len -= n;
	return true;
}

void
kick_origin(const struct kick_policy *policy, bool https, struct span host,
    char out[KICK_ORIGIN])
{
	out[0] = '\0';
	if (policy->public_url[0] != '\0') {
		snprintf(out, KICK_ORIGIN, "%s", policy->public_url);
		return;
	}
	if (host.len == 0 || host.len > 261)
		return;
	if (cut_end(&host, ":443"))
		https = true;
	else if (!https)
		cut_end(&host, ":80");
	snprintf(out, KICK_ORIGIN, "http%s://%.*s", https ? "s" : "", (int)host.len,
	    (const char *)host.data);
	for (char *c = out; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c |= 32;
}

/* Puts the parts together; too long a result is cut, which the check then refuses. */
static int
join(char out[KICK_URL_MAX + 1], const char *field, struct fault *fault, bool base,
    const char *a, const char *b, const char *c)
{
	int n = snprintf(out, KICK_URL_MAX + 1, "%s%s%s", a, b, c);

	if (n > KICK_URL_MAX)
		return fault_set(fault, E_INVALID, field,
		    "the URL that comes of it is longer than %d characters: %.100s...",
		    KICK_URL_MAX, out);
	return kick_url_check(span_of(out, (size_t)n), base, field, fault);
}

static int
no_origin(struct fault *fault)
{
	return fault_set(fault, E_INVALID, "public_url",
	    "is not set, and the request does not say at which host it came");
}

int
kick_plan_url(
    const char *origin, const char *id, char out[KICK_URL_MAX + 1], struct fault *fault)
{
	out[0] = '\0';
	if (origin[0] == '\0')
		return no_origin(fault);
	return join(out, "frequency_plan_url", fault, false, origin,
	    "/api/v2/frequency-plans/", id);
}

int
kick_image_url(const char *origin, const char *name, char out[KICK_URL_MAX + 1],
    struct fault *fault)
{
	out[0] = '\0';
	if (origin[0] == '\0')
		return no_origin(fault);
	return join(
	    out, "firmware_url", fault, true, origin, "/api/v2/firmware/", name);
}

int
kick_firmware_url(const struct kick_policy *policy, const char *origin,
    const char *channel, char out[KICK_URL_MAX + 1], struct fault *fault)
{
	int err;

	out[0] = '\0';
	if (channel[0] == '\0')
		channel = policy->update_channel[0] != '\0' ? policy->update_channel
							    : "stable";
	if ((err = kick_channel_check(span_str(channel), "update_channel", fault)) !=
	    E_OK)
		return err;
	if (span_begins(span_str(channel), span_str("http")))
		return join(out, "update_channel", fault, true, channel, "", "");
	if (policy->firmware_url[0] != '\0')
		return join(out, "firmware_url", fault, true, policy->firmware_url, "/",
		    channel);
	return kick_image_url(origin, channel, out, fault);
}
