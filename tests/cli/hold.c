/*
 *	hold FOLDER MILLISECONDS [registry|ledger [stranger]]
 *
 * takes the write lock of a store (the registry) in a data folder, as somebody does who
 * writes much, says "held" when it has it, and keeps it until SIGTERM, but not longer than
 * that, nor than whoever started it lives. A stranger (mdb_copy, a backup script) knows
 * nothing of our queue and takes LMDB's own lock. Nothing is changed.
 *
 * Its status is 0 when it was told to let go: then it had the lock all the time.
 */
#include <lmdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "registry/tables.h"
#include "store/store.h"

#define WAIT_MS 120000 /* for the lock */

static sigset_t told;
static struct timespec most;
static bool was_told;

static void
hold(void)
{
	puts("held");
	fflush(stdout);
	was_told = sigtimedwait(&told, NULL, &most) == SIGTERM;
}

static int
hold_update(struct store_txn *txn, void *arg)
{
	(void)txn;
	(void)arg;
	hold();
	return E_AGAIN; /* nothing is changed */
}

static int
as_one_of_us(const char *path, bool ledger)
{
	struct store_options options = {
	    .tables = ledger ? ledger_table_names : registry_table_names,
	    .schema = ledger ? LEDGER_SCHEMA : REGISTRY_SCHEMA};
	struct fault fault = {0};
	struct store *store;

	if (store_open(path, &options, &store, &fault) != E_OK) {
		fprintf(stderr, "hold: %s: %s\n", path, fault.text);
		return 1;
	}
	if (store_update(store, WAIT_MS, hold_update, NULL) != E_AGAIN)
		fprintf(stderr, "hold: %s: no lock\n", path);
	store_close(store);
	return 0;
}

static int
as_stranger(const char *path)
{
	MDB_env *env;
	MDB_txn *txn;
	int rc;

	if ((rc = mdb_env_create(&env)) != 0 ||
	    (rc = mdb_env_open(env, path, 0, 0660)) != 0 ||
	    (rc = mdb_txn_begin(env, NULL, 0, &txn)) != 0) {
		fprintf(stderr, "hold: %s: %s\n", path, mdb_strerror(rc));
		return 1;
	}
	hold();
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return 0;
}

int
main(int argc, char **argv)
{
	bool ledger = argc > 3 && strcmp(argv[3], "ledger") == 0;
	char path[1024];
	unsigned long ms;

	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: hold FOLDER MILLISECONDS [STORE [stranger]]\n");
		return 2;
	}
	ms = strtoul(argv[2], NULL, 10);
	most = (struct timespec){(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
	/* Blocked before any thread is there: whoever is told, it waits here. */
	sigemptyset(&told);
	sigaddset(&told, SIGTERM);
	sigprocmask(SIG_BLOCK, &told, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(path, sizeof path, "%s/%s", argv[1], ledger ? "ledger" : "registry");
	if ((argc > 4 ? as_stranger(path) : as_one_of_us(path, ledger)) != 0)
		return 1;
	return was_told ? 0 : 1;
}
