#include "app/policy.h"

struct cups_policy
config_cups_policy(const struct config *c)
{
	return (struct cups_policy){.allow_redirect = c->allow_cups_redirect,
	    .redirect_with_lns = c->cups_redirect_with_lns,
	    .push_limit = (unsigned)c->push_limit,
	    .token_form = c->token_form,
	    .default_lns = c->default_lns,
	    .cups_uri = c->cups_uri,
	    .update_channel = c->update_channel,
	    .firmware = {.attempts = c->firmware_attempts,
		.downloads = c->firmware_downloads,
		.minimum_rate = c->firmware_minimum_rate}};
}

struct kick_policy
config_kick_policy(const struct config *c)
{
	return (struct kick_policy){.mqtt_server = c->mqtt_server,
	    .firmware_url = c->firmware_url,
	    .update_channel = c->update_channel,
	    .public_url = c->public_url};
}
