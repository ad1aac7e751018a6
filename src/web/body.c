#include "web/body.h"

#include <inttypes.h>

#include "base/number.h"

/* What is longer than announced or allowed is read, so that the answer gets through. */
static int
discard(struct request *req, uint64_t limit, uint64_t *total)
{
	char trash[4096];
	size_t got;
	int err;

	for (*total = 0; *total < limit; *total += got) {
		uint64_t left = limit - *total;
		size_t n = left < sizeof trash ? (size_t)left : sizeof trash;

		if ((err = req->io->read(trash, n, &got)) != E_OK)
			return err;
		if (got == 0)
			break;
	}
	return E_OK;
}

#define DISCARD_MAX (UINT64_C(1) << 30)

/* Without frames nobody may read more than was announced. */
static int
refuse(struct request *req, int err)
{
	uint64_t limit = req->io->framed ? DISCARD_MAX : req->body_left, total;

	discard(req, limit < DISCARD_MAX ? limit : DISCARD_MAX, &total);
	req->body_left = 0;
	return err;
}

int
body_begin(struct request *req, uint64_t max, struct fault *fault)
{
	struct span text = span_trim(span_str(request_variable(req, "CONTENT_LENGTH")));

	req->body_left = 0;
	req->body_announced = text.len > 0;
	/* In chunks, which CGI has no way to tell the end of. */
	if (text.len == 0 && request_header(req, "Transfer-Encoding") != NULL)
		return refuse(req, fault_set(fault, E_INVALID, NULL,
				       "the body came without a Content-Length"));
	if (text.len == 0)
		return E_OK;
	if (!number_u64(text, 0, INT64_MAX, &req->body_left))
		return refuse(req, fault_set(fault, E_INVALID, NULL,
				       "Content-Length is not a number"));
	if (req->body_left > max)
		return refuse(
		    req, fault_set(fault, E_TOOBIG, NULL,
			     "%" PRIu64 " bytes; at most %" PRIu64 " are taken here",
			     req->body_left, max));
	return E_OK;
}

int
body_read(struct request *req, void *buf, size_t n, size_t *got, struct fault *fault)
{
	if (n > req->body_left)
		n = (size_t)req->body_left;
	*got = 0;
	if (n == 0)
		return E_OK;
	if (req->io->read(buf, n, got) != E_OK || *got < n) {
		req->body_left = 0;
		return fault_set(fault, E_INVALID, NULL,
		    "the body is shorter than its Content-Length");
	}
	req->body_left -= n;
	return E_OK;
}

int
body_end(struct request *req, struct fault *fault)
{
	uint64_t left = req->body_left, total = 0;

	req->body_left = 0;
	if (!req->io->framed) {
		discard(req, left < DISCARD_MAX ? left : DISCARD_MAX, &total);
		return E_OK;
	}
	discard(req, DISCARD_MAX, &total);
	if (total <= left)
		return E_OK;
	return fault_set(fault, E_INVALID, NULL,
	    req->body_announced ? "the body is longer than its Content-Length"
				: "the body came without a Content-Length");
}

int
body_read_all(struct request *req, uint64_t max, struct fault *fault)
{
	size_t got = 0;
	char *p;
	int err;

	if ((err = body_begin(req, max, fault)) != E_OK)
		return err;
	if (req->body_left > 0) {
		size_t n = (size_t)req->body_left;

		if ((p = arena_alloc(req->arena, n + 1)) == NULL)
			return refuse(req, fault_set(fault, E_TOOBIG, NULL,
					       "the body does not fit into the "
					       "memory for one request"));
		err = body_read(req, p, n, &got, fault);
		p[got] = '\0';
		req->body = span_of(p, got);
	}
	return err != E_OK ? err : body_end(req, fault);
}
