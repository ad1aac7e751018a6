/*
 * fleet: makes and changes the data of black-box tests through src/manage, so that they do
 * not depend on the words of the command line. What is a command is told in fleet.c.
 */
#ifndef GH_TESTS_FLEET_H
#define GH_TESTS_FLEET_H

#include "app/config.h"
#include "manage/manage.h"

struct fleet {
	struct config config; /* the one that the endpoint reads, too */
	struct cups_policy policy;
	struct data data;
	struct arena arena; /* of one command */
	struct manage m;    /* m.fault has the words for an error */
};

/* A command gets the words behind its name. An error of enum err. */
typedef int fleet_fn(struct fleet *f, char **words, size_t count);

/* The value of the word `name=value`, or NULL. */
const char *fleet_option(char **words, size_t count, const char *name);
/* Is there such a word? */
bool fleet_flag(char **words, size_t count, const char *word);

/* The kind of record with this name, or NULL. */
const struct record_kind *fleet_kind(const char *name);

/* A whole file, in the arena. */
int fleet_file(struct fleet *f, const char *path, struct span *bytes);

/* A time: RFC 3339, or seconds from now with a sign before them. */
int fleet_time(struct fleet *f, const char *text, int64_t *t);

/* The stores alone, for what goes below the records: E_INVALID unless `name` is registry or
 * ledger. */
int fleet_store(struct fleet *f, const char *name, struct store **store);

/* fleet_make.c */
fleet_fn fleet_add, fleet_set, fleet_get, fleet_expect, fleet_delete, fleet_restore,
    fleet_purge, fleet_retry, fleet_trust, fleet_ca, fleet_ca_revoke, fleet_key,
    fleet_key_revoke, fleet_rotate, fleet_cert, fleet_uncert;

/* fleet_look.c */
fleet_fn fleet_explain, fleet_state, fleet_check;

/* fleet_firmware.c */
fleet_fn fleet_image, fleet_image_file, fleet_rollout, fleet_rollout_state;

/* fleet_strain.c */
fleet_fn fleet_busy, fleet_damage, fleet_schema;

#endif
