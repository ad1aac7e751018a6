/* What the endpoint would do, and what is stored. */
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "crypto/certificate.h"
#include "cups/firmware.h"
#include "tests/lib/fleet.h"

/* ---- explain ------------------------------------------------------------------------ */

/* Decides by the endpoint's own function, without writing anything; E_OK: `answer` is what
 * it would send. */
static int
consider(struct fleet *f, struct cups_exchange *x, struct strbuf *answer)
{
	struct cups_server server = {.data = &f->data, .policy = f->policy};
	struct fault fault = {0};
	int err = update_info_read(x->call.body, &f->arena, &x->request, &fault);

	if (err == E_OK)
		err = cups_consider(&server, false, f->m.now, &f->arena, x);
	while (err == E_OK && (err = cups_firmware_look(&server, x)) == E_AGAIN)
		err = cups_decide(&x->inputs, &f->arena, &x->decision);
	if (err != E_OK)
		return err;
	if (x->decision.err != E_OK)
		return x->decision.err;
	cups_firmware_close(x);
	err = cups_answer(&server, x, &f->arena, answer, &fault);
	return err == E_OK ? E_OK : E_CORRUPT;
}

static int
write_answer(struct fleet *f, const char *path, struct span answer)
{
	return file_replace(path, 0600, answer, &f->m.fault);
}

int
fleet_explain(struct fleet *f, char **words, size_t count)
{
	const char *certificate = fleet_option(words, count, "cert");
	struct cups_exchange *x = arena_zalloc(&f->arena, 1, sizeof *x);
	const struct cups_reason *reason;
	struct strbuf answer;
	int err;

	if (x == NULL)
		return E_NOMEM;
	if ((err = fleet_file(f, words[0], &x->call.body)) != E_OK ||
	    (certificate != NULL &&
		(err = fleet_file(f, certificate, &x->call.certificate_pem)) != E_OK))
		return err;
	x->call.key = span_str(fleet_option(words, count, "key"));
	x->call.address = "198.51.100.7";
	strbuf_init(&answer, 1 << 20);
	err = consider(f, x, &answer);
	if (err != E_OK)
		strbuf_reset(&answer);
	reason = cups_decision_main(&x->decision);
	if (x->decision.reason_count == 0)
		printf("%d -\n", err_http(err));
	else
		printf("%d %s:%s\n", err_http(err), cups_part_name(reason->part),
		    cups_why_name(reason->why));
	err = write_answer(f, words[1], strbuf_span(&answer));
	strbuf_clear(&answer);
	return err;
}

/* ---- the ledger --------------------------------------------------------------------- */

int
fleet_state(struct fleet *f, char **words, size_t count)
{
	static const char *const parts[] = {
	    "cups-uri", "cups-credentials", "lns-uri", "lns-credentials"};
	struct gateway_state state;
	const struct push *push;
	struct gateway g;
	int err;

	(void)count;
	if ((err = manage_get(&f->m, &gateway_kind, words[0], &g)) != E_OK ||
	    (err = manage_gateway_state(&f->m, &g, &state)) != E_OK)
		return err;
	push = state.pushes.rows;
	for (size_t i = 0; i < state.pushes.count; i++)
		printf("%s %" PRIu64 "\n", push[i].part < 4 ? parts[push[i].part] : "?",
		    push[i].count);
	printf("confirmed %" PRIu64 "\n", state.confirmed_generation);
	return E_OK;
}

/* ---- check --------------------------------------------------------------------------- */

static void
report(void *arg, const char *text)
{
	(void)arg;
	printf("%s\n", text);
}

struct looking {
	struct fleet *f;
	const struct record_kind *kind;
	struct store_txn *registry, *ledger;
	unsigned long found;
};

/* Does the record decode, and a gateway's row in the ledger? */
static int
look(void *arg, uint64_t serial)
{
	struct looking *l = arg;
	struct arena arena;
	struct gateway_state state;
	void *record;
	int err = E_NOMEM;

	arena_init(&arena, 1 << 20);
	if ((record = arena_alloc(&arena, l->kind->size)) != NULL)
		err = registry_get(l->registry, l->kind, serial, &arena, record);
	if (err == E_OK && l->kind == &gateway_kind)
		err = gateway_state_get(l->ledger, serial, &arena, &state);
	arena_clear(&arena);
	if (err == E_OK)
		return E_OK;
	l->found++;
	printf("%s %" PRIu64 ": %s\n", l->kind->name, serial, err_text(err));
	return E_OK;
}

int
fleet_check(struct fleet *f, char **words, size_t count)
{
	struct looking l = {.f = f};
	uint64_t found;
	int err;

	(void)words;
	(void)count;
	if ((err = store_read_begin(f->data.registry, &l.registry)) != E_OK)
		return err;
	err = store_read_begin(f->data.ledger, &l.ledger);
	for (size_t i = 0; err == E_OK && registry_kinds[i] != NULL; i++) {
		l.kind = registry_kinds[i];
		err = registry_list(l.registry, l.kind, 0, look, &l);
		if (err == E_OK)
			err = registry_verify(l.registry, l.kind, report, NULL, &found);
		l.found += found;
	}
	if (l.ledger != NULL)
		store_read_end(l.ledger);
	store_read_end(l.registry);
	if (err == E_OK && l.found > 0)
		err = fault_set(
		    &f->m.fault, E_CORRUPT, NULL, "%lu things are wrong", l.found);
	return err;
}
