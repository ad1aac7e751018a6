#include "base/helper.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

int
helper_start(void (*serve)(int fd), int *end, struct fault *fault)
{
	int ends[2];
	pid_t child;

	if (geteuid() != 0 || *end >= 0)
		return E_OK;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return fault_set(fault, E_IO, NULL, "cannot start the helper process");
	if ((child = fork()) == 0) {
		close(ends[0]);
		serve(ends[1]);
		_exit(0);
	}
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return fault_set(fault, E_IO, NULL, "cannot start the helper process");
	}
	*end = ends[0];
	return E_OK;
}

bool
helper_read(int fd, void *data, size_t len)
{
	char *at = data;

	while (len > 0) {
		ssize_t n = read(fd, at, len);

		if (n <= 0 && !(n < 0 && errno == EINTR))
			return false;
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return true;
}

bool
helper_write(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n <= 0 && !(n < 0 && errno == EINTR))
			return false;
		if (n > 0) {
			at += n;
			len -= (size_t)n;
		}
	}
	return true;
}
