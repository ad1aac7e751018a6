/* A Kickstarter gateway that asks, and whoever else does, with the operator of its record. */
#ifndef GH_TESTS_KICK_SCENE_H
#define GH_TESTS_KICK_SCENE_H

#include "tests/lib/data_fixture.h"

#include "kickstarter/exchange.h"
#include "manage/activation.h"

#define LNS_KEY "NNSXS.LNSKEY.with/slash"

extern struct kick_policy policy;
extern struct kick_server server;
extern struct activation_policy activation;
/* The last answer. */
extern struct strbuf out;
extern struct kick_exchange *x;

/* For cmocka: *state is the fixture; gw-1 lacks nothing. */
int scene_begin(void **state);
int scene_end(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_begin, scene_end)

/* Sets a field of gw-1. */
void set(struct fixture *f, const char *field, const char *text);
/* A new key of a gateway (NULL: of all); what it opens with. */
const char *make_key(
    struct fixture *f, const char *gateway, uint64_t rights, struct key_made *made);
/* What the ledger has of gw-1. */
struct gateway_state ledger(struct fixture *f);

/* Asks for the configuration of gw-1, as the device or as another client. */
int configure(struct fixture *f, bool device, const char *key);
/* gw-1 asks for its key. */
int activate(struct fixture *f);

/* Fails unless this was answered. */
void body_is(const char *want);
/* Fails unless the operator was told these words. */
void said(struct fixture *f, const char *words);

#endif
