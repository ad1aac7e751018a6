/* The addresses that are sent to the device. */
#ifndef GH_KICKSTARTER_ADDRESS_H
#define GH_KICKSTARTER_ADDRESS_H

#include "kickstarter/limits.h"

/* The operator's defaults, from the configuration; never NULL, "" when not set. */
struct kick_policy {
	const char *mqtt_server;    /* of gateways that name no network server */
	const char *firmware_url;   /* of the folder of channels; "": our own */
	const char *update_channel; /* of gateways that name none; "": stable */
	const char *public_url;	    /* without trailing slash */
};

#define KICK_ORIGIN 300 /* room for an origin and a NUL */

/*
 * Where we are for this client, as the beginning of a URL: the configured public URL, else
 * scheme and host as it reached us, in lower case and without the scheme's own port. Port
 * 443 means https even if the web server does not say so. "" when the host is not known.
 */
void kick_origin(const struct kick_policy *policy, bool https, struct span host,
    char out[KICK_ORIGIN]);

/* <origin>/api/v2/frequency-plans/<id> */
int kick_plan_url(const char *origin, const char *id, char out[KICK_URL_MAX + 1],
    struct fault *fault);

/* <origin>/api/v2/firmware/<name>, where the name is the hex SHA-256 of an image or
 * KICK_NO_FIRMWARE. */
int kick_image_url(const char *origin, const char *name, char out[KICK_URL_MAX + 1],
    struct fault *fault);

/* <base>/<channel>, where the base is configured or <origin>/api/v2/firmware; a channel that
 * begins with `http` is all of it. `channel` "" is the default one. `fault` names the field
 * that is wrong: update_channel or firmware_url. */
int kick_firmware_url(const struct kick_policy *policy, const char *origin,
    const char *channel, char out[KICK_URL_MAX + 1], struct fault *fault);

#endif
