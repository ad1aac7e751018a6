/*
 * The use cases, once: what forms, the API and the command line all call. Every change is
 * one transaction with its audit entry in it.
 */
#ifndef GH_MANAGE_MANAGE_H
#define GH_MANAGE_MANAGE_H

#include "cups/exchange.h"
#include "kickstarter/address.h"
#include "registry/data.h"
#include "registry/record_json.h"
#include "registry/registry.h"

/* What one change tells at most; the rest is counted. */
#define MANAGE_LATER 64	      /* sentences */
#define MANAGE_LATER_ALIKE 10 /* of one kind: from one place in the code */

struct manage_later {
	const char *kind, *text;
	size_t more; /* of this kind that are not kept; with the last one that is */
};

/* Who works on what. Results are in the arena; on an error `fault` says what and why. */
struct manage {
	struct data *data;
	struct arena *arena;
	const char *actor; /* for the audit log: "shell:alice", "key:…", "cups.fcgi" */
	int64_t now;
	int wait_ms; /* deadline of writes */
	const struct cups_policy *policy;
	const struct kick_policy *kick_policy; /* NULL: no defaults */
	/* Is told what is worth knowing beyond success, one sentence each; may be NULL. */
	void (*say)(void *arg, const char *text);
	void *say_arg;
	struct fault fault;
	/* The version (manage_version()) that the record must have which the next
	 * manage_change(), _set() or _delete() is about: E_STALE otherwise. NULL: any. */
	const char *expected;
	/* What manage_say_later() keeps, and how many of kinds of which none is kept. */
	struct manage_later later[MANAGE_LATER];
	size_t later_count, later_left;
};

/* Tells m->say. Not from inside an update, which may run more than once. */
void manage_say(struct manage *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same from inside an update: it is told once, when the change is stored. Of many that
 * are alike the first ones are told, and how many there are more. */
void manage_say_later(struct manage *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Sees to it that m->fault is about the error and has words; returns it. */
int manage_failed(struct manage *m, int err);

/* One value that somebody enters; text as record_field_from_text() reads it. */
struct edit {
	const char *field;
	struct span text;
};

/* ---- any kind of record --------------------------------------------------------------- */

/*
 * Makes a record from the edits. Kinds that are made in their own way (keys, trust, CA) have
 * functions of their own. E_INVALID, E_EXISTS, E_NOTFOUND (a reference), E_BUSY, E_FULL.
 * `serial` may be NULL.
 */
int manage_add(struct manage *m, const struct record_kind *kind,
    const struct edit *edits, size_t count, uint64_t *serial);

/* Changes fields of the record with this identifier; all or nothing. A gateway may also be
 * named by its EUI wherever an identifier is asked for. */
int manage_set(struct manage *m, const struct record_kind *kind, const char *id,
    const struct edit *edits, size_t count);

/* Removes a record; E_STATE with the name of a user while something refers to it. Gateways
 * are only marked (see manage_gateway_restore() and _purge()). */
int manage_delete(struct manage *m, const struct record_kind *kind, const char *id);

/* Reads one record by its identifier (a gateway also by EUI) into `record`. A deleted
 * gateway is found too. */
int manage_get(
    struct manage *m, const struct record_kind *kind, const char *id, void *record);

/* Names the content of a record: another one when anything in it differs. For optimistic
 * locking, see manage.expected. E_NOMEM. */
#define MANAGE_VERSION 33
int manage_version(
    const struct record_kind *kind, const void *record, char out[MANAGE_VERSION]);

/* E_STALE, with words, unless m->expected is NULL or the record's version. */
int manage_check_version(
    struct manage *m, const struct record_kind *kind, const void *record);

/* The primitive below all changes: loads the record (or makes one with a new serial when
 * `id` is NULL), lets fn edit it, checks, stores, writes the audit entry. fn may run more
 * than once, inside the registry's update. */
typedef int manage_edit_fn(
    struct manage *m, struct store_txn *txn, void *record, void *arg);
int manage_change(struct manage *m, const struct record_kind *kind, const char *id,
    const char *action, manage_edit_fn *fn, void *arg, uint64_t *serial);

/* Several changes in one transaction: fn calls the manage_*_in() functions. */
typedef int manage_update_fn(struct manage *m, struct store_txn *txn, void *arg);
int manage_update(struct manage *m, manage_update_fn *fn, void *arg);
int manage_find_in(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const char *id, void *record);
/* Stores a record with its audit entry; `before` is NULL for a new one (whose serial must
 * be set). Sets created_at and updated_at where the kind has them. */
int manage_put_in(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const void *before, void *after,
    const char *action);
int manage_remove_in(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const void *record, const char *action);

/* An audit entry of something that is no change of one record; `text` is JSON or "". */
int manage_note_in(struct manage *m, struct store_txn *txn, const char *action,
    const char *kind, const char *id, const char *text);

/* The same of one record, so that it stands in its history. */
int manage_note_of_in(struct manage *m, struct store_txn *txn, const char *action,
    const struct record_kind *kind, const void *record, const char *text);

/* Calls fn for each record of a kind after the one with serial `after`, at most `limit`
 * (0: all). m->arena is one for this record while fn runs. fn may stop with E_AGAIN, which
 * is no error. For gateways and keys there are functions of their own. */
typedef int manage_record_fn(
    struct manage *m, struct store_txn *txn, const void *record, void *arg);
int manage_list(struct manage *m, const struct record_kind *kind, uint64_t after,
    uint64_t limit, manage_record_fn *fn, void *arg);

/* Which entries of the audit log. Texts are NULL or "" for any. */
struct audit_filter {
	uint64_t record;	 /* serial of the record that they are about; 0: any */
	const char *by, *action; /* has this in it */
	const char *kind, *id;	 /* is just this */
	uint64_t before;	 /* serial; 0: from the newest */
	uint64_t limit;
};

/* Calls fn for those that fit, newest first, as manage_list() does. No more are looked at than
 * a program can that serves others too; *next is the serial to go on before, 0 at the end. */
int manage_audit(struct manage *m, const struct audit_filter *filter,
    manage_record_fn *fn, void *arg, uint64_t *next);

/* Makes the edits to a record that is in memory, inside an update; nothing is stored. */
int manage_edit_in(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, void *record, const struct edit *edits,
    size_t count);

/* How records are shown: references by identifier, secrets left out. With `secrets` they
 * are opened for JSON; edits can always set them. */
struct record_view manage_view(struct manage *m, struct store_txn *txn, bool secrets);

/* Seals `plain` into the record's field and describes it (the set_secret of views). Fields:
 * gateway lbs_lns_secret.value, template lbs_lns_secret.value. */
int manage_set_secret(void *manage, const struct record_kind *kind, void *record,
    const struct field *f, struct span plain, struct fault *fault);

/* The open_secret of views. */
int manage_open_field(void *manage, const struct record_kind *kind, const void *record,
    const struct field *f, struct span *plain);

/* Seals into one struct secret that stands in the record at this place. */
int manage_seal(struct manage *m, const struct record_kind *kind, uint64_t serial,
    const char *field, struct span plain, bool private_key, struct secret *secret);
int manage_open(struct manage *m, const struct record_kind *kind, uint64_t serial,
    const char *field, const struct secret *secret, struct span *plain);

#define ENDS_SOON (30 * 86400) /* seconds: a certificate that ends by then is told of */

/* ---- gateways -------------------------------------------------------------------------- */

/* Is the ID or EUI another gateway's? E_EXISTS with the field and the way out. */
int gateway_taken(struct manage *m, struct store_txn *txn, const struct gateway *g);

/* E_STATE for one that is deleted: nothing of it changes until it is restored. */
int manage_alive(struct manage *m, const struct gateway *g);

/* Takes back a deletion; E_STATE when it is not deleted. */
int manage_gateway_restore(struct manage *m, const char *id);

/* Ends a deleted gateway for good: its record, keys, ledger row and sighting. Its ID and EUI
 * are free then. E_STATE when it is not deleted. */
int manage_gateway_purge(struct manage *m, const char *id);

/* Until then one answer without a key may carry the gateway's credentials; 0: not any more.
 * E_INVALID (`until`) for a time in the past, E_STATE for a deleted gateway. */
int manage_provisioning(struct manage *m, const char *gateway, int64_t until);

/* Forgets the counts of pushes and of firmware offers, so that everything is tried again. */
int manage_gateway_retry(struct manage *m, const char *id);

/* The ledger's row of a gateway. */
int manage_gateway_state(
    struct manage *m, const struct gateway *g, struct gateway_state *state);

struct gateway_filter {
	const char
	    *word; /* each word of it begins one of ID, name or description; NULL */
	const char *group; /* or NULL */
	const char *lns;   /* or NULL */
	const char *plan;  /* or NULL */
	bool deleted;	   /* the deleted ones instead of the others */
	/* Damaged records are left out and counted here, on top; NULL: the first one ends it
	 * with E_CORRUPT or E_VERSION, for whoever must not miss one. */
	uint64_t *damaged;
};

/* Calls fn for each gateway that fits, in the order of their serial numbers, after the one
 * with serial `after`, at most `limit` (0: all). */
typedef int manage_gateway_fn(
    struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg);
int manage_gateways(struct manage *m, const struct gateway_filter *filter,
    uint64_t after, uint64_t limit, manage_gateway_fn *fn, void *arg);

/* ---- keys -------------------------------------------------------------------------------- */

struct key_request {
	const char *gateway; /* the one it opens; NULL: all */
	const char *name;
	uint64_t rights;    /* enum right; 0: RIGHTS_CUPS, RIGHTS_DEVICE */
	int64_t expires_at; /* 0: never */
	struct span
	    value;	/* an existing key to be imported; empty: a new one is made */
	int token_form; /* enum token_form */
	bool cups;   /* a generation of the gateway's CUPS key: sealed, so that it can
			     * be pushed, and from now on the one that it should have */
	bool pushed; /* it goes to the gateway by CUPS alone, not by hand */
};

struct key_made {
	struct key key;
	const char *plain; /* shown once */
};

/* `NNSXS.<id>.<secret>`, or the imported text. E_EXISTS when the key is registered. An
 * imported value may have its scheme or header name before it, as in a cups.key file. */
int manage_key_create(
    struct manage *m, const struct key_request *request, struct key_made *made);

/* The same inside an update. */
int manage_key_create_in(struct manage *m, struct store_txn *txn,
    const struct key_request *request, struct key_made *made);

/* What is presented of a key as somebody wrote it: without the header name and the scheme of
 * `Authorization: Bearer X`, `X-Key: X`, `Bearer X` and the like. */
struct span manage_key_presented(struct span value);

/* Ends a key now; E_STATE when it has ended. */
int manage_key_revoke(struct manage *m, const char *key_id);

/* A new generation of a gateway's CUPS key, pushed at its next poll; older ones stay valid
 * until it has come with the new one. */
int manage_key_rotate(struct manage *m, const char *gateway, struct key_made *made);

/* Keys of a gateway (NULL: all keys), by serial. */
typedef int manage_key_fn(
    struct manage *m, struct store_txn *txn, const struct key *key, void *arg);
int manage_keys(struct manage *m, const char *gateway, manage_key_fn *fn, void *arg);

#endif
