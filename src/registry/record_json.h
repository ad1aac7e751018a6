/* Records as JSON, by their field tables: names with dots become nested objects. */
#ifndef GH_REGISTRY_RECORD_JSON_H
#define GH_REGISTRY_RECORD_JSON_H

#include "json/reader.h"
#include "json/writer.h"
#include "registry/record.h"
#include "store/store.h"

/*
 * What conversion needs from outside. Secrets are never shown unless `open_secret` is
 * given (to those who may read them), and cannot be set unless `set_secret` is.
 */
struct record_view {
	struct store_txn
	    *txn; /* names references; NULL: their serial numbers are shown */
	struct arena *arena;
	int64_t now; /* for times such as "+7d" */
	/* Opens a sealed field. */
	int (*open_secret)(void *arg, const struct record_kind *kind,
	    const void *record, const struct field *f, struct span *plain);
	/* Seals and puts it into the record (whose serial is set); an empty one is taken
	 * away. */
	int (*set_secret)(void *arg, const struct record_kind *kind, void *record,
	    const struct field *f, struct span plain, struct fault *fault);
	/* Is asked first about each member that comes, by its whole name: what it takes
	 * (*taken) is not looked at any more. NULL: nothing is taken. */
	int (*take)(void *arg, const struct record_kind *kind, const char *name,
	    const struct json *v, void *record, struct fault *fault, bool *taken);
	/* Writes a field in another form, with its name; false: it did not. NULL: none. */
	bool (*give)(void *arg, const struct record_kind *kind, const void *record,
	    const struct field *f, struct json_out *j);
	void *arg;
	struct strbuf
	    *unknown; /* names of unknown fields, ", " between; NULL: refused */
};

/*
 * Writes the record as one JSON object. Fields with their zero value are left out. With
 * `mask` (dotted names; a name covers what is below it) only those. Bytes are base64,
 * times RFC 3339, EUIs 16 upper-case digits, references identifiers.
 */
void record_to_json(const struct record_kind *kind, const void *record,
    const struct record_view *view, const struct text_list *mask, struct json_out *j);

/*
 * Sets the fields that the JSON object has (null: the zero value). Read-only ones are
 * passed over: clients send back what they got. With `mask` only those, and those of the
 * mask that the object has not become zero. E_INVALID with the field's name for a wrong
 * type or value, or an unknown field (unless view->unknown collects them); E_NOTFOUND for
 * a reference to nothing; E_NOMEM. Does not run record_check().
 */
int record_from_json(const struct record_kind *kind, const struct json *object,
    const struct record_view *view, const struct text_list *mask, void *record,
    struct fault *fault);

/* A member whose value is the bytes as base64. */
void json_key_base64(struct json_out *j, const char *key, struct span bytes);

/* Is the field (or something above it) in the mask? NULL covers all. */
bool record_mask_has(const struct text_list *mask, const char *name);

/* Each name of a mask must be a field of the kind or stand above one: E_INVALID. */
int record_mask_check(
    const struct record_kind *kind, const struct text_list *mask, struct fault *fault);

#endif
