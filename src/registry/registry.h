/*
 * Records in a store: by serial number, by a unique value, listed by an indexed value.
 * One implementation for every kind; the field tables say which fields have indexes.
 * All functions work on a transaction of the registry's store; those that change must be
 * called inside store_update().
 */
#ifndef GH_REGISTRY_REGISTRY_H
#define GH_REGISTRY_REGISTRY_H

#include "registry/record.h"
#include "registry/tables.h"
#include "store/store.h"

/* Fills `record` from the arena. E_NOTFOUND, E_CORRUPT, E_VERSION, E_NOMEM, E_IO. */
int registry_get(struct store_txn *txn, const struct record_kind *kind, uint64_t serial,
    struct arena *arena, void *record);

/* The same by the value of a unique field (text, EUI as 8 bytes big-endian, or bytes). */
int registry_find(struct store_txn *txn, const struct record_kind *kind, unsigned field,
    struct span value, struct arena *arena, void *record);

/* The serial alone. */
int registry_find_serial(struct store_txn *txn, const struct record_kind *kind,
    unsigned field, struct span value, uint64_t *serial);

/* Convenience: by the text of the kind's identifier (its field number 1). */
int registry_find_id(struct store_txn *txn, const struct record_kind *kind,
    const char *id, struct arena *arena, void *record);

/* Gives the next serial number; never one that was given before. */
int registry_next_serial(struct store_txn *txn, uint64_t *serial);

/*
 * Inserts or replaces the record with its serial (which must come from
 * registry_next_serial()) and keeps its index entries. Checks it first (record_check).
 * E_INVALID; E_EXISTS with the field's name and the holder's identifier when a unique value
 * is taken; E_NOMEM, E_FULL, E_IO: return them from the update.
 */
int registry_put(struct store_txn *txn, const struct record_kind *kind,
    const void *record, struct arena *arena, struct fault *fault);

/* Stores a record of which nothing changed that is indexed or that somebody entered (a secret
 * sealed anew): without check, index or audit. */
int registry_rewrite(
    struct store_txn *txn, const struct record_kind *kind, const void *record);

/* Removes the record and its index entries. E_NOTFOUND. */
int registry_remove(struct store_txn *txn, const struct record_kind *kind,
    uint64_t serial, struct arena *arena);

/*
 * Calls fn with the serials of the records whose field has this value (for a FIELD_WORDS
 * field: a word that begins with it; value in lower case), ascending within one value,
 * beginning after `after` (0: from the start), until it returns something else than E_OK,
 * which is then returned.
 */
typedef int registry_fn(void *arg, uint64_t serial);
int registry_list_by(struct store_txn *txn, const struct record_kind *kind,
    unsigned field, struct span value, uint64_t after, registry_fn *fn, void *arg);

/* The other way: descending within this value, beginning below `before` (0: from the last).
 * Not for a FIELD_WORDS field; with field 0 all records of the kind. */
int registry_list_back(struct store_txn *txn, const struct record_kind *kind,
    unsigned field, struct span value, uint64_t before, registry_fn *fn, void *arg);

/* Cuts the next word off a text as FIELD_WORDS has them: letters (ASCII in lower case),
 * digits, whatever is not ASCII; longer ones are cut. Gives its length, 0 at the end. */
#define REGISTRY_WORD_MAX 64
size_t registry_word(const char **text, char word[REGISTRY_WORD_MAX]);

/* The same over all records of a kind. */
int registry_list(struct store_txn *txn, const struct record_kind *kind, uint64_t after,
    registry_fn *fn, void *arg);

/* The serials in the order of a unique field's values (bytes), forwards or backwards; records
 * without a value are left out. As registry_list(). */
int registry_list_ordered(struct store_txn *txn, const struct record_kind *kind,
    unsigned field, bool descending, registry_fn *fn, void *arg);

/* The serials with the stored bytes, forwards or backwards: for record_peek(). */
typedef int registry_stored_fn(void *arg, uint64_t serial, struct span stored);
int registry_list_stored(struct store_txn *txn, const struct record_kind *kind,
    bool descending, registry_stored_fn *fn, void *arg);

/* The stored bytes of one record. E_NOTFOUND. */
int registry_stored(struct store_txn *txn, const struct record_kind *kind,
    uint64_t serial, struct span *stored);

/* Is any record's field this value? For "in use by" refusals. */
bool registry_has(struct store_txn *txn, const struct record_kind *kind, unsigned field,
    struct span value);

/* Verifies that the indexes and the records of a kind agree; calls report for each thing
 * that is wrong and returns their number in *found. */
typedef void registry_report_fn(void *arg, const char *text);
int registry_verify(struct store_txn *txn, const struct record_kind *kind,
    registry_report_fn *report, void *arg, uint64_t *found);

/* All kinds that the registry's store holds, NULL at the end. */
extern const struct record_kind *const registry_kinds[];

#endif
