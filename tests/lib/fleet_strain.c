/* What makes life hard for the endpoint: a busy writer, damage. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/wire.h"
#include "tests/lib/fleet.h"

/* ---- a busy writer -------------------------------------------------------------------- */

struct busy {
	struct fleet *f;
	int fd;
	unsigned run; /* tells one run from another */
	unsigned long n;
};

/* In one piece, so that a writer that is killed leaves no half of a line. `try` stands before
 * a change that replaces something, `expect` behind it. */
__attribute__((format(printf, 2, 3))) static int
acknowledge(struct busy *b, const char *fmt, ...)
{
	char line[300];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	return write(b->fd, line, (size_t)n) == n ? E_OK : E_IO;
}

static int
change(struct busy *b, const struct record_kind *kind, const char *id,
    const char *field, const char *value)
{
	struct edit edit = {field, span_str(value)};
	int err = acknowledge(b, "try %s %s %s %s\n", kind->name, id, field, value);

	if (err == E_OK)
		err = manage_set(&b->f->m, kind, id, &edit, 1);
	return err == E_OK ? acknowledge(b, "expect %s %s %s %s\n", kind->name, id,
				 field, value)
			   : err;
}

static int
add_gateway(struct busy *b)
{
	char id[40], eui[20];
	struct edit edits[] = {{.field = "ids.gateway_id"}, {.field = "ids.eui"}};
	int err;

	snprintf(id, sizeof id, "busy-%u-%lu", b->run, b->n);
	snprintf(eui, sizeof eui, "B5%06X%08X", b->run & 0xffffff, (unsigned)b->n);
	edits[0].text = span_str(id);
	edits[1].text = span_str(eui);
	err = manage_add(&b->f->m, &gateway_kind, edits, 2, NULL);
	return err == E_OK ? acknowledge(b, "expect gateway %s ids.eui %s\n", id, eui)
			   : err;
}

static int
make_and_end_key(struct busy *b, const char *gateway)
{
	struct key_request request = {.gateway = gateway, .name = "busy"};
	struct key_made made;
	int err = manage_key_create(&b->f->m, &request, &made);

	if (err == E_OK)
		err = acknowledge(
		    b, "expect key %s gateway %s\n", made.key.key_id, gateway);
	if (err == E_OK)
		err = manage_key_revoke(&b->f->m, made.key.key_id);
	return err;
}

/* One change of many kinds, on the gateways busy-a and busy-b and the server busy-lns. */
static int
one_change(struct busy *b)
{
	const char *gateway = b->n % 2 != 0 ? "busy-a" : "busy-b";
	char text[64];

	switch (b->n % 5) {
	case 0:
		snprintf(text, sizeof text, "ws://lns-%u-%lu.example.com:1887", b->run,
		    b->n);
		return change(b, &lns_kind, "busy-lns", "uri", text);
	case 1:
		return add_gateway(b);
	case 2:
		return make_and_end_key(b, gateway);
	case 3:
		return manage_gateway_retry(&b->f->m, gateway);
	default:
		snprintf(text, sizeof text, "run-%u-change-%lu", b->run, b->n);
		return change(b, &gateway_kind, gateway, "name", text);
	}
}

int
fleet_busy(struct fleet *f, char **words, size_t count)
{
	struct busy b = {.f = f, .run = (unsigned)getpid()};
	int64_t until;
	uint64_t seconds;
	int err = E_OK;

	(void)count;
	if (!number_u64(span_str(words[0]), 0, 3600, &seconds))
		return E_INVALID;
	until = clock_ticks_ms() + (int64_t)seconds * 1000;
	b.fd = open(words[1], O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (b.fd < 0)
		return E_IO;
	for (; err == E_OK && clock_ticks_ms() < until; b.n++) {
		err = one_change(&b);
		arena_reset(&f->arena);
	}
	close(b.fd);
	printf("%lu changes\n", b.n);
	return err;
}

/* ---- damage ---------------------------------------------------------------------------- */

struct damage {
	unsigned table;
	uint8_t key[8];
};

static int
flip(struct store_txn *txn, void *arg)
{
	struct damage *d = arg;
	struct span key = span_of(d->key, 8), stored;
	uint8_t bytes[4096];
	int err = store_get(txn, d->table, key, &stored);

	if (err != E_OK)
		return err;
	if (stored.len > sizeof bytes)
		return E_TOOBIG;
	memcpy(bytes, stored.data, stored.len);
	bytes[stored.len - 1] ^= 1;
	return store_put(txn, d->table, key, span_of(bytes, stored.len));
}

int
fleet_damage(struct fleet *f, char **words, size_t count)
{
	bool state = strcmp(words[0], "state") == 0;
	const struct record_kind *kind = state ? &gateway_kind : fleet_kind(words[0]);
	struct damage d = {.table = LEDGER_GATEWAY};
	struct store_txn *txn;
	uint64_t serial;
	int err;

	(void)count;
	if (kind == NULL)
		return E_INVALID;
	if ((err = store_read_begin(f->data.registry, &txn)) != E_OK)
		return err;
	err = registry_find_serial(
	    txn, kind, kind->fields[0].number, span_str(words[1]), &serial);
	store_read_end(txn);
	if (err != E_OK)
		return err;
	wire_key64(d.key, serial);
	if (!state)
		d.table = kind->table;
	return store_update(
	    state ? f->data.ledger : f->data.registry, f->m.wait_ms, flip, &d);
}

/* ---- a newer version ------------------------------------------------------------------- */

static int
set_schema(struct store_txn *txn, void *arg)
{
	return store_set_schema(txn, *(uint32_t *)arg);
}

int
fleet_schema(struct fleet *f, char **words, size_t count)
{
	uint32_t number = (uint32_t)strtoul(words[1], NULL, 10);
	bool registry = strcmp(words[0], "registry") == 0;
	struct store_options options = {
	    .tables = registry ? registry_table_names : ledger_table_names,
	    .schema = UINT32_MAX};
	const char *path;
	struct store *store;
	int err;

	(void)count;
	/* As a newer program would open it, so not while we have it open. */
	data_close(&f->data);
	path = arena_printf(&f->arena, "%s/%s", f->config.data, words[0]);
	if (path == NULL)
		return E_NOMEM;
	if ((err = store_open(path, &options, &store, &f->m.fault)) != E_OK)
		return err;
	err = store_update(store, f->m.wait_ms, set_schema, &number);
	store_close(store);
	return err;
}
