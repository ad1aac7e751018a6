/* The index entries of one record; internal to the registry. */
#ifndef GH_REGISTRY_INDEX_H
#define GH_REGISTRY_INDEX_H

#include "registry/record.h"
#include "store/store.h"

enum index_sort { INDEX_UNIQUE, INDEX_LISTING };

/* Key of an entry: table u8, field u8, value; listings end with 0 and the serial. */
struct index_key {
	uint8_t bytes[STORE_KEY_MAX];
	size_t len;
};

/* Longest value that goes into a key; longer ones are cut (they are never unique ones,
 * whose fields are limited below it). */
#define INDEX_VALUE_MAX 400

/* The key of a value; of a listing once the serial is added. */
void index_key_set(struct index_key *key, const struct record_kind *kind,
    unsigned field, struct span value);
void index_key_add_serial(struct index_key *key, uint64_t serial);

/* Calls fn for each entry that the record has. */
typedef int index_fn(void *arg, enum index_sort sort, const struct field *f,
    const struct index_key *key);
int index_each(
    const struct record_kind *kind, const void *record, index_fn *fn, void *arg);

#endif
