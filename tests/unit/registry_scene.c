#include "tests/unit/registry_scene.h"

/* ---- one change as a function ------------------------------------------------------------ */

struct task {
	struct fixture *f;
	int (*fn)(struct fixture *f, struct store_txn *txn, void *arg);
	void *arg;
};

static int
run(struct store_txn *txn, void *arg)
{
	struct task *t = arg;

	t->f->manage.fault = (struct fault){0};
	return t->fn(t->f, txn, t->arg);
}

int
update(struct fixture *f, int (*fn)(struct fixture *, struct store_txn *, void *),
    void *arg)
{
	struct task t = {f, fn, arg};

	return store_update(f->data.registry, 5000, run, &t);
}

struct putting {
	struct gateway *gateway;
	bool fresh;
};

static int
put_in(struct fixture *f, struct store_txn *txn, void *arg)
{
	struct putting *p = arg;
	struct gateway *g = p->gateway;
	int err = E_OK;

	/* An update may run twice. */
	if (p->fresh)
		err = registry_next_serial(txn, &g->serial);
	return err == E_OK
		   ? registry_put(txn, &gateway_kind, g, &f->arena, &f->manage.fault)
		   : err;
}

int
put_gateway(struct fixture *f, struct gateway *g)
{
	struct putting p = {g, g->serial == 0};

	return update(f, put_in, &p);
}

struct gateway
gateway(const char *id, uint64_t eui)
{
	struct gateway g;

	record_init(&gateway_kind, &g);
	g.gateway_id = id;
	g.eui = eui;
	return g;
}

struct store_txn *
begin_read(struct fixture *f)
{
	struct store_txn *txn = NULL;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	return txn;
}

uint64_t
wrong(struct fixture *f, const struct record_kind *kind, registry_report_fn *report,
    void *arg)
{
	struct store_txn *txn = begin_read(f);
	uint64_t n = 99;

	assert_int_equal(registry_verify(txn, kind, report, arg, &n), E_OK);
	store_read_end(txn);
	return n;
}

void
not_expected(void *arg, const char *text)
{
	(void)arg;
	fail_msg("%s", text);
}
