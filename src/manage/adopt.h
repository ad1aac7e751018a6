/* Gateways that nobody registered: shown, adopted by an operator, or automatically as a
 * template allows (cups.md, "Unknown gateways"). */
#ifndef GH_MANAGE_ADOPT_H
#define GH_MANAGE_ADOPT_H

#include "manage/manage.h"
#include "registry/ignored.h"
#include "registry/sighting.h"

/* Calls fn for each entry of the list whose EUI is not ignored, newest first; one EUI has
 * several when different credentials were presented in its name. E_NOTFOUND when the list
 * cannot be opened. The second one passes those too that are ignored. */
typedef int manage_unknown_fn(
    struct manage *m, const struct unknown_sighting *u, void *arg);
int manage_unknowns(struct manage *m, manage_unknown_fn *fn, void *arg);
int manage_unknowns_all(struct manage *m, manage_unknown_fn *fn, void *arg);

/* Drops the entries of an EUI: it is there again when it comes again. */
int manage_unknown_forget(struct manage *m, uint64_t eui);

/*
 * Ignores an EUI until it is noticed again or adopted: the list leaves it out, and no template
 * adopts it. `note` may be NULL; one that is ignored already gets the new note. The records
 * are of ignored_kind, for manage_list(). manage_unknown_notice() gives E_NOTFOUND for one
 * that is not ignored.
 */
int manage_unknown_ignore(struct manage *m, uint64_t eui, const char *note);
int manage_unknown_notice(struct manage *m, uint64_t eui);

/* For src/manage: is it ignored (E_OK, E_NOTFOUND)? The end of that. */
int ignored_in(struct store_txn *txn, uint64_t eui, uint64_t *serial);
int ignored_end_in(struct manage *m, struct store_txn *txn, uint64_t eui);

struct adoption {
	uint64_t eui;
	const char *template_id; /* NULL: nothing is copied */
	const char *gateway_id;	 /* NULL: `eui-<16 lower-case hex>` */
	const char *name;	 /* NULL: none */
	const char *digest; /* beginning (8 hex digits or more) of the digest of what it
				    presented; NULL: the only one */
	bool unbound;	    /* do not bind it to what it presented */
};

struct adopted {
	uint64_t serial;
	const char *gateway_id;
	bool seen;		      /* it is in the list… */
	struct unknown_sighting what; /* …with this */
	/* What opens it now: KEY: the key that it presented was registered as `key_id`;
	 * CERTIFICATE: it presented one, which is let in when a registered CA issued it and
	 * may speak for it; NONE: it needs a bundle. */
	enum credential bound;
	const char *key_id;
};

/*
 * Registers an unknown gateway with the settings of the template, binds it to the key that
 * it presented (registered by its digest as generation 1, put there by hand), forgets its
 * entries. It need not have been seen. E_EXISTS when the EUI or identifier is taken;
 * E_STATE when several credentials were presented in its name and `digest` does not say
 * which, or the key is another gateway's; E_NOTFOUND (template, digest).
 */
int manage_adopt(struct manage *m, const struct adoption *a, struct adopted *done);

/* What automatic adoption works with. */
struct adopt_policy {
	struct data *data;
	const struct cups_policy *policy;
	int wait_ms;
	const char *actor; /* NULL: "cups.fcgi" */
};

/*
 * The hook of struct cups_server; `arg` is a struct adopt_policy. Of the templates whose
 * eui_prefixes fit, the longest prefix decides. It adopts when the gateway showed a valid
 * client certificate of a registered CA that names this EUI, or while the template's window
 * is open: then the key that it presented is bound to it; when it presented none, its first
 * answer may carry credentials, and a CUPS key is made for that where it could be sent.
 * E_OK, E_NOTFOUND (stays unknown), E_BUSY and other errors of the store.
 */
cups_adopt_fn adopt_automatically;

#endif
