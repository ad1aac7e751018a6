/* Single fields as text: for the command line, CSV and forms. */
#ifndef GH_REGISTRY_RECORD_TEXT_H
#define GH_REGISTRY_RECORD_TEXT_H

#include "registry/record_json.h"

/*
 * Sets one field from text; "" gives the zero value. Lists are written with commas, maps as
 * key=value with commas, rows as a JSON array, times as RFC 3339 or "+7d" from now.
 * E_INVALID with the field's name, E_NOTFOUND for a reference to nothing, E_NOMEM. The text
 * of list items and the like is copied to view->arena.
 */
int record_field_from_text(const struct record_kind *kind, const struct field *f,
    struct span text, const struct record_view *view, void *record,
    struct fault *fault);

/* Appends the field as text, in the form that the function above reads; nothing for a
 * secret. */
void record_field_to_text(const struct field *f, const void *record,
    const struct record_view *view, struct strbuf *out);

/* The identifier of the record that a reference names, or "#serial" when it is gone; in
 * view->arena. "" for none. */
const char *record_ref_name(
    const struct field *f, uint64_t serial, const struct record_view *view);

#endif
