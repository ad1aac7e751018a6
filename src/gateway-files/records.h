/*
 * Records that many gateways share (plans, boards, network servers), kept decoded for as
 * long as nobody changes the registry: a fleet's polls read the same few of them again and
 * again, and their bytes are most of what a poll would have to check.
 */
#ifndef GH_GATEWAY_FILES_RECORDS_H
#define GH_GATEWAY_FILES_RECORDS_H

#include "registry/registry.h"

struct file_records;

/* NULL when out of memory; NULL is allowed everywhere and keeps nothing. */
struct file_records *file_records_new(void);
void file_records_free(struct file_records *r);

/* To be called first for each read of the registry: forgets everything when it is another
 * snapshot than the records were read from. What was handed out before is gone then. */
void file_records_begin(struct file_records *r, struct store_txn *registry);

/*
 * A record by its identifier, or with `id` NULL by its serial number. It is here or in the
 * arena, valid until the next file_records_begin(). E_NOTFOUND, E_IO, E_CORRUPT, E_VERSION,
 * E_NOMEM.
 */
int file_records_get(struct file_records *r, struct store_txn *registry,
    const struct record_kind *kind, const char *id, uint64_t serial,
    struct arena *arena, const void **record);

#endif
