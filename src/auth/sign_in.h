/* Whether somebody is who they say: by password, throttled. */
#ifndef GH_AUTH_SIGN_IN_H
#define GH_AUTH_SIGN_IN_H

#include "registry/account.h"
#include "registry/data.h"

struct sign_in {
	struct span account, password; /* as they were typed */
	const char *address;	       /* whence */
	unsigned failures;	       /* per minute, for one account and one address */
	unsigned cost;		       /* of hashes, for accounts that do not exist */
	int64_t now;
};

/*
 * E_OK with the account (in the arena). E_DENIED: account or password are wrong, or it is
 * disabled or has none: which of these cannot be told, from the time neither.
 * E_THROTTLED: too many failures, the password was not even looked at; *retry_after is in
 * seconds. Errors of the store.
 */
int sign_in_check(struct data *data, const struct sign_in *who, struct arena *arena,
    struct account *account, unsigned *retry_after);

/* Another guess of the same sort, as the secret for the first account: counts a failure of
 * the address. False when there were too many. */
bool sign_in_may_guess(
    struct data *data, const struct sign_in *who, unsigned *retry_after);
void sign_in_failed(struct data *data, const struct sign_in *who);

#endif
