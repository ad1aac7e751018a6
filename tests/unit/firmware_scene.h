/* Images, releases, channels and roll-outs as an operator makes them, and gateways as the
 * endpoints leave them. */
#ifndef GH_TESTS_FIRMWARE_SCENE_H
#define GH_TESTS_FIRMWARE_SCENE_H

#include "tests/lib/data_fixture.h"

#include "manage/firmware.h"
#include "manage/rollout.h"
#include "manage/tick.h"

#define HEX ":0300300002337A1E\n:00000001FF\n"

/* An image of this content, for whoever works; `family` -1 for the one that it has. */
int add_image(struct fixture *f, const char *id, int family, const char *content);
/* One for stations, which must be taken. */
void image(struct fixture *f, const char *id, const char *content);
/* The path of its file; in the arena. */
const char *blob_path(struct fixture *f, const char *id);

/* A record of these fields: name and text in turns. */
int add_record(
    struct fixture *f, const struct record_kind *kind, const char *const *pairs);
#define RECORD(f, kind, ...) \
	add_record(f, kind, (const char *const[]){__VA_ARGS__, NULL, NULL})

/* Image fw-1 as release rel-1 of version 2, unsigned; channel stable; roll-out ro-1 for it,
 * and `n` gateways gw-1… of that channel. */
void fleet(struct fixture *f, unsigned n);

/* An operator's action on a roll-out; percentage 0: none is said. */
int act(
    struct fixture *f, const char *id, enum rollout_action action, double percentage);

/* The serial number of a record that is there. */
uint64_t serial_of(struct fixture *f, const struct record_kind *kind, const char *id);

/* What roll-out ro-1 came to at gw-`gateway`, after three offers. */
void set_outcome(
    struct fixture *f, unsigned gateway, enum rollout_outcome outcome, int64_t at);

/* What the regular work of this time does. */
struct ticked tick_at(struct fixture *f, int64_t now);

/* Rows of cmocka's table: on disk, or there and in memory. */
#define DISK(fn) cmocka_unit_test_setup_teardown(fn, fixture_disk, fixture_end)
/* clang-format off */
#define BOTH(fn) DISK(fn), \
	{"memory: " #fn, fn, fixture_memory, fixture_end, NULL}
/* clang-format on */

#endif
