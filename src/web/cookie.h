/* Cookies, read and set (RFC 6265). */
#ifndef GH_WEB_COOKIE_H
#define GH_WEB_COOKIE_H

#include "web/request.h"
#include "web/response.h"

#define COOKIE_VALUE_MAX 512

/*
 * The value of the cookie with this name, borrowed from the header. False when there is
 * none, or when there are two that differ: then somebody else has set one of them.
 */
bool cookie_get(const struct request *req, const char *name, struct span *value);

struct cookie {
	const char *name, *value; /* letters, digits, `-`, `_` and `.` alone */
	const char *path;	  /* begins with '/' */
	int64_t max_age; /* seconds; 0: until the browser is closed; -1: delete it */
	bool secure;
};

/* Sets it, always HttpOnly and SameSite=Strict. What is not well-formed makes the answer a
 * 500, as in response_header(). */
void cookie_set(struct response *res, const struct cookie *cookie);

#endif
