/* A gateway over weeks of virtual time, through everything that can happen to updates of its
 * firmware. It must get each as often as the limit says, and not get stuck. */
#include "tests/sim/life.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "crypto/sign.h"
#include "manage/firmware.h"

/* A key of the operator, registered; its private part in the fresh folder. */
static void
make_signing_key(struct scene *s, const char *id, uint8_t point[SIGN_POINT])
{
	struct signing_key_request request = {.id = id, .signer = ""};
	struct signing_key stored;
	char path[100];

	snprintf(path, sizeof path, "%s/%s.pem", s->folder, id);
	done(s, sign_key_create(path, point, &s->manage.fault));
	done(s, manage_signing_key_add(operator(s), &request,
		    span_of(point, SIGN_POINT), NULL, &stored));
}

/* An image that brings this version, signed by a key, and the release of it; it becomes the
 * channel's own. */
static void
publish(struct scene *s, const char *version, const char *key)
{
	struct firmware_signing signing = {.key = NULL};
	struct firmware_adding adding = {.id = version,
	    .file_name = "",
	    .family = FIRMWARE_STATION,
	    .signatures = &signing,
	    .signature_count = 1};
	struct edit release[] = {{"release_id", span_str(version)},
	    {"firmware", span_str(version)}, {"version", span_str(version)},
	    {"from", span_str("*")}};
	struct firmware stored;
	struct sign_key *open_key;
	struct sign_der der;
	uint8_t digest[SHA512_SIZE];
	char path[100], text[200];
	bool healed;
	int fd;

	snprintf(text, sizeof text, "%s\n# what the update does\n", version);
	done(s, sha512(span_str(text), digest));
	snprintf(path, sizeof path, "%s/%s.pem", s->folder, key);
	done(s, sign_key_open(path, NULL, &open_key, &s->manage.fault));
	done(s, sign_digest(open_key, digest, &der, &s->manage.fault));
	sign_key_close(open_key);
	signing.der = span_of(der.bytes, der.len);
	snprintf(path, sizeof path, "%s/update", s->folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	done(s, manage_firmware_add(operator(s), &adding, fd, &stored, &healed));
	close(fd);
	done(s, manage_add(operator(s), &release_kind, release, 4, NULL));
	set(s, &channel_kind, "stable", "release", version);
}

/* Through updates as through everything else: signed by the key that it has, cut off, with a
 * script that does not do its work, and to a new key. */
static void
test_updates(void **state)
{
	struct edit channel = {"channel_id", span_str("stable")};
	uint8_t points[2][SIGN_POINT];
	struct scene *s = *state;
	struct gateway_state row;
	struct station *t;

	people(s, 1, false);
	t = &s->stations[0];
	make_signing_key(s, "key-one", points[0]);
	make_signing_key(s, "key-two", points[1]);
	memcpy(t->sig_keys[0], points[0], SIGN_POINT);
	t->sig_key_count = 1;
	done(s, manage_add(operator(s), &channel_kind, &channel, 1, NULL));
	set(s, &gateway_kind, "gw-0000", "auto_update", "true");
	set(s, &gateway_kind, "gw-0000", "update_channel", "stable");
	run(s, 2 * DAY);
	assert_int_equal(t->updates, 0);

	/* The first download is cut: it is back within a minute. */
	t->cuts_left = 1;
	publish(s, "v1-0", "key-one");
	run(s, 2 * DAY);
	assert_string_equal(t->package, "v1-0");
	assert_int_equal(t->updates, 1);
	assert_int_equal(t->updates_cut, 1);
	state_of(s, "gw-0000", &row);
	assert_int_equal(row.firmware_outcome, OUTCOME_UPDATED);
	assert_int_equal(row.firmware_offers, 2);

	/* Together with a new key of its own and another network server. */
	rotate(s, "gw-0000");
	publish(s, "v1-1", "key-one");
	run(s, 3 * DAY);
	assert_string_equal(t->package, "v1-1");
	assert_int_equal(state_of(s, "gw-0000", &row), 2);

	/* By a key that it does not have: nothing is sent, nothing is dropped. */
	publish(s, "v1-2", "key-two");
	run(s, 3 * DAY);
	assert_string_equal(t->package, "v1-1");
	memcpy(t->sig_keys[1], points[1], SIGN_POINT);
	t->sig_key_count = 2;
	run(s, 2 * DAY);
	assert_string_equal(t->package, "v1-2");

	/* A script that does not change the version: as often as the limit says. */
	t->script = SCRIPT_STUCK;
	publish(s, "v1-3", "key-two");
	t->updates = 0;
	run(s, 3 * WEEK);
	assert_int_equal(t->updates, 3);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 3);
	assert_int_equal(t->updates, 3);
	/* It is mended, and the operator lets it try again. */
	t->script = SCRIPT_RIGHT;
	done(s, manage_gateway_retry(operator(s), "gw-0000"));
	run(s, 2 * DAY);
	assert_string_equal(t->package, "v1-3");
	assert_int_equal(t->updates_dropped, 0);
	assert_int_equal(t->refused, 0);
	all_fine(s);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(test_updates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
