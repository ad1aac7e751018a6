/*
 * A CUPS endpoint with its data folder in memory, the operator of it, network servers and
 * stations that poll, in virtual time. What the operator does must succeed.
 */
#ifndef GH_TESTS_SIM_LIFE_H
#define GH_TESTS_SIM_LIFE_H

#include "tests/unit/unit.h"

#include "manage/manage.h"
#include "tests/sim/station.h"

#define WEEK (7 * DAY)

struct scene {
	char folder[64];
	struct data data;
	struct world world;
	struct arena arena;
	struct manage manage;
	struct station *stations;
	size_t count;
};

/* For cmocka: *state is the scene, with one CUPS address, one network server, and the trust
 * certificates for both. */
int setup(void **state);
int teardown(void **state);

/* Fails the test with the words of the fault unless it is E_OK. */
void done(struct scene *s, int err);

/* Who changes records, now; the arena is empty again. */
struct manage *operator(struct scene *s);

/* Sets one field of a record by its text. */
void set(struct scene *s, const struct record_kind *kind, const char *id,
    const char *field, const char *value);

/* Registers root `name` for an address (without scheme). */
void trust(struct scene *s, const char *name, const char *address);

void add_lns(struct scene *s, const char *id, const char *uri);
void add_gateway(struct scene *s, const char *id, uint64_t eui, const char *lns);

/* Gives the gateway a new CUPS key. */
void rotate(struct scene *s, const char *id);

/* Its row in the ledger; the generation of the key that it has confirmed. */
uint64_t state_of(struct scene *s, const char *id, struct gateway_state *state);

/* Servers that show the certificate of root `root`; `line` is what lets a gateway in. */
void add_cups_host(struct scene *s, const char *uri, char root);
void add_lns_host(struct scene *s, const char *uri, char root, const char *line);

/* Lets so many seconds pass. */
void run(struct scene *s, int64_t time);

/* Gateways gw-0000… with a bundle on them, or with factory files in PEM. */
void people(struct scene *s, size_t count, bool pem);

/* None is broken, has refused a blob, or is without its network server. */
void all_fine(struct scene *s);

#endif
