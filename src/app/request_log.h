/* The one line that every request leaves in the log. */
#ifndef GH_APP_REQUEST_LOG_H
#define GH_APP_REQUEST_LOG_H

#include "web/request.h"

#define REQUEST_LOG_NOTE 400  /* bytes of the handler's notes that are shown */
#define REQUEST_LOG_LINE 1000 /* bytes that `line` must be able to hold */

/*
 * "METHOD path status bytes ms address" and the handler's notes. No query string, since
 * keys have been seen in there. `cut` says that the answer did not get through; `line`
 * is used to put it together.
 */
void request_log(struct strbuf *line, struct request *req, int status, uint64_t bytes,
    int64_t ms, bool cut);

#endif
