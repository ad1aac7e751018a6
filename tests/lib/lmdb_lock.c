/*
 *	lmdb_lock FOLDER SECONDS
 *
 * holds LMDB's own write lock of a store for so long, as a program would that is not ours
 * (mdb_copy, a backup script) and knows nothing of our queue. Prints `held` when it has it.
 */
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	MDB_env *env;
	MDB_txn *txn;
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: lmdb_lock FOLDER SECONDS\n");
		return 2;
	}
	if ((rc = mdb_env_create(&env)) != 0 ||
	    (rc = mdb_env_open(env, argv[1], 0, 0660)) != 0 ||
	    (rc = mdb_txn_begin(env, NULL, 0, &txn)) != 0) {
		fprintf(stderr, "lmdb_lock: %s\n", mdb_strerror(rc));
		return 1;
	}
	printf("held\n");
	fflush(stdout);
	sleep((unsigned)strtoul(argv[2], NULL, 10));
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return 0;
}
