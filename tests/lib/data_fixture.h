/* A data folder for tests of src/registry and src/manage, in memory or on disk, with its
 * ring, slots and somebody who works on it. */
#ifndef GH_TESTS_DATA_FIXTURE_H
#define GH_TESTS_DATA_FIXTURE_H

#include "tests/unit/unit.h"

#include "manage/manage.h"

/* The present of these tests: 2030-01-01. */
#define NOW INT64_C(1893456000)
#define DAY INT64_C(86400)

struct fixture {
	char root[64];	/* the fresh folder of this test */
	char path[128]; /* the data folder in it */
	bool memory;
	struct data data;
	struct arena arena;
	struct cups_policy policy;
	struct manage manage;
	struct strbuf said; /* what m->say was told, a line each */
	/* For polls: what is there to adopt unknown gateways, and a client certificate. */
	cups_adopt_fn *adopt;
	void *adopt_arg;
	struct span certificate;
};

/* For cmocka: *state is the fixture. */
int fixture_memory(void **state);
int fixture_disk(void **state);
int fixture_end(void **state);

/* The manager, with an empty arena and no fault; what was said is forgotten. */
struct manage *worker(struct fixture *f);

/* Closes and opens the data folder again (on disk). */
void fixture_reopen(struct fixture *f);

/* Forgets the ring, as a process has none that finds no file. */
void fixture_close_ring(struct fixture *f);

/* A path in the fresh folder; in the fixture's arena. */
const char *fixture_path(struct fixture *f, const char *name);

/* Fails the test with the words of the fault unless it is E_OK. */
void done(struct fixture *f, int err);
/* Fails unless it is refused so, with these words in the sentence that is shown. */
void refused(struct fixture *f, int err, int expected, const char *words);

/* Sets one field of a record by its text. */
int set_field(struct fixture *f, const struct record_kind *kind, const char *id,
    const char *field, const char *text);

/* How many records of this kind there are. */
unsigned count_of(struct fixture *f, const struct record_kind *kind);

/* Records as most tests want them. Serial numbers are returned. */
uint64_t add_gateway(struct fixture *f, const char *id, const char *eui);
uint64_t add_lns(struct fixture *f, const char *id, const char *uri);
uint64_t add_template(struct fixture *f, const char *id, const char *prefixes);
/* A new self-signed root, registered for one address; its DER is in `der` (NULL: no). */
uint64_t add_trust(
    struct fixture *f, const char *id, const char *address, struct span *der);

/* A certificate and its key, by themselves; for a CA, server or client. */
struct issued {
	struct span der, key;
};
struct issued issue(struct arena *arena, const char *name, const struct issued *ca,
    bool is_ca, int64_t not_after);

/* A certificate as PEM; both bytes one after the other. In the fixture's arena. */
struct span pem_of(struct fixture *f, struct span der);
struct span joined(struct fixture *f, struct span a, struct span b);

/* These texts, which stay where they are. */
struct text_list list_of(const char *const *items, size_t n);

/* One poll of a gateway as it came from a factory, with this key ("" for none): the status,
 * and the body in `answer` (NULL: no matter), in the arena. */
int poll_with(struct fixture *f, const char *eui, const char *key, struct span *answer);

/* A gateway with everything: its LNS by token, a CUPS key (in `key`, 128 bytes), trusts. */
void add_whole_gateway(struct fixture *f, const char *id, const char *eui, char *key);

/* One sealed value of every sort: whole gateways gw-1 to gw-N (keys in `keys`, NULL: no
 * matter), gw-1 with client certificates for CUPS and LNS, CA my-ca with its key, template
 * tpl with a secret. Each has 2 sealed values, gw-1 two more, CA and template one each. */
void add_fleet(struct fixture *f, unsigned n, char (*keys)[128]);

#endif
