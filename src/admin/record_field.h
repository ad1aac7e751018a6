/* One field of a record as an input, and back; for record_form.c. */
#ifndef GH_ADMIN_RECORD_FIELD_H
#define GH_ADMIN_RECORD_FIELD_H

#include "admin/record_form.h"

/* The input of one field, with what it was beside it. */
void record_input(struct visit *v, struct store_txn *txn,
    const struct record_kind *kind, const struct field *f, const void *record,
    bool typed);

/* What was typed, as text for an edit, and whether it differs from what it was. */
int record_typed(struct visit *v, const struct record_kind *kind, const struct field *f,
    const void *record, struct span *text, bool *changed);

/* The same for rows: each has inputs named "antennas.0.gain"; a last empty row is for a new
 * one. */
void rows_input(struct visit *v, const struct record_kind *kind, const struct field *f,
    const void *record, bool typed);
int rows_typed(struct visit *v, const struct field *f, const void *record,
    struct span *text, bool *changed);

#endif
