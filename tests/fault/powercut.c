/*
 * To be loaded before a program (LD_PRELOAD): writes down what the program asks of the file
 * system below the folder POWERCUT_FOLDER, in order, into the file POWERCUT_LOG, from which
 * powercut.py makes what a disk may have after a power cut. Several programs may share a log.
 *
 * A record, integers little-endian: operation u8 (see below), flags u8, length of the path u16,
 * length of the second path or of the data u32, offset u64, path, data. Paths are those that
 * the system has for the descriptor at that time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	OP_CREATE = 'c', /* a file that was not there */
	OP_WRITE = 'w',	 /* flags 1: durable when it returned (O_DSYNC) */
	OP_TRUNCATE = 't',
	OP_SYNC = 's', /* of a file or a folder */
	OP_RENAME = 'r',
	OP_LINK = 'l',
	OP_UNLINK = 'u',
	OP_MKDIR = 'm'
};

#define REAL(name)                     \
	static __typeof__(&name) real; \
	if (real == NULL)              \
	real = (__typeof__(&name))(uintptr_t)dlsym(RTLD_NEXT, #name)

static const char *
below(const char *path)
{
	const char *folder = getenv("POWERCUT_FOLDER");

	return folder != NULL && path != NULL &&
		       strncmp(path, folder, strlen(folder)) == 0
		   ? path
		   : NULL;
}

static const char *
path_of(int fd, char out[PATH_MAX])
{
	char link[40];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, out, PATH_MAX - 1);
	out[n > 0 ? n : 0] = '\0';
	return below(out);
}

/* A path as it was given, made absolute. */
static const char *
path_at(int dir, const char *name, char out[PATH_MAX])
{
	char base[PATH_MAX];

	if (name[0] == '/') {
		snprintf(out, PATH_MAX, "%s", name);
	} else {
		if (dir == AT_FDCWD) {
			if (getcwd(base, sizeof base) == NULL)
				return NULL;
		} else {
			char link[40];
			ssize_t n;

			snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
			n = readlink(link, base, sizeof base - 1);
			base[n > 0 ? n : 0] = '\0';
		}
		if (snprintf(out, PATH_MAX, "%s/%s", base, name) >= PATH_MAX)
			return NULL;
	}
	return below(out);
}

#define LOG_FD 200 /* and above: out of the programs' way */

/* Opened at the start, before a program gives up what it does not need; and again when it
 * was closed, since programs close what they do not know. */
static int
log_fd(const char *log)
{
	static int fd = -1;
	int low;

	if (log == NULL || (fd >= 0 && fcntl(fd, F_GETFD) >= 0))
		return fd;
	if ((low = (int)openat(AT_FDCWD, log, O_WRONLY | O_APPEND | O_CLOEXEC)) < 0)
		return -1;
	fd = (int)fcntl(low, F_DUPFD_CLOEXEC, LOG_FD);
	close(low);
	return fd;
}

__attribute__((constructor)) static void
open_log(void)
{
	log_fd(getenv("POWERCUT_LOG"));
}

static void
record(int op, int flags, const char *path, uint64_t offset, const struct iovec *data,
    int count)
{
	static __typeof__(&writev) real;
	const char *log = getenv("POWERCUT_LOG");
	struct iovec out[64];
	uint8_t head[16];
	uint64_t size = 0;
	size_t len = strlen(path);
	int fd;

	if (real == NULL)
		real = (__typeof__(&writev))(uintptr_t)dlsym(RTLD_NEXT, "writev");
	if (log == NULL || count > 60)
		abort();
	for (int i = 0; i < count; i++)
		size += data[i].iov_len;
	head[0] = (uint8_t)op;
	head[1] = (uint8_t)flags;
	head[2] = (uint8_t)len;
	head[3] = (uint8_t)(len >> 8);
	for (int i = 0; i < 4; i++)
		head[4 + i] = (uint8_t)(size >> 8 * i);
	for (int i = 0; i < 8; i++)
		head[8 + i] = (uint8_t)(offset >> 8 * i);
	out[0] = (struct iovec){head, sizeof head};
	out[1] = (struct iovec){(void *)(uintptr_t)path, len};
	for (int i = 0; i < count; i++)
		out[2 + i] = data[i];
	if ((fd = log_fd(log)) < 0)
		abort();
	if (real(fd, out, count + 2) != (ssize_t)(sizeof head + len + size))
		abort();
}

static void
record_write(int fd, const struct iovec *data, int count, off_t offset, ssize_t done)
{
	char path[PATH_MAX];
	struct iovec cut[60];
	size_t left = (size_t)done;
	int n = 0, sync;

	if (done <= 0 || path_of(fd, path) == NULL)
		return;
	for (; n < count && left > 0; n++) {
		cut[n] = data[n];
		if (cut[n].iov_len > left)
			cut[n].iov_len = left;
		left -= cut[n].iov_len;
	}
	sync = (fcntl(fd, F_GETFL) & (O_DSYNC | O_SYNC)) != 0;
	record(OP_WRITE, sync, path, (uint64_t)offset, cut, n);
}

/* ---- what programs call ------------------------------------------------------------------ */

static int
opened(int fd, int existed, int flags)
{
	char path[PATH_MAX];

	if (fd < 0 || path_of(fd, path) == NULL)
		return fd;
	if ((flags & O_CREAT) != 0 && !existed)
		record(OP_CREATE, 0, path, 0, NULL, 0);
	else if ((flags & O_TRUNC) != 0)
		record(OP_TRUNCATE, 0, path, 0, NULL, 0);
	return fd;
}

static int
exists(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, 0) == 0;
}

#define OPENS(name)                                                   \
	int name(const char *path, int flags, ...)                    \
	{                                                             \
		int there = exists(AT_FDCWD, path);                   \
		mode_t mode = 0;                                      \
		va_list args;                                         \
		REAL(name);                                           \
		if ((flags & (O_CREAT | O_TMPFILE)) != 0) {           \
			va_start(args, flags);                        \
			mode = va_arg(args, mode_t);                  \
			va_end(args);                                 \
		}                                                     \
		return opened(real(path, flags, mode), there, flags); \
	}
#define OPENATS(name)                                                      \
	int name(int dir, const char *path, int flags, ...)                \
	{                                                                  \
		int there = exists(dir, path);                             \
		mode_t mode = 0;                                           \
		va_list args;                                              \
		REAL(name);                                                \
		if ((flags & (O_CREAT | O_TMPFILE)) != 0) {                \
			va_start(args, flags);                             \
			mode = va_arg(args, mode_t);                       \
			va_end(args);                                      \
		}                                                          \
		return opened(real(dir, path, flags, mode), there, flags); \
	}
OPENS(open)
OPENS(open64)
OPENATS(openat)
OPENATS(openat64)

/* These open by a way of their own. */
int
mkstemp(char *name)
{
	REAL(mkstemp);

	return opened(real(name), 0, O_CREAT);
}

int
mkostemp(char *name, int flags)
{
	REAL(mkostemp);

	return opened(real(name, flags), 0, O_CREAT);
}

#define WRITES(name, type)                                               \
	ssize_t name(int fd, const void *data, size_t size, type offset) \
	{                                                                \
		struct iovec v = {(void *)(uintptr_t)data, size};        \
		ssize_t n;                                               \
		REAL(name);                                              \
		n = real(fd, data, size, offset);                        \
		record_write(fd, &v, 1, offset, n);                      \
		return n;                                                \
	}
WRITES(pwrite, off_t)
WRITES(pwrite64, off64_t)

ssize_t
pwritev(int fd, const struct iovec *v, int count, off_t offset)
{
	ssize_t n;
	REAL(pwritev);

	n = real(fd, v, count, offset);
	record_write(fd, v, count, offset, n);
	return n;
}

ssize_t
pwritev64(int fd, const struct iovec *v, int count, off64_t offset)
{
	ssize_t n;
	REAL(pwritev64);

	n = real(fd, v, count, offset);
	record_write(fd, v, count, offset, n);
	return n;
}

ssize_t
write(int fd, const void *data, size_t size)
{
	struct iovec v = {(void *)(uintptr_t)data, size};
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t n;
	REAL(write);

	n = real(fd, data, size);
	if (at >= 0)
		record_write(fd, &v, 1, at, n);
	return n;
}

ssize_t
writev(int fd, const struct iovec *v, int count)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	ssize_t n;
	REAL(writev);

	n = real(fd, v, count);
	if (at >= 0)
		record_write(fd, v, count, at, n);
	return n;
}

static int
synced(int fd, int result)
{
	char path[PATH_MAX];

	if (result == 0 && path_of(fd, path) != NULL)
		record(OP_SYNC, 0, path, 0, NULL, 0);
	return result;
}

int
fsync(int fd)
{
	REAL(fsync);

	return synced(fd, real(fd));
}

int
fdatasync(int fd)
{
	REAL(fdatasync);

	return synced(fd, real(fd));
}

static int
truncated(int fd, off_t size, int result)
{
	char path[PATH_MAX];

	if (result == 0 && path_of(fd, path) != NULL)
		record(OP_TRUNCATE, 0, path, (uint64_t)size, NULL, 0);
	return result;
}

int
ftruncate(int fd, off_t size)
{
	REAL(ftruncate);

	return truncated(fd, size, real(fd, size));
}

int
ftruncate64(int fd, off64_t size)
{
	REAL(ftruncate64);

	return truncated(fd, size, real(fd, size));
}

static int
named(int op, int result, int from_dir, const char *from, int to_dir, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];
	struct iovec second;

	if (result != 0 || path_at(from_dir, from, a) == NULL)
		return result;
	if (to == NULL) {
		record(op, 0, a, 0, NULL, 0);
	} else if (path_at(to_dir, to, b) != NULL) {
		second = (struct iovec){b, strlen(b)};
		record(op, 0, a, 0, &second, 1);
	}
	return result;
}

int
rename(const char *from, const char *to)
{
	REAL(rename);

	return named(OP_RENAME, real(from, to), AT_FDCWD, from, AT_FDCWD, to);
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	REAL(renameat);

	return named(
	    OP_RENAME, real(from_dir, from, to_dir, to), from_dir, from, to_dir, to);
}

/* Names are told before they are taken away, so that a link from /proc/self/fd can be read. */
int
linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	char target[PATH_MAX];
	ssize_t n =
	    strncmp(from, "/proc/", 6) == 0 ? readlink(from, target, PATH_MAX - 1) : -1;
	REAL(linkat);

	if (n > 0)
		target[n] = '\0';
	return named(OP_LINK, real(from_dir, from, to_dir, to, flags), from_dir,
	    n > 0 ? target : from, to_dir, to);
}

int
link(const char *from, const char *to)
{
	REAL(link);

	return named(OP_LINK, real(from, to), AT_FDCWD, from, AT_FDCWD, to);
}

int
unlink(const char *path)
{
	REAL(unlink);

	return named(OP_UNLINK, real(path), AT_FDCWD, path, 0, NULL);
}

int
unlinkat(int dir, const char *path, int flags)
{
	REAL(unlinkat);

	return named(OP_UNLINK, real(dir, path, flags), dir, path, 0, NULL);
}

int
mkdir(const char *path, mode_t mode)
{
	REAL(mkdir);

	return named(OP_MKDIR, real(path, mode), AT_FDCWD, path, 0, NULL);
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
	REAL(mkdirat);

	return named(OP_MKDIR, real(dir, path, mode), dir, path, 0, NULL);
}
