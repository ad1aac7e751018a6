/* Rows of the ledger that tell of a thing in the registry: records under its serial number,
 * where a missing row is one whose fields are zero. */
#ifndef GH_REGISTRY_LEDGER_H
#define GH_REGISTRY_LEDGER_H

#include "registry/record.h"
#include "store/store.h"

/* Reads the row. E_CORRUPT, E_VERSION, E_NOMEM, E_IO. */
int ledger_get(struct store_txn *ledger, const struct record_kind *kind,
    uint64_t serial, struct arena *arena, void *row);

/* Writes it, inside an update of the ledger. */
int ledger_put(
    struct store_txn *ledger, const struct record_kind *kind, const void *row);

/* Are the two the same, as stored bytes? */
bool ledger_equal(const struct record_kind *kind, const void *a, const void *b);

#endif
