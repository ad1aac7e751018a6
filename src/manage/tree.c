/* Work on whole folders. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "manage/manifest.h"

#define DEPTH_MAX 8

static int
path_join(char out[PATH_MAX], const char *folder, const char *name, struct fault *fault)
{
	if (snprintf(out, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
		return fault_set(fault, E_INVALID, NULL, "%s: path too long", folder);
	return E_OK;
}

/* Makes the folders above a file that are missing. */
static int
make_parents(const char *path, const struct owner *owner, struct fault *fault)
{
	char above[PATH_MAX];
	char *slash;
	bool made;
	int err = E_OK;

	if (snprintf(above, sizeof above, "%s", path) >= PATH_MAX)
		return fault_set(fault, E_INVALID, NULL, "%s: path too long", path);
	for (slash = strchr(above + 1, '/'); err == E_OK && slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		struct stat st;

		*slash = '\0';
		if (stat(above, &st) != 0)
			err = owner_folder(above, owner, &made, fault);
		*slash = '/';
	}
	return err;
}

static int
write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n < 0 && errno != EINTR)
			return -1;
		bytes = span_from(bytes, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

static int
copy_bytes(int in, int out)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof buf)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || write_all(out, span_of(buf, (size_t)n)) != 0)
			return -1;
	}
	return fsync(out);
}

int
tree_copy(const char *from, const char *to, mode_t mode, const struct owner *owner,
    struct fault *fault)
{
	int in, out, err = make_parents(to, owner, fault);

	if (err != E_OK)
		return err;
	if ((in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
		return file_fault(fault, from, "open");
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		err = file_fault(fault, to, "create");
	else if (copy_bytes(in, out) != 0)
		err = file_fault(fault, to, "write");
	if (out >= 0 && close(out) != 0 && err == E_OK)
		err = file_fault(fault, to, "write");
	close(in);
	return err == E_OK ? owner_give(to, mode, owner, fault) : err;
}

static void
remove_below(const char *path, int depth)
{
	char below[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(path);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    path_join(below, path, entry->d_name, NULL) != E_OK)
			continue;
		if (unlink(below) != 0 && depth < DEPTH_MAX)
			remove_below(below, depth + 1);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

void
tree_remove(const char *path)
{
	remove_below(path, 0);
}
