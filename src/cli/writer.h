/*
 * Files that a command makes for whoever runs it. As root the process becomes the owner of
 * the data, who may not write where root wants the files; so a small helper process stays
 * behind as root and writes them.
 */
#ifndef GH_CLI_WRITER_H
#define GH_CLI_WRITER_H

#include <sys/types.h>

#include "base/err.h"
#include "base/span.h"

/* Before cli_open(): as root starts the helper, which ends with this process; else
 * nothing. */
int writer_start(struct fault *fault);

/* Makes a folder; one that is there already is fine. */
int writer_folder(const char *path, mode_t mode, struct fault *fault);

/* Replaces a file, as file_replace(). */
int writer_file(const char *path, mode_t mode, struct span bytes, struct fault *fault);

#endif
