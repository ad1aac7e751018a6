#include "radio/plan_set.h"

#define AT(member) .at = offsetof(struct plan_entry, member)

static const struct member entry_members[] = {
    {.key = "id", .number = 1, .type = MEMBER_TEXT, .required = true, AT(id)},
    {.key = "band-id",
	.number = 2,
	.type = MEMBER_TEXT,
	.max = BAND_ID_MAX - 1,
	AT(band_id)},
    {.key = "name", .number = 3, .type = MEMBER_TEXT, AT(name)},
    {.key = "description", .number = 4, .type = MEMBER_TEXT, AT(description)},
    {.key = "base-frequency", .number = 5, .type = MEMBER_U32, AT(base_frequency)},
    {.key = "file",
	.number = 6,
	.type = MEMBER_TEXT,
	.max = 255,
	.required = true,
	AT(file)},
    {.key = "base-id", .number = 7, .type = MEMBER_TEXT, AT(base_id)},
    {.key = "gateways", .number = 8, .type = MEMBER_BOOL, AT(for_gateways)},
    {.key = "country-codes",
	.number = 9,
	.type = MEMBER_TEXTS,
	.max = PLAN_COUNTRIES_MAX,
	AT(country_codes),
	.count_at = offsetof(struct plan_entry, country_code_count)},
};
static const struct schema entry_schema = {
    "plan entry", sizeof(struct plan_entry), entry_members, COUNT(entry_members)};

/* A file of the folder, read once however many entries name it. */
struct source {
	const char *name;
	struct plan *plan; /* NULL: could not be read */
	struct findings findings;
};

struct loader {
	struct arena *arena;
	plan_fetch *fetch;
	void *arg;
	struct source *sources;
	size_t source_count;
	struct plan_set *set;
};

bool
plan_is_id(const char *id)
{
	size_t n = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			      "0123456789_-.");

	return n >= 1 && n <= PLAN_ID_MAX && id[n] == '\0';
}

static bool
is_file_name(const char *name)
{
	return name[0] != '.' && strchr(name, '/') == NULL &&
	       strchr(name, '\\') == NULL;
}

const struct plan_item *
plan_set_find(const struct plan_set *set, const char *id)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i].entry.id != NULL &&
		    strcmp(set->items[i].entry.id, id) == 0)
			return &set->items[i];
	return NULL;
}

static void
load_source(struct loader *l, struct source *s)
{
	struct fault fault = {0};
	struct span text;
	int err = l->fetch(l->arg, s->name, &text, &fault);

	if (err != E_OK) {
		finding_error(&s->findings, "file", (struct place){s->name, 0},
		    "cannot be read: %s",
		    fault.text[0] != '\0' ? fault.text : err_text(err));
		return;
	}
	if (plan_load(l->arena, text, s->name, &s->findings, &s->plan) != E_OK)
		s->plan = NULL;
}

static struct source *
find_source(struct loader *l, const char *name)
{
	struct source *s;

	for (size_t i = 0; i < l->source_count; i++)
		if (strcmp(l->sources[i].name, name) == 0)
			return &l->sources[i];
	s = &l->sources[l->source_count++];
	s->name = name;
	findings_init(&s->findings, l->arena);
	load_source(l, s);
	return s;
}

/* The file's plan; its findings become the item's. */
static struct plan *
take_source(struct loader *l, struct plan_item *item, const char *name)
{
	struct source *s = find_source(l, name);

	findings_take(&item->findings, &s->findings, false, "");
	return s->plan;
}

/* The file of the base; NULL with a finding when there is something wrong with it. */
static const char *
base_file(const struct loader *l, struct plan_item *item)
{
	const struct plan_entry *e = &item->entry;
	const struct plan_item *base = plan_set_find(l->set, e->base_id);

	if (base == item || base == NULL) {
		finding_error(&item->findings, "base", e->part.at, "its base %s %s",
		    e->base_id, base == item ? "is the plan itself" : "does not exist");
		return NULL;
	}
	if (base->entry.base_id != NULL) {
		finding_error(&item->findings, "base", e->part.at,
		    "its base %s has a base itself: only one level is read",
		    e->base_id);
		return NULL;
	}
	if (base->entry.file == NULL || !is_file_name(base->entry.file)) {
		finding_error(&item->findings, "base", e->part.at,
		    "its base %s has no file", e->base_id);
		return NULL;
	}
	return base->entry.file;
}

static struct plan *
merged(struct loader *l, struct plan_item *item)
{
	struct plan *own, *base, *out;
	const char *file;

	own = take_source(l, item, item->entry.file);
	if ((out = arena_alloc(l->arena, sizeof *out)) == NULL || own == NULL)
		return NULL;
	if (item->entry.base_id == NULL) {
		*out = *own;
		return out;
	}
	if ((file = base_file(l, item)) == NULL ||
	    (base = take_source(l, item, file)) == NULL)
		return NULL;
	plan_merge(base, own, out);
	return out;
}

void
plan_describe(struct plan *p, const struct plan_entry *e)
{
	p->id = e->id;
	p->name = e->name;
	p->description = e->description;
	p->base_frequency = e->base_frequency;
	p->for_gateways = e->for_gateways;
	p->country_codes = e->country_codes;
	p->country_code_count = e->country_code_count;
	p->part.has |= 1u << PLAN_ID;
	p->part.has |= e->name != NULL ? 1u << PLAN_NAME : 0;
	p->part.has |= e->description != NULL ? 1u << PLAN_DESCRIPTION : 0;
	p->part.has |= e->base_frequency != 0 ? 1u << PLAN_BASE_FREQUENCY : 0;
	p->part.has |= e->for_gateways ? 1u << PLAN_FOR_GATEWAYS : 0;
	p->part.has |= e->country_code_count > 0 ? 1u << PLAN_COUNTRY_CODES : 0;
}

static void
settle_band(struct plan_item *item)
{
	const struct plan_entry *e = &item->entry;
	struct plan *p = item->plan;

	if (e->band_id == NULL)
		return;
	if (p->band_id == NULL) {
		finding_warning(&item->findings, "band", p->part.at,
		    "no band-id: %s is taken from the index", e->band_id);
		p->band_id = e->band_id;
		p->part.has |= 1u << PLAN_BAND_ID;
	} else if (strcmp(p->band_id, e->band_id) != 0) {
		finding_warning(&item->findings, "band", e->part.at,
		    "the index says %s, the file %s: the file counts", e->band_id,
		    p->band_id);
	}
}

static bool
check_entry(const struct loader *l, struct plan_item *item)
{
	const struct plan_entry *e = &item->entry;

	if (!plan_is_id(e->id))
		finding_error(&item->findings, "plan-id", e->part.at,
		    "an id is 1 to 64 letters, digits, _, - and .");
	if (plan_set_find(l->set, e->id) != item)
		finding_error(&item->findings, "plan-id", e->part.at,
		    "%.64s is there twice: the first one counts", e->id);
	if (!is_file_name(e->file))
		finding_error(&item->findings, "file-name", e->part.at,
		    "%.64s is not a file of the same folder", e->file);
	return item->findings.errors == 0;
}

static void
load_item(struct loader *l, struct plan_item *item)
{
	if (item->findings.errors > 0 || !check_entry(l, item))
		return;
	item->plan = merged(l, item);
	if (item->plan == NULL) {
		if (item->findings.errors == 0)
			finding_error(&item->findings, "memory", item->entry.part.at,
			    "out of memory");
		return;
	}
	plan_describe(item->plan, &item->entry);
	settle_band(item);
	if (!plan_check(item->plan, &item->findings))
		item->plan = NULL;
}

static void
read_entry(struct arena *arena, const struct link *l, const char *index,
    struct plan_item *item)
{
	const struct schema_reader r = {arena, &item->findings, index};

	findings_init(&item->findings, arena);
	item->entry.part.at = (struct place){index, l->value->line};
	if (node_is_null(l->value))
		finding_error(&item->findings, "null-entry", item->entry.part.at,
		    "an entry of the index is empty");
	else
		schema_read(&r, &entry_schema, l->value, &item->entry);
}

static int
read_index(struct arena *arena, const struct node *root, const char *index,
    struct findings *findings, struct plan_set *out)
{
	size_t i = 0;

	if (root == NULL || root->kind != NODE_LIST || root->count > PLAN_SET_MAX) {
		finding_error(findings, "index",
		    (struct place){index, root != NULL ? root->line : 1},
		    "the index is not a list of at most %d plans", PLAN_SET_MAX);
		return E_INVALID;
	}
	out->items = arena_zalloc(arena, root->count, sizeof *out->items);
	if (out->items == NULL)
		return E_NOMEM;
	for (const struct link *l = root->first; l != NULL; l = l->next)
		read_entry(arena, l, index, &out->items[i++]);
	out->count = i;
	return E_OK;
}

static int
load_items(struct loader *l)
{
	struct plan_set *set = l->set;

	l->sources = arena_zalloc(l->arena, 2 * set->count, sizeof *l->sources);
	if (l->sources == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < set->count; i++) {
		load_item(l, &set->items[i]);
		set->faulty += set->items[i].plan == NULL;
	}
	return E_OK;
}

int
plan_set_load(struct arena *arena, struct span yaml, const char *index,
    plan_fetch *fetch, void *arg, struct findings *findings, struct plan_set *out)
{
	struct loader l = {.arena = arena, .fetch = fetch, .arg = arg, .set = out};
	struct arena scratch;
	const struct node *root;
	int err;

	*out = (struct plan_set){0};
	arena_init(&scratch, 32 << 20);
	err = tree_load(&scratch, yaml, index, findings, &root);
	if (err == E_OK)
		err = read_index(arena, root, index, findings, out);
	arena_clear(&scratch);
	return err == E_OK ? load_items(&l) : err;
}
