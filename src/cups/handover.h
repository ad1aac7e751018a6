/*
 * Handing an update over to the web server by the names of files, instead of sending it. It
 * needs one that puts several files together: lighttpd's X-Sendfile2. Others (X-Sendfile of
 * Apache, X-Accel-Redirect of nginx) take one whole file, and the answer has a few bytes
 * before the image.
 *
 * Those bytes become a small file of the data folder, heads/DIGEST. They are the same for all
 * gateways that get this image with this signature, and never secret: an answer with
 * credentials is sent as usual.
 */
#ifndef GH_CUPS_HANDOVER_H
#define GH_CUPS_HANDOVER_H

#include "cups/exchange.h"

#define HANDOVER_MAX 4096 /* of the header's value */

/*
 * The value of X-Sendfile2 for this answer, which is in `head` up to the update. E_STATE when
 * it must be sent as usual; E_TOOBIG (a long path), E_PERM, E_FULL, E_IO with words.
 */
int cups_hand_over(const struct cups_server *server, const struct cups_exchange *x,
    struct span head, char value[HANDOVER_MAX], struct fault *fault);

#endif
