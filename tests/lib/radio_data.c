#include "tests/lib/radio_data.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

static const char *
source_folder(void)
{
	const char *top = getenv("top_srcdir");

	return top != NULL ? top : ".";
}

static int
read_into(struct arena *arena, const char *path, struct span *text, struct fault *fault)
{
	struct strbuf b;
	const char *copy;
	int err;

	strbuf_init(&b, 4 << 20);
	if ((err = file_read(path, &b, fault)) == E_OK) {
		copy = arena_dup(arena, strbuf_span(&b));
		*text = span_of(copy, b.len);
		err = copy != NULL ? E_OK : E_NOMEM;
	}
	strbuf_clear(&b);
	return err;
}

const char *
radio_data_text(struct radio_data *d, const char *path)
{
	struct span text;
	char full[1024];

	snprintf(full, sizeof full, "%s/%s", source_folder(), path);
	if (read_into(&d->arena, full, &text, NULL) != E_OK)
		return NULL;
	return (const char *)text.data;
}

static int
fetch(void *arg, const char *name, struct span *text, struct fault *fault)
{
	struct radio_data *d = arg;
	char path[2048];

	snprintf(path, sizeof path, "%s/%s", d->folder, name);
	return read_into(&d->arena, path, text, fault);
}

static bool
failed(const char *what, const struct fault *fault)
{
	char text[400];

	fprintf(stderr, "%s: %s\n", what, fault_text(fault, text, sizeof text));
	return false;
}

static bool
load_plans(struct radio_data *d)
{
	struct fault fault = {0};
	struct span index;

	if (fetch(d, "frequency-plans.yml", &index, &fault) != E_OK)
		return failed(d->folder, &fault);
	if (plan_set_load(&d->arena, index, "frequency-plans.yml", fetch, d,
		&d->findings, &d->set) == E_OK)
		return true;
	findings_result(&d->findings, &fault);
	return failed(d->folder, &fault);
}

static int
is_yaml(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 4 && strcmp(e->d_name + n - 4, ".yml") == 0;
}

static bool
load_board(struct radio_data *d, const char *folder, const char *name)
{
	struct fault fault = {0};
	struct span text;
	char path[2048];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (read_into(&d->arena, path, &text, &fault) != E_OK)
		return failed(name, &fault);
	if (board_load(&d->arena, text, arena_strdup(&d->arena, name), &d->findings,
		&d->boards[d->board_count++]) == E_OK)
		return true;
	findings_result(&d->findings, &fault);
	return failed(name, &fault);
}

/* The board over its base; NULL when that is not there. */
static struct board *
whole_board(struct radio_data *d, struct board *own)
{
	struct board *whole = arena_alloc(&d->arena, sizeof *whole);

	if (own->base == NULL)
		return own;
	for (size_t i = 0; whole != NULL && i < d->board_count; i++)
		if (strcmp(d->boards[i]->id, own->base) == 0) {
			board_merge(d->boards[i], own, whole);
			return whole;
		}
	return NULL;
}

static bool
load_boards(struct radio_data *d)
{
	struct board *whole[BOARDS_MAX];
	struct fault fault = {0};
	struct dirent **names;
	char folder[1024];
	bool fine = true;
	int n;

	snprintf(folder, sizeof folder, "%s/share/concentrators", source_folder());
	if ((n = scandir(folder, &names, is_yaml, alphasort)) < 0)
		return failed(folder, &fault);
	for (int i = 0; i < n; i++) {
		fine =
		    fine && i < BOARDS_MAX && load_board(d, folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	for (size_t i = 0; fine && i < d->board_count; i++)
		fine = (whole[i] = whole_board(d, d->boards[i])) != NULL ||
		       failed(d->boards[i]->id, &fault);
	if (fine)
		memcpy(d->boards, whole, d->board_count * sizeof whole[0]);
	return fine;
}

bool
radio_data_load(struct radio_data *d, const char *folder)
{
	*d = (struct radio_data){0};
	arena_init(&d->arena, 64 << 20);
	findings_init(&d->findings, &d->arena);
	d->folder = folder;
	if (folder == NULL)
		d->folder = arena_printf(
		    &d->arena, "%s/share/frequency-plans", source_folder());
	return load_plans(d) && load_boards(d);
}

void
radio_data_clear(struct radio_data *d)
{
	arena_clear(&d->arena);
}

const struct plan *
radio_data_plan(const struct radio_data *d, const char *id)
{
	const struct plan_item *item = plan_set_find(&d->set, id);

	return item != NULL ? item->plan : NULL;
}

const struct board *
radio_data_board(const struct radio_data *d, const char *id)
{
	for (size_t i = 0; i < d->board_count; i++)
		if (strcmp(d->boards[i]->id, id) == 0)
			return d->boards[i];
	return NULL;
}

static void
show_difference(const char *name, struct span got, struct span want)
{
	size_t i = 0, line = 1;

	for (; i < got.len && i < want.len && got.data[i] == want.data[i]; i++)
		line += got.data[i] == '\n';
	while (i > 0 && i < got.len && got.data[i - 1] != '\n')
		i--;
	got = span_from(got, i);
	want = span_from(want, i);
	fprintf(stderr, "%s, line %zu\ngot  %.*s\nwant %.*s\n", name, line,
	    (int)(got.len < 200 ? got.len : 200), (const char *)got.data,
	    (int)(want.len < 200 ? want.len : 200), (const char *)want.data);
}

bool
golden_is(const char *name, struct span got)
{
	struct fault fault = {0};
	struct strbuf want;
	char path[2048];
	bool same;

	snprintf(path, sizeof path, "%s/tests/data/radio/%s", source_folder(), name);
	if (getenv("GATEHOUSE_UPDATE_GOLDEN") != NULL)
		return file_replace(path, 0644, got, &fault) == E_OK ||
		       failed(path, &fault);
	strbuf_init(&want, 4 << 20);
	if (file_read(path, &want, &fault) != E_OK)
		return failed(path, &fault);
	same = span_eq(got, strbuf_span(&want));
	if (!same)
		show_difference(name, got, strbuf_span(&want));
	strbuf_clear(&want);
	return same;
}
