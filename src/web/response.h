/*
 * One answer: status, headers, and a body that is built in memory and sent whole with an
 * exact Content-Length. After the body may come a piece of a file (firmware), which is read
 * as it is sent.
 *
 * Errors are sticky: what does not fit or is not well-formed makes the answer a 500 or 503
 * when it is sent, so handlers look at nothing.
 */
#ifndef GH_WEB_RESPONSE_H
#define GH_WEB_RESPONSE_H

#include "base/err.h"
#include "base/strbuf.h"
#include "web/transport.h"

#define RESPONSE_BODY_MAX (16 << 20)
#define RESPONSE_HEAD_MAX 8192
#define RESPONSE_KEEP 65536 /* larger buffers are given back after the answer */

struct response;

/* Writes status, type and body of an error; `text` may be NULL. */
typedef void response_error_form(struct response *res, int err, const char *text);

struct response {
	int status;	    /* 200 until it is set */
	struct strbuf body; /* append to it as you like */

	response_error_form
	    *error_form; /* response_error_json() unless the program says */

	/* For src/web alone. */
	struct strbuf head, top;
	int err, fd, held;
	uint64_t offset, length; /* of the piece of the file */
	bool has_type, has_cache;
};

void response_init(struct response *res);

/* Empties it for the next request; secrets are wiped, large buffers given back. */
void response_reset(struct response *res);

void response_clear(struct response *res);

/* Adds a header. A value with control characters makes the answer a 500. Content-Length and
 * Status are not to be set here. Without Cache-Control, `no-store` is sent. */
void response_header(struct response *res, const char *name, const char *value);

/* Sets Content-Type; without it the body is sent as application/octet-stream. */
void response_type(struct response *res, const char *type);

/* A short text/plain answer. */
void response_text(struct response *res, int status, const char *text);

/* Sends somebody elsewhere: 303 after a form, 301, 302, 307 or 308. */
void response_redirect(struct response *res, int status, const char *location);

/*
 * After the body come `length` bytes of the file from `offset`. Takes the descriptor over
 * and closes it. E_IO (and the answer becomes a 500) when the file is shorter.
 */
int response_file(struct response *res, int fd, uint64_t offset, uint64_t length);

/* A descriptor that is closed when the answer has left, or is not to leave any more (a lock
 * that is held until then). Takes it over. */
void response_hold(struct response *res, int fd);

/*
 * Forgets what was there and makes it the answer for `err`, in the form of the program. The
 * text is for the client: one sentence without secrets. Returns E_OK, so that handlers can
 * end with `return response_error(…)`.
 */
int response_error(struct response *res, int err, const char *text);

/* {"code":5,"message":"error:not found (text)"} with the gRPC code, as The Things Stack
 * answers; never more than 400 bytes. */
void response_error_json(struct response *res, int err, const char *text);

/*
 * Sends it; `bytes` of the body have left then. With `head` only the header goes out, the
 * same as otherwise. E_IO: the client is gone or the file broke off; transport.finish()
 * must be told.
 */
int response_send(
    struct response *res, const struct transport *io, bool head, uint64_t *bytes);

#endif
