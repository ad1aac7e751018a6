#include "manage/seal.h"

#include "registry/ca.h"
#include "registry/template.h"

/* One transaction looks at so many records, or seals so many values anew. */
#define BATCH_RECORDS 1024
#define BATCH_VALUES 128
#define RECORD_MEMORY (4 << 20)
#define IDS_MAX 64 /* keys in a ring */

static struct span
sealed_of(const struct field *f, const void *record)
{
	return *(const struct span *)field_at(f, record);
}

static bool
has_sealed(const struct record_kind *kind)
{
	for (const struct field *f = kind->fields; f->number != 0; f++)
		if (f->type == FIELD_SEALED)
			return true;
	return false;
}

/* ---- going through all ------------------------------------------------------------------- */

/* Told of one sealed value, see sealed_each(). */
typedef int sealed_fn(void *arg, const struct record_kind *kind, const void *record,
    const struct field *f, struct arena *work);

struct walk {
	struct store_txn *txn;
	const struct record_kind *kind;
	sealed_fn *fn;
	void *arg;
};

static int
walk_record(void *arg, uint64_t serial)
{
	struct walk *w = arg;
	struct arena work;
	void *record;
	int err;

	arena_init(&work, RECORD_MEMORY);
	if ((record = arena_alloc(&work, w->kind->size)) == NULL)
		return E_NOMEM;
	err = registry_get(w->txn, w->kind, serial, &work, record);
	if (err == E_CORRUPT || err == E_VERSION) {
		arena_clear(&work);
		return E_OK;
	}
	for (const struct field *f = w->kind->fields; err == E_OK && f->number != 0;
	     f++)
		if (f->type == FIELD_SEALED && sealed_of(f, record).len > 0)
			err = w->fn(w->arg, w->kind, record, f, &work);
	arena_clear(&work);
	return err;
}

/* Calls fn for each sealed value of every record in the snapshot, until it returns something
 * else than E_OK. What fn allocates in `work` is gone after the record. Records that cannot
 * be read are passed over. */
static int
sealed_each(struct store_txn *registry, sealed_fn *fn, void *arg)
{
	int err = E_OK;

	for (size_t i = 0; err == E_OK && registry_kinds[i] != NULL; i++) {
		struct walk w = {registry, registry_kinds[i], fn, arg};

		if (has_sealed(w.kind))
			err = registry_list(registry, w.kind, 0, walk_record, &w);
	}
	return err;
}

/* ---- what is lost without a key ------------------------------------------------------------ */

static uint64_t *
counter(struct seal_counts *c, const struct record_kind *kind, const struct field *f)
{
	if (kind == &gateway_kind)
		return strcmp(f->name, "lbs_lns_secret.value") == 0
			   ? &c->lns_secrets
			   : &c->certificate_keys;
	if (kind == &key_kind)
		return &c->cups_keys;
	return kind == &ca_kind ? &c->ca_keys : &c->template_secrets;
}

struct losing {
	const struct seal_ring *ring;
	struct seal_counts *lost;
};

static int
count_lost(void *arg, const struct record_kind *kind, const void *record,
    const struct field *f, struct arena *work)
{
	struct losing *l = arg;
	struct seal_place place = {kind->name, *(const uint64_t *)record, f->name};
	struct span plain;
	int err = E_NOTFOUND;

	if (l->ring != NULL)
		err = seal_open_value(
		    l->ring, place, sealed_of(f, record), work, &plain, NULL);
	if (err == E_NOTFOUND || err == E_CORRUPT) {
		++*counter(l->lost, kind, f);
		l->lost->all++;
		err = E_OK;
	}
	return err;
}

int
manage_seal_lost(
    struct store_txn *registry, const struct seal_ring *ring, struct seal_counts *lost)
{
	struct losing l = {ring, lost};

	memset(lost, 0, sizeof *lost);
	return sealed_each(registry, count_lost, &l);
}

const char *
seal_counts_text(const struct seal_counts *c, struct arena *arena)
{
	const struct {
		uint64_t n;
		const char *one, *many;
	} parts[] = {
	    {c->lns_secrets, "LNS secret of a gateway", "LNS secrets of gateways"},
	    {c->certificate_keys, "private key of a gateway's certificate",
		"private keys of gateways' certificates"},
	    {c->cups_keys, "CUPS key that could be pushed",
		"CUPS keys that could be pushed"},
	    {c->ca_keys, "private key of a CA", "private keys of CAs"},
	    {c->template_secrets, "LNS secret of a template",
		"LNS secrets of templates"},
	};
	const char *text = "";

	for (size_t i = 0; text != NULL && i < COUNT(parts); i++)
		if (parts[i].n > 0)
			text = arena_printf(arena, "%s%s%llu %s", text,
			    text[0] != '\0' ? ", " : "", (unsigned long long)parts[i].n,
			    parts[i].n == 1 ? parts[i].one : parts[i].many);
	return text == NULL ? "" : text[0] == '\0' ? "nothing" : text;
}

/* ---- sealing anew -------------------------------------------------------------------------- */

struct pass {
	const struct record_kind *kind;
	uint64_t after; /* the last record that is done */
	bool end;
	/* Of the batch that runs; a batch may run twice. */
	uint64_t serials[BATCH_RECORDS];
	size_t count;
	uint64_t last, records, values, failed;
};

static int
collect(void *arg, uint64_t serial)
{
	struct pass *p = arg;

	if (p->count == BATCH_RECORDS)
		return E_AGAIN;
	p->serials[p->count++] = serial;
	return E_OK;
}

/* Every value of the record that another key than the current one sealed. */
static int
reseal_record(struct manage *m, struct store_txn *txn, struct pass *p, uint64_t serial)
{
	void *record = arena_alloc(m->arena, p->kind->size);
	bool changed = false;
	uint32_t id;
	int err;

	if (record == NULL)
		return E_NOMEM;
	err = registry_get(txn, p->kind, serial, m->arena, record);
	if (err == E_CORRUPT || err == E_VERSION)
		return E_OK; /* `check` speaks of it */
	for (const struct field *f = p->kind->fields; err == E_OK && f->number != 0;
	     f++) {
		struct seal_place place = {p->kind->name, serial, f->name};
		struct span *sealed = field_at(f, record), plain;

		if (f->type != FIELD_SEALED || sealed->len == 0 ||
		    (seal_key_of(*sealed, &id) && id == seal_current(m->data->seal)))
			continue;
		err = seal_open_value(
		    m->data->seal, place, *sealed, m->arena, &plain, NULL);
		if (err == E_NOTFOUND || err == E_CORRUPT) {
			p->failed++;
			err = E_OK;
			continue;
		}
		if (err == E_OK)
			err = seal_value(m->data->seal, place, plain, m->arena, sealed);
		changed = true;
		p->values++;
	}
	return err == E_OK && changed ? registry_rewrite(txn, p->kind, record) : err;
}

static int
batch_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct pass *p = arg;
	struct arena work, *kept = m->arena;
	int err;

	/* Another rotation may have added a newer key. */
	data_reload_seal(m->data);
	p->count = 0;
	p->last = p->after;
	p->records = p->values = p->failed = 0;
	err = registry_list(txn, p->kind, p->after, collect, p);
	p->end = err == E_OK;
	if (err == E_AGAIN)
		err = E_OK;
	arena_init(&work, RECORD_MEMORY);
	m->arena = &work;
	for (size_t i = 0; err == E_OK && i < p->count; i++) {
		if (p->values >= BATCH_VALUES) {
			p->end = false;
			break;
		}
		err = reseal_record(m, txn, p, p->serials[i]);
		p->last = p->serials[i];
		p->records++;
		arena_reset(&work);
	}
	m->arena = kept;
	arena_clear(&work);
	return err;
}

static int
reseal_kind(struct manage *m, const struct seal_rotating *how,
    const struct record_kind *kind, struct seal_rotated *done)
{
	struct pass *p = arena_zalloc(m->arena, 1, sizeof *p);
	int err = p != NULL ? E_OK : E_NOMEM;

	if (p != NULL)
		p->kind = kind;
	while (err == E_OK && !p->end) {
		if ((err = manage_update(m, batch_in, p)) != E_OK)
			break;
		p->after = p->last;
		done->records += p->records;
		done->values += p->values;
		done->failed += p->failed;
		if (how->progress != NULL)
			err = how->progress(how->arg, done->records, done->values);
	}
	return err;
}

/* ---- dropping old keys ------------------------------------------------------------------- */

struct usage {
	uint32_t ids[IDS_MAX];
	size_t count;
};

static bool
in_use(const struct usage *u, uint32_t id)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->ids[i] == id)
			return true;
	return false;
}

static int
note_key(void *arg, const struct record_kind *kind, const void *record,
    const struct field *f, struct arena *work)
{
	struct usage *u = arg;
	uint32_t id;

	(void)kind;
	(void)work;
	if (seal_key_of(sealed_of(f, record), &id) && !in_use(u, id) &&
	    u->count < IDS_MAX)
		u->ids[u->count++] = id;
	return E_OK;
}

/*
 * Whoever seals looks for a newer ring inside the update that stores the value, so once the
 * new key is in the file, no value comes into being that names an old one, and what this
 * snapshot does not name is named nowhere.
 */
static int
drop_old(struct manage *m, const struct seal_rotating *how, struct seal_rotated *done)
{
	struct usage used = {.count = 0};
	uint32_t ids[IDS_MAX];
	struct store_txn *txn;
	size_t n;
	int err = store_read_begin(m->data->registry, &txn);

	if (err != E_OK)
		return err;
	err = sealed_each(txn, note_key, &used);
	store_read_end(txn);
	if (err != E_OK)
		return err;
	n = seal_ids(m->data->seal, ids, IDS_MAX);
	for (size_t i = 0; err == E_OK && i < n && i < IDS_MAX; i++) {
		if (ids[i] == seal_current(m->data->seal))
			continue;
		if (how->keep_keys || in_use(&used, ids[i]) || used.count == IDS_MAX) {
			done->kept++;
			continue;
		}
		err = seal_drop_key(m->data->seal, ids[i], &m->fault);
		if (err == E_NOTFOUND)
			err = E_OK; /* another rotation was faster */
		else
			done->dropped++;
	}
	return err;
}

/* ---- all ------------------------------------------------------------------------------------ */

/* Inside an update, so that no value is being sealed while the key is added. */
static int
add_key_in(struct manage *m, struct store_txn *txn, void *arg)
{
	bool *added = arg;
	int err = *added ? E_OK : seal_add_key(m->data->seal, &m->fault);
	const char *id;

	if (err != E_OK)
		return err;
	*added = true;
	id = arena_printf(m->arena, "%u", (unsigned)seal_current(m->data->seal));
	return id != NULL ? manage_note_in(m, txn, "rotate", "seal", id, "") : E_NOMEM;
}

int
manage_seal_rotate(
    struct manage *m, const struct seal_rotating *how, struct seal_rotated *done)
{
	bool added = false;
	int err = E_OK;

	memset(done, 0, sizeof *done);
	data_reload_seal(m->data);
	if (m->data->seal == NULL)
		return fault_set(&m->fault, E_STATE, NULL, "no sealing keys: %.200s",
		    m->data->seal_fault.text);
	if (!how->no_new_key)
		err = manage_update(m, add_key_in, &added);
	data_reload_seal(m->data);
	for (size_t i = 0; err == E_OK && registry_kinds[i] != NULL; i++)
		if (has_sealed(registry_kinds[i]))
			err = reseal_kind(m, how, registry_kinds[i], done);
	if (err == E_OK)
		err = drop_old(m, how, done);
	data_reload_seal(m->data);
	done->key = seal_current(m->data->seal);
	if (err != E_OK)
		return manage_failed(m, err);
	if (done->failed > 0)
		manage_say(m,
		    "%llu values do not open with any key of the ring; they "
		    "are as they were (see `gatehouse check`)",
		    (unsigned long long)done->failed);
	if (done->dropped > 0)
		manage_say(m, "backups made before now need the old ring to be read");
	return E_OK;
}
