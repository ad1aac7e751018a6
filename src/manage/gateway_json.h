/*
 * Gateways as The Things Stack writes them in JSON, in and out: for its API, for import and
 * export. What differs from the record's own fields: `frequency_plan_id` (its old single
 * form; `frequency_plan_ids` goes before it) and `target_cups_key`, an object with key_id
 * and value here.
 */
#ifndef GH_MANAGE_GATEWAY_JSON_H
#define GH_MANAGE_GATEWAY_JSON_H

#include "manage/manage.h"

struct gateway_json {
	struct manage *m;
	struct store_txn *txn;
	bool secrets;		      /* may they be read, or be written? */
	const struct text_list *mask; /* from gateway_mask(); NULL: all */
	struct strbuf *unknown; /* collects names of unknown fields; NULL: refused */
	/* On the way out: the first secret or key that could not be read, and so is missing. */
	int unread;

	/* What came beside the record's fields; set by gateway_from_json(). */
	const char *key_id;    /* of target_cups_key; NULL: none came */
	struct span key_value; /* the same */
	bool key_cleared, plans_came;
	/* The gateway's lbs_lns_secret before; set by both ways in. */
	struct secret had;
	bool
	    make_key; /* set by gateway_settle(): the value is a key that is yet to be made */
};

/* The names of a field mask in the form of the record's fields. Each must exist:
 * E_INVALID names the one that does not. E_NOMEM. */
int gateway_mask(struct arena *arena, const struct text_list *names,
    struct text_list *mask, struct fault *fault);

/* Is something secret among what the mask names by itself? */
bool gateway_mask_has_secret(const struct text_list *mask);

/* The members that the mask names; secrets only with v->secrets. */
void gateway_to_json(
    struct gateway_json *v, const struct gateway *g, struct json_out *j);

/* For other forms of the same: a secret (E_… as manage_open_field()), and the key that it
 * should have, false when there is none; its value is empty where it may not be shown. */
int gateway_secret_read(struct gateway_json *v, const struct record_kind *kind,
    const void *record, const struct field *f, struct span *plain);
bool gateway_key_read(struct gateway_json *v, const struct gateway *g, struct key *key,
    struct span *plain);

/*
 * Sets what the object has (see record_from_json()). A secret that is what is there already
 * changes nothing. E_DENIED for one that differs without v->secrets. Nothing is checked or
 * stored: see gateway_store().
 */
int gateway_from_json(
    struct gateway_json *v, const struct json *object, struct gateway *g);

/* Sets lbs_lns_secret.value, unless it is this already. */
int gateway_set_secret(
    struct gateway_json *v, struct gateway *g, struct span plain, struct fault *fault);

/* Finds out what becomes of target_cups_key and whether anything changes; writes nothing. As
 * gateway_store(), which calls it. */
int gateway_settle(struct gateway_json *v, const struct gateway *before,
    struct gateway *after, bool *changed);

/*
 * Stores a gateway that came in this way, with its key. Everything is looked at before
 * anything is written: E_EXISTS says how a taken ID or EUI can be freed. `before` is NULL for
 * a new one. *changed: something was stored.
 */
int gateway_store(struct gateway_json *v, const struct gateway *before,
    struct gateway *after, bool *changed);

#endif
