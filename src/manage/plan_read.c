/* Files with frequency plans, read for an import or a check. */
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "manage/plan.h"

#define FILE_MAX (2 << 20)

struct folder {
	struct arena *arena;
	const char *path;
};

static int
read_text(struct arena *arena, const char *path, struct span *text, struct fault *fault)
{
	struct strbuf b;
	int err;

	strbuf_init(&b, FILE_MAX);
	if ((err = file_read(path, &b, fault)) != E_OK) {
		strbuf_clear(&b);
		return err;
	}
	err = strbuf_keep(&b, arena, text);
	return err == E_OK ? E_OK : fault_set(fault, err, NULL, "%s", err_text(err));
}

static int
fetch(void *arg, const char *name, struct span *text, struct fault *fault)
{
	const struct folder *f = arg;
	const char *path = arena_printf(f->arena, "%s/%s", f->path, name);

	return path != NULL ? read_text(f->arena, path, text, fault) : E_NOMEM;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
read_folder(struct arena *arena, const char *path, struct plan_files *files,
    struct fault *fault)
{
	struct folder folder = {arena, path};
	struct span text;
	int err = fetch(&folder, PLAN_INDEX, &text, fault);

	if (err != E_OK)
		return err;
	err = plan_set_load(
	    arena, text, PLAN_INDEX, fetch, &folder, &files->findings, &files->set);
	return err == E_INVALID ? findings_result(&files->findings, fault) : err;
}

/* ---- one file ------------------------------------------------------------------------ */

static const char *
id_of(struct arena *arena, const char *path)
{
	const char *name = base_name(path), *dot = strrchr(name, '.');
	size_t n = dot != NULL ? (size_t)(dot - name) : strlen(name);

	return arena_dup(arena, span_of(name, n));
}

/* The item is judged when it is imported: only then it is known what it stands on. */
int
plan_text_read(struct arena *arena, struct span text, const char *name,
    const struct plan_about *about, struct plan_files *files)
{
	struct plan_item *item = arena_zalloc(arena, 1, sizeof *item);
	int err;

	if (item == NULL)
		return E_NOMEM;
	memset(files, 0, sizeof *files);
	findings_init(&files->findings, arena);
	files->path = name;
	files->alone = true;
	files->set = (struct plan_set){.items = item, .count = 1};
	findings_init(&item->findings, arena);
	item->entry.part.at.file = item->entry.file = base_name(name);
	item->entry.id = about->id != NULL ? about->id : id_of(arena, name);
	item->entry.name = about->name;
	item->entry.description = about->description;
	item->entry.base_frequency = (uint32_t)about->base_frequency;
	if (item->entry.id == NULL)
		return E_NOMEM;
	err = plan_load(arena, text, item->entry.file, &item->findings, &item->plan);
	if (err == E_INVALID || !plan_is_id(item->entry.id))
		item->plan = NULL;
	if (!plan_is_id(item->entry.id))
		finding_error(&item->findings, "plan-id", item->entry.part.at,
		    "an id is 1 to 64 letters, digits, _, - and .");
	files->set.faulty = item->plan == NULL;
	return err == E_NOMEM ? err : E_OK;
}

static int
read_alone(struct arena *arena, const char *path, const struct plan_about *about,
    struct plan_files *files, struct fault *fault)
{
	struct span text;
	int err = read_text(arena, path, &text, fault);

	return err == E_OK ? plan_text_read(arena, text, path, about, files) : err;
}

/* ---- uploads -------------------------------------------------------------------------- */

struct texts {
	const struct file_text *list;
	size_t count;
};

static int
fetch_text(void *arg, const char *name, struct span *text, struct fault *fault)
{
	const struct texts *t = arg;

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(base_name(t->list[i].name), name) == 0) {
			*text = t->list[i].text;
			return E_OK;
		}
	return fault_set(
	    fault, E_NOTFOUND, NULL, "%.100s is not among the uploaded files", name);
}

int
plan_texts_read(struct arena *arena, const struct file_text *texts, size_t count,
    struct plan_files *files, struct fault *fault)
{
	struct texts all = {texts, count};
	struct span index;
	int err;

	memset(files, 0, sizeof *files);
	findings_init(&files->findings, arena);
	files->path = PLAN_INDEX;
	if ((err = fetch_text(&all, PLAN_INDEX, &index, fault)) != E_OK)
		return err;
	err = plan_set_load(
	    arena, index, PLAN_INDEX, fetch_text, &all, &files->findings, &files->set);
	return err == E_INVALID ? findings_result(&files->findings, fault) : err;
}

/* ---- files ---------------------------------------------------------------------------- */

int
plan_files_read(struct arena *arena, const char *path, const struct plan_about *about,
    struct plan_files *files, struct fault *fault)
{
	struct stat st;

	memset(files, 0, sizeof *files);
	findings_init(&files->findings, arena);
	files->path = path;
	if (stat(path, &st) != 0)
		return file_fault(fault, path, "read");
	if (S_ISDIR(st.st_mode))
		return read_folder(arena, path, files, fault);
	if (about == NULL || strcmp(base_name(path), PLAN_INDEX) == 0) {
		size_t n = strlen(path) - strlen(base_name(path));
		const char *folder = n > 0 ? arena_dup(arena, span_of(path, n)) : ".";

		files->path = folder;
		return folder != NULL ? read_folder(arena, folder, files, fault)
				      : E_NOMEM;
	}
	return read_alone(arena, path, about, files, fault);
}
