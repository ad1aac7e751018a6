/* Keys in tokens: what is asked of a token, and every way in which one may refuse. The
 * token itself stands here, in the place of GnuTLS's functions that speak with one; a real
 * one (SoftHSM) is used in tests/cli/sign.sh. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/pkcs11.h>

#include "crypto/sign.h"
#include "tests/lib/crypto_fixture.h"

static struct arena arena;
static struct fault fault;

/* How the token behaves, and what it was asked. */
static struct {
	bool wants_pin;
	int attempt;
	unsigned flags;
	size_t room; /* for a PIN, with its NUL */
	int answer;  /* instead of the key */
	bool no_public, no_public_object;
	int module_answer;

	gnutls_pin_callback_t ask;
	void *ask_arg;
	gnutls_privkey_t key; /* that it was told to be */
	unsigned started, start_flags;
	char module[80], url[200], public_url[200], pin[300];
} token;

/* ---- the token ------------------------------------------------------------------------- */

/* clang-format off */
int __wrap_gnutls_pkcs11_init(unsigned flags, const char *config);
int __wrap_gnutls_pkcs11_add_provider(const char *name, const char *params);
void __wrap_gnutls_privkey_set_pin_function(
    gnutls_privkey_t key, gnutls_pin_callback_t ask, void *arg);
int __wrap_gnutls_privkey_import_url(
    gnutls_privkey_t key, const char *url, unsigned flags);
int __wrap_gnutls_pubkey_import_privkey(
    gnutls_pubkey_t key, gnutls_privkey_t from, unsigned usage, unsigned flags);
int __real_gnutls_pubkey_import_privkey(
    gnutls_pubkey_t key, gnutls_privkey_t from, unsigned usage, unsigned flags);
int __wrap_gnutls_pubkey_import_url(
    gnutls_pubkey_t key, const char *url, unsigned flags);
/* clang-format on */

int
__wrap_gnutls_pkcs11_init(unsigned flags, const char *config)
{
	assert_null(config);
	token.started++;
	token.start_flags = flags;
	return 0;
}

int
__wrap_gnutls_pkcs11_add_provider(const char *name, const char *params)
{
	assert_null(params);
	snprintf(token.module, sizeof token.module, "%s", name);
	return token.module_answer;
}

void
__wrap_gnutls_privkey_set_pin_function(
    gnutls_privkey_t key, gnutls_pin_callback_t ask, void *arg)
{
	assert_non_null(key);
	token.ask = ask;
	token.ask_arg = arg;
}

/* The key that it holds is one of the files. */
static gnutls_x509_privkey_t
held(void)
{
	struct span pem = data_file("key-p256-sec1.pem", &arena);
	gnutls_datum_t text = {(unsigned char *)(uintptr_t)pem.data, (unsigned)pem.len};
	gnutls_x509_privkey_t x509;

	assert_int_equal(gnutls_x509_privkey_init(&x509), 0);
	assert_int_equal(
	    gnutls_x509_privkey_import(x509, &text, GNUTLS_X509_FMT_PEM), 0);
	return x509;
}

int
__wrap_gnutls_privkey_import_url(gnutls_privkey_t key, const char *url, unsigned flags)
{
	assert_true(flags & GNUTLS_PKCS11_OBJ_FLAG_LOGIN);
	snprintf(token.url, sizeof token.url, "%s", url);
	if (token.wants_pin && token.ask(token.ask_arg, token.attempt, url, "a token",
				   token.flags, token.pin, token.room) != 0)
		return GNUTLS_E_PKCS11_PIN_ERROR;
	if (token.answer != 0)
		return token.answer;
	token.key = key;
	return gnutls_privkey_import_x509(
	    key, held(), GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
}

int
__wrap_gnutls_pubkey_import_privkey(
    gnutls_pubkey_t key, gnutls_privkey_t from, unsigned usage, unsigned flags)
{
	if (token.no_public && from == token.key)
		return GNUTLS_E_UNIMPLEMENTED_FEATURE;
	return __real_gnutls_pubkey_import_privkey(key, from, usage, flags);
}

int
__wrap_gnutls_pubkey_import_url(gnutls_pubkey_t key, const char *url, unsigned flags)
{
	gnutls_privkey_t private;
	int rc;

	assert_true(flags & GNUTLS_PKCS11_OBJ_FLAG_LOGIN);
	snprintf(token.public_url, sizeof token.public_url, "%s", url);
	if (token.no_public_object)
		return GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
	assert_int_equal(gnutls_privkey_init(&private), 0);
	assert_int_equal(gnutls_privkey_import_x509(
			     private, held(), GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE),
	    0);
	rc = __real_gnutls_pubkey_import_privkey(key, private, 0, 0);
	gnutls_privkey_deinit(private);
	return rc;
}

/* ---- what the tests share ------------------------------------------------------------------ */

#define OBJECT "pkcs11:token=mine;object=release"

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, 8 << 20);
	memset(&fault, 0, sizeof fault);
	memset(&token, 0, sizeof token);
	token.room = sizeof token.pin;
	folder_make();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	folder_remove();
	arena_clear(&arena);
	return 0;
}

static int
open_key(const char *uri, const struct sign_token *how, struct sign_key **key)
{
	memset(&fault, 0, sizeof fault);
	return sign_key_open(uri, how, key, &fault);
}

/* The token's key by this URI must be refused. */
static void
refuses(const char *uri, const struct sign_token *how, int expected, const char *words)
{
	struct sign_key *key;
	int err = open_key(uri, how, &key);

	refused(err, expected, &fault, words);
	assert_null(key);
}

/* It is the one that the token holds: what it signs is verified by the file's point. */
static void
takes(const char *uri, const struct sign_token *how)
{
	uint8_t point[SIGN_POINT], digest[SHA512_SIZE] = {1, 2, 3};
	struct sign_der der;
	struct sign_key *key;

	if (open_key(uri, how, &key) != E_OK)
		fail_msg("%s: %s", uri, fault.text);
	assert_int_equal(
	    sign_point_read(data_file("key-p256-sec1.pem", &arena), point, &fault),
	    E_OK);
	assert_memory_equal(sign_key_point(key), point, SIGN_POINT);
	assert_int_equal(sign_digest(key, digest, &der, &fault), E_OK);
	assert_int_equal(
	    sign_verify(point, digest, span_of(der.bytes, der.len), NULL), E_OK);
	sign_key_close(key);
}

/* ---- URIs ------------------------------------------------------------------------------------ */

static void
uris_that_are_refused(void **state)
{
	static const struct {
		const char *uri, *words;
	} rows[] = {
	    {OBJECT "?pin-source=/pin&colour=blue", "only module-path and pin-source"},
	    {OBJECT "?module-path=/m%2", "a value in the URI is damaged"},
	    {OBJECT "?module-path=/m%zz", "a value in the URI is damaged"},
	    {OBJECT "?module-path=/m%00", "a value in the URI is damaged"},
	    {OBJECT "?pin-value=1234", "for all to see"},
	    {OBJECT ";pin-source=/pin", "behind a question mark"},
	};
	char long_uri[1400] = OBJECT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		refuses(rows[i].uri, NULL, E_INVALID, rows[i].words);
	memset(long_uri + strlen(OBJECT), 'x', 1000);
	refuses(long_uri, NULL, E_TOOBIG, "too long");
	snprintf(long_uri, sizeof long_uri, "%s?module-path=/%0600d", OBJECT, 1);
	refuses(long_uri, NULL, E_INVALID, "a value in the URI is damaged");
	assert_string_equal(token.url, "");
}

/* ---- modules ---------------------------------------------------------------------------------- */

static void
the_usual_modules(void **state)
{
	(void)state;
	takes(OBJECT, NULL);
	assert_int_equal(token.start_flags, GNUTLS_PKCS11_FLAG_AUTO);
	assert_string_equal(token.module, "");
	takes(OBJECT "?module-path=/lib/one.so", NULL);
	assert_int_equal(token.started, 1);
	assert_string_equal(token.module, "/lib/one.so");
}

static int
try_key(const char *uri, const struct sign_token *how)
{
	struct sign_key *key;
	int err = open_key(uri, how, &key);

	sign_key_close(key);
	return err;
}

/* 0, or which step went wrong. */
static int
named_modules(void)
{
	struct sign_token how = {.module = "/lib/two.so"};

	if (try_key(OBJECT "?module-path=/lib/with%20blank.so", NULL) != E_OK ||
	    strcmp(token.module, "/lib/with blank.so") != 0 ||
	    strcmp(token.url, OBJECT) != 0)
		return 1;
	if (token.start_flags != GNUTLS_PKCS11_FLAG_MANUAL)
		return 2;
	if (try_key(OBJECT "?module-path=/lib/one.so", &how) != E_OK ||
	    strcmp(token.module, "/lib/two.so") != 0 || token.started != 1)
		return 3;
	token.module_answer = GNUTLS_E_INT_RET_0; /* it is loaded already */
	if (try_key(OBJECT, &how) != E_OK)
		return 4;
	token.module_answer = GNUTLS_E_PKCS11_LOAD_ERROR;
	if (try_key(OBJECT, &how) != E_NOTFOUND ||
	    strstr(fault.text, "module /lib/two.so cannot be loaded") == NULL)
		return 5;
	if (try_key(OBJECT, NULL) != E_INVALID ||
	    strstr(fault.text, "name the module of each key in a token") == NULL)
		return 6;
	return 0;
}

/* What comes first is remembered for good, so this goes before the other tests and in a
 * process of its own. */
static void
only_named_modules(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(named_modules());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* ---- PINs -------------------------------------------------------------------------------------- */

static void
a_pin_comes_from_its_file(void **state)
{
	char uri[300];
	struct sign_token how = {0};

	(void)state;
	token.wants_pin = true;
	folder_write("pin", BYTES("1234\r\n"), 0600);
	snprintf(uri, sizeof uri, "%s?pin-source=file:%s", OBJECT, folder_path("pin"));
	takes(uri, NULL);
	assert_string_equal(token.pin, "1234");
	assert_string_equal(token.url, OBJECT);
	snprintf(uri, sizeof uri, "%s", folder_path("pin"));
	how.pin_file = uri;
	takes(OBJECT "?pin-source=/no/such/file", &how);
}

static void
files_that_hold_no_pin(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {{"\n", 1}, {"", 0}, {"12\n34\n", 6}, {"12\00034", 5}};
	char many[300], path[300];
	struct sign_token how = {.pin_file = path};

	(void)state;
	token.wants_pin = true;
	snprintf(path, sizeof path, "%s", folder_path("pin"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		folder_write("pin", span_of(rows[i].bytes, rows[i].len), 0600);
		refuses(OBJECT, &how, E_INVALID, "must hold one line, the PIN");
		unlink(path);
	}
	memset(many, '1', sizeof many);
	folder_write("pin", span_of(many, sizeof many), 0600);
	refuses(OBJECT, &how, E_INVALID, "must hold one line, the PIN");
	unlink(path);
	folder_write("pin", BYTES("1234\n"), 0644);
	refuses(OBJECT, &how, E_PERM, "pin");
	assert_string_equal(token.pin, "");
}

/* A token locks itself after some wrong PINs: never twice, and never the last time. */
static void
pins_that_are_not_given(void **state)
{
	static const struct {
		int attempt;
		unsigned flags;
		size_t room;
		const char *words;
	} rows[] = {
	    {1, GNUTLS_PIN_USER, 100, "the PIN is wrong"},
	    {0, GNUTLS_PIN_USER | GNUTLS_PIN_WRONG, 100, "the PIN is wrong"},
	    {0, GNUTLS_PIN_USER | GNUTLS_PIN_FINAL_TRY, 100, "one more PIN only"},
	    {0, GNUTLS_PIN_SO, 100, "its security officer"},
	    {0, GNUTLS_PIN_USER, 4, "too long for the token"},
	};
	char path[300];
	struct sign_token how = {.pin_file = path};

	(void)state;
	token.wants_pin = true;
	folder_write("pin", BYTES("1234\n"), 0600);
	snprintf(path, sizeof path, "%s", folder_path("pin"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		token.attempt = rows[i].attempt;
		token.flags = rows[i].flags;
		token.room = rows[i].room;
		refuses(OBJECT, &how, E_DENIED, rows[i].words);
		assert_string_equal(token.pin, "");
	}
	token.attempt = 0;
	token.flags = GNUTLS_PIN_USER;
	token.room = 5;
	takes(OBJECT, &how);
	token.room = sizeof token.pin;
	refuses(OBJECT, NULL, E_DENIED, "wants a PIN: name a file that holds it");
}

/* ---- answers ------------------------------------------------------------------------------------ */

static void
what_a_token_may_say(void **state)
{
	static const struct {
		int rc, err;
		const char *words;
	} rows[] = {
	    {GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE, E_NOTFOUND, "no such key"},
	    {GNUTLS_E_PKCS11_REQUESTED_OBJECT_NOT_AVAILBLE, E_NOTFOUND, "no such key"},
	    {GNUTLS_E_PARSING_ERROR, E_INVALID, "is not a URI as RFC 7512 has it"},
	    {GNUTLS_E_PKCS11_PIN_ERROR, E_DENIED, "the token refuses the PIN"},
	    {GNUTLS_E_MEMORY_ERROR, E_NOMEM, "out of memory"},
	    {GNUTLS_E_PKCS11_DEVICE_ERROR, E_CRYPTO, "the token: "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		token.answer = rows[i].rc;
		refuses(OBJECT, NULL, rows[i].err, rows[i].words);
	}
}

/* Some tokens have the point in an object beside the private key. */
static void
the_public_half_stands_beside(void **state)
{
	static const struct {
		const char *uri, *wanted;
	} rows[] = {
	    {OBJECT, OBJECT ";type=public"},
	    {"pkcs11:token=mine;type=private;object=release",
		"pkcs11:token=mine;type=public;object=release"},
	};

	(void)state;
	token.no_public = true;
	for (size_t i = 0; i < COUNT(rows); i++) {
		takes(rows[i].uri, NULL);
		assert_string_equal(token.public_url, rows[i].wanted);
	}
	token.no_public_object = true;
	refuses(OBJECT, NULL, E_NOTFOUND, "no public key beside the private one");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(only_named_modules),
	    TEST(the_usual_modules),
	    TEST(uris_that_are_refused),
	    TEST(a_pin_comes_from_its_file),
	    TEST(files_that_hold_no_pin),
	    TEST(pins_that_are_not_given),
	    TEST(what_a_token_may_say),
	    TEST(the_public_half_stands_beside),
	};

	return cmocka_run_group_tests_name("sign_token", tests, NULL, NULL);
}
