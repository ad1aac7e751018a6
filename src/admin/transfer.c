#include "admin/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin/layout.h"
#include "base/file.h"

int
transfer_file(struct visit *v, const struct form_file **file)
{
	*file = form_file(&v->form, "file");
	if (*file == NULL)
		return fault_set(&v->m.fault, E_INVALID, "file", "no file was chosen");
	if ((*file)->length == 0)
		return fault_set(&v->m.fault, E_INVALID, "file", "is empty");
	return E_OK;
}

int
transfer_read(
    struct visit *v, const struct form_file *file, size_t max, struct span *bytes)
{
	char *buf;
	size_t have = 0, n = (size_t)file->length;
	ssize_t got;

	if (file->length > max)
		return fault_set(&v->m.fault, E_TOOBIG, "file",
		    "is longer than what is asked for can be (%zu bytes)", max);
	if ((buf = arena_alloc(v->arena, n + 1)) == NULL)
		return E_NOMEM;
	while (have < n) {
		got = pread(file->fd, buf + have, n - have, (off_t)have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return file_fault(&v->m.fault, "upload", "read");
		have += (size_t)got;
	}
	*bytes = span_of(buf, n);
	return E_OK;
}

int
transfer_begin(struct visit *v, int *fd)
{
	const char *folder = v->admin->data.path;
	char path[sizeof v->admin->data.path + 20];

	*fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd >= 0)
		return E_OK;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return file_fault(&v->m.fault, folder, "make a file in");
	snprintf(path, sizeof path, "%s/.export-XXXXXX", folder);
	if ((*fd = mkostemp(path, O_CLOEXEC)) < 0)
		return file_fault(&v->m.fault, folder, "make a file in");
	unlink(path);
	return E_OK;
}

int
transfer_put(struct visit *v, int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_fault(
			    &v->m.fault, v->admin->data.path, "make a file in");
		bytes = span_from(bytes, (size_t)n);
	}
	return E_OK;
}

int
transfer_send(struct visit *v, const char *type, const char *name, int fd)
{
	off_t length = lseek(fd, 0, SEEK_END);
	char value[100];

	if (length < 0) {
		close(fd);
		return E_IO;
	}
	response_reset(v->res);
	layout_headers(v->res);
	snprintf(value, sizeof value, "attachment; filename=\"%s\"", name);
	response_header(v->res, "Content-Disposition", value);
	response_type(v->res, type);
	return response_file(v->res, fd, 0, (uint64_t)length);
}

const char *
transfer_size(struct visit *v, uint64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB"};
	double n = (double)bytes / 1024;
	size_t i = 0;
	const char *text;

	if (bytes < 1024)
		text = arena_printf(v->arena, "%llu bytes", (unsigned long long)bytes);
	else {
		for (; n >= 1023.5 && i < 2; i++)
			n /= 1024;
		text = arena_printf(
		    v->arena, n < 9.95 ? "%.1f %s" : "%.0f %s", n, units[i]);
	}
	return text != NULL ? text : "";
}
