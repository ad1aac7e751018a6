/* One request to the API, as its handlers see it; for src/admin/api_*.c alone. */
#ifndef GH_ADMIN_API_ASK_H
#define GH_ADMIN_API_ASK_H

#include "admin/api.h"
#include "auth/principal.h"
#include "json/reader.h"
#include "json/writer.h"

struct api {
	struct api_setup setup;
};

struct api_kind;

struct api_ask {
	struct api *api;
	struct request *req;
	struct response *res;
	struct manage m; /* on behalf of the key; faults go here */
	struct key key;
	struct gateway own; /* the gateway that the key is for; with key.gateway != 0 */
	const struct api_row *row;
	struct json *body;    /* NULL when there was none */
	struct json_out j;    /* the answer */
	unsigned retry_after; /* seconds, of E_THROTTLED */
};

/* Answers: writes to a->j, or returns an error with words in a->m.fault. */
typedef int api_fn(struct api_ask *a);

struct api_row {
	enum method method;
	const char *path; /* below API_PATH */
	api_fn *fn;
	enum action action;
	uint64_t max_body;	     /* 0: none is taken */
	const struct api_kind *kind; /* of a generic resource */
	bool raw;		     /* the body is not JSON */
};

/* ---- rights ------------------------------------------------------------------------------- */

/* Has the key all of these (enum right)? */
bool api_may(const struct api_ask *a, uint64_t rights);

/* E_DENIED with words unless it has. */
int api_must(struct api_ask *a, uint64_t rights);

/* Those that a CUPS key has which is made for it without saying which: to have one made takes
 * these too. */
uint64_t api_cups_rights(const struct gateway *g);

/* ---- what was asked ----------------------------------------------------------------------- */

/* The segment {name} of the path as text, in the arena. */
const char *api_segment(struct api_ask *a, const char *name);

/* The gateway that {gateway_id} names, also a deleted one. E_INVALID for what can be no ID,
 * E_NOTFOUND. */
int api_gateway(struct api_ask *a, struct gateway *g);

/* The same, but E_NOTFOUND for a deleted one. */
int api_live_gateway(struct api_ask *a, struct gateway *g);

/* The same for what changes it, in a change of its own: see api_expect(). */
int api_expected_gateway(struct api_ask *a, struct gateway *g);

/* The names in ?field_mask=a,b (repeated too), or in the body's field_mask ({"paths":[…]} or
 * "a,b"); none: count 0. */
int api_mask_names(struct api_ask *a, struct text_list *names);

/* A text of the query, NULL when it is not there or empty. */
const char *api_query(struct api_ask *a, const char *name);

/* true or false of the query, as number_bool() reads it; a missing one leaves *out alone.
 * E_INVALID with its name for all else, also for one without a value: what asks to be
 * careful must not be passed over. */
int api_flag(struct api_ask *a, const char *name, bool *out);

/* ?limit (at most 1000; 0 or none: 1000 is taken) and ?page (from 1). */
int api_paging(struct api_ask *a, uint64_t *limit, uint64_t *page);

/* Members of the body. A missing one leaves *out alone. E_INVALID with its name for another
 * type. Times as text: RFC 3339, or "+7d". */
int api_text(struct api_ask *a, const char *name, const char **out);
int api_bool(struct api_ask *a, const char *name, bool *out);
int api_time(struct api_ask *a, const char *name, int64_t *out);
int api_list(struct api_ask *a, const char *name, struct text_list *out);
/* A text that is left out where nothing is meant: E_INVALID for an empty one. */
int api_filled(struct api_ask *a, const char *name, const char **out);
/* All members of the body must be among these (NULL at the end). E_INVALID names another. */
int api_members(struct api_ask *a, const char *const *names);
/* PEM text, or base64 of DER; not an empty one. */
int api_certificate(struct api_ask *a, const char *name, struct span *out);

/* ---- answers ------------------------------------------------------------------------------ */

#define API_ETAG 40

/* E_STALE when the request has If-Match and the record is another one by now; also where
 * If-Match is "*" and there is none (record NULL). */
int api_precondition(
    struct api_ask *a, const struct record_kind *kind, const void *record);

/* The same for what is changed in another transaction than the record was read in: that one
 * must find it unchanged (a->m.expected), so the next change must be about this record. */
int api_expect(struct api_ask *a, const struct record_kind *kind, const void *record);

/* Sets the ETag header; true when the client has just this (If-None-Match on a GET), and the
 * answer is 304. */
bool api_unchanged(
    struct api_ask *a, const struct record_kind *kind, const void *record);

/* X-Total-Count. */
void api_total(struct api_ask *a, uint64_t total);

/* `{}` */
int api_nothing(struct api_ask *a);

/* A record as an object, without secrets. */
void api_record(struct api_ask *a, struct store_txn *txn,
    const struct record_kind *kind, const void *record);

/* Runs fn in a read of the registry. */
int api_read(struct api_ask *a, int (*fn)(struct api_ask *, struct store_txn *, void *),
    void *arg);

/* ---- the generic resources ------------------------------------------------------------------ */

enum api_ops {
	API_LIST = 1,
	API_SHOW = 2,
	API_CREATE = 4,
	API_CHANGE = 8,
	API_REMOVE = 16,
	API_FILES = 32 /* made of a whole file as text */
};

/* A kind of record below /gatehouse. A new one is a row in api_kinds.c. */
struct api_kind {
	const char *path;	/* "network-servers" */
	const char *one, *many; /* in JSON: "network_server", "network_servers" */
	const struct record_kind *kind;
	unsigned ops;
	enum action see, change;
	api_fn *create;		   /* NULL: a record made of its fields */
	enum action create_action; /* of that */
	/* NULL: manage_delete(). */
	int (*remove)(struct manage *m, const char *id);
	enum action remove_action;
};

extern const struct api_kind api_kinds[]; /* path NULL at the end */

api_fn kind_list, kind_show, kind_create, kind_change, kind_remove;

/* Shows the record of a kind that was made or changed. */
int kind_answer(struct api_ask *a, const char *id);
int kind_answer_as(struct api_ask *a, const struct record_kind *kind, const char *id);

/* How kinds are made that are not made of their fields. */
api_fn trust_create, ca_create, ca_revoke, plan_create, plan_file, board_create,
    fleet_key_create, signing_key_create, signing_key_retire;

/* ---- handlers ------------------------------------------------------------------------------- */

api_fn gateway_create, gateway_get, gateway_put, gateway_remove, gateway_restore,
    gateway_purge, gateway_lists, gateway_search;
api_fn rights_get, keys_list, key_create, key_import, key_get, key_put, key_remove;
api_fn tool_explain, tool_bundle, tool_retry, tool_provision, tool_rotate, tool_history;
api_fn activation_get, activation_post, activation_remove;
api_fn cert_get, cert_issue, cert_import, cert_remove;
api_fn bulk_import_post, bulk_export_get;
api_fn unknown_get, unknown_adopt, unknown_remove, audit_get;

#endif
