#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "store/filesystem.h"
#include "store/lmdb_engine.h"

#define MAP_INITIAL ((size_t)1 << 20)
#define MAP_MAX ((size_t)1 << (sizeof(size_t) == 8 ? 36 : 30))
#define MAP_UNIT 65536	/* sizes are multiples of this: of every page size */
#define OPEN_TRIES 5	/* others may be opening or closing at the same moment */
#define PLACE_WAITS 100 /* for a folder that a closed store still holds; 10 ms each */

/* ---- open once in a process ---- */

/*
 * The locks of LMDB belong to the process: if it had a folder open twice, closing one
 * would unlock the other. So the folders that are open are written down.
 */
struct place {
	dev_t dev;
	ino_t ino;
	pid_t pid; /* after a fork, what is written here is the parent's */
	struct place *next;
};

static pthread_mutex_t places_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct place *places;

static bool
place_try(struct place *p)
{
	struct place *q;

	pthread_mutex_lock(&places_mutex);
	for (q = places; q != NULL; q = q->next)
		if (q->dev == p->dev && q->ino == p->ino && q->pid == p->pid)
			break;
	if (q == NULL) {
		p->next = places;
		places = p;
	}
	pthread_mutex_unlock(&places_mutex);
	return q == NULL;
}

static void
place_leave(void *arg)
{
	struct place **at;

	pthread_mutex_lock(&places_mutex);
	for (at = &places; *at != NULL && *at != arg; at = &(*at)->next)
		;
	if (*at != NULL)
		*at = (*at)->next;
	pthread_mutex_unlock(&places_mutex);
	free(arg);
}

static int
place_enter(const char *folder, struct place **place, struct fault *fault)
{
	struct place *p;
	struct stat st;

	if (stat(folder, &st) != 0)
		return file_fault(fault, folder, "look at");
	if ((p = malloc(sizeof *p)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s: out of memory", folder);
	*p = (struct place){st.st_dev, st.st_ino, getpid(), NULL};
	for (int i = 0; i < PLACE_WAITS; i++) {
		if (place_try(p)) {
			*place = p;
			return E_OK;
		}
		usleep(10000);
	}
	free(p);
	return fault_set(
	    fault, E_BUSY, NULL, "%s: is open already in this process", folder);
}

/* ---- before LMDB ---- */

static int
check_access(struct lmdb *l, bool create, struct fault *fault)
{
	char lock[PATH_MAX];
	bool have_data = access(l->data, F_OK) == 0 || errno == EACCES;
	bool have_lock;
	int err;

	if (!have_data && !create)
		return fault_set(fault, E_NOTFOUND, NULL,
		    "%s: there is no store in this folder yet", l->folder);
	snprintf(lock, sizeof lock, "%s/lock.mdb", l->folder);
	have_lock = access(lock, F_OK) == 0;
	err = filesystem_check_access(
	    l->folder, have_data && have_lock ? X_OK : W_OK | X_OK, fault);
	if (err == E_OK && have_data)
		err = filesystem_check_access(l->data, R_OK | W_OK, fault);
	/* Readers write to the lock file, too. */
	if (err == E_OK && have_lock)
		err = filesystem_check_access(lock, R_OK | W_OK, fault);
	return err;
}

static int
check_before(struct lmdb *l, bool create, enum lmdb_shape *shape, struct fault *fault)
{
	int err;

	if (!l->allow_remote &&
	    (err = filesystem_check_local(l->folder, fault)) != E_OK)
		return err;
	if ((err = check_access(l, create, fault)) != E_OK)
		return err;
	if ((err = lmdb_check_file(l->data, shape, fault)) != E_OK)
		return err;
	if (*shape == LMDB_ABSENT && !create)
		return fault_set(fault, E_CORRUPT, NULL,
		    "%s: damaged: it is empty; restore a backup", l->data);
	return E_OK;
}

/* ---- the environment ---- */

static int
env_make(struct lmdb *l, bool is_new, MDB_env **env)
{
	int rc = mdb_env_create(env);

	if (rc != 0)
		return rc;
	mdb_env_set_maxdbs(*env, STORE_TABLES_MAX + 1);
	mdb_env_set_maxreaders(*env, LMDB_READERS);
	/* Otherwise it is as large as it was left. */
	if (is_new)
		mdb_env_set_mapsize(*env, l->map_initial);
	return 0;
}

/* With cold pages, reading ahead costs a large store six times as much as it needs. */
static unsigned
env_flags(const struct lmdb *l)
{
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	unsigned flags = MDB_NOTLS;
	struct stat st;

	if (l->base.read_only && !l->making)
		flags |= MDB_RDONLY;
	if (stat(l->data, &st) == 0 && (uint64_t)st.st_size > memory / 2)
		flags |= MDB_NORDAHEAD;
	return flags;
}

/* Leaves nothing behind on failure. */
static int
env_open(struct lmdb *l, bool is_new)
{
	mode_t mask = umask(0);
	MDB_env *env = NULL;
	int rc = 0;

	for (int tries = 0; tries < OPEN_TRIES; tries++) {
		if ((rc = env_make(l, is_new, &env)) != 0)
			break;
		rc = mdb_env_open(env, l->folder, env_flags(l), 0660);
		if (rc == 0)
			break;
		mdb_env_close(env);
		env = NULL;
		if (rc != EAGAIN && rc != EBUSY && rc != MDB_INVALID)
			break;
		usleep(20000);
	}
	umask(mask);
	l->env = rc == 0 ? env : NULL;
	return rc;
}

static int
env_up(struct lmdb *l, bool is_new, struct fault *fault)
{
	char lock[PATH_MAX];
	struct place *place = NULL;
	int rc, err;

	if ((err = place_enter(l->folder, &place, fault)) != E_OK)
		return err;
	snprintf(lock, sizeof lock, "%s/lock.mdb", l->folder);
	if ((err = lmdb_reserve_lock(lock, fault)) != E_OK) {
		place_leave(place);
		return err;
	}
	if ((rc = env_open(l, is_new)) == 0) {
		filesystem_give_away(l->folder, lock);
		filesystem_give_away(l->folder, l->data);
		if ((l->writer = writer_new(l->env, place_leave, place)) != NULL)
			return E_OK;
		mdb_env_close(l->env);
		l->env = NULL;
		rc = ENOMEM;
	}
	place_leave(place);
	if (rc == MDB_INVALID || rc == MDB_VERSION_MISMATCH)
		return fault_set(fault, lmdb_err(rc), NULL,
		    "%s: data.mdb or lock.mdb is not of this version of LMDB: %s",
		    l->folder, mdb_strerror(rc));
	return fault_set(fault, lmdb_err(rc), NULL, "%s: cannot be opened: %s",
	    l->folder, mdb_strerror(rc));
}

/* ---- tables ---- */

/* Opens what there is: E_NOTFOUND when something is missing. For a transaction that is
 * committed, or the handles are lost. */
static int
open_tables(struct lmdb *l, unsigned flags)
{
	int rc = mdb_dbi_open(l->txn, LMDB_OWN_TABLE, flags, &l->own);

	for (unsigned i = 0; i < l->base.tables && rc == 0; i++)
		rc = mdb_dbi_open(l->txn, l->tables[i], flags, &l->dbi[i]);
	if (rc != 0 && rc != MDB_NOTFOUND && l->rc == 0)
		l->rc = rc;
	return lmdb_err(rc);
}

/* With no table of our own: E_NOTFOUND in an empty environment, otherwise E_CORRUPT. */
static int
check_ours(struct lmdb *l)
{
	MDB_stat stat;
	MDB_dbi main, own;
	int rc;

	if ((rc = mdb_dbi_open(l->txn, LMDB_OWN_TABLE, 0, &own)) != MDB_NOTFOUND)
		return lmdb_err(rc);
	if ((rc = mdb_dbi_open(l->txn, NULL, 0, &main)) != 0 ||
	    (rc = mdb_stat(l->txn, main, &stat)) != 0)
		return lmdb_err(rc);
	return stat.ms_entries == 0 ? E_NOTFOUND : E_CORRUPT;
}

/* Makes what is missing: a table that a newer program brings, or (if *arg)
 * everything. */
static int
make_tables(struct store_txn *txn, void *arg)
{
	struct lmdb *l = lmdb_of(txn->store);
	const bool *create = arg;
	int err = check_ours(l);

	if (err != E_OK && !(err == E_NOTFOUND && *create))
		return err;
	if ((err = open_tables(l, MDB_CREATE)) != E_OK)
		return err;
	if ((err = lmdb_read_schema(l)) == E_NOTFOUND)
		err = store_set_schema(txn, txn->store->newest);
	return err;
}

static int
find_tables(struct lmdb *l)
{
	int err = lmdb_read_begin(&l->base), rc;

	if (err != E_OK)
		return err;
	if ((err = open_tables(l, 0)) == E_OK)
		err = lmdb_read_schema(l);
	if (err != E_OK) {
		lmdb_read_end(&l->base);
		return err;
	}
	/* Keeps the handles. */
	rc = mdb_txn_commit(l->reader);
	l->reader = l->txn = NULL;
	return lmdb_err(rc);
}

static int
tables_up(struct lmdb *l, bool create, struct fault *fault)
{
	int err = find_tables(l);

	if (err == E_NOTFOUND && (!l->base.read_only || l->making))
		err = lmdb_update(&l->base, LMDB_OPEN_WAIT_MS, make_tables, &create);
	l->own_open = err == E_OK;
	switch (err) {
	case E_OK:
		return E_OK;
	case E_NOTFOUND:
		return fault_set(fault, err, NULL,
		    "%s: there is no store in this folder yet", l->folder);
	case E_VERSION:
		return fault_set(fault, err, NULL,
		    "%s: has schema %u, this program knows %u at most: it is older "
		    "than the one that wrote the data",
		    l->folder, (unsigned)l->base.schema, (unsigned)l->base.newest);
	case E_CORRUPT:
		return fault_set(fault, err, NULL,
		    "%s: damaged, or the data of another program", l->data);
	default:
		return fault_set(fault, err, NULL, "%s: cannot open the tables: %s",
		    l->folder, err_text(err));
	}
}

/* ---- up and down ---- */

static int
note_file(struct lmdb *l, struct fault *fault)
{
	struct stat st;

	if (stat(l->data, &st) != 0)
		return file_fault(fault, l->data, "look at");
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	l->size = st.st_size;
	return E_OK;
}

static int
up(struct lmdb *l, bool create, struct fault *fault)
{
	enum lmdb_shape shape;
	int err;

	if ((err = check_before(l, create, &shape, fault)) != E_OK)
		return err;
	if ((err = env_up(l, shape == LMDB_ABSENT, fault)) != E_OK)
		return err;
	l->opening = true;
	l->opened++;
	l->broken = false;
	lmdb_reap(l);
	err = note_file(l, fault);
	if (err == E_OK && shape == LMDB_SHORT && (!l->base.read_only || l->making))
		err = lmdb_check_tail(l, fault);
	else if (err == E_OK && shape == LMDB_SHORT)
		err = E_NOTFOUND;
	if (err == E_OK)
		err = tables_up(l, create, fault);
	l->opening = false;
	if (err != E_OK)
		lmdb_down(l);
	return err;
}

/* A reader, too, makes what an older version has not: once, and then only reads. */
int
lmdb_up(struct lmdb *l, bool create, struct fault *fault)
{
	int err = up(l, create, fault);

	if (!l->base.read_only || err != E_NOTFOUND)
		return err;
	l->making = true;
	err = up(l, create, fault);
	l->making = false;
	if (err != E_OK)
		return err;
	lmdb_down(l);
	return up(l, create, fault);
}

void
lmdb_down(struct lmdb *l)
{
	if (l->reader != NULL)
		mdb_txn_abort(l->reader);
	if (l->writer != NULL)
		writer_close(l->writer);
	l->reader = l->txn = NULL;
	l->writer = NULL;
	l->env = NULL;
	l->own_open = false;
	l->last_txnid = 0;
	l->broken = true;
}

/* Whether the path still leads to the file that we have open, and that is not cut. */
static int
check_file(struct lmdb *l)
{
	struct stat st;

	if (stat(l->data, &st) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return E_OK;
		log_line(LOG_ERROR, "%s: was removed", l->data);
		return E_IO;
	}
	if (st.st_dev != l->dev || st.st_ino != l->ino || st.st_size < l->size) {
		log_line(
		    LOG_WARN, "%s: was exchanged or cut, opening it anew", l->data);
		l->broken = true;
	}
	l->size = st.st_size;
	return E_OK;
}

int
lmdb_refresh(struct lmdb *l)
{
	struct fault fault = {0};
	char text[320];
	int err;

	if (l->pid != getpid())
		return E_STATE;
	if (l->opening)
		return l->broken ? E_IO : E_OK;
	if (!l->broken && ((err = check_file(l)) != E_OK || !l->broken))
		return err;
	if (l->writer != NULL && writer_stuck(l->writer))
		return E_BUSY;
	lmdb_down(l);
	if ((err = lmdb_up(l, false, &fault)) != E_OK)
		log_line(LOG_ERROR, "%s", fault_text(&fault, text, sizeof text));
	/* To a reader, E_NOTFOUND would mean that there is no such record. */
	return err == E_NOTFOUND ? E_IO : err;
}

void
lmdb_close(struct store *store)
{
	struct lmdb *l = lmdb_of(store);

	/* After a fork all of it is the parent's, the thread is missing, and LMDB would
	 * free the parent's reader. */
	if (l->pid != getpid())
		return;
	lmdb_down(l);
	strbuf_clear(&l->scratch);
	free(l->folder);
	free(l->data);
	free(l);
}

/* ---- opening ---- */

static size_t
map_size(size_t asked, size_t otherwise)
{
	size_t size = asked != 0 ? asked : otherwise;

	return (size + MAP_UNIT - 1) / MAP_UNIT * MAP_UNIT;
}

static int
set_paths(struct lmdb *l, const char *path, struct fault *fault)
{
	size_t size;
	int err;

	if ((l->folder = realpath(path, NULL)) == NULL) {
		err = filesystem_check_access(path, X_OK, fault);
		return err != E_OK ? err : file_fault(fault, path, "open");
	}
	size = strlen(l->folder) + sizeof "/data.mdb";
	if (size > PATH_MAX || (l->data = malloc(size)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s: path too long", path);
	snprintf(l->data, size, "%s/data.mdb", l->folder);
	return E_OK;
}

static int
set_options(struct lmdb *l, const struct store_options *options)
{
	l->tables = options->tables;
	l->map_max = map_size(options->map_max, MAP_MAX);
	l->map_initial = map_size(options->map_initial, MAP_INITIAL);
	if (l->map_initial > l->map_max)
		l->map_initial = l->map_max;
	l->allow_remote = options->allow_remote;
	l->pid = getpid();
	strbuf_init(&l->scratch, STORE_KEY_MAX + STORE_VALUE_MAX);
	return store_init(&l->base, &lmdb_engine, options);
}

int
store_open(const char *path, const struct store_options *options, struct store **store,
    struct fault *fault)
{
	struct lmdb *l = calloc(1, sizeof *l);
	int err;

	*store = NULL;
	if (l == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s: out of memory", path);
	filesystem_ignore_size_signal();
	if ((err = set_options(l, options)) != E_OK)
		fault_set(fault, err, NULL, "%s: too many tables", path);
	else if ((err = set_paths(l, path, fault)) == E_OK)
		err = lmdb_up(l, options->create, fault);
	if (err != E_OK) {
		lmdb_close(&l->base);
		return err;
	}
	*store = &l->base;
	return E_OK;
}
