#include "manage/board.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "manage/radio_import.h"
#include "radio/check.h"
#include "registry/template.h"

#define FILES_MAX 1000
#define FILE_MAX (2 << 20)
#define ENCODED_MAX (1 << 20)

static const struct radio_kind radio = {.kind = &board_kind,
    .what = "concentrator",
    .gateway_field = GATEWAY_CONCENTRATOR,
    .template_offset = offsetof(struct gateway_template, concentrator)};

/* ---- reading ----------------------------------------------------------------------------- */

static bool
is_board_file(const char *name)
{
	const char *dot = strrchr(name, '.');

	return name[0] != '.' && dot != NULL &&
	       (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
}

static int
add_item(struct arena *arena, struct board_files *files, const char *name)
{
	struct board_item *item = &files->items[files->count];

	memset(item, 0, sizeof *item);
	findings_init(&item->findings, arena);
	if ((item->file = arena_strdup(arena, name)) == NULL)
		return E_NOMEM;
	files->count++;
	return E_OK;
}

static int
compare_items(const void *a, const void *b)
{
	const struct board_item *x = a, *y = b;

	return strcmp(x->file, y->file);
}

static int
list_folder(struct arena *arena, struct board_files *files, struct fault *fault)
{
	DIR *dir = opendir(files->path);
	struct dirent *entry;
	int err = E_OK;

	if (dir == NULL)
		return file_fault(fault, files->path, "read");
	while (err == E_OK && (entry = readdir(dir)) != NULL) {
		if (!is_board_file(entry->d_name))
			continue;
		if (files->count == FILES_MAX)
			err = fault_set(fault, E_INVALID, NULL,
			    "%s: more than %d files", files->path, FILES_MAX);
		else
			err = add_item(arena, files, entry->d_name);
	}
	closedir(dir);
	if (err == E_OK && files->count == 0)
		err = fault_set(fault, E_NOTFOUND, NULL,
		    "%s: there is no .yml file in this folder", files->path);
	qsort(files->items, files->count, sizeof files->items[0], compare_items);
	return err;
}

static int
read_item(struct arena *arena, const char *path, struct board_item *item)
{
	struct place at = {item->file, 0};
	struct fault fault = {0};
	struct strbuf text;
	char words[400];
	int err;

	strbuf_init(&text, FILE_MAX);
	err = file_read(path, &text, &fault);
	if (err == E_OK)
		err = board_load(
		    arena, strbuf_span(&text), item->file, &item->findings, &item->own);
	else
		finding_error(&item->findings, "file", at, "%s",
		    fault_text(&fault, words, sizeof words));
	strbuf_clear(&text);
	if (err != E_OK)
		item->own = NULL;
	return err == E_NOMEM ? E_NOMEM : E_OK;
}

int
board_files_read(struct arena *arena, const char *path, struct board_files *files,
    struct fault *fault)
{
	const char *slash = strrchr(path, '/'), *full;
	struct stat st;
	int err;

	memset(files, 0, sizeof *files);
	files->path = path;
	files->items = arena_alloc(arena, FILES_MAX * sizeof *files->items);
	if (files->items == NULL)
		return E_NOMEM;
	if (stat(path, &st) != 0)
		return file_fault(fault, path, "read");
	files->folder = S_ISDIR(st.st_mode);
	err = files->folder ? list_folder(arena, files, fault)
			    : add_item(arena, files, slash != NULL ? slash + 1 : path);
	for (size_t i = 0; err == E_OK && i < files->count; i++) {
		full = files->folder
			   ? arena_printf(arena, "%s/%s", path, files->items[i].file)
			   : path;
		err = full != NULL ? read_item(arena, full, &files->items[i]) : E_NOMEM;
	}
	return err;
}

int
board_texts_read(struct arena *arena, const struct file_text *texts, size_t count,
    struct board_files *files)
{
	memset(files, 0, sizeof *files);
	files->path = "";
	files->items = arena_zalloc(arena, count, sizeof *files->items);
	if (files->items == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < count; i++) {
		struct board_item *item = &files->items[i];
		int err = add_item(arena, files, texts[i].name);

		if (err == E_OK)
			err = board_load(arena, texts[i].text, item->file,
			    &item->findings, &item->own);
		if (err == E_NOMEM)
			return err;
		if (err != E_OK)
			item->own = NULL;
	}
	return E_OK;
}

int
board_text_read(
    struct arena *arena, struct span text, const char *name, struct board_files *files)
{
	const struct file_text one = {name, text};

	return board_texts_read(arena, &one, 1, files);
}

/* ---- importing ---------------------------------------------------------------------------- */

static const struct board_item *
find_own(const struct board_files *files, const char *id)
{
	for (size_t i = 0; i < files->count; i++)
		if (files->items[i].own != NULL &&
		    strcmp(files->items[i].own->id, id) == 0)
			return &files->items[i];
	return NULL;
}

/* The base of a board, NULL with an error in its findings when there is none. */
static int
find_base(struct manage *m, const struct board_files *files, struct board_item *item,
    struct board **base)
{
	const char *id = item->own->base;
	const struct board_item *other = find_own(files, id);
	struct fault fault = m->fault;
	int err;

	*base = NULL;
	if (other == item) {
		finding_error(&item->findings, "base", item->own->part.at,
		    "its base %s is the board itself", id);
		return E_OK;
	}
	if (other != NULL && other->own->base != NULL) {
		finding_error(&item->findings, "base", item->own->part.at,
		    "its base %s has a base itself: only one level is read", id);
		return E_OK;
	}
	if (other != NULL) {
		*base = other->own;
		return E_OK;
	}
	err = manage_board_get(m, id, NULL, base);
	m->fault = fault;
	if (err == E_NOTFOUND)
		finding_error(&item->findings, "base", item->own->part.at,
		    "its base %s does not exist", id);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
settle(struct manage *m, const struct board_files *files, struct board_item *item)
{
	struct board *whole = item->own, *base;
	int err;

	if (item->own == NULL)
		return E_OK;
	if (find_own(files, item->own->id) != item) {
		finding_error(&item->findings, "board-id", item->own->part.at,
		    "%s is there twice: the first file counts", item->own->id);
		return E_OK;
	}
	if (item->own->base != NULL) {
		if ((err = find_base(m, files, item, &base)) != E_OK || base == NULL)
			return err;
		if ((whole = arena_alloc(m->arena, sizeof *whole)) == NULL)
			return E_NOMEM;
		board_merge(base, item->own, whole);
	}
	item->board = board_check(whole, &item->findings) ? whole : NULL;
	return E_OK;
}

static int
encode(struct arena *arena, const struct board *board, struct span *out)
{
	struct strbuf bytes;

	strbuf_init(&bytes, ENCODED_MAX);
	board_encode(board, &bytes);
	return strbuf_keep(&bytes, arena, out);
}

/* The bands that the variants name; none when one of them is for all others. */
static int
bands_of(struct arena *arena, const struct board *b, struct text_list *list)
{
	const char **items;
	size_t n = 0;

	*list = (struct text_list){0};
	for (uint32_t i = 0; i < b->variant_count; i++) {
		if (b->variants[i].band_count == 0)
			return E_OK;
		n += b->variants[i].band_count;
	}
	if ((items = arena_zalloc(arena, n + 1, sizeof *items)) == NULL)
		return E_NOMEM;
	n = 0;
	for (uint32_t i = 0; i < b->variant_count; i++)
		for (uint32_t k = 0; k < b->variants[i].band_count; k++)
			items[n++] = b->variants[i].bands[k];
	*list = (struct text_list){items, n};
	return E_OK;
}

static int
make_record(struct manage *m, const struct board_files *files, struct board_item *item,
    bool shipped, void **out)
{
	struct board_record *r = arena_alloc(m->arena, sizeof *r);
	const struct board *b = item->board;
	struct fault why = {0};
	char text[400];
	int err;

	*out = NULL;
	if (b == NULL)
		return E_OK;
	if (r == NULL)
		return E_NOMEM;
	record_init(&board_kind, r);
	r->board_id = b->id;
	r->name = b->name != NULL ? b->name : "";
	r->chip = chip_name(b->chip);
	r->origin = files->folder || files->path[0] == '\0' ? item->file : files->path;
	if (files->folder && !shipped)
		r->origin = arena_printf(m->arena, "%s/%s", files->path, item->file);
	if (r->origin == NULL)
		return E_NOMEM;
	if ((err = encode(m->arena, b, &r->encoded)) != E_OK ||
	    (err = bands_of(m->arena, b, &r->bands)) != E_OK ||
	    (err = import_warnings(&item->findings, m->arena, &r->warnings)) != E_OK)
		return err;
	if (record_check(&board_kind, r, &why) == E_OK)
		*out = r;
	else
		finding_error(&item->findings, "record", item->own->part.at, "%s",
		    fault_text(&why, text, sizeof text));
	return E_OK;
}

int
manage_board_import(struct manage *m, struct board_files *files,
    const struct plan_importing *how, struct import_result *result)
{
	size_t n = files->count;
	struct import_batch batch;
	int err = import_begin(m, &radio, n, how, &batch, result);

	for (size_t i = 0; err == E_OK && i < n; i++) {
		err = settle(m, files, &files->items[i]);
		if (err == E_OK)
			err = make_record(m, files, &files->items[i], how->shipped,
			    &batch.records[i]);
	}
	if (err == E_OK)
		err = import_store(m, &batch);
	return manage_failed(m, err);
}

/* ---- one board ------------------------------------------------------------------------------- */

int
manage_board_get(
    struct manage *m, const char *id, struct board_record *record, struct board **board)
{
	struct board_record own;
	int err;

	if (record == NULL)
		record = &own;
	if ((err = manage_get(m, &board_kind, id, record)) != E_OK)
		return err;
	err = board_decode(m->arena, record->encoded, board);
	return import_decoded(m, &radio, id, err);
}

int
manage_board_remove(struct manage *m, const char *id)
{
	return import_remove(m, &radio, id);
}

int
manage_board_uses(struct manage *m, const char *id, uint64_t *count)
{
	return import_uses(m, &radio, id, count);
}

/* ---- what comes with Gatehouse ----------------------------------------------------------- */

int
manage_import_shipped(struct manage *m, const char *share, struct shipped *done)
{
	static const struct plan_importing how = {.shipped = true};
	const char *plans = arena_printf(m->arena, "%s/frequency-plans", share);
	const char *boards = arena_printf(m->arena, "%s/concentrators", share);
	struct plan_files plan_files;
	struct board_files board_files;
	int err = E_NOMEM;

	memset(done, 0, sizeof *done);
	if (plans != NULL && boards != NULL)
		err = plan_files_read(m->arena, plans, NULL, &plan_files, &m->fault);
	if (err == E_OK)
		err = board_files_read(m->arena, boards, &board_files, &m->fault);
	if (err == E_OK)
		err = manage_plan_import(m, &plan_files, &how, &done->plans);
	if (err == E_OK)
		err = manage_board_import(m, &board_files, &how, &done->boards);
	if (err != E_OK)
		return manage_failed(m, err);
	done->plan_count = plan_files.set.count;
	done->board_count = board_files.count;
	return E_OK;
}
