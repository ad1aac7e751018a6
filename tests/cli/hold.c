/*
 * hold FOLDER MILLISECONDS [ledger]: takes the write lock of the registry (or the ledger) in
 * a data folder and keeps it for so long, as somebody does who writes much. Says "held" when
 * it has it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "registry/tables.h"
#include "store/store.h"

static int
hold(struct store_txn *txn, void *arg)
{
	(void)txn;
	puts("held");
	fflush(stdout);
	usleep(*(useconds_t *)arg * 1000);
	return E_OK;
}

int
main(int argc, char **argv)
{
	struct store_options options = {
	    .tables = registry_table_names, .schema = REGISTRY_SCHEMA};
	struct store *store;
	useconds_t ms;
	char path[1024];
	int err;

	if (argc != 3 && argc != 4)
		return 2;
	if (argc == 4)
		options = (struct store_options){
		    .tables = ledger_table_names, .schema = LEDGER_SCHEMA};
	ms = (useconds_t)strtoul(argv[2], NULL, 10);
	snprintf(
	    path, sizeof path, "%s/%s", argv[1], argc == 4 ? "ledger" : "registry");
	if ((err = store_open(path, &options, &store, NULL)) != E_OK)
		return 1;
	err = store_update(store, 1000, hold, &ms);
	store_close(store);
	return err == E_OK ? 0 : 1;
}
