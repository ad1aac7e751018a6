#include "store/blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "store/filesystem.h"

#define WAIT_MS 30000 /* for the lock: others only hold it for a moment */
#define LOOK_MS 10
#define PATH_SIZE (sizeof((struct blobs *)0)->path + 80)

struct blob_writer {
	struct blobs blobs;
	char path[PATH_SIZE]; /* in new/ */
	int fd;
	int failed; /* errno of the first write that did */
};

/* ---- the folder and its lock ---- */

static bool
name_ok(const char *name)
{
	size_t i = 0;

	while (i < BLOB_NAME && hex_digit((unsigned char)name[i]) >= 0 &&
	       (name[i] < 'A' || name[i] > 'F'))
		i++;
	return i == BLOB_NAME && name[i] == '\0';
}

static void
give_away(const char *folder, int fd)
{
	struct stat st;

	if (geteuid() == 0 && stat(folder, &st) == 0 && st.st_uid != 0 &&
	    fchown(fd, st.st_uid, st.st_gid) != 0)
		return; /* the next one who may not open it is told whose it is */
}

static bool
is_folder(const char *path)
{
	struct stat st;
	bool is = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);

	errno = is ? 0 : ENOTDIR;
	return is;
}

/* Makes the folder for us and our group, whatever the umask; one that is there is fine. */
static int
make_folder(const char *parent, const char *path)
{
	mode_t mask = umask(0);
	int rc = mkdir(path, 0770), fd;

	umask(mask);
	if (rc != 0 && errno == EEXIST)
		return parent == path || is_folder(path) ? 0 : -1;
	if (rc != 0)
		return -1;
	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return -1;
	give_away(parent, fd);
	close(fd);
	return parent != path ? filesystem_sync_folder(parent) : 0;
}

int
blobs_open(const char *path, bool create, struct blobs *blobs, struct fault *fault)
{
	int err;

	if (snprintf(blobs->path, sizeof blobs->path, "%s", path) >=
	    (int)sizeof blobs->path)
		return fault_set(fault, E_INVALID, NULL, "%s: path too long", path);
	filesystem_ignore_size_signal();
	if (create && make_folder(path, path) != 0)
		return file_fault(fault, path, "make the folder");
	if ((err = filesystem_check_access(path, R_OK | X_OK, fault)) != E_OK)
		return err;
	return filesystem_check_local(path, fault);
}

/* What the words about access do not explain stays an error. */
static int
refused(const char *path, int how, struct fault *fault)
{
	int err = errno == EACCES ? filesystem_check_access(path, how, fault) : E_OK;

	if (errno == ELOOP)
		return fault_set(fault, E_IO, NULL, "%s: is a symbolic link", path);
	return err != E_OK ? err : file_fault(fault, path, "open");
}

static int
open_lock(const struct blobs *blobs, char path[PATH_SIZE], int *fd, struct fault *fault)
{
	snprintf(path, PATH_SIZE, "%s/lock", blobs->path);
	*fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0660);
	if (*fd < 0 && errno == EACCES && access(path, F_OK) != 0) {
		errno = EACCES;
		return refused(blobs->path, R_OK | W_OK | X_OK, fault);
	}
	if (*fd < 0)
		return refused(path, R_OK | W_OK, fault);
	if (fchmod(*fd, 0660) == 0)
		give_away(blobs->path, *fd);
	return E_OK;
}

/* Gives the lock's descriptor, to be closed. */
static int
lock(const struct blobs *blobs, int *fd, struct fault *fault)
{
	int64_t end = clock_ticks_ms() + WAIT_MS;
	char path[PATH_SIZE];
	int err;

	if ((err = open_lock(blobs, path, fd, fault)) != E_OK)
		return err;
	while (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			err = file_fault(fault, path, "lock");
		} else if (clock_ticks_ms() > end) {
			err = fault_set(fault, E_BUSY, NULL,
			    "%s: another program has held it for %d seconds", path,
			    WAIT_MS / 1000);
		} else {
			usleep(LOOK_MS * 1000);
			continue;
		}
		close(*fd);
		return err;
	}
	return E_OK;
}

/* ---- adding ---- */

static int
open_new(struct blob_writer *w, struct fault *fault)
{
	char folder[PATH_SIZE];

	snprintf(folder, sizeof folder, "%s/new", w->blobs.path);
	if (make_folder(w->blobs.path, folder) != 0)
		return file_fault(fault, folder, "make the folder");
	snprintf(w->path, sizeof w->path, "%s/new/XXXXXX", w->blobs.path);
	if ((w->fd = mkostemp(w->path, O_CLOEXEC)) < 0)
		return file_fault(fault, folder, "make a file in");
	if (flock(w->fd, LOCK_EX | LOCK_NB) != 0 || fchmod(w->fd, 0660) != 0) {
		file_fault(fault, w->path, "lock");
		unlink(w->path);
		close(w->fd);
		return E_IO;
	}
	give_away(w->blobs.path, w->fd);
	return E_OK;
}

int
blob_begin(struct blobs *blobs, struct blob_writer **writer, struct fault *fault)
{
	int held, err;

	*writer = NULL;
	if ((err = lock(blobs, &held, fault)) != E_OK)
		return err;
	if ((*writer = calloc(1, sizeof **writer)) == NULL) {
		close(held);
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	}
	(*writer)->blobs = *blobs;
	/* Under the lock, or the collector could take it for a rest before it is locked. */
	if ((err = open_new(*writer, fault)) != E_OK) {
		free(*writer);
		*writer = NULL;
	}
	close(held);
	return err;
}

int
blob_write(struct blob_writer *w, struct span bytes)
{
	while (w->failed == 0 && bytes.len > 0) {
		ssize_t n = write(w->fd, bytes.data, bytes.len);

		if (n >= 0)
			bytes = span_from(bytes, (size_t)n);
		else if (errno != EINTR)
			w->failed = errno;
	}
	errno = w->failed;
	return w->failed == 0 ? E_OK : file_fault(NULL, w->path, "write");
}

/* To its place, so that it is there after a power cut. */
static int
move(struct blob_writer *w, const char *name, struct fault *fault)
{
	char folder[PATH_SIZE], path[PATH_SIZE];

	snprintf(folder, sizeof folder, "%s/%.2s", w->blobs.path, name);
	snprintf(path, sizeof path, "%s/%.2s/%s", w->blobs.path, name, name);
	if (make_folder(w->blobs.path, folder) != 0)
		return file_fault(fault, folder, "make the folder");
	if (rename(w->path, path) != 0)
		return file_fault(fault, path, "put the file in its place");
	w->path[0] = '\0';
	if (filesystem_sync_folder(folder) != 0)
		return file_fault(fault, folder, "sync");
	return E_OK;
}

static int
commit(struct blob_writer *w, const char *name, blob_named_fn *fn, void *arg,
    struct fault *fault)
{
	int held, err;

	if (!name_ok(name))
		return fault_set(fault, E_INVALID, NULL, "no name of a blob");
	if (w->failed == 0 && fsync(w->fd) != 0)
		w->failed = errno;
	if ((errno = w->failed) != 0)
		return file_fault(fault, w->path, "write");
	if ((err = lock(&w->blobs, &held, fault)) != E_OK)
		return err;
	if ((err = move(w, name, fault)) == E_OK && fn != NULL)
		err = fn(arg);
	close(held);
	return err;
}

int
blob_commit(struct blob_writer *w, const char name[BLOB_NAME + 1], blob_named_fn *fn,
    void *arg, struct fault *fault)
{
	int err = commit(w, name, fn, arg, fault);

	blob_abandon(w);
	return err;
}

void
blob_abandon(struct blob_writer *w)
{
	if (w == NULL)
		return;
	if (w->path[0] != '\0')
		unlink(w->path);
	close(w->fd);
	free(w);
}

/* ---- reading ---- */

/* Opens the folder of a name; neither it nor the file may be a symbolic link, which could
 * lead to anything. */
static int
open_folder(const struct blobs *blobs, const char *name, int *fd, struct fault *fault)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s/%.2s", blobs->path, name);
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *fd >= 0 ? E_OK : refused(path, R_OK | X_OK, fault);
}

static int
open_file(const struct blobs *blobs, const char *name, int folder, int *fd,
    struct fault *fault)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s/%.2s/%s", blobs->path, name, name);
	/* A FIFO in its place shall not keep us waiting. */
	*fd = openat(
	    folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return *fd >= 0 ? E_OK : refused(path, R_OK, fault);
}

static int
look_at(int fd, const char *name, struct blob_mark *mark, struct fault *fault)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return file_fault(fault, name, "look at");
	if (!S_ISREG(st.st_mode))
		return fault_set(fault, E_IO, NULL, "%s: is not a regular file", name);
	*mark = (struct blob_mark){
	    .device = (uint64_t)st.st_dev,
	    .inode = (uint64_t)st.st_ino,
	    .size = (uint64_t)st.st_size,
	    .modified_s = st.st_mtim.tv_sec,
	    .modified_ns = st.st_mtim.tv_nsec,
	    .changed_s = st.st_ctim.tv_sec,
	    .changed_ns = st.st_ctim.tv_nsec,
	};
	return E_OK;
}

int
blob_open(struct blobs *blobs, const char name[BLOB_NAME + 1], int *fd,
    struct blob_mark *mark, struct fault *fault)
{
	int folder, err;

	*fd = -1;
	if (!name_ok(name))
		return fault_set(fault, E_INVALID, NULL, "no name of a blob");
	if ((err = open_folder(blobs, name, &folder, fault)) != E_OK)
		return err;
	err = open_file(blobs, name, folder, fd, fault);
	close(folder);
	if (err != E_OK || (err = look_at(*fd, name, mark, fault)) == E_OK)
		return err;
	close(*fd);
	*fd = -1;
	return err;
}

int
blob_touch(struct blobs *blobs, const char name[BLOB_NAME + 1], struct fault *fault)
{
	struct blob_mark mark;
	int fd, err;

	if ((err = blob_open(blobs, name, &fd, &mark, fault)) != E_OK)
		return err;
	if (futimens(fd, NULL) != 0)
		err = file_fault(fault, name, "set the time of");
	close(fd);
	return err;
}

/* ---- all of them ---- */

/* Calls fn with folder and entry of all that is named like a blob. */
typedef int entry_fn(void *arg, int folder, const char *name);

static int
each_in(const struct blobs *blobs, const char *two, entry_fn *fn, void *arg,
    struct fault *fault)
{
	char path[PATH_SIZE];
	struct dirent *e;
	int fd, err = E_OK;
	DIR *dir;

	snprintf(path, sizeof path, "%s/%s", blobs->path, two);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? E_OK : file_fault(fault, path, "open");
	if ((dir = fdopendir(fd)) == NULL) {
		err = file_fault(fault, path, "read");
		close(fd);
		return err;
	}
	while (err == E_OK && (e = readdir(dir)) != NULL)
		if (name_ok(e->d_name) && strncmp(e->d_name, two, 2) == 0)
			err = fn(arg, fd, e->d_name);
	closedir(dir);
	return err;
}

static int
each(const struct blobs *blobs, entry_fn *fn, void *arg, struct fault *fault)
{
	char two[3];
	int err = E_OK;

	for (unsigned i = 0; err == E_OK && i < 256; i++) {
		hex_encode(&(uint8_t){(uint8_t)i}, 1, two);
		err = each_in(blobs, two, fn, arg, fault);
	}
	return err;
}

struct listing {
	blob_fn *fn;
	void *arg;
};

static int
list_one(void *arg, int folder, const char *name)
{
	struct listing *l = arg;
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return E_OK; /* collected meanwhile */
	return l->fn(l->arg, name, (uint64_t)st.st_size);
}

int
blobs_each(struct blobs *blobs, blob_fn *fn, void *arg)
{
	struct listing l = {fn, arg};

	return each(blobs, list_one, &l, NULL);
}

/* ---- collecting ---- */

struct collecting {
	int64_t before;
	blob_keep_fn *keep;
	void *arg;
	struct blob_collected *done;
	struct fault *fault;
};

static int
collect_one(void *arg, int folder, const char *name)
{
	struct collecting *c = arg;
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return E_OK;
	if (st.st_mtime >= c->before || c->keep(c->arg, name)) {
		c->done->kept++;
		return E_OK;
	}
	if (unlinkat(folder, name, 0) != 0)
		return file_fault(c->fault, name, "remove");
	c->done->removed++;
	c->done->bytes += (uint64_t)st.st_size;
	return E_OK;
}

/* A file in new/ that nobody has locked was left by a dead process. */
static void
collect_rest(int folder, const char *name, struct blob_collected *done)
{
	struct stat st;
	int fd;

	if (name[0] == '.')
		return;
	fd = openat(
	    folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 &&
	    unlinkat(folder, name, 0) == 0) {
		done->removed++;
		done->bytes += (uint64_t)st.st_size;
	}
	close(fd);
}

static void
collect_rests(const struct blobs *blobs, struct blob_collected *done)
{
	char path[PATH_SIZE];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof path, "%s/new", blobs->path);
	if ((dir = opendir(path)) == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		collect_rest(dirfd(dir), e->d_name, done);
	closedir(dir);
}

int
blobs_collect(struct blobs *blobs, int64_t before, blob_keep_fn *keep, void *arg,
    struct blob_collected *done, struct fault *fault)
{
	struct collecting c = {before, keep, arg, done, fault};
	int held, err;

	*done = (struct blob_collected){0};
	if ((err = lock(blobs, &held, fault)) != E_OK)
		return err;
	collect_rests(blobs, done);
	err = each(blobs, collect_one, &c, fault);
	close(held);
	return err;
}
