#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include <sys/stat.h>

#include "base/eui.h"
#include "crypto/certificate.h"
#include "manage/ca.h"
#include "manage/cert.h"
#include "manage/trust.h"
#include "registry/template.h"

/* ---- opening -------------------------------------------------------------------------- */

static void
hear(void *arg, const char *text)
{
	struct fixture *f = arg;

	strbuf_puts(&f->said, text);
	strbuf_putc(&f->said, '\n');
}

static void
open_data(struct fixture *f)
{
	struct data_options o = {.path = f->path, .create = true, .memory = f->memory};
	struct fault fault = {0};

	if (data_open(&o, &f->data, &fault) != E_OK)
		fail_msg("%s", fault.text);
	assert_non_null(f->data.seal);
}

static int
begin(void **state, bool memory)
{
	struct fixture *f = test_calloc(1, sizeof *f);
	const char *tmp = getenv("TMPDIR");
	char seal[160];

	snprintf(f->root, sizeof f->root, "%.40s/gh-test-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	umask(007);
	assert_non_null(mkdtemp(f->root));
	snprintf(f->path, sizeof f->path, "%s/data", f->root);
	f->memory = memory;
	assert_int_equal(mkdir(f->path, 0770), 0);
	assert_int_equal(chmod(f->path, 02770), 0);
	snprintf(seal, sizeof seal, "%s/seal.keys", f->path);
	assert_int_equal(seal_create(seal, NULL), E_OK);
	open_data(f);
	arena_init(&f->arena, 64 << 20);
	strbuf_init(&f->said, 1 << 20);
	f->policy = (struct cups_policy){.allow_redirect = true,
	    .push_limit = 3,
	    .default_lns = "",
	    .update_channel = "stable",
	    .cups_uri = "https://cups.example.com:443"};
	f->manage = (struct manage){.data = &f->data,
	    .arena = &f->arena,
	    .actor = "shell:test",
	    .now = NOW,
	    .wait_ms = 5000,
	    .policy = &f->policy,
	    .say = hear,
	    .say_arg = f};
	*state = f;
	return 0;
}

int
fixture_memory(void **state)
{
	return begin(state, true);
}

int
fixture_disk(void **state)
{
	return begin(state, false);
}

int
fixture_end(void **state)
{
	struct fixture *f = *state;
	char command[96];

	data_close(&f->data);
	arena_clear(&f->arena);
	strbuf_clear(&f->said);
	snprintf(command, sizeof command, "rm -rf '%s'", f->root);
	assert_int_equal(system(command), 0);
	test_free(f);
	return 0;
}

void
fixture_reopen(struct fixture *f)
{
	assert_false(f->memory);
	data_close(&f->data);
	open_data(f);
}

void
fixture_close_ring(struct fixture *f)
{
	seal_close(f->data.seal);
	f->data.seal = NULL;
	fault_set(&f->data.seal_fault, E_NOTFOUND, NULL, "the ring file is missing");
}

struct manage *
worker(struct fixture *f)
{
	strbuf_reset(&f->said);
	f->manage.arena = &f->arena;
	f->manage.fault = (struct fault){0};
	return &f->manage;
}

const char *
fixture_path(struct fixture *f, const char *name)
{
	const char *path = arena_printf(&f->arena, "%s/%s", f->root, name);

	assert_non_null(path);
	return path;
}

void
done(struct fixture *f, int err)
{
	char text[400];

	if (err != E_OK)
		fail_msg("%s: %s", err_text(err),
		    fault_text(&f->manage.fault, text, sizeof text));
}

void
refused(struct fixture *f, int err, int expected, const char *words)
{
	char text[400];

	fault_text(&f->manage.fault, text, sizeof text);
	if (err != expected)
		fail_msg("expected \"%s\", got \"%s\" (%s)", err_text(expected),
		    err_text(err), text);
	if (strstr(text, words) == NULL)
		fail_msg("expected words with \"%s\", got \"%s\"", words, text);
	assert_int_equal(f->manage.fault.err, expected);
	f->manage.fault = (struct fault){0};
}

/* ---- records --------------------------------------------------------------------------- */

int
set_field(struct fixture *f, const struct record_kind *kind, const char *id,
    const char *field, const char *text)
{
	struct edit edit = {field, span_str(text)};

	return manage_set(worker(f), kind, id, &edit, 1);
}

static int
count_one(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	(void)m;
	(void)txn;
	(void)record;
	++*(unsigned *)arg;
	return E_OK;
}

unsigned
count_of(struct fixture *f, const struct record_kind *kind)
{
	unsigned n = 0;

	done(f, manage_list(worker(f), kind, 0, 0, count_one, &n));
	return n;
}

static uint64_t
add(struct fixture *f, const struct record_kind *kind, const struct edit *edits,
    size_t count)
{
	uint64_t serial = 0;

	done(f, manage_add(worker(f), kind, edits, count, &serial));
	return serial;
}

uint64_t
add_gateway(struct fixture *f, const char *id, const char *eui)
{
	struct edit edits[] = {
	    {"ids.gateway_id", span_str(id)}, {"ids.eui", span_str(eui)}};

	return add(f, &gateway_kind, edits, 2);
}

uint64_t
add_lns(struct fixture *f, const char *id, const char *uri)
{
	struct edit edits[] = {{"lns_id", span_str(id)}, {"uri", span_str(uri)}};

	return add(f, &lns_kind, edits, 2);
}

uint64_t
add_template(struct fixture *f, const char *id, const char *prefixes)
{
	struct edit edits[] = {
	    {"template_id", span_str(id)}, {"eui_prefixes", span_str(prefixes)}};

	return add(f, &template_kind, edits, 2);
}

struct issued
issue(struct arena *arena, const char *name, const struct issued *ca, bool is_ca,
    int64_t not_after)
{
	static const struct span none;
	struct certificate_request request = {.common_name = name,
	    .not_before = NOW - 10 * 365 * DAY,
	    .not_after = not_after,
	    .ca = is_ca,
	    .client = !is_ca};
	struct fault fault = {0};
	struct issued made;

	assert_int_equal(private_key_new(arena, &made.key), E_OK);
	if (certificate_issue(&request, made.key, ca != NULL ? ca->der : none,
		ca != NULL ? ca->key : none, arena, &made.der, &fault) != E_OK)
		fail_msg("%s", fault.text);
	return made;
}

struct span
pem_of(struct fixture *f, struct span der)
{
	struct span out;

	assert_int_equal(certificate_pem(der, &f->arena, &out), E_OK);
	return out;
}

struct span
joined(struct fixture *f, struct span a, struct span b)
{
	char *both = arena_alloc(&f->arena, a.len + b.len);

	memcpy(both, a.data, a.len);
	memcpy(both + a.len, b.data, b.len);
	return span_of(both, a.len + b.len);
}

struct text_list
list_of(const char *const *items, size_t n)
{
	return (struct text_list){items, n};
}

uint64_t
add_trust(struct fixture *f, const char *id, const char *address, struct span *der)
{
	struct text_list list = {&address, 1};
	struct issued root = issue(&f->arena, id, NULL, true, NOW + 3650 * DAY);
	struct trust stored;

	done(f, manage_trust_import(worker(f), id, root.der, &list, &stored));
	if (der != NULL)
		*der = root.der;
	return stored.serial;
}

void
add_whole_gateway(struct fixture *f, const char *id, const char *eui, char *key)
{
	struct key_request request = {.gateway = id, .cups = true};
	struct key_made made;
	struct lns lns;
	char secret[64];

	if (manage_get(worker(f), &lns_kind, "lns-1", &lns) != E_OK) {
		add_trust(f, "root-cups", "cups.example.com:443", NULL);
		add_trust(f, "root-lns", "lns.example.com:8887", NULL);
		add_lns(f, "lns-1", "wss://lns.example.com:8887");
	}
	add_gateway(f, id, eui);
	snprintf(secret, sizeof secret, "lns-key-of-%s", id);
	done(f, set_field(f, &gateway_kind, id, "lns", "lns-1"));
	done(f, set_field(f, &gateway_kind, id, "lbs_lns_secret.value", secret));
	done(f, manage_key_create(worker(f), &request, &made));
	if (key != NULL)
		snprintf(key, 128, "%s", made.plain);
}

void
add_fleet(struct fixture *f, unsigned n, char (*keys)[128])
{
	static const char *const prefix[] = {"00"};
	struct ca_request request = {.id = "my-ca", .eui_prefixes = {prefix, 1}};
	struct cert_made made;
	struct ca ca;

	for (unsigned i = 1; i <= n; i++) {
		char id[16], eui[EUI_TEXT];

		snprintf(id, sizeof id, "gw-%u", i);
		eui_format(i, eui);
		add_whole_gateway(f, id, eui, keys != NULL ? keys[i - 1] : NULL);
	}
	done(f, manage_ca_create(worker(f), &request, NOW + 3650 * DAY, &ca));
	for (int use = CERT_CUPS; use <= CERT_LNS; use++)
		done(f, manage_cert_issue(worker(f), (enum cert_use)use, "gw-1",
			    "my-ca", NOW + 365 * DAY, &made));
	add_template(f, "tpl", "01");
	done(f, set_field(
		    f, &template_kind, "tpl", "lbs_lns_secret.value", "template-key"));
}

/* ---- gateways' side --------------------------------------------------------------------- */

int
poll_with(struct fixture *f, const char *eui, const char *key, struct span *answer)
{
	struct cups_server server = {.data = &f->data,
	    .policy = f->policy,
	    .write_wait_ms = 5000,
	    .adopt = f->adopt,
	    .adopt_arg = f->adopt_arg};
	struct cups_exchange *x = arena_zalloc(&f->arena, 1, sizeof *x);
	struct cups_call call = {.key = span_str(key),
	    .certificate_pem = f->certificate,
	    .address = "192.0.2.1"};
	struct strbuf out;
	char *body = arena_printf(&f->arena,
	    "{\"router\":\"%s\",\"cupsUri\":\"https://cups.example.com:443\","
	    "\"tcUri\":null,\"cupsCredCrc\":1,\"tcCredCrc\":2077607535,"
	    "\"station\":\"2.0.6\",\"model\":\"m\",\"package\":null,\"keys\":[]}",
	    eui);

	call.body = span_str(body);
	strbuf_init(&out, 1 << 20);
	cups_exchange(&server, &call, f->manage.now, &f->arena, &out, x);
	if (answer != NULL)
		*answer = span_of(arena_dup(&f->arena, strbuf_span(&out)), out.len);
	strbuf_clear(&out);
	return x->err;
}
