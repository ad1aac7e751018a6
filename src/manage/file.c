#include "manage/file.h"

/* ---- names ---------------------------------------------------------------------------- */

static bool
is_named(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	size_t n = strcspn(path, "/");

	return strcmp(path, name) == 0 || strcmp(slash + 1, name) == 0 ||
	       (strlen(name) == n && strncmp(path, name, n) == 0);
}

int
manage_file_path(struct manage *m, const char *name, struct span *path)
{
	const char *found = NULL;
	const struct file_format *f;

	for (size_t i = 0; (f = format_at(i)) != NULL; i++) {
		if (!is_named(f->path, name))
			continue;
		if (found != NULL && strcmp(found, f->path) != 0)
			return fault_set(&m->fault, E_INVALID, NULL,
			    "%s stands for %s and %s", name, found, f->path);
		found = f->path;
	}
	*path = span_str(found != NULL ? found : name);
	return found != NULL ? E_OK : file_path_check(*path, &m->fault);
}

/* ---- one file --------------------------------------------------------------------------- */

struct making {
	struct manage *m;
	struct store_txn *txn;
	struct file_cache *cache;
	const struct file_policy *policy;
};

static int
make(struct making *w, const struct file_query *query, struct strbuf *out,
    struct file_made *made, struct fault *fault)
{
	size_t start = out->len;
	int err;

	findings_init(&made->findings, w->m->arena);
	err = file_gather(w->txn, NULL, w->policy, &made->gateway, query, w->m->arena,
	    &made->sources, fault);
	if (err == E_OK)
		err = file_answer_write(w->cache, &made->sources, query, w->m->arena,
		    &made->findings, out, &made->answer, fault);
	return err == E_OK
		   ? file_answer_tag(span_from(strbuf_span(out), start), &made->answer)
		   : err;
}

static int
begin(struct making *w, const char *gateway, struct gateway *g)
{
	int err;

	if ((w->cache = file_cache_new(1)) == NULL)
		return E_NOMEM;
	if ((err = store_read_begin(w->m->data->registry, &w->txn)) != E_OK) {
		w->txn = NULL;
		return err;
	}
	err = manage_find_in(w->m, w->txn, &gateway_kind, gateway, g);
	if (err == E_OK && g->deleted_at != 0)
		err = fault_set(
		    &w->m->fault, E_NOTFOUND, NULL, "%s is deleted", g->gateway_id);
	return err;
}

static void
end(struct making *w)
{
	if (w->txn != NULL)
		store_read_end(w->txn);
	file_cache_free(w->cache);
}

int
manage_file(struct manage *m, const struct file_policy *policy, const char *gateway,
    const struct file_query *query, struct strbuf *out, struct file_made *made)
{
	struct making w = {.m = m, .policy = policy};
	int err;

	memset(made, 0, sizeof *made);
	if ((err = begin(&w, gateway, &made->gateway)) == E_OK)
		err = make(&w, query, out, made, &m->fault);
	end(&w);
	return manage_failed(m, err);
}

/* ---- explaining --------------------------------------------------------------------------- */

const char *
plan_verdict_name(enum plan_verdict v)
{
	static const char *const names[] = {"chosen", "spare", "unfit", "missing"};

	return names[v];
}

/* Could the concentrator's part be made from this plan alone? */
static int
try_plan(struct making *w, struct file_explanation *e, const struct board *board,
    struct plan_told *told, bool *taken)
{
	struct file_query query = {.path = span_str(format_at(0)->path)};
	struct gateway_facts facts = file_facts(&e->sources, &query);
	struct file_request rq = {
	    .gateway = &facts, .path = query.path, .plan_count = 1, .board = board};
	const struct plan *plans[1];
	struct plan_record record;
	struct file_parts parts;
	struct plan *plan;
	struct fault fault;
	int err = registry_find_id(w->txn, &plan_kind, told->id, w->m->arena, &record);

	told->verdict = PLAN_MISSING;
	if (err != E_OK)
		return err == E_NOTFOUND ? E_OK : err;
	if ((err = plan_decode(w->m->arena, record.encoded, &plan)) != E_OK)
		return err;
	plans[0] = plan;
	rq.plans = plans;
	err = file_prepare(&rq, w->m->arena, &told->findings, &parts, &fault);
	if (err == E_NOMEM)
		return err;
	if (err != E_OK)
		told->verdict = PLAN_UNFIT;
	else
		told->verdict = *taken ? PLAN_SPARE : PLAN_CHOSEN;
	/* A forwarder that reads several configurations gets all that fit. */
	*taken = *taken || (err == E_OK && !(board != NULL && board->several_plans));
	return E_OK;
}

static int
tell_plans(struct making *w, struct file_explanation *e)
{
	const struct text_list *ids = &e->gateway.frequency_plan_ids;
	struct board_record record;
	struct board *board = NULL;
	bool taken = false;
	int err = E_OK;

	if (e->gateway.concentrator[0] != '\0') {
		err = registry_find_id(
		    w->txn, &board_kind, e->gateway.concentrator, w->m->arena, &record);
		if (err == E_OK)
			err = board_decode(w->m->arena, record.encoded, &board);
		if (err == E_NOTFOUND)
			err = E_OK;
	}
	for (size_t i = 0; err == E_OK && i < ids->count && i < FILE_PLANS_MAX; i++) {
		struct plan_told *told = &e->plans[e->plan_count++];

		told->id = ids->items[i];
		findings_init(&told->findings, w->m->arena);
		err = try_plan(w, e, board, told, &taken);
	}
	return err;
}

static bool
is_told(const struct file_explanation *e, const char *path)
{
	for (size_t i = 0; i < e->file_count; i++)
		if (strcmp(e->files[i].path, path) == 0)
			return true;
	return false;
}

static int
tell_file(struct making *w, struct file_explanation *e, const char *path)
{
	struct file_query query = {.path = span_str(path)};
	struct file_told *told = &e->files[e->file_count++];
	struct file_made *made = arena_zalloc(w->m->arena, 1, sizeof *made);
	struct strbuf out;

	if (made == NULL)
		return E_NOMEM;
	strbuf_init(&out, 16 << 20);
	made->gateway = e->gateway;
	told->path = path;
	told->err = make(w, &query, &out, made, &told->fault);
	told->length = out.len;
	told->answer = made->answer;
	told->findings = made->findings;
	/* Without its plans a file has no servers either; one that needs none has. */
	if (e->sources.gateway == NULL || e->sources.from == SERVERS_NONE)
		e->sources = made->sources;
	strbuf_clear(&out);
	return told->err == E_NOMEM || told->err == E_IO ? told->err : E_OK;
}

int
manage_explain_files(struct manage *m, const struct file_policy *policy,
    const char *gateway, struct file_explanation *e)
{
	struct making w = {.m = m, .policy = policy};
	const struct file_format *f;
	int err;

	memset(e, 0, sizeof *e);
	err = begin(&w, gateway, &e->gateway);
	for (size_t i = 0; err == E_OK && (f = format_at(i)) != NULL; i++)
		if (!is_told(e, f->path) && e->file_count < FILE_FORMATS_MAX)
			err = tell_file(&w, e, f->path);
	if (err == E_OK)
		err = tell_plans(&w, e);
	end(&w);
	if (err != E_OK)
		return manage_failed(m, err);
	e->seen = file_sighting_get(m->data->files, e->gateway.serial, &e->sighting);
	return E_OK;
}
