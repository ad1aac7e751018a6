/* Accounts, their passwords, signing in, sessions and their ends. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/session.h"
#include "auth/sign_in.h"
#include "base/file.h"
#include "crypto/password.h"
#include "manage/account.h"
#include "registry/audit.h"

#define PASSWORD "correct horse battery"
#define HOUR 3600

static const struct session_rules rules = {
    .idle = 2 * HOUR, .absolute = 12 * HOUR, .wait_ms = 1000};

static int
add(struct fixture *f, const char *id, int role, const char *password)
{
	struct account_request r = {.id = id,
	    .name = "Somebody",
	    .role = role,
	    .password = span_str(password),
	    .cost = 1};

	return manage_account_add(worker(f), &r, NULL);
}

static struct account
get(struct fixture *f, const char *id)
{
	struct account a;

	done(f, manage_get(worker(f), &account_kind, id, &a));
	return a;
}

static int
sign_in(struct fixture *f, const char *id, const char *password, const char *address,
    int64_t now, struct account *a)
{
	struct sign_in w = {.account = span_str(id),
	    .password = span_str(password),
	    .address = address,
	    .failures = 5,
	    .cost = 1,
	    .now = now};
	unsigned retry = 0;
	int err = sign_in_check(&f->data, &w, &f->arena, a, &retry);

	assert_int_equal(err == E_THROTTLED, retry > 0);
	return err;
}

static void
test_adding(void **state)
{
	struct fixture *f = *state;
	struct account a;

	done(f, add(f, "alice", ROLE_ADMIN, PASSWORD));
	a = get(f, "alice");
	assert_int_equal(a.role, ROLE_ADMIN);
	assert_int_equal(a.password_at, NOW);
	assert_memory_equal(a.password, "$y$", 3);
	refused(f, add(f, "alice", ROLE_VIEWER, PASSWORD), E_EXISTS, "alice");
	refused(f, add(f, "Al", ROLE_VIEWER, PASSWORD), E_INVALID, "account_id");
	refused(f, add(f, "bob", ROLE_VIEWER, "short"), E_INVALID, "10 characters");
	refused(f, add(f, "bob-the-first", ROLE_VIEWER, "bob-the-first"), E_INVALID,
	    "name of the account");
	done(f, add(f, "carol", ROLE_VIEWER, ""));
	assert_string_equal(get(f, "carol").password, "");
	assert_int_equal(sign_in(f, "carol", "", "192.0.2.9", NOW, &a), E_DENIED);
}

/* Neither the hash nor the number of sessions' generation is in the audit log. */
static int
see_audit(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct strbuf text;
	struct json_out j;
	struct record_view view = manage_view(m, txn, false);

	strbuf_init(&text, 65536);
	json_init(&j, &text, NULL);
	record_to_json(&audit_kind, record, &view, NULL, &j);
	assert_null(strstr(strbuf_str(&text), "$y$"));
	assert_null(strstr(strbuf_str(&text), "epoch"));
	++*(unsigned *)arg;
	strbuf_clear(&text);
	return E_OK;
}

static void
test_passwords(void **state)
{
	struct fixture *f = *state;
	struct account a;
	unsigned entries = 0;

	done(f, add(f, "alice", ROLE_ADMIN, PASSWORD));
	assert_int_equal(sign_in(f, "alice", PASSWORD, "192.0.2.1", NOW, &a), E_OK);
	assert_string_equal(a.account_id, "alice");
	assert_int_equal(
	    sign_in(f, "alice", PASSWORD "x", "192.0.2.1", NOW, &a), E_DENIED);
	assert_int_equal(
	    sign_in(f, "nobody", PASSWORD, "192.0.2.1", NOW, &a), E_DENIED);
	assert_int_equal(sign_in(f, "", PASSWORD, "192.0.2.1", NOW, &a), E_DENIED);
	done(f,
	    manage_account_password(worker(f), "alice", BYTES("another password"), 1));
	assert_int_equal(sign_in(f, "alice", PASSWORD, "192.0.2.2", NOW, &a), E_DENIED);
	assert_int_equal(
	    sign_in(f, "alice", "another password", "192.0.2.2", NOW, &a), E_OK);
	done(f, manage_list(worker(f), &audit_kind, 0, 0, see_audit, &entries));
	assert_int_equal(entries, 2);
}

static void
test_throttle(void **state)
{
	struct fixture *f = *state;
	struct account a;

	done(f, add(f, "alice", ROLE_ADMIN, PASSWORD));
	done(f, add(f, "bob", ROLE_ADMIN, PASSWORD));
	for (int i = 0; i < 5; i++)
		assert_int_equal(
		    sign_in(f, "alice", "wrong", "192.0.2.1", NOW, &a), E_DENIED);
	/* The right one is not looked at either: it could be found out so. */
	assert_int_equal(
	    sign_in(f, "alice", PASSWORD, "192.0.2.1", NOW, &a), E_THROTTLED);
	assert_int_equal(
	    sign_in(f, "bob", PASSWORD, "192.0.2.1", NOW, &a), E_THROTTLED);
	assert_int_equal(
	    sign_in(f, "alice", PASSWORD, "192.0.2.2", NOW, &a), E_THROTTLED);
	assert_int_equal(sign_in(f, "bob", PASSWORD, "192.0.2.2", NOW, &a), E_OK);
	/* One failure leaks away in 12 seconds. */
	assert_int_equal(
	    sign_in(f, "alice", PASSWORD, "192.0.2.1", NOW + 12, &a), E_OK);
	assert_int_equal(
	    sign_in(f, "alice", PASSWORD, "192.0.2.1", NOW + 60, &a), E_OK);
}

/* ---- sessions ------------------------------------------------------------------------------- */

static void
begin(struct fixture *f, const char *id, int64_t now, char token[SESSION_TOKEN])
{
	struct account a = get(f, id);
	struct session_start start = {
	    .account = &a, .address = "192.0.2.1", .agent = "test"};
	struct session s;

	done(f, session_begin(&f->data, &rules, &start, now, &f->arena, token, &s));
}

static int
find(struct fixture *f, const char *token, int64_t now)
{
	uint8_t digest[SESSION_DIGEST];
	struct session s;
	struct account a;

	return session_find(
	    &f->data, &rules, span_str(token), now, &f->arena, digest, &s, &a);
}

static void
test_session(void **state)
{
	struct fixture *f = *state;
	char one[SESSION_TOKEN], two[SESSION_TOKEN];
	uint8_t digest[SESSION_DIGEST];
	struct session s;
	struct account a;
	uint64_t number;

	done(f, add(f, "alice", ROLE_ADMIN, PASSWORD));
	begin(f, "alice", NOW, one);
	begin(f, "alice", NOW, two);
	assert_string_not_equal(one, two);
	assert_int_equal(strlen(one), SESSION_TOKEN - 1);
	assert_int_equal(find(f, one, NOW), E_OK);
	assert_int_equal(find(f, two, NOW), E_OK);
	one[5] ^= 1;
	assert_int_equal(find(f, one, NOW), E_NOAUTH);
	assert_int_equal(find(f, "", NOW), E_NOAUTH);
	assert_int_equal(find(f, "short", NOW), E_NOAUTH);
	done(f, session_find(
		    &f->data, &rules, span_str(two), NOW, &f->arena, digest, &s, &a));
	assert_string_equal(a.account_id, "alice");
	assert_string_equal(s.agent, "test");
	assert_int_equal(s.csrf.len, SESSION_SECRET);
	done(f, session_say(&f->data, &rules, digest, true, "words", &number));
	assert_int_equal(number, 1);
	done(f, session_find(
		    &f->data, &rules, span_str(two), NOW, &f->arena, digest, &s, &a));
	assert_string_equal(s.flash_text, "words");
	assert_true(s.flash_bad);
	done(f, session_end(&f->data, &rules, digest));
	assert_int_equal(find(f, two, NOW), E_NOAUTH);
	done(f, session_end(&f->data, &rules, digest));
}

static void
test_ends(void **state)
{
	struct fixture *f = *state;
	char token[SESSION_TOKEN];
	uint8_t digest[SESSION_DIGEST];
	struct session s;
	struct account a;
	int64_t now = NOW;

	done(f, add(f, "alice", ROLE_ADMIN, PASSWORD));
	begin(f, "alice", NOW, token);
	assert_int_equal(find(f, token, NOW + 2 * HOUR - 1), E_OK);
	assert_int_equal(find(f, token, NOW + 2 * HOUR), E_NOAUTH);
	/* Used every hour, until the absolute end. */
	for (int i = 0; i < 11; i++) {
		now += HOUR;
		done(f, session_find(&f->data, &rules, span_str(token), now, &f->arena,
			    digest, &s, &a));
		done(f, session_touch(&f->data, &rules, digest, &s, now));
	}
	assert_int_equal(find(f, token, NOW + 12 * HOUR - 1), E_OK);
	assert_int_equal(find(f, token, NOW + 12 * HOUR), E_NOAUTH);
	/* A touch soon after another one writes nothing. */
	done(f, session_find(
		    &f->data, &rules, span_str(token), now, &f->arena, digest, &s, &a));
	done(f, session_touch(&f->data, &rules, digest, &s, now + 300));
	done(f, session_find(
		    &f->data, &rules, span_str(token), now, &f->arena, digest, &s, &a));
	assert_int_equal(s.seen_at, now);
}

static uint64_t
rows(struct fixture *f)
{
	struct store_txn *txn;
	uint64_t n;

	done(f, store_read_begin(f->data.ledger, &txn));
	done(f, store_count(txn, LEDGER_SESSION, &n));
	store_read_end(txn);
	return n;
}

static void
test_many(void **state)
{
	struct fixture *f = *state;
	char first[SESSION_TOKEN], other[SESSION_TOKEN], token[SESSION_TOKEN];

	done(f, add(f, "alice", ROLE_ADMIN, PASSWORD));
	done(f, add(f, "bob", ROLE_ADMIN, PASSWORD));
	begin(f, "bob", NOW, other);
	begin(f, "alice", NOW, first);
	for (int i = 1; i < SESSIONS_MAX; i++)
		begin(f, "alice", NOW + i, token);
	assert_int_equal(find(f, first, NOW + 30), E_OK);
	begin(f, "alice", NOW + 30, token);
	assert_int_equal(find(f, first, NOW + 30), E_NOAUTH);
	assert_int_equal(find(f, other, NOW + 30), E_OK);
	assert_int_equal(rows(f), SESSIONS_MAX + 1);
	/* What has ended goes at the next sign-in of anybody. */
	begin(f, "bob", NOW + DAY, token);
	assert_int_equal(rows(f), 1);
}

static void
test_account_changes(void **state)
{
	static const struct {
		const char *field, *value;
		bool ends;
	} rows_of[] = {
	    {"name", "Bob", false},
	    {"role", "operator", true},
	    {"role", "operator", false},
	    {"disabled", "true", true},
	    {"account_id", "bobby", false},
	};
	struct fixture *f = *state;
	char token[SESSION_TOKEN];
	const char *id = "bob";
	struct account a;

	done(f, add(f, "alice", ROLE_ADMIN, PASSWORD));
	done(f, add(f, "bob", ROLE_VIEWER, PASSWORD));
	for (size_t i = 0; i < COUNT(rows_of); i++) {
		struct edit e = {rows_of[i].field, span_str(rows_of[i].value)};

		if (i == 4)
			done(f, manage_account_set(worker(f), id,
				    &(struct edit){"disabled", BYTES("false")}, 1));
		begin(f, id, NOW, token);
		done(f, manage_account_set(worker(f), id, &e, 1));
		assert_int_equal(
		    find(f, token, NOW), rows_of[i].ends ? E_NOAUTH : E_OK);
		assert_int_equal(rows(f) == 0, rows_of[i].ends);
		if (strcmp(rows_of[i].field, "disabled") == 0)
			assert_int_equal(
			    sign_in(f, id, PASSWORD, "192.0.2.7", NOW, &a), E_DENIED);
	}
	begin(f, "bobby", NOW, token);
	done(f, manage_account_password(worker(f), "bobby", BYTES("new password!"), 1));
	assert_int_equal(find(f, token, NOW), E_NOAUTH);
	begin(f, "bobby", NOW, token);
	done(f, manage_account_remove(worker(f), "bobby"));
	assert_int_equal(find(f, token, NOW), E_NOAUTH);
}

static void
test_last_admin(void **state)
{
	struct fixture *f = *state;
	struct edit viewer = {"role", BYTES("viewer")};
	struct edit disabled = {"disabled", BYTES("true")};

	done(f, add(f, "alice", ROLE_ADMIN, PASSWORD));
	done(f, add(f, "bob", ROLE_OPERATOR, PASSWORD));
	refused(f, manage_account_set(worker(f), "alice", &viewer, 1), E_STATE,
	    "only admin");
	refused(f, manage_account_set(worker(f), "alice", &disabled, 1), E_STATE,
	    "only admin");
	refused(f, manage_account_remove(worker(f), "alice"), E_STATE, "only admin");
	done(f, add(f, "carol", ROLE_ADMIN, PASSWORD));
	done(f, manage_account_set(worker(f), "alice", &disabled, 1));
	refused(f, manage_account_remove(worker(f), "carol"), E_STATE, "only admin");
	done(f, manage_account_remove(worker(f), "alice"));
	done(f, manage_account_remove(worker(f), "bob"));
}

/* ---- the first account ------------------------------------------------------------------------- */

static int
first(struct fixture *f, const char *secret, const char *id, const char *password)
{
	struct account_request r = {
	    .id = id, .role = ROLE_VIEWER, .password = span_str(password), .cost = 1};

	return manage_first_account(worker(f), span_str(secret), &r, NULL);
}

static void
test_first(void **state)
{
	struct fixture *f = *state;
	char path[1200];
	struct strbuf secret;
	struct stat st;
	bool made;

	snprintf(path, sizeof path, "%s/" FIRST_SECRET_FILE, f->path);
	refused(f, first(f, "x", "alice", PASSWORD), E_NOTFOUND, "account add");
	done(f, manage_first_secret(worker(f), &made));
	assert_true(made);
	done(f, manage_first_secret(worker(f), &made));
	assert_false(made);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	strbuf_init(&secret, 1000);
	done(f, file_read(path, &secret, NULL));
	assert_int_equal(secret.len, 41);
	refused(f, first(f, "", "alice", PASSWORD), E_DENIED, "is not what stands");
	refused(f, first(f, "AAAA", "alice", PASSWORD), E_DENIED, "is not what stands");
	refused(f, first(f, secret.data, "alice", ""), E_INVALID, "10 characters");
	done(f, first(f, secret.data, "alice", PASSWORD));
	assert_int_equal(get(f, "alice").role, ROLE_ADMIN);
	assert_int_not_equal(stat(path, &st), 0);
	refused(f, first(f, secret.data, "bob", PASSWORD), E_STATE, "already");
	refused(f, manage_first_secret(worker(f), &made), E_STATE, "already");
	strbuf_clear(&secret);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_disk, fixture_end)
#define MEMORY(t) cmocka_unit_test_setup_teardown(t, fixture_memory, fixture_end)
	static const struct CMUnitTest tests[] = {
	    MEMORY(test_adding),
	    MEMORY(test_passwords),
	    TEST(test_throttle),
	    MEMORY(test_session),
	    MEMORY(test_ends),
	    MEMORY(test_many),
	    MEMORY(test_account_changes),
	    MEMORY(test_last_admin),
	    TEST(test_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
