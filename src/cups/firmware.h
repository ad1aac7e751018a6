/* Firmware in an exchange of CUPS: what it depends on is read from the stores, what was
 * decided is written to the ledger, and the image is opened. */
#ifndef GH_CUPS_FIRMWARE_H
#define GH_CUPS_FIRMWARE_H

#include "cups/exchange.h"

/*
 * Fills x->records.firmware (and x->inputs.firmware) once the gateway and its state are
 * there. An idle poll of a gateway without auto_update reads nothing. E_IO, E_CORRUPT,
 * E_VERSION, E_NOMEM.
 */
int cups_firmware_load(struct store_txn *registry, struct store_txn *ledger,
    struct cups_cache *cache, const struct cups_policy *policy, int64_t now,
    struct arena *arena, struct cups_exchange *x);

/* The channel that a gateway is in: its own, else the default one. */
const char *cups_channel_of(
    const struct gateway *gateway, const struct cups_policy *policy);

/* Counts the downloads of others, for one that would be sent something. */
int cups_firmware_count(struct store_txn *ledger, int64_t now, struct cups_exchange *x);

/*
 * Inside an update of the ledger: reads again what the decision depends on, and lets time do
 * to the roll-outs what it does (firmware/tend.h). To be followed by deciding, and that by
 * cups_firmware_write(): offers, their roll-outs and the lease.
 */
int cups_firmware_refresh(struct store_txn *ledger, int64_t now, struct arena *arena,
    struct cups_exchange *x);
int cups_firmware_write(
    struct store_txn *ledger, int64_t now, const struct cups_exchange *x);

/*
 * Opens what was decided to be sent, with a slot for sending it, into x->update. When that is
 * not possible, the inputs say so (decide again). E_OK when it was opened, or nothing is to be
 * sent; E_AGAIN: decide again.
 */
int cups_firmware_open(const struct cups_server *server, struct cups_exchange *x);

/* The same without a slot and without a line in the log, for `explain`. */
int cups_firmware_look(const struct cups_server *server, struct cups_exchange *x);

/* Gives back what is open; the fault stays. */
void cups_firmware_close(struct cups_exchange *x);

#endif
