/* Images, releases, channels and roll-outs for tests of Kickstarter gateways, as records and
 * files. */
#ifndef GH_TESTS_KICK_IMAGES_H
#define GH_TESTS_KICK_IMAGES_H

#include "firmware/image.h"
#include "registry/rollout.h"
#include "tests/lib/data_fixture.h"

/* Intel HEX text with so many lines of data, another one for each seed; in the arena. */
struct span hex_image(struct arena *arena, unsigned seed, size_t lines);

/* An image: its file and its record. */
uint64_t add_image(
    struct fixture *f, const char *id, enum firmware_family family, struct span bytes);
/* Its record alone goes. */
void remove_image(struct fixture *f, uint64_t image);
/* Path of the file of these bytes; the fixture's arena. */
const char *image_path(struct fixture *f, struct span bytes);
/* Hex SHA-256. */
void image_name(struct span bytes, char name[BLOB_NAME + 1]);

/* The frequency plans that ship, without which no device gets a configuration. */
void add_shipped_plans(struct fixture *f);

uint64_t add_release(struct fixture *f, const char *id, uint64_t image);
/* A channel whose Kickstarters should run the release (0: none); made or changed. */
uint64_t set_channel(struct fixture *f, const char *id, uint64_t release);
uint64_t add_rollout(
    struct fixture *f, const char *id, uint64_t channel, uint64_t release);
/* How far it is, in the ledger; its counts stay. */
void set_rollout(
    struct fixture *f, uint64_t rollout, enum rollout_status status, double percentage);
struct rollout_state rollout_now(struct fixture *f, uint64_t rollout);
struct rollout_offer offer_now(struct fixture *f, uint64_t rollout, uint64_t gateway);

#endif
