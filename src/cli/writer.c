#include "cli/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum order_kind { ORDER_FOLDER, ORDER_FILE };

struct order {
	enum order_kind kind;
	mode_t mode;
	char path[1024];
	size_t len; /* of the bytes that follow */
};

#define ORDER_MAX (1u << 20)

static int helper = -1; /* our end of the socket */

static int
make_folder(const char *path, mode_t mode, struct fault *fault)
{
	if (mkdir(path, mode) != 0 && errno != EEXIST)
		return file_fault(fault, path, "make the folder");
	return E_OK;
}

static bool
move(int fd, void *data, size_t len, bool out)
{
	char *at = data;

	while (len > 0) {
		ssize_t n = out ? send(fd, at, len, MSG_NOSIGNAL) : read(fd, at, len);

		if (n <= 0 && !(n < 0 && errno == EINTR))
			return false;
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* ---- the helper ----------------------------------------------------------------------------- */

static bool
serve_one(int fd, void *bytes)
{
	struct fault fault = {0};
	struct order order;

	if (!move(fd, &order, sizeof order, false) || order.len > ORDER_MAX ||
	    !move(fd, bytes, order.len, false))
		return false;
	if (order.kind == ORDER_FOLDER)
		fault.err = make_folder(order.path, order.mode, &fault);
	else
		fault.err = file_replace(
		    order.path, order.mode, span_of(bytes, order.len), &fault);
	explicit_bzero(bytes, order.len);
	return move(fd, &fault, sizeof fault, true);
}

static void
serve(int fd)
{
	void *bytes = malloc(ORDER_MAX);

	while (bytes != NULL && serve_one(fd, bytes))
		;
	free(bytes);
	_exit(0);
}

int
writer_start(struct fault *fault)
{
	int ends[2];
	pid_t child;

	if (geteuid() != 0 || helper >= 0)
		return E_OK;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return fault_set(fault, E_IO, NULL, "cannot start the helper process");
	if ((child = fork()) == 0) {
		close(ends[0]);
		serve(ends[1]);
	}
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return fault_set(fault, E_IO, NULL, "cannot start the helper process");
	}
	helper = ends[0];
	return E_OK;
}

/* ---- orders ------------------------------------------------------------------------------------ */

static int
ask(struct order *order, const char *path, struct span bytes, struct fault *fault)
{
	struct fault answer;

	if (strlen(path) >= sizeof order->path || bytes.len > ORDER_MAX)
		return fault_set(fault, E_TOOBIG, NULL, "%.100s: too long", path);
	memcpy(order->path, path, strlen(path) + 1);
	order->len = bytes.len;
	if (!move(helper, order, sizeof *order, true) ||
	    !move(helper, (void *)(uintptr_t)bytes.data, bytes.len, true) ||
	    !move(helper, &answer, sizeof answer, false))
		return fault_set(
		    fault, E_IO, NULL, "%.200s: the helper process is gone", path);
	if (answer.err != E_OK && fault != NULL)
		*fault = answer;
	return answer.err;
}

int
writer_folder(const char *path, mode_t mode, struct fault *fault)
{
	struct order order = {.kind = ORDER_FOLDER, .mode = mode};

	return helper < 0 ? make_folder(path, mode, fault)
			  : ask(&order, path, span_of(NULL, 0), fault);
}

int
writer_file(const char *path, mode_t mode, struct span bytes, struct fault *fault)
{
	struct order order = {.kind = ORDER_FILE, .mode = mode};

	return helper < 0 ? file_replace(path, mode, bytes, fault)
			  : ask(&order, path, bytes, fault);
}
