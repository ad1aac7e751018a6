/* One Kickstarter, its operator and a data folder, for the tests in virtual time. */
#ifndef GH_TESTS_SIM_KICK_STAGE_H
#define GH_TESTS_SIM_KICK_STAGE_H

#include "tests/lib/data_fixture.h"
#include "tests/sim/kickstarter.h"

extern struct kick_world world;
extern struct kick_device device; /* kick-1 */
extern struct kick_policy policy; /* the defaults: none but the channel */

/* For cmocka: a device that was never switched on, and a record that lacks nothing. */
int stage_begin(void **state);
int stage_end(void **state);

/* Somebody who works on the data now; and what is entered for kick-1 and my-lns. */
struct manage *operator(struct fixture *f);
void set(struct fixture *f, const char *field, const char *text);
void set_lns(struct fixture *f, const char *field, const char *text);

/* Lets so much time pass. */
void run(int64_t seconds);

/* Fails unless it runs with this key (NULL: any) and broker, and nothing hurt it on the way
 * since the last look. */
void runs_with(const char *key, const char *broker);

/* Up to its next start and a bit further, after which it runs with this key. */
void a_day(const char *key);

/* From the box to normal operation. */
void settle(void);

#endif
