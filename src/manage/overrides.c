#include "manage/overrides.h"

#include "gateway-files/answer.h"

#define WORK_MAX (16 << 20)
#define FILE_MAX (1 << 20)

static bool
is_entered(const struct gateway *before, const struct gateway *after)
{
	static const char *const names[] = {
	    "overrides", "frequency_plan_ids", "concentrator", "class_b_beacons"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (!field_equal(field_by_name(&gateway_kind, names[i]), before, after))
			return true;
	return false;
}

struct trial {
	struct manage *m;
	struct store_txn *txn;
	const struct gateway *gateway;
	struct arena work;
	struct file_cache *cache;
	struct strbuf out;
	unsigned good;
	struct fault bad; /* the first file that the overrides make unusable */
	const char *bad_path;
	struct fault unmade; /* why a file could not be tried */
};

/* Its servers do not matter here: any will do. */
static int
write_file(
    struct trial *t, const char *path, struct findings *findings, struct fault *fault)
{
	static const struct file_policy policy = {.default_lns = ""};
	struct file_query query = {.path = span_str(path)};
	struct file_answer answer;
	struct file_sources sources;
	int err = file_gather(
	    t->txn, NULL, &policy, t->gateway, &query, &t->work, &sources, fault);

	if (err != E_OK)
		return err;
	sources.servers[0] = span_str("server.example");
	sources.server_count = 1;
	strbuf_reset(&t->out);
	return file_answer_write(
	    t->cache, &sources, &query, &t->work, findings, &t->out, &answer, fault);
}

static bool
is_of_overrides(const char *text)
{
	return strncmp(text, "overrides: ", 11) == 0;
}

static bool
keep_first(struct fault *kept, const struct fault *fault)
{
	bool first = kept->err == E_OK;

	if (first)
		*kept = *fault;
	return first;
}

static int
try_file(struct trial *t, const char *path)
{
	struct fault fault = {0};
	struct findings findings;
	int err;

	findings_init(&findings, &t->work);
	err = write_file(t, path, &findings, &fault);
	if (err == E_NOMEM || err == E_IO)
		return err;
	if (err == E_OK)
		t->good++;
	else if (strcmp(fault.field, "overrides") != 0)
		keep_first(&t->unmade, &fault);
	else if (keep_first(&t->bad, &fault))
		t->bad_path = path;
	for (const struct finding *f = findings.first; f != NULL; f = f->next)
		if (err == E_OK && is_of_overrides(f->text))
			manage_say_later(t->m, "%s: %s: %s [%s]",
			    t->gateway->gateway_id, path, f->text, f->rule);
	return E_OK;
}

static int
judge(struct trial *t)
{
	struct manage *m = t->m;

	if (t->bad_path != NULL && t->good == 0)
		return fault_set(&m->fault, E_INVALID, "overrides", "%s: %s",
		    t->bad_path, t->bad.text);
	if (t->bad_path != NULL)
		manage_say_later(m, "%s: the overrides make %s unusable: %s",
		    t->gateway->gateway_id, t->bad_path, t->bad.text);
	else if (t->good == 0)
		manage_say_later(m,
		    "%s: the overrides could not be tried, since no file can be made: "
		    "%s",
		    t->gateway->gateway_id, t->unmade.text);
	return E_OK;
}

static int
try_files(struct trial *t)
{
	const struct file_format *f;
	const char *before = "";
	int err = E_OK;

	for (size_t i = 0; err == E_OK && (f = format_at(i)) != NULL; i++) {
		if (f->json && strcmp(f->path, before) != 0)
			err = try_file(t, f->path);
		before = f->path;
	}
	return err == E_OK ? judge(t) : err;
}

int
overrides_entered(struct manage *m, struct store_txn *txn, const struct gateway *before,
    const struct gateway *after)
{
	struct trial t = {.m = m, .txn = txn, .gateway = after};
	int err = E_NOMEM;

	if (after->overrides[0] == '\0' || after->deleted_at != 0 ||
	    (before != NULL && !is_entered(before, after)))
		return E_OK;
	arena_init(&t.work, WORK_MAX);
	strbuf_init(&t.out, FILE_MAX);
	if ((t.cache = file_cache_new(1)) != NULL)
		err = try_files(&t);
	file_cache_free(t.cache);
	strbuf_clear(&t.out);
	arena_clear(&t.work);
	return err;
}
