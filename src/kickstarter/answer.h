/* The JSON of answers. What goes to the device is checked once more as bytes. */
#ifndef GH_KICKSTARTER_ANSWER_H
#define GH_KICKSTARTER_ANSWER_H

#include "base/strbuf.h"
#include "kickstarter/decision.h"

/* The code that tells the device of a passing fault: it comes again after 10 s. */
#define KICK_CODE_BUSY 50

/*
 * Appends {"code":N,"error":"text"}, exactly these two members, and returns the HTTP status
 * that goes with it. Only what will not change by itself has a code of its own (400, 401,
 * 403, 404, 405, 413, 415); everything else is 503 with KICK_CODE_BUSY. `text` may be NULL;
 * it is cut and made plain ASCII.
 */
int kick_error_write(struct strbuf *out, int err, const char *text);

/* Appends {"key":"…"}. E_INVALID when the device could not take the key. */
int kick_key_write(struct span key, struct strbuf *out, struct fault *fault);

/* Appends the configuration: for the device what it reads and nothing else, for others all
 * that they may see. E_INVALID when the device could not take it. */
int kick_configuration_write(const struct kick_inputs *in,
    const struct kick_decision *d, struct strbuf *out, struct fault *fault);

#endif
