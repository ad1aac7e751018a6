#include "crypto/sign_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

#define VERSION 1

/* ---- orders and answers ---------------------------------------------------------------- */

static void
put_number(uint8_t *out, uint32_t n, int bytes)
{
	for (int i = 0; i < bytes; i++, n >>= 8)
		out[i] = (uint8_t)n;
}

static uint32_t
get_number(const uint8_t *in, int bytes)
{
	uint32_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | in[bytes];
	return n;
}

void
sign_request_write(const struct sign_request *request, uint8_t out[SIGN_ORDER_SIZE])
{
	out[0] = VERSION;
	out[1] = (uint8_t)request->order;
	put_number(out + 2, request->crc, 4);
	memset(out + 6, 0, SHA512_SIZE);
	if (request->order == SIGN_ORDER_SIGN)
		memcpy(out + 6, request->digest, SHA512_SIZE);
}

int
sign_request_read(struct span bytes, struct sign_request *request)
{
	static const uint8_t zeros[SHA512_SIZE];
	const uint8_t *at = bytes.data;

	if ((bytes.len > 0 && at[0] != VERSION) ||
	    (bytes.len > 1 && at[1] != SIGN_ORDER_SIGN && at[1] != SIGN_ORDER_POINT) ||
	    bytes.len > SIGN_ORDER_SIZE)
		return E_INVALID;
	if (bytes.len < SIGN_ORDER_SIZE)
		return E_AGAIN;
	request->order = at[1];
	request->crc = get_number(at + 2, 4);
	memcpy(request->digest, at + 6, SHA512_SIZE);
	if (request->order == SIGN_ORDER_POINT &&
	    memcmp(request->digest, zeros, sizeof zeros) != 0)
		return E_INVALID;
	return E_OK;
}

size_t
sign_answer_write(
    enum sign_status status, struct span bytes, uint8_t out[SIGN_ANSWER_MAX])
{
	size_t n = bytes.len;

	if (n > SIGN_ANSWER_MAX - SIGN_ANSWER_HEAD)
		n = SIGN_ANSWER_MAX - SIGN_ANSWER_HEAD;
	out[0] = VERSION;
	out[1] = (uint8_t)status;
	put_number(out + 2, (uint32_t)n, 2);
	if (n > 0)
		memcpy(out + SIGN_ANSWER_HEAD, bytes.data, n);
	return SIGN_ANSWER_HEAD + n;
}

int
sign_answer_read(struct span bytes, struct sign_answer *answer)
{
	const uint8_t *at = bytes.data;
	size_t n;

	if ((bytes.len > 0 && at[0] != VERSION) ||
	    (bytes.len > 1 && at[1] >= SIGN_STATUSES))
		return E_INVALID;
	if (bytes.len < SIGN_ANSWER_HEAD)
		return E_AGAIN;
	n = SIGN_ANSWER_HEAD + get_number(at + 2, 2);
	if (n > SIGN_ANSWER_MAX || bytes.len > n)
		return E_INVALID;
	if (bytes.len < n)
		return E_AGAIN;
	answer->status = at[1];
	answer->bytes = span_from(bytes, SIGN_ANSWER_HEAD);
	return E_OK;
}

/* ---- asking ---------------------------------------------------------------------------- */

struct asking {
	const char *path;
	int fd;
	int64_t deadline;
	struct fault *fault;
	uint8_t bytes[SIGN_ANSWER_MAX];
};

static int
connect_to(struct asking *a)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(a->path) >= sizeof address.sun_path)
		return fault_set(a->fault, E_INVALID, NULL,
		    "%.150s: too long for the path of a socket", a->path);
	memcpy(address.sun_path, a->path, strlen(a->path) + 1);
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		return file_fault(a->fault, a->path, "make a socket for");
	if (connect(a->fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return E_OK;
	if (errno == EAGAIN)
		return fault_set(a->fault, E_BUSY, NULL,
		    "%.150s: too many wait for the signing service", a->path);
	if (errno == ECONNREFUSED || errno == ENOENT)
		return fault_set(a->fault, E_NOTFOUND, NULL,
		    "%.150s: the signing service does not run", a->path);
	return file_fault(a->fault, a->path, "connect to");
}

/* Until the socket is ready; E_BUSY at the deadline. */
static int
wait_for(struct asking *a, short events)
{
	struct pollfd p = {.fd = a->fd, .events = events};
	int64_t left;

	while ((left = a->deadline - clock_ticks_ms()) > 0) {
		int n = poll(&p, 1, (int)left);

		if (n > 0)
			return E_OK;
		if (n < 0 && errno != EINTR)
			return file_fault(a->fault, a->path, "wait for");
	}
	return fault_set(a->fault, E_BUSY, NULL,
	    "%.150s: the signing service does not answer in time", a->path);
}

static int
send_order(struct asking *a, struct span order)
{
	int err;

	while (order.len > 0) {
		ssize_t n = send(a->fd, order.data, order.len, MSG_NOSIGNAL);

		if (n > 0)
			order = span_from(order, (size_t)n);
		else if (errno == EPIPE || errno == ECONNRESET)
			return E_OK; /* it may have answered before it closed */
		else if (errno != EAGAIN && errno != EINTR)
			return file_fault(a->fault, a->path, "write to");
		else if ((err = wait_for(a, POLLOUT)) != E_OK)
			return err;
	}
	return E_OK;
}

static int
read_answer(struct asking *a, struct sign_answer *answer)
{
	size_t got = 0;
	int err;

	while ((err = sign_answer_read(span_of(a->bytes, got), answer)) == E_AGAIN) {
		ssize_t n = recv(a->fd, a->bytes + got, sizeof a->bytes - got, 0);

		if (n > 0)
			got += (size_t)n;
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			break;
		else if ((err = wait_for(a, POLLIN)) != E_OK)
			return err;
	}
	return err == E_OK
		   ? E_OK
		   : fault_set(a->fault, E_NET, NULL,
			 "%.150s: the signing service answers nonsense", a->path);
}

/* The words of a refusal, made harmless. */
static int
refusal(struct asking *a, const struct sign_answer *answer)
{
	static const int errs[SIGN_STATUSES] = {[SIGN_BAD_ORDER] = E_INVALID,
	    [SIGN_REFUSED] = E_DENIED,
	    [SIGN_NO_KEY] = E_NOTFOUND,
	    [SIGN_FAILED] = E_CRYPTO};
	char text[SIGN_ANSWER_MAX];
	size_t n = 0;

	for (; n < answer->bytes.len; n++) {
		uint8_t c = answer->bytes.data[n];

		text[n] = (char)(c >= ' ' && c < 127 ? c : '?');
	}
	text[n] = '\0';
	return fault_set(a->fault, errs[answer->status], NULL,
	    "the signing service: %s", n > 0 ? text : err_text(errs[answer->status]));
}

static int
ask(struct asking *a, const struct sign_request *request, int wait_ms,
    struct sign_answer *answer)
{
	uint8_t order[SIGN_ORDER_SIZE];
	int err;

	a->deadline = clock_ticks_ms() + wait_ms;
	sign_request_write(request, order);
	if ((err = connect_to(a)) == E_OK)
		err = send_order(a, span_of(order, sizeof order));
	if (err == E_OK)
		err = read_answer(a, answer);
	if (a->fd >= 0)
		close(a->fd);
	if (err == E_OK && answer->status != SIGN_DONE)
		err = refusal(a, answer);
	return err;
}

int
sign_by_service(const char *path, uint32_t crc, const uint8_t digest[SHA512_SIZE],
    int wait_ms, struct sign_der *out, struct fault *fault)
{
	struct sign_request request = {.order = SIGN_ORDER_SIGN, .crc = crc};
	struct asking a = {.path = path, .fd = -1, .fault = fault};
	struct sign_answer answer;
	int err;

	out->len = 0;
	memcpy(request.digest, digest, SHA512_SIZE);
	if ((err = ask(&a, &request, wait_ms, &answer)) != E_OK)
		return err;
	if (sign_der_check(answer.bytes, NULL) != E_OK)
		return fault_set(fault, E_NET, NULL,
		    "%.150s: the signing service gives no signature", path);
	memcpy(out->bytes, answer.bytes.data, out->len = answer.bytes.len);
	return E_OK;
}

int
sign_service_point(const char *path, uint32_t crc, int wait_ms,
    uint8_t point[SIGN_POINT], struct fault *fault)
{
	struct sign_request request = {.order = SIGN_ORDER_POINT, .crc = crc};
	struct asking a = {.path = path, .fd = -1, .fault = fault};
	struct sign_answer answer;
	int err;

	if ((err = ask(&a, &request, wait_ms, &answer)) != E_OK)
		return err;
	if (answer.bytes.len != SIGN_POINT ||
	    sign_point_check(answer.bytes.data, NULL) != E_OK)
		return fault_set(fault, E_NET, NULL,
		    "%.150s: the signing service gives no public key", path);
	memcpy(point, answer.bytes.data, SIGN_POINT);
	return E_OK;
}
