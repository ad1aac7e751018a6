#include "cli/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/helper.h"

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

/* ---- the helper ----------------------------------------------------------------------------- */

static bool
serve_one(int fd, void *bytes)
{
	struct fault fault = {0};
	struct order order;

	if (!helper_read(fd, &order, sizeof order) || order.len > ORDER_MAX ||
	    !helper_read(fd, bytes, order.len))
		return false;
	if (order.kind == ORDER_FOLDER)
		fault.err = make_folder(order.path, order.mode, &fault);
	else
		fault.err = file_replace(
		    order.path, order.mode, span_of(bytes, order.len), &fault);
	explicit_bzero(bytes, order.len);
	return helper_write(fd, &fault, sizeof fault);
}

static void
serve(int fd)
{
	void *bytes = malloc(ORDER_MAX);

	while (bytes != NULL && serve_one(fd, bytes))
		;
	free(bytes);
}

int
writer_start(struct fault *fault)
{
	return helper_start(serve, &helper, fault);
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
	if (!helper_write(helper, order, sizeof *order) ||
	    !helper_write(helper, bytes.data, bytes.len) ||
	    !helper_read(helper, &answer, sizeof answer))
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
