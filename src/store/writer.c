#include "store/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define STACK (256 * 1024)

enum step {
	REST,	/* asleep; nothing is held but perhaps the queue's lock */
	QUEUE,	/* is to get, or waits for, the queue's lock */
	ENTER,	/* is to begin, or waits for LMDB's lock */
	HELD,	/* asleep; the caller uses the transaction */
	COMMIT, /* is to commit */
	ABORT	/* is to abort */
};

struct writer {
	MDB_env *env;
	void (*closed)(void *arg);
	void *closed_arg;
	int fd; /* for flock() */
	pthread_t thread;
	bool running;

	/* Both threads look at what follows, under `mutex`. */
	pthread_mutex_t mutex;
	pthread_cond_t wake, done;
	enum step step;
	bool wanted; /* somebody waits for the transaction, or has it */
	bool queued; /* we have the queue's lock */
	bool leave;  /* the thread is to end */
	bool orphan; /* nobody waits for that; it frees everything, and closes `env` */
	MDB_txn *txn;
	int rc; /* of the last step that was done */
};

struct writer *
writer_new(MDB_env *env, void (*closed)(void *arg), void *arg)
{
	struct writer *w = calloc(1, sizeof *w);
	pthread_condattr_t attr;
	int fd;

	if (w == NULL)
		return NULL;
	/*
	 * A descriptor of our own: the thread may outlive the environment's. Programs
	 * that we start must inherit neither, or the lock would outlive us in them.
	 */
	if (mdb_env_get_fd(env, &fd) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
	    (w->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0) {
		free(w);
		return NULL;
	}
	w->env = env;
	w->closed = closed;
	w->closed_arg = arg;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->wake, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->done, &attr);
	pthread_condattr_destroy(&attr);
	return w;
}

static void
close_env(struct writer *w)
{
	if (w->env == NULL)
		return;
	mdb_env_close(w->env);
	w->closed(w->closed_arg);
}

static void
writer_free(struct writer *w)
{
	close(w->fd); /* and with it the queue's lock */
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->done);
	pthread_mutex_destroy(&w->mutex);
	free(w);
}

/* ---- in the thread, with the mutex held ---- */

static void
unqueue(struct writer *w)
{
	if (w->queued)
		flock(w->fd, LOCK_UN);
	w->queued = false;
}

static void
rest(struct writer *w, int rc)
{
	w->rc = rc;
	w->step = REST;
	pthread_cond_signal(&w->done);
}

static void
do_queue(struct writer *w)
{
	int rc = 0;

	if (!w->queued) {
		pthread_mutex_unlock(&w->mutex);
		while ((rc = flock(w->fd, LOCK_EX) == 0 ? 0 : errno) == EINTR)
			;
		pthread_mutex_lock(&w->mutex);
		w->queued = rc == 0;
	}
	if (rc != 0) {
		rest(w, rc);
	} else if (w->wanted) {
		w->step = ENTER;
	} else {
		unqueue(w);
		rest(w, 0);
	}
}

static void
do_enter(struct writer *w)
{
	int rc;

	pthread_mutex_unlock(&w->mutex);
	rc = mdb_txn_begin(w->env, NULL, 0, &w->txn);
	pthread_mutex_lock(&w->mutex);
	if (w->wanted && rc == 0) {
		w->rc = 0;
		w->step = HELD;
		pthread_cond_signal(&w->done);
		return;
	}
	if (rc == 0)
		mdb_txn_abort(w->txn);
	if (!w->wanted)
		unqueue(w);
	rest(w, rc);
}

static void
do_end(struct writer *w)
{
	int rc = 0;

	if (w->step == COMMIT)
		rc = mdb_txn_commit(w->txn);
	else
		mdb_txn_abort(w->txn);
	rest(w, rc);
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;
	bool orphan;

	pthread_mutex_lock(&w->mutex);
	for (;;) {
		if (w->step == QUEUE)
			do_queue(w);
		else if (w->step == ENTER)
			do_enter(w);
		else if (w->step == COMMIT || w->step == ABORT)
			do_end(w);
		else if (w->leave)
			break;
		else
			pthread_cond_wait(&w->wake, &w->mutex);
	}
	orphan = w->orphan;
	pthread_mutex_unlock(&w->mutex);
	if (orphan) {
		close_env(w);
		writer_free(w);
	}
	return NULL;
}

/* ---- in the caller's thread ---- */

static int
start(struct writer *w)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int rc;

	/* Signals belong to the caller's thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	rc = pthread_create(&w->thread, &attr, writer_main, w);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->running = rc == 0;
	return rc;
}

int
writer_begin(struct writer *w, int64_t deadline, MDB_txn **txn)
{
	struct timespec until = {deadline / 1000, deadline % 1000 * 1000000};
	int rc = 0, late = 0;

	if (!w->running && (rc = start(w)) != 0)
		return rc;
	pthread_mutex_lock(&w->mutex);
	w->wanted = true;
	/* Otherwise it still waits for what an earlier caller no longer wanted. */
	if (w->step == REST) {
		w->step = QUEUE;
		pthread_cond_signal(&w->wake);
	}
	while ((w->step == QUEUE || w->step == ENTER) && late == 0)
		late = pthread_cond_timedwait(&w->done, &w->mutex, &until);
	if (w->step == HELD) {
		*txn = w->txn;
	} else {
		rc = w->step == REST ? w->rc : WRITER_TIMEOUT;
		w->wanted = false;
	}
	pthread_mutex_unlock(&w->mutex);
	return rc;
}

int
writer_end(struct writer *w, bool commit)
{
	int rc;

	pthread_mutex_lock(&w->mutex);
	w->step = commit ? COMMIT : ABORT;
	pthread_cond_signal(&w->wake);
	while (w->step != REST)
		pthread_cond_wait(&w->done, &w->mutex);
	rc = w->rc;
	w->wanted = false;
	pthread_mutex_unlock(&w->mutex);
	return rc;
}

void
writer_leave(struct writer *w)
{
	pthread_mutex_lock(&w->mutex);
	if (w->step == REST)
		unqueue(w);
	pthread_mutex_unlock(&w->mutex);
}

bool
writer_stuck(struct writer *w)
{
	bool stuck;

	pthread_mutex_lock(&w->mutex);
	stuck = w->step == ENTER;
	pthread_mutex_unlock(&w->mutex);
	return stuck;
}

/* Leaves a thread that waits for a lock to itself. Inside LMDB (`stuck`) it needs the
 * environment still; in the queue it does not. */
static void
abandon(struct writer *w)
{
	bool stuck = w->step == ENTER;
	struct writer was = {
	    .env = w->env, .closed = w->closed, .closed_arg = w->closed_arg};

	pthread_detach(w->thread);
	w->leave = w->orphan = true;
	if (!stuck)
		w->env = NULL;
	pthread_mutex_unlock(&w->mutex);
	if (!stuck)
		close_env(&was);
}

void
writer_close(struct writer *w)
{
	if (w->running) {
		pthread_mutex_lock(&w->mutex);
		if (w->step == HELD) {
			pthread_mutex_unlock(&w->mutex);
			writer_end(w, false);
			pthread_mutex_lock(&w->mutex);
		}
		if (w->step != REST) {
			abandon(w);
			return;
		}
		w->leave = true;
		pthread_cond_signal(&w->wake);
		pthread_mutex_unlock(&w->mutex);
		pthread_join(w->thread, NULL);
	}
	close_env(w);
	writer_free(w);
}
