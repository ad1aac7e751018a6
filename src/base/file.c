#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int
file_fault(struct fault *fault, const char *path, const char *doing)
{
	int err = E_IO, saved = errno;

	if (saved == ENOENT || saved == ENOTDIR)
		err = E_NOTFOUND;
	else if (saved == EACCES || saved == EPERM || saved == EROFS)
		err = E_PERM;
	else if (saved == ENOSPC || saved == EDQUOT || saved == EFBIG)
		err = E_FULL;
	else if (saved == ENOMEM)
		err = E_NOMEM;
	else if (saved == EEXIST)
		err = E_EXISTS;
	return fault_set(
	    fault, err, NULL, "%s: cannot %s: %s", path, doing, strerror(saved));
}

static int
read_all(int fd, const char *path, struct strbuf *out, struct fault *fault)
{
	char buf[16384];
	int err = E_OK;
	ssize_t n;

	while (out->err == E_OK && (n = read(fd, buf, sizeof buf)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = file_fault(fault, path, "read");
			break;
		}
		strbuf_put(out, buf, (size_t)n);
	}
	explicit_bzero(buf, sizeof buf);
	if (err != E_OK)
		return err;
	if (out->err == E_TOOBIG)
		return fault_set(
		    fault, E_TOOBIG, NULL, "%s: larger than %zu bytes", path, out->max);
	if (out->err != E_OK)
		return fault_set(fault, out->err, NULL, "%s: out of memory", path);
	return E_OK;
}

int
file_read(const char *path, struct strbuf *out, struct fault *fault)
{
	struct stat st;
	int fd, err;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, "standard input", out, fault);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) < 0)
		return file_fault(fault, path, "open");
	if (fstat(fd, &st) != 0)
		err = file_fault(fault, path, "look at");
	else if (S_ISDIR(st.st_mode))
		err = fault_set(fault, E_INVALID, NULL, "%s: is a folder", path);
	else if (!S_ISREG(st.st_mode))
		err = fault_set(
		    fault, E_INVALID, NULL, "%s: is not a regular file", path);
	else
		err = read_all(fd, path, out, fault);
	close(fd);
	return err;
}

static int
write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes = span_from(bytes, (size_t)n);
	}
	return 0;
}

static int
sync_folder(const char *path, struct fault *fault)
{
	char copy[PATH_MAX];
	int fd, bad;

	snprintf(copy, sizeof copy, "%s", path);
	if ((fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return file_fault(fault, path, "open the folder of");
	bad = fsync(fd);
	close(fd);
	return bad != 0 ? file_fault(fault, path, "sync the folder of") : E_OK;
}

int
file_replace(const char *path, mode_t mode, struct span bytes, struct fault *fault)
{
	char temp[PATH_MAX];
	int fd, err = E_OK;

	if (snprintf(temp, sizeof temp, "%s.XXXXXX", path) >= (int)sizeof temp)
		return fault_set(fault, E_INVALID, NULL, "%s: path too long", path);
	if ((fd = mkstemp(temp)) < 0)
		return file_fault(fault, path, "create");
	if (fchmod(fd, mode) != 0 || write_all(fd, bytes) != 0 || fsync(fd) != 0)
		err = file_fault(fault, path, "write");
	if (close(fd) != 0 && err == E_OK)
		err = file_fault(fault, path, "write");
	if (err == E_OK && rename(temp, path) != 0)
		err = file_fault(fault, path, "replace");
	if (err != E_OK) {
		unlink(temp);
		return err;
	}
	return sync_folder(path, fault);
}

int
file_check_private(const char *path, int group, struct fault *fault)
{
	mode_t others = group ? 0007 : 0077;
	struct stat st;

	if (stat(path, &st) != 0)
		return file_fault(fault, path, "look at");
	if ((st.st_mode & others) != 0)
		return fault_set(fault, E_PERM, NULL,
		    "%s: mode %04o lets others at it; say: chmod %s %s", path,
		    (unsigned)(st.st_mode & 07777), group ? "o=" : "go=", path);
	return E_OK;
}
