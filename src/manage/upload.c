#include "manage/upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/random.h"

#define NAME (2 * SHA256_SIZE)
#define PIECE 65536

static int
upload_path(struct manage *m, struct span owner, const char *token, char *out, size_t n)
{
	uint8_t bytes[256 + UPLOAD_TOKEN], digest[SHA256_SIZE];
	char name[NAME + 1];
	size_t len = strlen(token);

	if (owner.len == 0 || owner.len > 256 || len != UPLOAD_TOKEN - 1)
		return E_NOTFOUND;
	memcpy(bytes, owner.data, owner.len);
	memcpy(bytes + owner.len, token, len);
	if (sha256(span_of(bytes, owner.len + len), digest) != E_OK)
		return E_CRYPTO;
	hex_encode(digest, sizeof digest, name);
	snprintf(out, n, "%s/uploads/%s", m->data->path, name);
	return E_OK;
}

static int
gone(struct manage *m)
{
	return fault_set(&m->fault, E_NOTFOUND, NULL,
	    "the file is not here any more (it waits for an hour): bring it again");
}

/* ---- keeping ----------------------------------------------------------------------------- */

static int
make_folder(struct manage *m)
{
	char path[sizeof m->data->path + 16];

	snprintf(path, sizeof path, "%s/uploads", m->data->path);
	if (mkdir(path, 0770) != 0 && errno != EEXIST)
		return file_fault(&m->fault, path, "make");
	return E_OK;
}

static int
write_all(struct manage *m, int to, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(to, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return file_fault(&m->fault, "uploads", "store an upload in");
		bytes += done;
		n -= (size_t)done;
	}
	return E_OK;
}

static int
copy(struct manage *m, int from, int to)
{
	char *piece = arena_alloc(m->arena, PIECE);
	off_t at = 0;
	ssize_t n;
	int err = piece != NULL ? E_OK : E_NOMEM;

	while (err == E_OK && (n = pread(from, piece, PIECE, at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return file_fault(&m->fault, "upload", "read");
		err = write_all(m, to, piece, (size_t)n);
		at += n;
	}
	return err;
}

int
manage_upload_keep(
    struct manage *m, struct span owner, int fd, char token[UPLOAD_TOKEN])
{
	uint8_t random[(UPLOAD_TOKEN - 1) / 2];
	char path[sizeof m->data->path + NAME + 16];
	uint64_t removed;
	int to, err;

	if ((err = random_bytes(random, sizeof random)) != E_OK ||
	    (err = make_folder(m)) != E_OK)
		return err;
	manage_uploads_collect(m, &removed);
	m->fault = (struct fault){0};
	hex_encode(random, sizeof random, token);
	if ((err = upload_path(m, owner, token, path, sizeof path)) != E_OK)
		return err;
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return file_fault(&m->fault, path, "make");
	err = copy(m, fd, to);
	if (close(to) != 0 && err == E_OK)
		err = file_fault(&m->fault, path, "write");
	if (err != E_OK)
		unlink(path);
	return err;
}

/* ---- looking ------------------------------------------------------------------------------- */

int
manage_upload_open(struct manage *m, struct span owner, const char *token, int *fd)
{
	char path[sizeof m->data->path + NAME + 16];
	struct stat st;
	int err = upload_path(m, owner, token, path, sizeof path);

	if (err != E_OK)
		return err == E_NOTFOUND ? gone(m) : err;
	*fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0)
		return errno == ENOENT ? gone(m) : file_fault(&m->fault, path, "open");
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_mtime >= m->now - UPLOAD_KEPT)
		return E_OK;
	close(*fd);
	*fd = -1;
	return gone(m);
}

void
manage_upload_drop(struct manage *m, struct span owner, const char *token)
{
	char path[sizeof m->data->path + NAME + 16];

	if (upload_path(m, owner, token, path, sizeof path) == E_OK)
		unlink(path);
}

/* ---- clearing away ---------------------------------------------------------------------------- */

static bool
is_old(int folder, const char *name, int64_t before)
{
	struct stat st;

	return strlen(name) == NAME &&
	       fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && st.st_mtime < before;
}

int
manage_uploads_collect(struct manage *m, uint64_t *removed)
{
	char path[sizeof m->data->path + 16];
	const struct dirent *entry;
	DIR *dir;

	*removed = 0;
	snprintf(path, sizeof path, "%s/uploads", m->data->path);
	if ((dir = opendir(path)) == NULL)
		return errno == ENOENT ? E_OK : file_fault(&m->fault, path, "read");
	while ((entry = readdir(dir)) != NULL)
		if (is_old(dirfd(dir), entry->d_name, m->now - UPLOAD_KEPT) &&
		    unlinkat(dirfd(dir), entry->d_name, 0) == 0)
			++*removed;
	closedir(dir);
	return E_OK;
}
