/*
 * hold FOLDER MILLISECONDS [ledger]: takes the write lock of the registry (or the ledger) in
 * a data folder and keeps it for so long, as somebody does who writes much, or until SIGTERM.
 * Says "held" when it has it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "registry/tables.h"
#include "store/store.h"

static sigset_t told;

static int
hold(struct store_txn *txn, void *arg)
{
	unsigned long ms = *(unsigned long *)arg;
	struct timespec time = {
	    .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

	(void)txn;
	puts("held");
	fflush(stdout);
	sigtimedwait(&told, NULL, &time);
	return E_OK;
}

int
main(int argc, char **argv)
{
	struct store_options options = {
	    .tables = registry_table_names, .schema = REGISTRY_SCHEMA};
	struct store *store;
	unsigned long ms;
	char path[1024];
	int err;

	if (argc != 3 && argc != 4)
		return 2;
	if (argc == 4)
		options = (struct store_options){
		    .tables = ledger_table_names, .schema = LEDGER_SCHEMA};
	ms = strtoul(argv[2], NULL, 10);
	/* Also for the threads that the store makes. */
	sigemptyset(&told);
	sigaddset(&told, SIGTERM);
	sigprocmask(SIG_BLOCK, &told, NULL);
	snprintf(
	    path, sizeof path, "%s/%s", argv[1], argc == 4 ? "ledger" : "registry");
	if ((err = store_open(path, &options, &store, NULL)) != E_OK)
		return 1;
	err = store_update(store, 60000, hold, &ms);
	store_close(store);
	return err == E_OK ? 0 : 1;
}
