/*
 * How many workers may be sending firmware at a time: one slot each, a locked byte of a file
 * in the data folder. The lock ends with its descriptor, hence with its process.
 */
#ifndef GH_CUPS_STREAMS_H
#define GH_CUPS_STREAMS_H

#include "base/err.h"

/*
 * Takes one of `slots` slots: it is held until *fd is closed (and no other descriptor of the
 * file may be opened in this process meanwhile: closing that would give it back). E_BUSY: all
 * are taken. E_PERM, E_FULL, E_IO with words.
 */
int streams_take(const char *path, unsigned slots, int *fd, struct fault *fault);

#endif
