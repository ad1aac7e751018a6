/*
 * The ring's file. A change reads the file anew under a lock, edits its text (comments
 * stay) and replaces it, so that of two who add a key at the same time none loses it.
 */
#include "crypto/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/number.h"
#include "crypto/random.h"

#define FILE_MAX 65536
#define FILE_MODE 0640

const struct ring_key *
ring_find(const struct seal_ring *ring, uint32_t id)
{
	for (size_t i = 0; i < ring->count; i++)
		if (ring->keys[i].id == id)
			return &ring->keys[i];
	return NULL;
}

/* Cuts off the first line, without its line end. */
static struct span
next_line(struct span *text)
{
	const uint8_t *end = memchr(text->data, '\n', text->len);
	struct span line = *text;

	if (end != NULL)
		line.len = (size_t)(end - text->data);
	*text = span_from(*text, line.len + (end != NULL));
	return line;
}

static struct span
next_word(struct span *line)
{
	struct span word;
	size_t n = 0;

	*line = span_trim(*line);
	while (n < line->len && line->data[n] != ' ' && line->data[n] != '\t')
		n++;
	word = span_of(line->data, n);
	*line = span_from(*line, n);
	return word;
}

/* False when the line is damaged; key->id is 0 when it holds nothing or a comment. */
static bool
parse_line(struct span line, struct ring_key *key)
{
	const uint8_t *comment = line.len > 0 ? memchr(line.data, '#', line.len) : NULL;
	int64_t made;
	uint64_t id;

	if (comment != NULL)
		line.len = (size_t)(comment - line.data);
	line = span_trim(line);
	key->id = 0;
	if (line.len == 0)
		return true;
	if (!number_u64(next_word(&line), 1, UINT32_MAX, &id) ||
	    !hex_decode(next_word(&line), key->bytes, RING_KEY) ||
	    !clock_parse(next_word(&line), &made))
		return false;
	key->id = (uint32_t)id;
	return span_trim(line).len == 0;
}

static int
parse_ring(struct seal_ring *ring, struct span text, struct fault *fault)
{
	struct ring_key key;
	unsigned number = 0;
	int err = E_OK;

	while (err == E_OK && text.len > 0) {
		number++;
		if (!parse_line(next_line(&text), &key))
			err = fault_set(fault, E_INVALID, NULL,
			    "%s: line %u is not `id 64-hex-digits date`", ring->path,
			    number);
		else if (key.id != 0 && ring_find(ring, key.id) != NULL)
			err = fault_set(fault, E_INVALID, NULL,
			    "%s: line %u: key %u is there twice", ring->path, number,
			    (unsigned)key.id);
		else if (key.id != 0 && ring->count == RING_MAX)
			err = fault_set(fault, E_INVALID, NULL,
			    "%s: line %u: more than %d keys", ring->path, number,
			    RING_MAX);
		else if (key.id != 0)
			ring->keys[ring->count++] = key;
	}
	explicit_bzero(&key, sizeof key);
	if (err == E_OK && ring->count == 0)
		err = fault_set(
		    fault, E_INVALID, NULL, "%s: there is no key in it", ring->path);
	return err;
}

/* The file's text and the ring in it. `text` is for the caller to clear. */
static int
load(const char *path, struct strbuf *text, struct seal_ring **out, struct fault *fault)
{
	struct seal_ring *ring;
	int err;

	*out = NULL;
	if ((err = file_check_private(path, 1, fault)) != E_OK ||
	    (err = file_read(path, text, fault)) != E_OK)
		return err;
	if ((ring = calloc(1, sizeof *ring)) == NULL ||
	    (ring->path = strdup(path)) == NULL)
		err = fault_set(fault, E_NOMEM, NULL, "%s: out of memory", path);
	else
		err = parse_ring(ring, strbuf_span(text), fault);
	if (err == E_OK)
		*out = ring;
	else
		seal_close(ring);
	return err;
}

int
seal_open(const char *path, struct seal_ring **ring, struct fault *fault)
{
	struct strbuf text;
	int err;

	strbuf_init(&text, FILE_MAX);
	err = load(path, &text, ring, fault);
	strbuf_clear(&text);
	return err;
}

void
seal_close(struct seal_ring *ring)
{
	if (ring == NULL)
		return;
	free(ring->path);
	explicit_bzero(ring, sizeof *ring);
	free(ring);
}

/*
 * Random, not counted: the ids of a ring that was lost do not come again in the new one,
 * so that a value sealed under the old ring is known as such.
 */
static int
append_key(struct strbuf *text, const struct seal_ring *ring)
{
	struct ring_key key;
	char hex[2 * RING_KEY + 1], date[CLOCK_TEXT];
	int err;

	do {
		err = random_bytes(&key.id, sizeof key.id);
	} while (err == E_OK &&
		 (key.id == 0 || (ring != NULL && ring_find(ring, key.id) != NULL)));
	if (err == E_OK)
		err = random_bytes(key.bytes, sizeof key.bytes);
	if (err == E_OK) {
		hex_encode(key.bytes, sizeof key.bytes, hex);
		clock_format(clock_now(), date);
		if (text->len > 0 && text->data[text->len - 1] != '\n')
			strbuf_putc(text, '\n');
		strbuf_printf(text, "%u %s %s\n", (unsigned)key.id, hex, date);
		err = text->err;
	}
	explicit_bzero(&key, sizeof key);
	explicit_bzero(hex, sizeof hex);
	return err;
}

/* Claims the name first, so that no ring is ever written over. */
int
seal_create(const char *path, struct fault *fault)
{
	struct strbuf text;
	int fd, err;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return file_fault(fault, path, "create");
	close(fd);
	strbuf_init(&text, FILE_MAX);
	strbuf_puts(&text,
	    "# Keys that open the secrets in the database. Keep a copy in a safe "
	    "place;\n"
	    "# without it they are lost. id, key, made; the last one seals.\n");
	if ((err = append_key(&text, NULL)) != E_OK)
		fault_set(fault, err, NULL, "%s: cannot make a key", path);
	else
		err = file_replace(path, FILE_MODE, strbuf_span(&text), fault);
	strbuf_clear(&text);
	if (err != E_OK)
		unlink(path);
	return err;
}

/* Waits for the lock of the file that has this name once the lock is held. */
static int
lock_file(const char *path, int *fd, struct fault *fault)
{
	struct stat held, named;
	int err;

	for (;;) {
		if ((*fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
			return file_fault(fault, path, "open");
		while (flock(*fd, LOCK_EX) != 0)
			if (errno != EINTR)
				goto fail;
		if (fstat(*fd, &held) != 0 || stat(path, &named) != 0)
			goto fail;
		if (held.st_ino == named.st_ino && held.st_dev == named.st_dev)
			return E_OK;
		close(*fd);
	}
fail:
	err = file_fault(fault, path, "lock");
	close(*fd);
	return err;
}

/* Writes the new text, and takes what it says into the ring of the caller. */
static int
store(struct seal_ring *ring, const struct strbuf *text, struct fault *fault)
{
	struct strbuf again;
	struct seal_ring *fresh;
	int err = file_replace(ring->path, FILE_MODE, strbuf_span(text), fault);

	if (err != E_OK)
		return err;
	strbuf_init(&again, FILE_MAX);
	if ((err = load(ring->path, &again, &fresh, fault)) == E_OK) {
		memcpy(ring->keys, fresh->keys, sizeof ring->keys);
		ring->count = fresh->count;
	}
	seal_close(fresh);
	strbuf_clear(&again);
	return err;
}

int
seal_add_key(struct seal_ring *ring, struct fault *fault)
{
	struct seal_ring *now = NULL;
	struct strbuf text;
	int fd, err;

	if ((err = lock_file(ring->path, &fd, fault)) != E_OK)
		return err;
	strbuf_init(&text, FILE_MAX);
	if ((err = load(ring->path, &text, &now, fault)) != E_OK)
		goto out;
	if (now->count == RING_MAX)
		err = fault_set(fault, E_FULL, NULL,
		    "%s: %d keys are enough; drop those that no value needs any more",
		    ring->path, RING_MAX);
	else if ((err = append_key(&text, now)) != E_OK)
		fault_set(fault, err, NULL, "%s: cannot make a key", ring->path);
	else
		err = store(ring, &text, fault);
out:
	seal_close(now);
	strbuf_clear(&text);
	close(fd);
	return err;
}

/* The text without the line of this key. */
static int
without_key(struct span text, uint32_t id, struct strbuf *out)
{
	struct ring_key key;

	while (text.len > 0) {
		struct span line = next_line(&text);

		if (parse_line(line, &key) && key.id == id)
			continue;
		strbuf_put(out, line.data, line.len);
		strbuf_putc(out, '\n');
	}
	explicit_bzero(&key, sizeof key);
	return out->err;
}

int
seal_drop_key(struct seal_ring *ring, uint32_t id, struct fault *fault)
{
	struct seal_ring *now = NULL;
	struct strbuf text, less;
	int fd, err;

	if ((err = lock_file(ring->path, &fd, fault)) != E_OK)
		return err;
	strbuf_init(&text, FILE_MAX);
	strbuf_init(&less, FILE_MAX);
	if ((err = load(ring->path, &text, &now, fault)) != E_OK)
		goto out;
	if (ring_find(now, id) == NULL)
		err = fault_set(fault, E_NOTFOUND, NULL, "%s: key %u is not in it",
		    ring->path, (unsigned)id);
	else if (seal_current(now) == id)
		err = fault_set(fault, E_STATE, NULL,
		    "%s: key %u is the one that seals; add a new key first", ring->path,
		    (unsigned)id);
	else if ((err = without_key(strbuf_span(&text), id, &less)) != E_OK)
		fault_set(fault, err, NULL, "%s: cannot drop a key", ring->path);
	else
		err = store(ring, &less, fault);
out:
	seal_close(now);
	strbuf_clear(&text);
	strbuf_clear(&less);
	close(fd);
	return err;
}

uint32_t
seal_current(const struct seal_ring *ring)
{
	return ring->keys[ring->count - 1].id;
}

size_t
seal_ids(const struct seal_ring *ring, uint32_t *ids, size_t max)
{
	for (size_t i = 0; i < ring->count && i < max; i++)
		ids[i] = ring->keys[i].id;
	return ring->count;
}
