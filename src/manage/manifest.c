#include "manage/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "json/reader.h"
#include "json/writer.h"

#define MANIFEST_MAX (16 << 20)
#define FILES_MAX 65536
#define NAME_LENGTH 512

/* ---- listing ------------------------------------------------------------------------------ */

static int
digest_file(const char *path, uint64_t *size, char hex[65], struct fault *fault)
{
	struct sha256_state *state;
	uint8_t digest[SHA256_SIZE];
	char buf[65536];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), err;

	if (fd < 0)
		return file_fault(fault, path, "open");
	*size = 0;
	if ((err = sha256_begin(&state)) != E_OK) {
		close(fd);
		return fault_set(fault, err, NULL, "%s: %s", path, err_text(err));
	}
	while ((n = read(fd, buf, sizeof buf)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		*size += (uint64_t)n;
		if (err == E_OK)
			err = sha256_add(state, span_of(buf, (size_t)n));
	}
	if (n < 0)
		err = file_fault(fault, path, "read");
	sha256_end(state, digest);
	hex_encode(digest, sizeof digest, hex);
	close(fd);
	return err;
}

static int
add_file(const char *folder, const char *name, struct arena *arena, struct backup *b,
    struct fault *fault)
{
	char path[PATH_MAX];
	struct backup_file *f;
	int err;

	/* Room for twice as many whenever the number is a power of two. */
	if ((b->count & (b->count - 1)) == 0) {
		size_t room = b->count == 0 ? 1 : 2 * b->count;
		struct backup_file *more = arena_alloc(arena, room * sizeof *more);

		if (b->count >= FILES_MAX)
			return fault_set(fault, E_TOOBIG, NULL, "too many files");
		if (more == NULL)
			return fault_set(fault, E_NOMEM, NULL, "%s", err_text(E_NOMEM));
		if (b->count > 0)
			memcpy(more, b->files, b->count * sizeof *more);
		b->files = more;
	}
	f = &b->files[b->count];
	if ((f->name = arena_strdup(arena, name)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s", err_text(E_NOMEM));
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if ((err = digest_file(path, &f->size, f->sha256, fault)) != E_OK)
		return err;
	b->bytes += f->size;
	b->count++;
	return E_OK;
}

int
manifest_add(const char *folder, const char *below, struct arena *arena,
    struct backup *b, struct fault *fault)
{
	char path[PATH_MAX], name[NAME_LENGTH];
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int err = E_OK;

	snprintf(path, sizeof path, "%s/%s", folder, below);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		return add_file(folder, below, arena, b, fault);
	if ((dir = opendir(path)) == NULL)
		return errno == ENOENT ? E_OK : file_fault(fault, path, "open");
	while (err == E_OK && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (snprintf(name, sizeof name, "%s/%s", below, entry->d_name) >=
		    (int)sizeof name)
			err =
			    fault_set(fault, E_TOOBIG, NULL, "%s: name too long", path);
		else
			err = manifest_add(folder, name, arena, b, fault);
	}
	closedir(dir);
	return err;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* What the manifest promises must be on disk before it. */
static int
sync_all(const char *folder, struct fault *fault)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), bad;

	if (fd < 0)
		return file_fault(fault, folder, "open");
	bad = syncfs(fd);
	close(fd);
	return bad != 0 ? file_fault(fault, folder, "sync") : E_OK;
}

int
manifest_write(const char *folder, const struct backup *b, struct fault *fault)
{
	char path[PATH_MAX], at[CLOCK_TEXT];
	struct strbuf text;
	struct json_out j;
	int err;

	clock_format(b->at, at);
	strbuf_init(&text, MANIFEST_MAX);
	json_init(&j, &text, "\t");
	json_object(&j);
	json_key_int(&j, "format", BACKUP_FORMAT);
	json_key_str(&j, "program", PACKAGE_STRING);
	json_key_str(&j, "at", at);
	json_key_uint(&j, "registry_schema", b->registry_schema);
	json_key_uint(&j, "ledger_schema", b->ledger_schema);
	json_key_bool(&j, "with_keys", b->with_keys);
	json_key_array(&j, "files");
	for (size_t i = 0; i < b->count; i++) {
		json_object(&j);
		json_key_str(&j, "name", b->files[i].name);
		json_key_uint(&j, "size", b->files[i].size);
		json_key_str(&j, "sha256", b->files[i].sha256);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	strbuf_putc(&text, '\n');
	snprintf(path, sizeof path, "%s/" MANIFEST_NAME, folder);
	if ((err = text.err) != E_OK)
		fault_set(fault, err, NULL, "%s: %s", path, err_text(err));
	else if ((err = sync_all(folder, fault)) == E_OK)
		err = file_replace(path, 0600, strbuf_span(&text), fault);
	strbuf_clear(&text);
	return err;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* A name that stays below the folder: no part of it begins with a point. */
static bool
name_is_safe(struct span s)
{
	bool start = true;

	if (s.len == 0 || s.len >= NAME_LENGTH || s.data[s.len - 1] == '/')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];

		if (start && (c == '/' || c == '.'))
			return false;
		if (c < 0x21 || c > 0x7e)
			return false;
		start = c == '/';
	}
	return true;
}

static bool
read_entry(const struct json *v, struct arena *arena, struct backup_file *f)
{
	struct span name, digest;
	uint8_t bytes[SHA256_SIZE];

	if (!json_as_text(json_get(v, "name"), &name) || !name_is_safe(name) ||
	    !json_as_uint(json_get(v, "size"), &f->size) ||
	    !json_as_text(json_get(v, "sha256"), &digest) ||
	    !hex_decode(digest, bytes, sizeof bytes))
		return false;
	hex_encode(bytes, sizeof bytes, f->sha256);
	f->name = arena_dup(arena, name);
	return f->name != NULL;
}

static bool
read_schema(const struct json *root, const char *name, unsigned *out)
{
	uint64_t n;

	if (!json_as_uint(json_get(root, name), &n) || n > UINT32_MAX)
		return false;
	*out = (unsigned)n;
	return true;
}

static int
read_manifest(
    const struct json *root, struct arena *arena, struct backup *b, struct fault *fault)
{
	const struct json *files = json_get(root, "files");
	struct span at;
	uint64_t format;

	if (!json_as_uint(json_get(root, "format"), &format))
		return fault_set(
		    fault, E_CORRUPT, NULL, MANIFEST_NAME " is not that of a backup");
	if (format > BACKUP_FORMAT)
		return fault_set(fault, E_VERSION, NULL,
		    "the backup was made by a newer version of Gatehouse");
	if (!read_schema(root, "registry_schema", &b->registry_schema) ||
	    !read_schema(root, "ledger_schema", &b->ledger_schema) ||
	    !json_as_bool(json_get(root, "with_keys"), &b->with_keys) ||
	    !json_as_text(json_get(root, "at"), &at) || !clock_parse(at, &b->at) ||
	    json_type(files) != JSON_ARRAY || json_count(files) > FILES_MAX)
		return fault_set(fault, E_CORRUPT, NULL,
		    MANIFEST_NAME " lacks something or is damaged");
	if (b->registry_schema > REGISTRY_SCHEMA || b->ledger_schema > LEDGER_SCHEMA)
		return fault_set(fault, E_VERSION, NULL,
		    "the backup's data are of a newer version of Gatehouse");
	b->count = json_count(files);
	b->files = arena_zalloc(arena, b->count, sizeof *b->files);
	if (b->files == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s", err_text(E_NOMEM));
	for (size_t i = 0; i < b->count; i++) {
		if (!read_entry(json_at(files, i), arena, &b->files[i]))
			return fault_set(fault, E_CORRUPT, NULL,
			    MANIFEST_NAME ": entry %zu of files is damaged", i + 1);
		b->bytes += b->files[i].size;
	}
	return E_OK;
}

int
manifest_read(
    const char *folder, struct arena *arena, struct backup *b, struct fault *fault)
{
	char path[PATH_MAX];
	struct fault why = {0};
	struct strbuf text;
	struct json *root = NULL;
	int err;

	memset(b, 0, sizeof *b);
	b->warning = "";
	snprintf(path, sizeof path, "%s/" MANIFEST_NAME, folder);
	strbuf_init(&text, MANIFEST_MAX);
	err = file_read(path, &text, fault);
	if (err == E_NOTFOUND)
		err = fault_set(fault, err, NULL,
		    "%.200s: no backup, or one that was not finished", folder);
	if (err == E_OK && (err = json_parse(strbuf_span(&text), &root, &why)) != E_OK)
		err = fault_set(fault, E_CORRUPT, NULL,
		    MANIFEST_NAME " is damaged: %.180s", why.text);
	if (err == E_OK)
		err = read_manifest(root, arena, b, fault);
	json_free(root);
	strbuf_clear(&text);
	return err;
}

int
manifest_verify(const char *folder, const struct backup *b, struct fault *fault)
{
	char path[PATH_MAX], hex[65];
	uint64_t size;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < b->count; i++) {
		const struct backup_file *f = &b->files[i];

		snprintf(path, sizeof path, "%s/%s", folder, f->name);
		err = digest_file(path, &size, hex, fault);
		if (err == E_NOTFOUND)
			err = fault_set(fault, E_CORRUPT, NULL,
			    "%.200s is missing from the backup", f->name);
		else if (err == E_OK && size != f->size)
			err = fault_set(fault, E_CORRUPT, NULL,
			    "%.150s: has %llu bytes, not %llu", f->name,
			    (unsigned long long)size, (unsigned long long)f->size);
		else if (err == E_OK && strcmp(hex, f->sha256) != 0)
			err = fault_set(fault, E_CORRUPT, NULL,
			    "%.150s: its SHA-256 is another one", f->name);
	}
	return err;
}
