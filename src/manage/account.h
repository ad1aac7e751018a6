/* Accounts of people, and their sessions. */
#ifndef GH_MANAGE_ACCOUNT_H
#define GH_MANAGE_ACCOUNT_H

#include "manage/manage.h"
#include "registry/account.h"
#include "registry/session.h"

#define ACCOUNT_PASSWORD_MIN 10

struct account_request {
	const char *id, *name; /* name may be NULL */
	int role;	       /* enum role */
	struct span password;  /* empty: none, it signs in by the web server alone */
	unsigned cost;	       /* of the hash; 0: PASSWORD_COST */
};

/* May it be a password: ACCOUNT_PASSWORD_MIN to PASSWORD_MAX bytes, not the account's own
 * name? E_INVALID with words. */
int manage_account_password_check(
    struct span password, const char *id, struct fault *fault);

/* E_INVALID, E_EXISTS. `serial` may be NULL. */
int manage_account_add(
    struct manage *m, const struct account_request *request, uint64_t *serial);

/* A new password; ends the account's sessions. */
int manage_account_password(
    struct manage *m, const char *id, struct span password, unsigned cost);

/* manage_set() of name, role and disabled; what ends sessions also removes their rows.
 * E_STATE when no admin would be left who can sign in. */
int manage_account_set(
    struct manage *m, const char *id, const struct edit *edits, size_t count);

/* E_STATE as above. */
int manage_account_remove(struct manage *m, const char *id);

/* Are there any? */
int manage_account_any(struct manage *m, bool *any);

/* Calls fn for each session that the ledger has, of one account or of all (id NULL), also
 * those that have ended by themselves. */
typedef int manage_session_fn(struct manage *m, struct span digest,
    const struct session *s, const char *account, void *arg);
int manage_sessions(struct manage *m, const char *id, manage_session_fn *fn, void *arg);

/* Ends the sessions of an account. */
int manage_sessions_end(struct manage *m, const char *id, uint64_t *ended);

/* ---- the first account ------------------------------------------------------------------- */

/* The file in the data folder. Who can read it may make the first account, an admin. */
#define FIRST_SECRET_FILE "first-account.secret"

/* Makes the file (mode 0640) unless it is there. E_STATE when there are accounts. *made is
 * false when it was there. */
int manage_first_secret(struct manage *m, bool *made);

/* Makes the first account when the secret is right, an admin whatever the request says, and
 * removes the file. E_STATE when there are accounts, E_NOTFOUND without the file, E_DENIED
 * (wrong secret), E_INVALID. */
int manage_first_account(struct manage *m, struct span secret,
    const struct account_request *request, uint64_t *serial);

/* ---- for manage_put_in() and manage_remove_in() --------------------------------------------- */

/* A record is about to be stored (`before` NULL: new) or removed (`after` NULL): ends sessions
 * where it must, refuses to lose the last admin. */
int account_entered(struct manage *m, struct store_txn *txn,
    const struct account *before, struct account *after);

#endif
