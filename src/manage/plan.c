#include "manage/plan.h"

#include "manage/radio_import.h"
#include "registry/template.h"

#define ENCODED_MAX (1 << 20)

static const struct radio_kind radio = {.kind = &plan_kind,
    .what = "plan",
    .gateway_field = GATEWAY_PLANS,
    .template_offset = offsetof(struct gateway_template, frequency_plan_ids),
    .template_list = true};

/* ---- a plan that was read alone -------------------------------------------------------------- */

/* What its index would have said, where nobody says otherwise: what is known already. */
static int
remember_about(struct manage *m, struct plan_entry *e)
{
	struct plan_record old;
	struct fault fault = m->fault;
	int err = manage_get(m, &plan_kind, e->id, &old);

	m->fault = fault;
	if (err != E_OK)
		return err == E_NOTFOUND ? E_OK : err;
	e->name = e->name != NULL ? e->name : old.name;
	e->description = e->description != NULL ? e->description : old.description;
	if (e->base_frequency == 0)
		e->base_frequency = (uint32_t)old.base_frequency;
	e->for_gateways = old.for_gateways;
	e->country_codes = (const char **)(uintptr_t)old.country_codes.items;
	e->country_code_count = (uint32_t)old.country_codes.count;
	return E_OK;
}

static const char *
text_or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? text : NULL;
}

/* Over its base, described and judged, as plan_set_load() does with those of a folder. */
static int
settle_alone(struct manage *m, struct plan_item *item, const char *base_id)
{
	struct plan *whole = arena_alloc(m->arena, sizeof *whole), *base;
	int err;

	if (item->plan == NULL)
		return E_OK;
	if (whole == NULL)
		return E_NOMEM;
	if (base_id != NULL) {
		if ((err = manage_plan_get(m, base_id, NULL, &base)) != E_OK)
			return err;
		plan_merge(base, item->plan, whole);
		whole->part.has &=
		    ~(1u << PLAN_NAME | 1u << PLAN_DESCRIPTION |
			1u << PLAN_BASE_FREQUENCY | 1u << PLAN_FOR_GATEWAYS |
			1u << PLAN_COUNTRY_CODES);
	} else {
		*whole = *item->plan;
	}
	if ((err = remember_about(m, &item->entry)) != E_OK)
		return err;
	item->entry.name = text_or_null(item->entry.name);
	item->entry.description = text_or_null(item->entry.description);
	plan_describe(whole, &item->entry);
	item->plan = plan_check(whole, &item->findings) ? whole : NULL;
	return E_OK;
}

/* ---- importing -------------------------------------------------------------------------------- */

static int
encode(struct arena *arena, const struct plan *plan, struct span *out)
{
	struct strbuf bytes;

	strbuf_init(&bytes, ENCODED_MAX);
	plan_encode(plan, &bytes);
	return strbuf_keep(&bytes, arena, out);
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

/* The record of a plan; one that the registry would not take is refused here, so that it
 * does not spoil the transaction. */
static int
make_record(struct manage *m, const struct plan_files *files, struct plan_item *item,
    bool shipped, void **out)
{
	const struct plan *p = item->plan;
	struct plan_record *r = arena_alloc(m->arena, sizeof *r);
	struct fault why = {0};
	char text[400];
	int err = E_OK;

	*out = NULL;
	if (p == NULL)
		return E_OK;
	if (r == NULL)
		return E_NOMEM;
	record_init(&plan_kind, r);
	r->plan_id = p->id;
	r->name = or_empty(p->name);
	r->description = or_empty(p->description);
	r->band_id = or_empty(p->band_id);
	r->base_frequency = p->base_frequency;
	r->for_gateways = p->for_gateways;
	r->country_codes = (struct text_list){p->country_codes, p->country_code_count};
	r->origin = files->alone ? files->path : item->entry.file;
	if (!files->alone && !shipped)
		r->origin =
		    arena_printf(m->arena, "%s/%s", files->path, item->entry.file);
	if (r->origin == NULL || (err = encode(m->arena, p, &r->encoded)) != E_OK ||
	    (err = import_warnings(&item->findings, m->arena, &r->warnings)) != E_OK)
		return r->origin == NULL ? E_NOMEM : err;
	if (record_check(&plan_kind, r, &why) == E_OK)
		*out = r;
	else
		finding_error(&item->findings, "record", item->entry.part.at, "%s",
		    fault_text(&why, text, sizeof text));
	return E_OK;
}

int
manage_plan_import(struct manage *m, struct plan_files *files,
    const struct plan_importing *how, struct import_result *result)
{
	size_t n = files->set.count;
	struct import_batch batch;
	int err = import_begin(m, &radio, n, how, &batch, result);

	if (err == E_OK && files->alone)
		err = settle_alone(m, &files->set.items[0], how->base);
	for (size_t i = 0; err == E_OK && i < n; i++)
		err = make_record(
		    m, files, &files->set.items[i], how->shipped, &batch.records[i]);
	if (err == E_OK)
		err = import_store(m, &batch);
	return manage_failed(m, err);
}

/* ---- one plan ------------------------------------------------------------------------------------ */

int
manage_plan_get(
    struct manage *m, const char *id, struct plan_record *record, struct plan **plan)
{
	struct plan_record own;
	int err;

	if (record == NULL)
		record = &own;
	if ((err = manage_get(m, &plan_kind, id, record)) != E_OK)
		return err;
	err = plan_decode(m->arena, record->encoded, plan);
	return import_decoded(m, &radio, id, err);
}

int
manage_plan_remove(struct manage *m, const char *id)
{
	return import_remove(m, &radio, id);
}

int
manage_plan_uses(struct manage *m, const char *id, uint64_t *count)
{
	return import_uses(m, &radio, id, count);
}
