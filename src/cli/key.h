/* Lists of keys, for `key list` and `gateway show`. */
#ifndef GH_CLI_KEY_H
#define GH_CLI_KEY_H

#include "cli/cli.h"
#include "registry/key.h"

/* The keys of a gateway (NULL: all keys) as a list with this name (NULL: at the top). */
int key_list_show(struct cli *cli, const char *name, const struct gateway *g);

/* "valid", "revoked", "expired", or "ended" by a newer generation of this gateway's key. */
const char *key_status(const struct key *key, const struct gateway *gateway,
    const struct gateway_state *state, int64_t now);

#endif
