/*
 * Who gets past the door of the admin. There is one, and it stands before every page: it looks
 * at nothing but the table of pages, so a page cannot forget it.
 *
 * A page that is not open to everybody needs a session; without one browsers are sent to the
 * sign-in page. The account must have the page's role. A form must come from a page of ours:
 * `Origin` (or `Referer`) must be our address, and the form must carry the token of the
 * session, or before there is one that of the visitor's cookie. Files are not stored before
 * all that is known.
 */
#ifndef GH_ADMIN_GATE_H
#define GH_ADMIN_GATE_H

#include "admin/admin.h"

/* E_OK: the page's handler may run. GATE_ANSWERED: the answer stands in v->res. Otherwise an
 * error, with words in v->m.fault. */
#define GATE_ANSWERED (-1)
int gate_pass(struct visit *v);

/* The token that a form of this page carries; sets the visitor's cookie where there is no
 * session. "" when there is no randomness. */
const char *gate_token(struct visit *v);

/* Starts a session for the account and sets its cookie; ends that one. */
int gate_sign_in(struct visit *v, const struct account *account, bool remote);
int gate_sign_out(struct visit *v);

/* The name that the web server vouches for, when the configuration believes it; "". */
const char *gate_remote_user(const struct visit *v);

/* ---- for tests ------------------------------------------------------------------------------ */

/* "https://Host:443/path?x" to "https://host" in `out`: lower case, without the usual port.
 * False when it is no http or https URL, or too long. */
#define ORIGIN_MAX 300
bool origin_of(struct span url, char out[ORIGIN_MAX]);

/* Is it http to this machine itself (localhost, 127.0.0.1, [::1])? There cookies need not be
 * Secure, which browsers would not keep. */
bool origin_is_loopback(const char *origin);

/* A page of ours to go on to after sign-in: a path without host; else "/". */
const char *gate_next(const char *next);

#endif
