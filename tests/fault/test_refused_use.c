/* Records, certificates and what is done with many at once, while each request for memory is
 * refused once: see refused_use.h. */
#include "tests/fault/refused_use.h"

#include <stdio.h>

#include "crypto/certificate.h"
#include "manage/account.h"
#include "manage/ca.h"
#include "manage/cert.h"
#include "manage/gateway_export.h"
#include "manage/gateway_import.h"
#include "manage/gateway_page.h"
#include "manage/overview.h"
#include "manage/trust.h"

/* ---- records --------------------------------------------------------------------------------- */

static int
set_one(struct manage *m, const struct record_kind *kind, const char *id,
    const char *field, const char *text)
{
	struct edit edit = {field, span_str(text)};

	return manage_set(m, kind, id, &edit, 1);
}

static int
add_one(struct manage *m, struct fixture *f)
{
	struct edit edits[] = {{"ids.gateway_id", span_str(refused_fresh("new"))},
	    {"description", BYTES("A gateway")}, {"groups", BYTES("one,two")},
	    {"attributes", BYTES("abc=b")},
	    {"antennas",
		BYTES(
		    "[{\"gain\":3,\"location\":{\"latitude\":1.5,\"longitude\":2}}]")}};

	(void)f;
	return manage_add(m, &gateway_kind, edits, COUNT(edits), NULL);
}

static int
rename_one(struct manage *m, struct fixture *f)
{
	(void)f;
	return set_one(m, &gateway_kind, "gw-2", "name", refused_fresh("name"));
}

static int
give_secret(struct manage *m, struct fixture *f)
{
	(void)f;
	return set_one(m, &gateway_kind, "gw-2", "lbs_lns_secret.value",
	    refused_fresh("NNSXS.SECRET"));
}

static int
delete_one(struct manage *m, struct fixture *f)
{
	(void)f;
	return manage_delete(m, &gateway_kind, "gw-2");
}

static void
bring_back(struct fixture *f)
{
	struct gateway g;

	done(f, manage_get(worker(f), &gateway_kind, "gw-2", &g));
	if (g.deleted_at != 0)
		done(f, manage_gateway_restore(worker(f), "gw-2"));
}

static int
make_key(struct manage *m, struct fixture *f)
{
	struct key_request request = {.gateway = "gw-2", .name = "a key"};
	struct key_made made;

	(void)f;
	return manage_key_create(m, &request, &made);
}

static int
add_account(struct manage *m, struct fixture *f)
{
	struct account_request request = {.id = refused_fresh("account"),
	    .role = ROLE_ADMIN,
	    .password = BYTES("a long password"),
	    .cost = 1};

	(void)f;
	return manage_account_add(m, &request, NULL);
}

static void
records(void **state)
{
	static const struct refused_use deeds[] = {
	    {"add", add_one, NULL, NOTHING, 10},
	    {"set", rename_one, NULL, NOTHING, 10},
	    {"set a secret", give_secret, NULL, NOTHING, 10},
	    {"delete", delete_one, bring_back, NOTHING, 9},
	    {"key create", make_key, bring_back, NOTHING, 8},
	    {"account add", add_account, NULL, NOTHING, 6},
	};
	struct fixture *f = *state;

	add_fleet(f, 3, NULL);
	uses_run_out(f, deeds, COUNT(deeds));
}

/* ---- certificates ------------------------------------------------------------------------------- */

static int
make_ca(struct manage *m, struct fixture *f)
{
	struct ca_request request = {.id = refused_fresh("ca")};
	struct ca stored;

	(void)f;
	return manage_ca_create(m, &request, NOW + 1000 * DAY, &stored);
}

static int
issue_certificate(struct manage *m, struct fixture *f)
{
	struct cert_made made;

	(void)f;
	return manage_cert_issue(m, CERT_CUPS, "gw-1", "my-ca", NOW + 100 * DAY, &made);
}

static char pem_bytes[4096];
static struct span pem;

static int
import_trust(struct manage *m, struct fixture *f)
{
	char address[64];
	const char *items[] = {address};
	struct text_list list = {items, 1};
	struct trust stored;

	(void)f;
	snprintf(address, sizeof address, "host-%lu.example.com:443", refused_turn);
	return manage_trust_import(m, "imported", pem, &list, &stored);
}

static void
a_certificate(struct fixture *f)
{
	struct ca ca;
	struct span text;

	done(f, manage_get(worker(f), &ca_kind, "my-ca", &ca));
	done(f, certificate_pem(ca.der, &f->arena, &text));
	assert_true(text.len < sizeof pem_bytes);
	memcpy(pem_bytes, text.data, text.len);
	pem = span_of(pem_bytes, text.len);
}

static void
certificates(void **state)
{
	static const struct refused_use deeds[] = {
	    {"ca create", make_ca, NULL, NOTHING, 10},
	    {"cert issue", issue_certificate, NULL, NOTHING, 30},
	    {"trust import", import_trust, NULL, NOTHING, 10},
	};
	struct fixture *f = *state;

	add_fleet(f, 1, NULL);
	a_certificate(f);
	uses_run_out(f, deeds, COUNT(deeds));
}

/* ---- many at once ---------------------------------------------------------------------------------- */

struct source {
	struct span rest;
};

static int
give(void *arg, void *buf, size_t n, size_t *got, struct fault *fault)
{
	struct source *s = arg;

	(void)fault;
	*got = s->rest.len < n ? s->rest.len : n;
	if (*got > 0)
		memcpy(buf, s->rest.data, *got);
	s->rest = span_from(s->rest, *got);
	return E_OK;
}

/* The lines are right: none may be refused for want of memory, and the others stored. */
static int
hear(void *arg, const struct bulk_line *line)
{
	struct manage *m = arg;

	if (line->outcome != BULK_REFUSED)
		return E_OK;
	m->fault = line->fault;
	return line->fault.err;
}

static int
import_text(struct manage *m, const char *text)
{
	struct source source = {span_str(text)};
	struct bulk_import in = {
	    .read = give, .read_arg = &source, .report = hear, .report_arg = m};
	struct bulk_result result;

	return manage_gateway_import(m, &in, &result);
}

static int
import_json(struct manage *m, struct fixture *f)
{
	char text[400];

	(void)f;
	snprintf(text, sizeof text,
	    "[{\"ids\":{\"gateway_id\":\"gw-1\"},\"name\":\"J-%lu\"},"
	    "{\"ids\":{\"gateway_id\":\"json-%lu\"},\"attributes\":{\"abc\":\"b\"}}]",
	    refused_turn, refused_turn);
	return import_text(m, text);
}

static int
import_csv(struct manage *m, struct fixture *f)
{
	char text[400];

	(void)f;
	snprintf(text, sizeof text,
	    "gateway_id,name,groups,attributes.xyz\ngw-1,C-%lu,\"one,two\",1\ncsv-%lu,,"
	    ","
	    "2\n",
	    refused_turn, refused_turn);
	return import_text(m, text);
}

static int
swallow(void *arg, struct span bytes, struct fault *fault)
{
	(void)arg;
	(void)bytes;
	(void)fault;
	return E_OK;
}

static int
export_as(struct manage *m, enum export_format format)
{
	struct bulk_export e = {.format = format, .secrets = true, .write = swallow};
	uint64_t n;

	return manage_gateway_export(m, &e, &n);
}

static int
export_csv(struct manage *m, struct fixture *f)
{
	(void)f;
	return export_as(m, EXPORT_CSV);
}

static int
export_json(struct manage *m, struct fixture *f)
{
	(void)f;
	return export_as(m, EXPORT_JSON);
}

static int
see(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	(void)m;
	(void)txn;
	(void)g;
	++*(unsigned *)arg;
	return E_OK;
}

static int
page(struct manage *m, struct fixture *f)
{
	struct gateway_paging paging = {
	    .order = ORDER_NAME, .limit = 10, .page = 1, .name_has = "a"};
	unsigned n = 0;
	uint64_t total;

	(void)f;
	return manage_gateway_page(m, &paging, see, &n, &total);
}

static int
find(struct manage *m, struct fixture *f)
{
	struct gateway_filter filter = {.word = "gw"};
	unsigned n = 0;
	int err = manage_gateways(m, &filter, 0, 0, see, &n);

	(void)f;
	return err == E_OK && n == 0 ? E_INTERNAL : err;
}

static int
count_all(struct manage *m, struct fixture *f)
{
	struct overview overview;

	(void)f;
	return manage_overview_count(m, &overview);
}

static void
many_at_once(void **state)
{
	static const struct refused_use deeds[] = {
	    {"import of JSON", import_json, NULL, WHAT_CAME_BEFORE, 30},
	    {"import of CSV", import_csv, NULL, WHAT_CAME_BEFORE, 50},
	    /* That secrets are read is told before the first of them leaves. */
	    {"export as CSV", export_csv, NULL, THAT_IT_BEGAN, 180},
	    {"export as JSON", export_json, NULL, THAT_IT_BEGAN, 140},
	    {"page", page, NULL, NOTHING, 120},
	    {"find", find, NULL, NOTHING, 6},
	    {"overview", count_all, NULL, NOTHING, 120},
	};
	struct fixture *f = *state;

	add_fleet(f, 3, NULL);
	uses_run_out(f, deeds, COUNT(deeds));
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_disk, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(records),
	    TEST(certificates),
	    TEST(many_at_once),
	};

	return cmocka_run_group_tests_name("refused_use", tests, NULL, NULL);
}
