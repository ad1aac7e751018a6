#include "manage/check.h"

#include "base/wire.h"
#include "manage/check_record.h"
#include "manage/firmware_care.h"

#define RECORD_MEMORY (4 << 20)

/* ---- the registry ---------------------------------------------------------------------- */

static int
check_one(void *arg, uint64_t serial)
{
	struct checking *c = arg;
	struct arena work;
	void *record;
	int err;

	arena_init(&work, RECORD_MEMORY);
	if ((record = arena_alloc(&work, c->kind->size)) == NULL)
		return E_NOMEM;
	c->report.result->records[c->kind->table]++;
	err = registry_get(c->registry, c->kind, serial, &work, record);
	c->record = record;
	c->work = &work;
	if (err == E_OK)
		err = check_record(c);
	else if (err == E_CORRUPT || err == E_VERSION)
		err = E_OK; /* registry_verify() has told it */
	arena_clear(&work);
	return err;
}

static void
index_fault(void *arg, const char *text)
{
	struct checking *c = arg;

	report_finding(&c->report, CHECK_ERROR,
	    (struct place_found){
		"registry", "", "gatehouse --data NEW-FOLDER restore BACKUP"},
	    "%s", text);
}

static int
check_kind(struct checking *c, const struct record_kind *kind)
{
	uint64_t count;
	int err = registry_verify(c->registry, kind, index_fault, c, &count);

	c->kind = kind;
	return err == E_OK ? registry_list(c->registry, kind, 0, check_one, c) : err;
}

/* ---- the ledger ------------------------------------------------------------------------------ */

static void
check_pushes(struct checking *c, const struct gateway_state *state)
{
	static const char *const parts[] = {"its CUPS address", "its CUPS credentials",
	    "its network server's address", "its network server's credentials"};
	const struct push *rows = state->pushes.rows;
	const char *fix;

	for (size_t i = 0; i < state->pushes.count; i++) {
		if (c->m->policy == NULL || rows[i].part > PUSH_LNS_CREDENTIALS ||
		    rows[i].count < c->m->policy->push_limit)
			continue;
		fix =
		    arena_printf(c->work, "gatehouse gateway retry %s", check_name(c));
		check_found(c, CHECK_WARNING, fix,
		    "%s: sent %llu times and never confirmed, so stopped",
		    parts[rows[i].part], (unsigned long long)rows[i].count);
	}
}

static int
check_state(struct checking *c, uint64_t serial, struct span stored)
{
	struct gateway_state state;
	struct gateway g;
	struct arena work;
	int err;

	arena_init(&work, RECORD_MEMORY);
	c->work = &work;
	c->report.result->states++;
	err = record_decode(&gateway_state_kind, serial, stored, &work, &state);
	if (err == E_CORRUPT || err == E_VERSION) {
		const char *name =
		    arena_printf(&work, "#%llu", (unsigned long long)serial);

		report_finding(&c->report, CHECK_ERROR,
		    (struct place_found){"ledger", name, ""}, "the row is damaged: %s",
		    err_text(err));
		err = E_OK;
	} else if (err == E_OK) {
		err = registry_get(c->registry, &gateway_kind, serial, &work, &g);
		if (err == E_OK && g.deleted_at == 0) {
			c->record = &g;
			check_pushes(c, &state);
		} else if (err == E_NOTFOUND) {
			c->orphans++;
		}
		if (err == E_NOTFOUND || err == E_CORRUPT || err == E_VERSION)
			err = E_OK;
	}
	arena_clear(&work);
	return err;
}

static int
check_ledger(struct checking *c)
{
	struct store_cursor *cursor;
	struct span k, v;
	int err = store_cursor_open(c->ledger, LEDGER_GATEWAY, &cursor);

	if (err != E_OK)
		return err;
	c->kind = &gateway_kind;
	err = store_cursor_seek(cursor, span_of(NULL, 0), &k, &v);
	while (err == E_OK) {
		err = k.len == 8 ? check_state(c, wire_unkey64(k.data), v) : E_CORRUPT;
		if (err == E_OK)
			err = store_cursor_next(cursor, &k, &v);
	}
	store_cursor_close(cursor);
	if (c->orphans > 0)
		report_finding(&c->report, CHECK_NOTE,
		    (struct place_found){"ledger", "", ""},
		    "%llu rows are of gateways that are gone",
		    (unsigned long long)c->orphans);
	return err == E_NOTFOUND ? E_OK : err;
}

/* ---- stores, sightings, ring ------------------------------------------------------------------ */

static int
check_store(
    struct checking *c, struct store *store, const char *name, struct store_info *info)
{
	struct place_found where = {name, "", ""};
	int err = store_inspect(store, info);

	if (err != E_OK)
		return err;
	if (info->map_max > 0 && info->used > info->map_max / 10 * 8)
		report_finding(&c->report, CHECK_WARNING, where,
		    "%llu of at most %llu MB are used",
		    (unsigned long long)info->used >> 20,
		    (unsigned long long)info->map_max >> 20);
	if (info->readers_max > 0 && info->readers * 10 > info->readers_max * 9)
		report_finding(&c->report, CHECK_WARNING, where,
		    "%u of %u readers are taken: too many processes", info->readers,
		    info->readers_max);
	if (info->stale > 0)
		report_finding(&c->report, CHECK_NOTE, where,
		    "%u readers of dead processes were removed", info->stale);
	return E_OK;
}

static void
check_slots(struct checking *c, struct slots *slots, const char *name)
{
	struct place_found where = {"sightings", name, ""};
	uint64_t damaged = slots != NULL ? slots_damaged(slots) : 0;

	if (slots == NULL)
		report_finding(&c->report, CHECK_WARNING, where,
		    "cannot be opened: nothing is noted there");
	else if (damaged > 0)
		report_finding(&c->report, CHECK_WARNING, where,
		    "%llu damaged entries: they read as empty and are written anew",
		    (unsigned long long)damaged);
}

static void
check_ring_loaded(struct checking *c)
{
	data_reload_seal(c->m->data);
	if (c->m->data->seal == NULL)
		report_finding(&c->report, CHECK_ERROR,
		    (struct place_found){"seal", c->m->data->seal_path, ""},
		    "no sealing keys: %s", c->m->data->seal_fault.text);
}

static int
check_snapshot(struct checking *c)
{
	int err = store_read_begin(c->m->data->registry, &c->registry);

	if (err != E_OK)
		return err;
	if ((err = store_read_begin(c->m->data->ledger, &c->ledger)) == E_OK) {
		for (size_t i = 0; err == E_OK && registry_kinds[i] != NULL; i++)
			err = check_kind(c, registry_kinds[i]);
		if (err == E_OK)
			err = check_ledger(c);
		if (err == E_OK)
			err = firmware_check(
			    c->m, c->options, &c->report, c->registry, c->ledger);
		store_read_end(c->ledger);
	}
	store_read_end(c->registry);
	return err;
}

/* ---- all ----------------------------------------------------------------------------------- */

/* What takes no time; more of the check may follow. */
static int
check_begin(struct manage *m, check_fn *fn, void *arg, struct check_result *result,
    struct checking **out)
{
	struct checking *c = *out = arena_zalloc(m->arena, 1, sizeof *c);
	int err;

	memset(result, 0, sizeof *result);
	if (c == NULL)
		return E_NOMEM;
	c->m = m;
	c->report = (struct report){fn, arg, result};
	err = check_files(m->data->path, m->data->seal_path, fn, arg, result);
	check_ring_loaded(c);
	return err;
}

static int
check_stores(struct checking *c, struct check_result *result)
{
	const struct data *data = c->m->data;
	int err = check_store(c, data->registry, "registry", &result->registry);

	return err == E_OK ? check_store(c, data->ledger, "ledger", &result->ledger)
			   : err;
}

int
manage_check_basics(
    struct manage *m, check_fn *fn, void *arg, struct check_result *result)
{
	struct checking *c;
	int err = check_begin(m, fn, arg, result, &c);

	return manage_failed(m, err == E_OK ? check_stores(c, result) : err);
}

int
manage_check(struct manage *m, const struct check_options *options, check_fn *fn,
    void *arg, struct check_result *result)
{
	const struct data *data = m->data;
	struct checking *c;
	int err = check_begin(m, fn, arg, result, &c);

	if (c == NULL)
		return manage_failed(m, err);
	c->options = options;
	check_slots(c, data->sightings, "gateways");
	check_slots(c, data->files, "files");
	check_slots(c, data->unknown, "unknown");
	check_slots(c, data->throttle, "throttle");
	arena_init(&c->kept, 1 << 20);
	if (err == E_OK)
		err = check_stores(c, result);
	if (err == E_OK)
		err = check_snapshot(c);
	arena_clear(&c->kept);
	return manage_failed(m, err);
}
