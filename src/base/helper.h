/*
 * A process that stays behind as root when this one becomes somebody else, and does for it
 * what only root may. It ends with this one.
 */
#ifndef GH_BASE_HELPER_H
#define GH_BASE_HELPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * As root, when *end is -1: starts a process that calls serve() with its end of a socket and
 * ends when that returns; ours becomes *end. Else nothing. E_IO.
 */
int helper_start(void (*serve)(int fd), int *end, struct fault *fault);

/* All the bytes, or false: the other one is gone. */
bool helper_read(int fd, void *data, size_t len);
bool helper_write(int fd, const void *data, size_t len);

#endif
