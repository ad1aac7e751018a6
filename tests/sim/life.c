#include "tests/sim/life.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/crc.h"
#include "base/eui.h"
#include "base/log.h"

#define START 1767225600 /* 2026-01-01 */

/* ---- the operator's side ------------------------------------------------------------------- */

void
done(struct scene *s, int err)
{
	char text[400];

	if (err != E_OK)
		fail_msg("%s", fault_text(&s->manage.fault, text, sizeof text));
}

struct manage *
operator(struct scene *s)
{
	arena_reset(&s->arena);
	s->manage.now = s->world.now;
	return &s->manage;
}

void
set(struct scene *s, const struct record_kind *kind, const char *id, const char *field,
    const char *value)
{
	struct edit edit = {field, span_str(value)};

	done(s, manage_set(operator(s), kind, id, &edit, 1));
}

static int
fill_trust(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct trust *t = record;
	const char **about = arg;
	const char **address = arena_alloc(m->arena, sizeof *address);
	struct file *root = arena_alloc(m->arena, sizeof *root);

	(void)txn;
	*address = about[1];
	file_root(root, about[0][0]);
	t->trust_id = arena_printf(m->arena, "root-%c", about[0][0] | 32);
	t->der = span_of(root->bytes, root->len);
	t->crc = crc32_of(t->der);
	t->addresses = (struct text_list){address, about[1][0] != '\0'};
	return E_OK;
}

/* Registers root `name` for an address (without scheme). */
void
trust(struct scene *s, const char *name, const char *address)
{
	const char *about[] = {name, address};

	done(s, manage_change(operator(s), &trust_kind, NULL, "add", fill_trust, about,
		    NULL));
}

void
add_lns(struct scene *s, const char *id, const char *uri)
{
	struct edit edits[] = {{"lns_id", span_str(id)}, {"uri", span_str(uri)}};

	done(s, manage_add(operator(s), &lns_kind, edits, 2, NULL));
}

void
add_gateway(struct scene *s, const char *id, uint64_t eui, const char *lns)
{
	char text[EUI_TEXT], secret[64];

	eui_format(eui, text);
	snprintf(secret, sizeof secret, "lns-key-of-%s", id);
	struct edit edits[] = {{"ids.gateway_id", span_str(id)},
	    {"ids.eui", span_str(text)}, {"lns", span_str(lns)},
	    {"lbs_lns_secret.value", span_str(secret)}};

	done(s, manage_add(operator(s), &gateway_kind, edits, 4, NULL));
}

/* A key that is put on the gateway by hand, as a bundle does; its line in `file`. */
static void
bundle_key(struct scene *s, const char *id, struct file *file)
{
	struct key_request request = {.gateway = id, .cups = true};
	struct key_made made;
	char line[200];

	done(s, manage_key_create(operator(s), &request, &made));
	snprintf(line, sizeof line, "Authorization: Bearer %s\r\n", made.plain);
	file_text(file, line);
}

void
rotate(struct scene *s, const char *id)
{
	struct key_made made;

	done(s, manage_key_rotate(operator(s), id, &made));
}

uint64_t
state_of(struct scene *s, const char *id, struct gateway_state *state)
{
	struct gateway g;

	done(s, manage_get(operator(s), &gateway_kind, id, &g));
	done(s, manage_gateway_state(&s->manage, &g, state));
	return state->confirmed_generation;
}

/* ---- the world -------------------------------------------------------------------------------- */

void
add_cups_host(struct scene *s, const char *uri, char root)
{
	struct host *h = &s->world.cups[s->world.cups_count++];

	snprintf(h->uri, sizeof h->uri, "%s", uri);
	file_root(&h->root, root);
}

void
add_lns_host(struct scene *s, const char *uri, char root, const char *line)
{
	struct lns_host *h = &s->world.lns[s->world.lns_count++];

	snprintf(h->uri, sizeof h->uri, "%s", uri);
	snprintf(h->line, sizeof h->line, "%s", line);
	file_root(&h->root, root);
}

void
run(struct scene *s, int64_t time)
{
	world_run(&s->world, s->stations, s->count, s->world.now + time);
}

int
setup(void **state)
{
	struct scene *s = test_calloc(1, sizeof *s);
	struct data_options options = {
	    .path = s->folder, .memory = true, .create = true};
	struct fault fault = {0};
	char ring[100];

	log_open("sim", LOG_NOWHERE, LOG_ERROR);
	snprintf(s->folder, sizeof s->folder, "/tmp/gatehouse-sim.XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(ring, sizeof ring, "%s/seal.keys", s->folder);
	assert_int_equal(seal_create(ring, &fault), E_OK);
	assert_int_equal(data_open(&options, &s->data, &fault), E_OK);
	arena_init(&s->arena, 64 << 20);
	arena_init(&s->world.arena, 4 << 20);
	s->world.now = START;
	s->world.server = (struct cups_server){.data = &s->data,
	    .write_wait_ms = 1000,
	    .streams = 1,
	    .policy = {.allow_redirect = true,
		.update_channel = "",
		.firmware = {.attempts = 3, .downloads = 100, .minimum_rate = 1024},
		.push_limit = 3,
		.default_lns = "",
		.cups_uri = "https://cups.example:443"}};
	s->manage = (struct manage){.data = &s->data,
	    .arena = &s->arena,
	    .actor = "test",
	    .wait_ms = 1000,
	    .policy = &s->world.server.policy};
	add_cups_host(s, "https://cups.example:443", 'A');
	add_lns_host(s, "wss://lns.example:8887", 'L', "");
	trust(s, "A", "cups.example:443");
	trust(s, "L", "lns.example:8887");
	add_lns(s, "lns-one", "wss://lns.example:8887");
	*state = s;
	return 0;
}

int
teardown(void **state)
{
	struct scene *s = *state;
	char command[100];

	data_close(&s->data);
	arena_clear(&s->arena);
	arena_clear(&s->world.arena);
	free(s->stations);
	snprintf(command, sizeof command, "rm -r '%s'", s->folder);
	assert_int_equal(system(command), 0);
	test_free(s);
	return 0;
}

/* Gateways gw-0000… with a bundle on them, or with factory files in PEM. */
void
people(struct scene *s, size_t count, bool pem)
{
	s->count = count;
	s->stations = calloc(count, sizeof *s->stations);
	assert_non_null(s->stations);
	for (size_t i = 0; i < count; i++) {
		struct station *t = &s->stations[i];
		char id[24];

		snprintf(id, sizeof id, "gw-%04zu", i);
		t->eui = 0x58a0cbfffe800000 + 1 + i;
		add_gateway(s, id, t->eui, "lns-one");
		snprintf(t->cups[REGULAR].uri, 128, "https://cups.example:443");
		(pem ? file_root_pem : file_root)(&t->cups[REGULAR].trust, 'A');
		bundle_key(s, id, &t->cups[REGULAR].key);
		t->next_poll = START + (int64_t)(i % 1440) * MINUTE;
	}
}

void
all_fine(struct scene *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct station *t = &s->stations[i];

		assert_false(t->broken);
		assert_int_equal(t->blobs_rejected, 0);
		if (!station_has_lns(&s->world, t))
			fail_msg("gateway %zu has lost its LNS", i);
	}
}
