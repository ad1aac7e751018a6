#include "cups/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

static bool
lock_byte(int fd, unsigned at)
{
	struct flock lock = {
	    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)at, .l_len = 1};

	return fcntl(fd, F_SETLK, &lock) == 0;
}

int
streams_take(const char *path, unsigned slots, int *fd, struct fault *fault)
{
	int found = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	int err;

	*fd = -1;
	if (found < 0)
		return file_fault(fault, path, "open");
	for (unsigned i = 0; i < slots; i++) {
		if (lock_byte(found, i)) {
			*fd = found;
			return E_OK;
		}
		if (errno != EAGAIN && errno != EACCES) {
			err = file_fault(fault, path, "lock");
			close(found);
			return err;
		}
	}
	close(found);
	return E_BUSY;
}
