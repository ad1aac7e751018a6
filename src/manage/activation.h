/*
 * The Things Kickstarter Gateway, as operators see it: when it may be activated, what it is
 * handed then, and what must not be entered for it. See kickstarter/activation.h.
 */
#ifndef GH_MANAGE_ACTIVATION_H
#define GH_MANAGE_ACTIVATION_H

#include "kickstarter/exchange.h"
#include "manage/manage.h"

/* Opens a new window, in which it is activated once; `until` 0: until it is used. Where a key
 * of the gateway ends by itself it is open (again) from then on. E_STATE when it is not
 * marked as a Kickstarter, or deleted. */
int activation_open(struct manage *m, const char *id, int64_t until);

/* Ends it, whether it was used or not: no activation until a window is opened again, also
 * by the end of a key. */
int activation_close(struct manage *m, const char *id);

/* How it stands. */
struct activation_status {
	struct gateway gateway;
	struct gateway_state state;
	struct kick_activation decision; /* what a request would come to now */
	struct key key; /* the API key that it has or gets; with has_key */
	bool has_key;
	struct key handed; /* the API key that activation gave it; with has_handed */
	bool has_handed;
	bool came; /* the device has come with a right key since it was activated */
};

/* Of the gateway with this ID or EUI, a deleted one too. E_NOTFOUND and what reading gives. */
int activation_status(
    struct manage *m, const char *id, struct activation_status *status);

/* The key that it would be handed, for those who may see secrets: for its network server.
 * E_NOTFOUND when it is yet to be made; E_STATE and others when it cannot be opened. */
int activation_show_key(
    struct manage *m, const struct activation_status *status, struct span *key);

/* ---- for manage_key_rotate() and manage_put_in() ---------------------------------------- */

/* A new key for the next activation, for which a window is opened; older API keys of the
 * gateway end, which makes the device ask for it. */
int activation_rotate(struct manage *m, const char *gateway, struct key_made *made);

/* Opens a window in a record. Each has another name than all before it, whatever was
 * restored from a backup meanwhile. */
void activation_open_window(
    struct gateway *g, int64_t now, int64_t from, int64_t until);

/* A gateway's record is about to be stored: refuses what the device could not take, opens the
 * window where its key changes, warns. `before` is NULL for a new one. */
int activation_gateway_entered(struct manage *m, struct store_txn *txn,
    const struct gateway *before, struct gateway *after);

/* A key was stored (`before` NULL: made; `after` NULL: removed): opens the window of a
 * Kickstarter gateway that loses it. */
int activation_key_changed(struct manage *m, struct store_txn *txn,
    const struct key *before, const struct key *after);

/* ---- for kickstarter.fcgi ---------------------------------------------------------------- */

struct activation_policy {
	struct data *data;
	int wait_ms;
};

/* The hook of struct kick_server; `arg` is a struct activation_policy. */
kick_new_key_fn activation_key;

#endif
