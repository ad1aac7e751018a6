/* Gateways in a store, put there and checked without src/manage. */
#ifndef GH_TESTS_REGISTRY_SCENE_H
#define GH_TESTS_REGISTRY_SCENE_H

#include "tests/lib/data_fixture.h"

/* One change as a function; it may run twice. */
int update(struct fixture *f, int (*fn)(struct fixture *, struct store_txn *, void *),
    void *arg);

/* Nothing else of it is set, nor is it stored. */
struct gateway gateway(const char *id, uint64_t eui);
/* With a new serial number when it has none. */
int put_gateway(struct fixture *f, struct gateway *g);

/* To be ended by store_read_end(). */
struct store_txn *begin_read(struct fixture *f);

/* What registry_verify() finds, as a number and in words to `report`. */
uint64_t wrong(struct fixture *f, const struct record_kind *kind,
    registry_report_fn *report, void *arg);
/* Fails the test with the words. */
void not_expected(void *arg, const char *text);

/* Rows of cmocka's table: in memory and on disk. */
#define BOTH(name)                                                          \
	cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end), \
	    cmocka_unit_test_setup_teardown(name, fixture_disk, fixture_end)

#endif
