/* Keys that sign firmware as operators handle them, and signers that cannot be trusted. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "manage/signing_key.h"

static const uint8_t digest[SHA512_SIZE] = {1, 2, 3};

/* A key in a file of the fresh folder. */
static const char *
new_key(struct fixture *f, const char *name, uint8_t point[SIGN_POINT])
{
	const char *path = fixture_path(f, name);
	struct fault fault = {0};

	if (sign_key_create(path, point, &fault) != E_OK)
		fail_msg("%s", fault.text);
	return path;
}

static struct sign_der
signature_by(const char *path)
{
	struct fault fault = {0};
	struct sign_key *key;
	struct sign_der der;

	assert_int_equal(sign_key_open(path, NULL, &key, &fault), E_OK);
	assert_int_equal(sign_digest(key, digest, &der, &fault), E_OK);
	sign_key_close(key);
	return der;
}

static void
add_key(struct fixture *f, const char *id, const uint8_t *point, const char *signer)
{
	struct signing_key_request request = {.id = id, .signer = signer};
	struct signing_key stored;

	done(f, manage_signing_key_add(
		    worker(f), &request, span_of(point, SIGN_POINT), NULL, &stored));
	assert_int_equal(stored.crc, sign_point_crc(point));
}

/* ---- records -------------------------------------------------------------------------------- */

static void
registered_by_the_public_part(void **state)
{
	struct signing_key_request request = {.id = "other", .name = "The other"};
	uint8_t point[SIGN_POINT], bad[SIGN_POINT] = {4};
	struct fixture *f = *state;
	struct signing_key k;
	const char *path = new_key(f, "a.key", point);
	struct strbuf pem;

	add_key(f, "release-1", point, NULL);
	done(f, manage_get(worker(f), &signing_key_kind, "release-1", &k));
	assert_text(k.point, span_of(point, SIGN_POINT));
	assert_text(span_str(k.signer), BYTES(""));
	assert_int_equal(k.created_at, NOW);
	assert_false(k.retired);

	refused(f,
	    manage_signing_key_add(
		worker(f), &request, span_of(point, SIGN_POINT), NULL, &k),
	    E_EXISTS, "release-1");
	refused(f,
	    manage_signing_key_add(worker(f), &request, span_of(bad, 64), NULL, &k),
	    E_INVALID, "no point");
	refused(f,
	    manage_signing_key_add(worker(f), &request, span_of(NULL, 0), NULL, &k),
	    E_INVALID, "give the public key");
	done(f, manage_delete(worker(f), &signing_key_kind, "release-1"));
	/* Of a private key only the public part is kept. */
	strbuf_init(&pem, 4096);
	assert_int_equal(file_read(path, &pem, NULL), E_OK);
	done(f,
	    manage_signing_key_add(worker(f), &request, strbuf_span(&pem), NULL, &k));
	strbuf_clear(&pem);
	done(f, manage_get(worker(f), &signing_key_kind, "other", &k));
	assert_text(k.point, span_of(point, SIGN_POINT));
	assert_text(span_str(k.name), BYTES("The other"));
}

static void
crc_must_fit(void **state)
{
	struct signing_key_request request = {.id = "one", .crc = 1};
	uint8_t point[SIGN_POINT];
	struct fixture *f = *state;
	struct signing_key k;

	new_key(f, "a.key", point);
	refused(f,
	    manage_signing_key_add(
		worker(f), &request, span_of(point, SIGN_POINT), NULL, &k),
	    E_INVALID, "crc");
	request.crc = sign_point_crc(point);
	done(f, manage_signing_key_add(
		    worker(f), &request, span_of(point, SIGN_POINT), NULL, &k));
}

static void
signers_that_are_none(void **state)
{
	static const char *const bad[] = {"file:relative", "file:", "socket:relative",
	    "http://x", "/plain/path", "pkcs11:object=x?pin-value=1",
	    "file:/line\nbreak"};
	uint8_t point[SIGN_POINT];
	struct fixture *f = *state;

	new_key(f, "a.key", point);
	add_key(f, "one", point, "socket:/run/sign.sock");
	for (size_t i = 0; i < COUNT(bad); i++)
		refused(f, set_field(f, &signing_key_kind, "one", "signer", bad[i]),
		    E_INVALID, "signer");
	done(f, set_field(f, &signing_key_kind, "one", "signer",
		    "pkcs11:token=t;object=o?pin-source=/etc/pin"));
	done(f, set_field(f, &signing_key_kind, "one", "signer", "file:/etc/key"));
	done(f, set_field(f, &signing_key_kind, "one", "signer", ""));
	refused(
	    f, set_field(f, &signing_key_kind, "one", "crc", "5"), E_INVALID, "crc");
	refused(f, set_field(f, &signing_key_kind, "one", "public_key", "AAAA"),
	    E_INVALID, "public_key");
}

static void
retired_keys_make_no_signatures(void **state)
{
	uint8_t point[SIGN_POINT];
	struct fixture *f = *state;
	const char *path = new_key(f, "a.key", point);
	struct sign_der der = signature_by(path);
	struct span bytes = span_of(der.bytes, der.len);

	add_key(f, "one", point, NULL);
	done(f, manage_signature_accept(worker(f), "one", digest, bytes));
	done(f, manage_signing_key_retire(worker(f), "one", true));
	refused(f, manage_signature_accept(worker(f), "one", digest, bytes), E_STATE,
	    "retired");
	refused(f, manage_sign_digest(worker(f), "one", digest, NULL, &der), E_STATE,
	    "retired");
	assert_int_equal(der.len, 0);
	refused(f, manage_signing_key_retire(worker(f), "one", true), E_STATE,
	    "retired already");
	done(f, manage_signing_key_retire(worker(f), "one", false));
	done(f, manage_signature_accept(worker(f), "one", digest, bytes));
	refused(
	    f, manage_signing_key_retire(worker(f), "two", true), E_NOTFOUND, "two");
}

static void
imported_signatures_are_verified(void **state)
{
	uint8_t point[SIGN_POINT], other[SIGN_POINT], wrong[SHA512_SIZE] = {9};
	struct fixture *f = *state;
	const char *path = new_key(f, "a.key", point);
	struct sign_der der = signature_by(path), alien;

	alien = signature_by(new_key(f, "b.key", other));
	add_key(f, "one", point, NULL);
	done(f, manage_signature_accept(
		    worker(f), "one", digest, span_of(der.bytes, der.len)));
	refused(f,
	    manage_signature_accept(
		worker(f), "one", wrong, span_of(der.bytes, der.len)),
	    E_DENIED, "not a signature of this digest");
	refused(f,
	    manage_signature_accept(
		worker(f), "one", digest, span_of(alien.bytes, alien.len)),
	    E_DENIED, "not a signature of this digest");
	refused(f,
	    manage_signature_accept(
		worker(f), "one", digest, span_of(der.bytes, der.len - 1)),
	    E_INVALID, "signature");
	refused(f,
	    manage_signature_accept(worker(f), "no", digest, span_of(der.bytes, 1)),
	    E_NOTFOUND, "signing-key no");
	refused(f, manage_sign_digest(worker(f), "one", digest, NULL, &alien), E_STATE,
	    "no signer");
}

/* ---- the program ---------------------------------------------------------------------------- */

/* A script in the place of gatehouse-sign. */
static const char *
program(struct fixture *f, const char *lines)
{
	const char *path = fixture_path(f, "program");
	char text[600];

	snprintf(text, sizeof text, "#!/bin/sh\n%s\n", lines);
	assert_int_equal(file_replace(path, 0700, span_str(text), NULL), E_OK);
	return path;
}

/* One that writes these bytes. */
static const char *
prints(struct fixture *f, const uint8_t *bytes, size_t n)
{
	const char *file = fixture_path(f, "output");

	assert_int_equal(file_replace(file, 0600, span_of(bytes, n), NULL), E_OK);
	return program(f, arena_printf(&f->arena, "cat >/dev/null; cat '%s'", file));
}

static void
what_the_program_gives_is_verified(void **state)
{
	uint8_t point[SIGN_POINT], other[SIGN_POINT], zeros[100] = {0};
	struct signing_options o = {.wait_ms = 10000};
	struct fixture *f = *state;
	const char *path = new_key(f, "a.key", point);
	struct sign_der good = signature_by(path), alien, der;

	alien = signature_by(new_key(f, "b.key", other));
	add_key(f, "one", point, arena_printf(&f->arena, "file:%s", path));
	o.program = prints(f, good.bytes, good.len);
	done(f, manage_sign_digest(worker(f), "one", digest, &o, &der));
	assert_text(span_of(der.bytes, der.len), span_of(good.bytes, good.len));

	o.program = prints(f, alien.bytes, alien.len);
	refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der), E_CRYPTO,
	    "another key's");
	assert_int_equal(der.len, 0);
	o.program = prints(f, zeros, sizeof zeros);
	refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der), E_CRYPTO,
	    "another key's");
	o.program = prints(f, zeros, 0);
	refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der), E_CRYPTO,
	    "another key's");
	o.program = program(f, "cat /dev/zero");
	refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der), E_CRYPTO,
	    "says nothing");
	/* The digest comes on its standard input, the key's path as an argument. */
	o.program =
	    program(f, arena_printf(&f->arena, "cat >'%s'; echo \"$*\" >&2; exit 3",
			   fixture_path(f, "asked")));
	refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der), E_NOTFOUND,
	    arena_printf(&f->arena, "--key %s", path));
	{
		struct strbuf asked;

		strbuf_init(&asked, 4096);
		assert_int_equal(
		    file_read(fixture_path(f, "asked"), &asked, NULL), E_OK);
		assert_text(strbuf_span(&asked), span_of(digest, sizeof digest));
		strbuf_clear(&asked);
	}
}

static void
programs_that_fail(void **state)
{
	static const struct {
		const char *lines;
		int err;
		const char *words;
	} cases[] = {
	    {"echo gatehouse-sign: error: no such file >&2; exit 3", E_NOTFOUND,
		"gatehouse-sign: no such file"},
	    {"echo first >&2; echo second >&2; exit 5", E_DENIED, "sign: first"},
	    {"exit 2", E_INVALID, "says nothing"},
	    {"exit 99", E_CRYPTO, "says nothing"},
	    {"kill -9 $$", E_CRYPTO, "says nothing"},
	    {"head -c 100000 /dev/zero >&2; exit 6", E_BUSY, "sign"},
	};
	struct signing_options o = {.wait_ms = 10000};
	uint8_t point[SIGN_POINT];
	struct fixture *f = *state;
	const char *path = new_key(f, "a.key", point);
	struct sign_der der;

	add_key(f, "one", point, arena_printf(&f->arena, "file:%s", path));
	for (size_t i = 0; i < COUNT(cases); i++) {
		o.program = program(f, cases[i].lines);
		refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der),
		    cases[i].err, cases[i].words);
	}
	o.program = fixture_path(f, "nothing");
	refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der), E_NOTFOUND,
	    "there is no program");
	o.program = program(f, "exec sleep 100");
	o.wait_ms = 300;
	refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der), E_BUSY,
	    "takes longer");
	o.service_only = true;
	refused(f, manage_sign_digest(worker(f), "one", digest, &o, &der), E_STATE,
	    "for the command line only");
}

static void
a_key_is_asked_of_its_signer(void **state)
{
	struct signing_key_request request = {
	    .id = "one", .signer = "pkcs11:token=t;object=o"};
	struct signing_options o = {
	    .wait_ms = 10000, .pin_file = "/etc/pin", .module = "/lib/m.so"};
	uint8_t point[SIGN_POINT];
	struct fixture *f = *state;
	struct signing_key k;

	new_key(f, "a.key", point);
	o.program = program(f, "echo \"$*\" >&2; exit 3");
	refused(f,
	    manage_signing_key_add(worker(f), &request, span_of(NULL, 0), &o, &k),
	    E_NOTFOUND,
	    "--key pkcs11:token=t;object=o --public --pin-file /etc/pin "
	    "--module /lib/m.so");
	o.program = prints(f, point, 63);
	refused(f,
	    manage_signing_key_add(worker(f), &request, span_of(NULL, 0), &o, &k),
	    E_CRYPTO, "no public key");
	o.program = prints(f, point, 64);
	done(f, manage_signing_key_add(worker(f), &request, span_of(NULL, 0), &o, &k));
	assert_text(k.point, span_of(point, SIGN_POINT));
	request.signer = "socket:/nowhere/at/all";
	refused(f,
	    manage_signing_key_add(worker(f), &request, span_of(NULL, 0), &o, &k),
	    E_NOTFOUND, "does not run");
}

static void
key_files_stay_out_of_the_data(void **state)
{
	struct signing_options o = {.wait_ms = 10000};
	uint8_t point[SIGN_POINT];
	struct signing_key_made made;
	struct fixture *f = *state;
	struct fault fault = {0};
	const char *link = fixture_path(f, "link");
	const char *paths[] = {arena_printf(&f->arena, "%s/k", f->path),
	    arena_printf(&f->arena, "%s/k/../%s/k", f->root, strrchr(f->path, '/') + 1),
	    arena_printf(&f->arena, "%s/k", link)};

	new_key(f, "a.key", point);
	assert_int_equal(symlink(f->path, link), 0);
	assert_int_equal(mkdir(fixture_path(f, "k"), 0700), 0);
	o.program = prints(f, point, 64);
	for (size_t i = 0; i < COUNT(paths); i++) {
		fault = (struct fault){0};
		assert_int_equal(manage_signing_key_file(
				     paths[i], f->path, &o, &f->arena, &made, &fault),
		    E_INVALID);
		assert_non_null(strstr(fault.text, "inside the data folder"));
	}
	assert_int_equal(manage_signing_key_file(fixture_path(f, "no/k"), f->path, &o,
			     &f->arena, &made, &fault),
	    E_NOTFOUND);
	assert_int_equal(manage_signing_key_file(fixture_path(f, "k/"), f->path, &o,
			     &f->arena, &made, &fault),
	    E_INVALID);
	assert_int_equal(
	    manage_signing_key_file("", f->path, &o, &f->arena, &made, &fault),
	    E_INVALID);
	assert_int_equal(manage_signing_key_file(fixture_path(f, "k/../new.key"),
			     f->path, &o, &f->arena, &made, &fault),
	    E_OK);
	assert_memory_equal(made.point, point, SIGN_POINT);
	assert_true(span_begins(span_str(made.signer), BYTES("file:/")));
	assert_null(strstr(made.signer, ".."));
	o.program = program(f, "exit 4");
	assert_int_equal(manage_signing_key_file(fixture_path(f, "new.key"), f->path,
			     &o, &f->arena, &made, &fault),
	    E_EXISTS);
}

#define BOTH(test)                                                          \
	cmocka_unit_test_setup_teardown(test, fixture_memory, fixture_end), \
	    cmocka_unit_test_setup_teardown(test, fixture_disk, fixture_end)
#define DISK(test) cmocka_unit_test_setup_teardown(test, fixture_disk, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    BOTH(registered_by_the_public_part),
	    BOTH(crc_must_fit),
	    BOTH(signers_that_are_none),
	    BOTH(retired_keys_make_no_signatures),
	    BOTH(imported_signatures_are_verified),
	    DISK(what_the_program_gives_is_verified),
	    DISK(programs_that_fail),
	    DISK(a_key_is_asked_of_its_signer),
	    DISK(key_files_stay_out_of_the_data),
	};

	return cmocka_run_group_tests_name("signing_key", tests, NULL, NULL);
}
