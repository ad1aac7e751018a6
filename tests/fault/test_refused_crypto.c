/* What the key ring, certificates and keys do while each request for memory, also of GnuTLS,
 * and each call that concerns a file fails once: see deed.h. */
#include "tests/fault/deed.h"

#include <stdio.h>
#include <unistd.h>

#include "crypto/certificate.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "tests/fault/store_tools.h"
#include "tests/lib/crypto_fixture.h"

/* ---- the key ring ----------------------------------------------------------------------------- */

static struct seal_ring *ring;
static const struct seal_place where = {"gateway", 7, "lbs_lns_secret"};

static void
no_ring(void)
{
	snprintf(
	    deed_place, sizeof deed_place, "%s", tools_path(deed_folder, "seal.keys"));
	unlink(deed_place);
}

static int
create_ring(void)
{
	return seal_create(deed_place, &deed_fault);
}

static void
ring_or_nothing(bool done)
{
	assert_int_equal(access(deed_place, F_OK) == 0, done);
}

static void
a_ring(void)
{
	seal_close(ring);
	ring = NULL;
	no_ring();
	assert_int_equal(create_ring(), E_OK);
	assert_int_equal(seal_open(deed_place, &ring, &deed_fault), E_OK);
}

static void
a_ring_of_two(void)
{
	a_ring();
	assert_int_equal(seal_add_key(ring, &deed_fault), E_OK);
}

static int
seal_and_open(void)
{
	struct seal_ring *again;
	struct span sealed, plain;
	int err = seal_open(deed_place, &again, &deed_fault);

	if (err == E_OK && (err = seal_value(again, where, BYTES("secret"), &deed_arena,
				&sealed)) != E_OK)
		fault_set(&deed_fault, err, NULL, "seal");
	if (err == E_OK)
		err = seal_open_value(
		    again, where, sealed, &deed_arena, &plain, &deed_fault);
	if (err == E_OK && !span_is(plain, "secret"))
		err = E_INTERNAL;
	seal_close(again);
	return err;
}

static int
add_key(void)
{
	return seal_add_key(ring, &deed_fault);
}

static int
drop_key(void)
{
	uint32_t ids[2];

	if (seal_ids(ring, ids, 2) != 2)
		return E_INTERNAL;
	return seal_drop_key(ring, ids[0], &deed_fault);
}

/* What seals now can be opened by who reads the file from now on. */
static void
others_can_open(bool done)
{
	struct seal_ring *again;
	struct span sealed, plain;

	(void)done;
	assert_int_equal(
	    seal_value(ring, where, BYTES("x"), &deed_kept, &sealed), E_OK);
	assert_int_equal(seal_open(deed_place, &again, &deed_fault), E_OK);
	assert_int_equal(
	    seal_open_value(again, where, sealed, &deed_kept, &plain, &deed_fault),
	    E_OK);
	seal_close(again);
	assert_int_equal(deed_count_in(deed_folder), 1);
}

static void
rings(void **state)
{
	static const struct deed deeds[] = {
	    {"seal_create", no_ring, create_ring, ring_or_nothing, true, false, 5},
	    {"seal_open", a_ring, seal_and_open, NULL, true, false, 5},
	    {"seal_add_key", a_ring, add_key, others_can_open, true, false, 12},
	    {"seal_drop_key", a_ring_of_two, drop_key, others_can_open, true, false,
		12},
	};

	(void)state;
	deeds_go_wrong(deeds, COUNT(deeds));
	seal_close(ring);
	ring = NULL;
}

/* ---- certificates and keys --------------------------------------------------------------------- */

static int
make_certificate(void)
{
	static const char *const names[] = {"localhost", NULL};
	struct certificate_request request = {.common_name = "a name",
	    .dns_names = names,
	    .not_before = NOW,
	    .not_after = NOW + DAY,
	    .server = true};
	struct certificate_info info;
	struct span key, der, pem;
	int err = private_key_new(&deed_arena, &key);

	if (err == E_OK)
		err = private_key_pem(key, &deed_arena, &pem);
	if (err != E_OK)
		return fault_set(&deed_fault, err, NULL, "a key");
	if ((err = certificate_issue(&request, key, span_of(NULL, 0), span_of(NULL, 0),
		 &deed_arena, &der, &deed_fault)) != E_OK ||
	    (err = private_key_matches(key, der, &deed_fault)) != E_OK ||
	    (err = certificate_inspect(der, &deed_arena, &info, &deed_fault)) != E_OK)
		return err;
	if ((err = certificate_pem(der, &deed_arena, &pem)) != E_OK)
		return fault_set(&deed_fault, err, NULL, "PEM");
	return strcmp(info.common_name, "a name") == 0 ? E_OK : E_INTERNAL;
}

static struct span bundle, client, ca, key_pem;

static int
read_certificates(void)
{
	struct span ders[8], der;
	size_t count;
	int err;

	if ((err = certificate_list(
		 bundle, &deed_arena, ders, 8, &count, &deed_fault)) != E_OK ||
	    (err = certificate_der(client, &deed_arena, &der, NULL, &deed_fault)) !=
		E_OK ||
	    (err = private_key_for_station(key_pem, &deed_arena, &der, &deed_fault)) !=
		E_OK)
		return err;
	return certificate_verify_client(client, ca, NOW, &deed_fault);
}

static void
certificates(void **state)
{
	static const struct deed deeds[] = {
	    {"certificate_issue", NULL, make_certificate, NULL, false, false, 8},
	    {"certificate_list", NULL, read_certificates, NULL, false, false, 6},
	};

	(void)state;
	bundle = data_file("bundle.pem", &deed_kept);
	client = data_certificate("client.pem", &deed_kept);
	ca = data_certificate("ca.pem", &deed_kept);
	key_pem = data_file("key-p256-sec1.pem", &deed_kept);
	deeds_go_wrong(deeds, COUNT(deeds));
}

static void
no_key(void)
{
	snprintf(
	    deed_place, sizeof deed_place, "%s", tools_path(deed_folder, "sign.key"));
	unlink(deed_place);
}

static int
create_key(void)
{
	uint8_t point[SIGN_POINT];

	return sign_key_create(deed_place, point, &deed_fault);
}

static void
a_key(void)
{
	no_key();
	assert_int_equal(create_key(), E_OK);
}

static int
sign_something(void)
{
	uint8_t digest[SHA512_SIZE] = {1}, point[SIGN_POINT];
	struct sign_der der;
	struct sign_key *key;
	struct span pem;
	int err;

	if ((err = sign_key_open(deed_place, NULL, &key, &deed_fault)) != E_OK)
		return err;
	memcpy(point, sign_key_point(key), sizeof point);
	err = sign_digest(key, digest, &der, &deed_fault);
	sign_key_close(key);
	if (err == E_OK)
		err = sign_verify(
		    point, digest, span_of(der.bytes, der.len), &deed_fault);
	if (err == E_OK && (err = sign_point_pem(point, &deed_arena, &pem)) != E_OK)
		fault_set(&deed_fault, err, NULL, "PEM");
	return err == E_OK ? sign_point_read(pem, point, &deed_fault) : err;
}

static void
signing_keys(void **state)
{
	static const struct deed deeds[] = {
	    {"sign_key_create", no_key, create_key, ring_or_nothing, true, false, 8},
	    {"sign_digest", a_key, sign_something, NULL, true, false, 10},
	};

	(void)state;
	deeds_go_wrong(deeds, COUNT(deeds));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, deed_begin, deed_end)
	const struct CMUnitTest tests[] = {
	    TEST(rings),
	    TEST(certificates),
	    TEST(signing_keys),
	};

	return cmocka_run_group_tests_name("refused_crypto", tests, NULL, NULL);
}
