#include "auth/sign_in.h"

#include <stdio.h>

#include "crypto/password.h"
#include "registry/registry.h"
#include "registry/throttle.h"

#define WHO 120

/* Names that nobody could have are counted by their beginning. */
static void
name_buckets(const struct sign_in *w, char account[WHO], char address[WHO])
{
	int n = w->account.len < 60 ? (int)w->account.len : 60;

	snprintf(account, WHO, "account:%.*s", n, (const char *)w->account.data);
	snprintf(address, WHO, "sign-in:%.60s", w->address);
}

bool
sign_in_may_guess(struct data *data, const struct sign_in *w, unsigned *retry_after)
{
	char account[WHO], address[WHO];

	name_buckets(w, account, address);
	if (throttle_blocked(data->throttle, address, w->failures, w->now, retry_after))
		return false;
	return w->account.len == 0 || !throttle_blocked(data->throttle, account,
					  w->failures, w->now, retry_after);
}

void
sign_in_failed(struct data *data, const struct sign_in *w)
{
	char account[WHO], address[WHO];
	unsigned ignored;

	name_buckets(w, account, address);
	throttle_failure(data->throttle, address, w->failures, w->now, &ignored);
	if (w->account.len > 0)
		throttle_failure(
		    data->throttle, account, w->failures, w->now, &ignored);
}

static int
find(struct data *data, struct span id, struct arena *arena, struct account *account)
{
	struct store_txn *txn;
	int err;

	/* No identifier is longer, and no key of the store may be. */
	if (id.len == 0 || id.len > 36)
		return E_NOTFOUND;
	if ((err = store_read_begin(data->registry, &txn)) != E_OK)
		return err;
	err = registry_find(txn, &account_kind, ACCOUNT_ID, id, arena, account);
	store_read_end(txn);
	return err;
}

int
sign_in_check(struct data *data, const struct sign_in *w, struct arena *arena,
    struct account *account, unsigned *retry_after)
{
	bool right;
	int err;

	if (!sign_in_may_guess(data, w, retry_after))
		return E_THROTTLED;
	err = find(data, w->account, arena, account);
	if (err != E_OK && err != E_NOTFOUND)
		return err;
	if (err == E_OK && account->password[0] != '\0') {
		right = password_verify(w->password, account->password);
	} else {
		password_verify_nobody(w->password, w->cost);
		right = false;
	}
	if (right && !account->disabled)
		return E_OK;
	sign_in_failed(data, w);
	return E_DENIED;
}
