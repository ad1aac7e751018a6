/*
 * What The Things Kickstarter Gateway can take. Its firmware drops what is longer without a
 * word, undoes no escape, and after some answers reboots for ever or waits for a human: so
 * each value is checked when somebody enters it and again before it is sent, by the same
 * functions. E_INVALID with the reason, under the name `field`.
 */
#ifndef GH_KICKSTARTER_LIMITS_H
#define GH_KICKSTARTER_LIMITS_H

#include "base/err.h"
#include "base/span.h"
#include "registry/mqtt.h"

#define KICK_ID_PAGE 32 /* characters that its settings page takes; it could hold 99 */
#define KICK_KEY_MAX 199
#define KICK_URL_MAX 255
#define KICK_PLAN_ID_MAX 64
#define KICK_ERROR_MAX 199 /* text of an error */

/* Header and body of a JSON answer together, and what is left to the header: the web
 * server adds to ours, and operators add to that. */
#define KICK_ANSWER_MAX 6199
#define KICK_HEADER_MAX 1199
#define KICK_BODY_MAX (KICK_ANSWER_MAX - KICK_HEADER_MAX)

/* The key that it shows to us and to its network server: visible ASCII that JSON does not
 * escape, no blanks. */
int kick_key_check(struct span key, const char *field, struct fault *fault);

/* A frequency plan's ID, which becomes a part of a URL. */
int kick_plan_id_check(struct span id, const char *field, struct fault *fault);

/* `http://host[:port]/path` or https: lower-case scheme, no user, no IPv6, no further colon,
 * no fragment, a path that does not end with a slash. A `base`, to which more is added,
 * must not have a query. */
int kick_url_check(struct span url, bool base, const char *field, struct fault *fault);

/* A firmware channel: a whole URL when it begins with `http`, else a part of one. */
int kick_channel_check(struct span channel, const char *field, struct fault *fault);

/* A whole body as it is about to be sent to the device: one line that begins with `{`,
 * plain ASCII without escapes, at most KICK_BODY_MAX bytes. */
int kick_body_check(struct span body, struct fault *fault);

#endif
