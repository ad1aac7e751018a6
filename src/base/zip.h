/*
 * A ZIP archive of a few small files, stored as they are (no compression): what every
 * desktop opens. Errors stick in the strbuf.
 *
 * Layout (PKWARE's APPNOTE 4.3): for each file a local header and its bytes; then for each
 * file an entry of the central directory; then the end record.
 */
#ifndef GH_BASE_ZIP_H
#define GH_BASE_ZIP_H

#include "base/strbuf.h"

struct zip_file {
	const char *name; /* UTF-8, with `/` between folders */
	struct span bytes;
	unsigned mode; /* permissions on Unix, e.g. 0600 */
};

/* Appends the archive; `now` is the time of all files (UTC, two seconds exact). At most
 * 65,535 files and 4 GiB. */
void zip_write(
    struct strbuf *out, const struct zip_file *files, size_t count, int64_t now);

#endif
