#include "tests/lib/refuse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

static bool watching, disk_too, refused;
static unsigned long left;

void
refuse_at(unsigned long nth, bool disk)
{
	left = nth;
	disk_too = disk;
	refused = false;
	watching = true;
}

bool
refuse_end(void)
{
	watching = false;
	return refused;
}

bool
refuse_this(void)
{
	if (!watching || --left > 0)
		return false;
	watching = false;
	refused = true;
	return true;
}

static bool
fails(void)
{
	if (!disk_too || !refuse_this())
		return false;
	errno = EIO;
	return true;
}

/* WRAP(function, its parameters, their names, what it gives when there is no memory) */
#define WRAP(type, fn, parameters, names, none)                    \
	type __real_##fn parameters;                               \
	type __wrap_##fn parameters;                               \
	type __wrap_##fn parameters                                \
	{                                                          \
		return refuse_this() ? (none) : __real_##fn names; \
	}
#define WRAP_DISK(type, fn, parameters, names, none)         \
	type __real_##fn parameters;                         \
	type __wrap_##fn parameters;                         \
	type __wrap_##fn parameters                          \
	{                                                    \
		return fails() ? (none) : __real_##fn names; \
	}

/* clang-format off */
WRAP(void *, malloc, (size_t n), (n), NULL)
WRAP(void *, calloc, (size_t n, size_t size), (n, size), NULL)
WRAP(void *, realloc, (void *p, size_t n), (p, n), NULL)
WRAP(void *, arena_alloc, (struct arena *a, size_t n), (a, n), NULL)
WRAP(void *, arena_zalloc, (struct arena *a, size_t n, size_t size), (a, n, size), NULL)
WRAP(char *, arena_dup, (struct arena *a, struct span s), (a, s), NULL)
WRAP(char *, arena_strdup, (struct arena *a, const char *s), (a, s), NULL)
WRAP_DISK(int, fsync, (int fd), (fd), -1)
WRAP_DISK(int, fstat, (int fd, struct stat *st), (fd, st), -1)
WRAP_DISK(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
WRAP_DISK(int, flock, (int fd, int how), (fd, how), -1)
WRAP_DISK(int, ftruncate, (int fd, off_t size), (fd, size), -1)
WRAP_DISK(int, futimens, (int fd, const struct timespec times[2]), (fd, times), -1)
WRAP_DISK(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
WRAP_DISK(int, mkstemp, (char *path), (path), -1)
WRAP_DISK(int, mkostemp, (char *path, int flags), (path, flags), -1)
WRAP_DISK(int, rename, (const char *from, const char *to), (from, to), -1)
WRAP_DISK(int, fstatat, (int at, const char *path, struct stat *st, int flags),
    (at, path, st, flags), -1)
WRAP_DISK(DIR *, opendir, (const char *path), (path), NULL)
WRAP_DISK(DIR *, fdopendir, (int fd), (fd), NULL)
WRAP_DISK(ssize_t, read, (int fd, void *to, size_t n), (fd, to, n), -1)
WRAP_DISK(ssize_t, write, (int fd, const void *from, size_t n), (fd, from, n), -1)
WRAP_DISK(ssize_t, pread, (int fd, void *to, size_t n, off_t at), (fd, to, n, at), -1)
WRAP_DISK(ssize_t, pwrite, (int fd, const void *from, size_t n, off_t at),
    (fd, from, n, at), -1)
/* clang-format on */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int
__wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if (flags & O_CREAT) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	return fails() ? -1 : __real_open(path, flags, mode);
}

char *__wrap_arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

char *
__wrap_arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args;
	char *copy = NULL, *text = NULL;
	int n;

	if (refuse_this())
		return NULL;
	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n >= 0)
		copy = __real_arena_strdup(a, text);
	free(text);
	return copy;
}
