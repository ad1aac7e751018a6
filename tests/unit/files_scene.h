/* One gateway whose files are written, over the plans and boards that ship. */
#ifndef GH_TESTS_FILES_SCENE_H
#define GH_TESTS_FILES_SCENE_H

#include "tests/unit/unit.h"

#include "gateway-files/file.h"
#include "tests/lib/radio_data.h"

#define GLOBAL_CONF "semtechudp/global_conf.json"
#define LORAD "kerlink-cpf/lorad/lorad.json"
#define LORAFWD "kerlink-cpf/lorafwd/lorafwd.toml"

extern struct radio_data data;
extern struct strbuf out; /* the file */
extern struct findings findings;
extern struct fault fault;
extern struct gateway_facts gateway;
extern struct span servers[9]; /* the gateway's */

/* For cmocka, around all tests of a program. */
int begin_all(void **state);
int finish_all(void **state);

/* Before each: the gateway of the reference answers. */
int begin(void **state);
#define TEST(name) cmocka_unit_test_setup(name, begin)

/* Writes a file from the plans and the board of these names (NULL: no board). */
int write_plans(
    const char *path, const char *const *ids, size_t count, const char *board);
int write_file(const char *path, const char *plan, const char *board);

/* Whether the file has this text in it. */
bool contains(const char *text);

#endif
