/*
 * Records of any kind as facts and as forms, by their field tables: labels, help texts, the
 * right sort of input, errors beside it.
 *
 * A form carries the version of the record and, beside each value, what it was. When somebody
 * else has changed the record meanwhile, what was typed is kept, the other's values are shown
 * beside it, and fields that were not touched follow the other's.
 */
#ifndef GH_ADMIN_RECORD_FORM_H
#define GH_ADMIN_RECORD_FORM_H

#include "admin/input.h"

/* Fields that belong together. Those that no section names come last, under "More". */
struct record_section {
	const char *id, *title;
	const char *const *fields; /* NULL at the end */
	bool folded; /* shown closed, when nothing in it is set or wrong */
};

struct record_shape {
	const struct record_kind *kind;
	const struct record_section *sections; /* title NULL at the end; NULL: one */
	const char *const *hidden; /* not shown at all, NULL at the end; NULL: none */
};

/* "Gateway server address" of gateway_server_address, "EUI" of ids.eui; in the arena. */
const char *field_label(struct visit *v, const struct field *f);

/* What a field has, as text for people; "" for secrets. In the arena. */
const char *field_text(struct visit *v, struct store_txn *txn,
    const struct record_kind *kind, const struct field *f, const void *record);

/* The items of a list, each for itself, with commas between. */
void field_items(struct visit *v, const struct field *f, const void *record);

/* The words of flags, with commas between; rights without what all of them begin with. */
void field_flags(struct visit *v, const struct field *f, const void *record);

/* All fields that are set, by section; what is set by Gatehouse alone too. */
void record_facts(struct visit *v, struct store_txn *txn,
    const struct record_shape *shape, const void *record);

/*
 * The inputs of a form: with what was typed when v->form has it, else with the record's
 * values. `record` is as it is stored; for a new one after record_init(). With `typed` false
 * the form's values are passed over.
 */
void record_inputs(struct visit *v, struct store_txn *txn,
    const struct record_shape *shape, const void *record, bool typed);

/* What was typed and differs from what it was, as edits in the arena. E_INVALID (a row that
 * cannot be read), E_NOMEM. */
int record_edits_of(struct visit *v, const struct record_shape *shape,
    const void *record, struct edit **edits, size_t *count);

#endif
