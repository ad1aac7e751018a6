#include "manage/trust_queue.h"

#include "registry/checks.h"

#define KEEP (7 * 86400)
#define WORK_MEMORY (8 << 20)

/* ---- asking ------------------------------------------------------------------------------ */

struct wishing {
	const struct trust_wish *wish;
	const char *uri; /* complete */
};

static void
fill(const struct manage *m, const struct wishing *w, struct trust_job *job)
{
	job->uri = w->uri;
	job->trust_id = w->wish->id != NULL ? w->wish->id : "";
	job->accept = w->wish->accept != NULL ? w->wish->accept : "";
	job->asked_by = m->actor;
	job->asked_at = m->now;
	job->tried_at = 0;
	job->state = JOB_WAITING;
	job->text = job->found = job->found_sha256 = "";
}

static int
wish_in(struct manage *m, struct store_txn *txn, void *arg)
{
	const struct wishing *w = arg;
	struct trust_job before, after;
	uint64_t count;
	int err = registry_find_id(txn, &trust_job_kind, w->uri, m->arena, &before);
	bool there = err == E_OK;

	if (err != E_OK && err != E_NOTFOUND)
		return err;
	if (there) {
		after = before;
	} else {
		record_init(&trust_job_kind, &after);
		err = store_count(txn, trust_job_kind.table, &count);
		if (err == E_OK && count >= TRUST_JOBS_MAX)
			return fault_set(&m->fault, E_FULL, NULL,
			    "%d servers wait already; see `gatehouse trust queue`",
			    TRUST_JOBS_MAX);
		if (err == E_OK)
			err = registry_next_serial(txn, &after.serial);
	}
	if (err != E_OK)
		return err;
	fill(m, w, &after);
	return manage_put_in(
	    m, txn, &trust_job_kind, there ? &before : NULL, &after, "fetch-later");
}

int
manage_trust_fetch_later(struct manage *m, const struct trust_wish *wish)
{
	static const struct field id_field = {.name = "trust_id"};
	struct wishing w = {.wish = wish};
	char uri[128];
	int err = manage_trust_uri(m, wish->uri, uri);

	if (err == E_OK && wish->id != NULL && wish->id[0] != '\0')
		err = check_id(&id_field, &wish->id, &m->fault);
	w.uri = uri;
	return err == E_OK ? manage_update(m, wish_in, &w) : err;
}

int
manage_trust_refresh_later(struct manage *m, const char *id)
{
	struct trust trust;
	int err = manage_get(m, &trust_kind, id, &trust);

	if (err != E_OK)
		return err;
	if (trust.fetched_from[0] == '\0')
		return fault_set(&m->fault, E_STATE, NULL,
		    "trust %.64s was imported, not fetched", id);
	return manage_trust_fetch_later(
	    m, &(struct trust_wish){.uri = trust.fetched_from, .id = trust.trust_id});
}

static int
unwish_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct trust_job job;
	int err = registry_find_id(txn, &trust_job_kind, arg, m->arena, &job);

	if (err == E_NOTFOUND)
		return fault_set(
		    &m->fault, err, NULL, "%.127s is not waited for", (char *)arg);
	return err == E_OK ? manage_remove_in(m, txn, &trust_job_kind, &job, "delete")
			   : err;
}

int
manage_trust_unwish(struct manage *m, const char *uri)
{
	return manage_update(m, unwish_in, (void *)(uintptr_t)uri);
}

/* ---- working ------------------------------------------------------------------------------- */

struct due {
	struct due *next;
	struct trust_job job;
};

struct collecting {
	struct arena *arena;
	struct due *first, **last;
};

static int
collect(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct trust_job *job = record;
	struct collecting *c = arg;
	struct due *due;

	(void)txn;
	if (job->state != JOB_WAITING &&
	    (job->state != JOB_DONE || m->now - job->tried_at < KEEP))
		return E_OK;
	due = arena_alloc(c->arena, sizeof *due);
	if (due == NULL ||
	    record_copy(&trust_job_kind, job, c->arena, &due->job) != E_OK)
		return E_NOMEM;
	due->next = NULL;
	*c->last = due;
	c->last = &due->next;
	return E_OK;
}

struct writing {
	const struct trust_job *job;
	const struct trust_report *report;
};

/* What became of it, unless somebody has asked again or taken it away meanwhile. */
static int
write_in(struct manage *m, struct store_txn *txn, void *arg)
{
	const struct writing *w = arg;
	const struct trust_report *r = w->report;
	struct trust_job before, after;
	int err =
	    registry_find_id(txn, &trust_job_kind, w->job->uri, m->arena, &before);

	if (err != E_OK || before.asked_at != w->job->asked_at ||
	    before.state != JOB_WAITING)
		return err == E_NOTFOUND ? E_OK : err;
	after = before;
	after.tried_at = m->now;
	after.state = r->result == TRUST_FAILED			 ? JOB_FAILED
		      : r->result == TRUST_CHANGED && !r->stored ? JOB_CHANGED
								 : JOB_DONE;
	after.text = after.state == JOB_DONE ? "" : r->fault.text;
	after.found = r->found_subject;
	after.found_sha256 = r->found_sha256;
	if (r->trust.trust_id != NULL && r->trust.trust_id[0] != '\0')
		after.trust_id = r->trust.trust_id;
	return registry_put(txn, &trust_job_kind, &after, m->arena, &m->fault);
}

static int
work_on(struct manage *m, const struct trust_job *job, const struct trust_fetching *how,
    struct trust_report *report)
{
	struct trust_fetching fetching = *how;
	struct writing w = {job, report};

	fetching.uri = job->uri;
	fetching.id = job->trust_id[0] != '\0' ? job->trust_id : NULL;
	fetching.accept = false;
	fetching.accept_only = job->accept;
	manage_trust_fetch(m, &fetching, report);
	m->fault = (struct fault){0};
	return manage_update(m, write_in, &w);
}

static int
work_one(struct manage *m, const struct trust_job *job,
    const struct trust_fetching *how, manage_trust_fn *fn, void *arg,
    struct trust_worked *worked)
{
	struct arena work, *kept = m->arena;
	struct trust_report report = {0};
	int err;

	arena_init(&work, WORK_MEMORY);
	m->arena = &work;
	if (job->state == JOB_DONE) {
		err = manage_trust_unwish(m, job->uri);
		err = err == E_NOTFOUND ? E_OK : err;
	} else if ((err = work_on(m, job, how, &report)) == E_OK) {
		worked->failed += report.result == TRUST_FAILED;
		worked->changed += report.result == TRUST_CHANGED && !report.stored;
		worked->done += report.stored;
		if (fn != NULL)
			err = fn(m, &report, arg);
	}
	m->arena = kept;
	arena_clear(&work);
	return err;
}

int
manage_trust_work(struct manage *m, const struct trust_fetching *how,
    manage_trust_fn *fn, void *arg, struct trust_worked *worked)
{
	struct collecting c = {.arena = m->arena};
	int err;

	memset(worked, 0, sizeof *worked);
	c.last = &c.first;
	err = manage_list(m, &trust_job_kind, 0, 0, collect, &c);
	for (const struct due *d = c.first; err == E_OK && d != NULL; d = d->next)
		err = work_one(m, &d->job, how, fn, arg, worked);
	return manage_failed(m, err);
}
