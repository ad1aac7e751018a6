/* Requests for what has changed only: dates of HTTP, ETags (RFC 9110, 8.8 and 13). */
#ifndef GH_WEB_CONDITIONAL_H
#define GH_WEB_CONDITIONAL_H

#include "web/request.h"

#define HTTP_DATE 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL */

/* Years 1970 to 9999; "" for what lies outside. */
void http_date_format(int64_t t, char out[HTTP_DATE]);

/* Any of the three forms that clients may send. */
bool http_date_parse(const char *text, int64_t *t);

/*
 * Has the client what it asks for? By If-None-Match when that is there, else by
 * If-Modified-Since. `etag` is a strong one, in its quotes; a date later than `now` is one
 * of a clock that is wrong and counts for nothing.
 */
bool request_has_current(
    const struct request *req, const char *etag, int64_t modified, int64_t now);

#endif
