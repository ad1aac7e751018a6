#include "tests/fault/store_tools.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static bool in_child;

void
tools_must(bool ok, const char *what, const char *file, int line)
{
	if (!in_child) {
		_assert_true(ok, what, file, line);
	} else if (!ok) {
		fprintf(stderr, "%s:%d: in a child: %s\n", file, line, what);
		_exit(97);
	}
}

const char *const tools_tables[] = {"a", "b", "c", NULL};

const char *
tools_folder(void)
{
	static char names[32][256];
	static unsigned n;
	const char *top = getenv("TMPDIR");
	char *name = names[n++ % 32];

	snprintf(name, sizeof names[0], "%s/store-XXXXXX", top != NULL ? top : "/tmp");
	assert_non_null(mkdtemp(name));
	return name;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
tools_remove(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *
tools_path(const char *folder, const char *name)
{
	static char paths[8][512];
	static unsigned n;
	char *path = paths[n++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

struct store *
tools_open(const char *folder, size_t map_initial, size_t map_max)
{
	const struct store_options o = {
	    .tables = tools_tables,
	    .schema = 1,
	    .create = true,
	    .map_initial = map_initial,
	    .map_max = map_max,
	};
	struct fault fault = {0};
	struct store *s;

	if (store_open(folder, &o, &s, &fault) != E_OK) {
		fprintf(stderr, "# %s\n", fault.text);
		MUST(false);
	}
	return s;
}

int
tools_try_open(const char *folder, bool create, struct store **s, struct fault *f)
{
	const struct store_options o = {
	    .tables = tools_tables, .schema = 1, .create = create};

	return store_open(folder, &o, s, f);
}

struct place {
	const char *folder; /* NULL: in memory */
	struct store *store;
};

struct store *
tools_store(void **state)
{
	return ((struct place *)*state)->store;
}

int
tools_setup_lmdb(void **state)
{
	static struct place p;

	p.folder = tools_folder();
	p.store = tools_open(p.folder, 0, 1 << 20);
	*state = &p;
	return 0;
}

int
tools_setup_memory(void **state)
{
	static struct place p;
	const struct store_options o = {
	    .tables = tools_tables, .schema = 1, .map_max = 1 << 20};

	p.folder = NULL;
	*state = &p;
	return store_open_memory(&o, &p.store);
}

int
tools_teardown(void **state)
{
	struct place *p = *state;

	store_close(p->store);
	if (p->folder != NULL)
		tools_remove(p->folder);
	return 0;
}

struct one {
	unsigned table;
	const char *key, *value;
};

static int
put_one(struct store_txn *txn, void *arg)
{
	const struct one *o = arg;

	if (o->value == NULL)
		return store_del(txn, o->table, span_str(o->key));
	return store_put(txn, o->table, span_str(o->key), span_str(o->value));
}

int
tools_put(struct store *s, unsigned table, const char *key, const char *value)
{
	struct one o = {table, key, value};

	return store_update(s, TOOLS_WAIT, put_one, &o);
}

int
tools_del(struct store *s, unsigned table, const char *key)
{
	struct one o = {table, key, NULL};

	return store_update(s, TOOLS_WAIT, put_one, &o);
}

const char *
tools_get(struct store *s, unsigned table, const char *key)
{
	static char text[4096];
	struct store_txn *txn;
	struct span value;
	int err;

	MUST(store_read_begin(s, &txn) == E_OK);
	err = store_get(txn, table, span_str(key), &value);
	if (err == E_OK)
		snprintf(text, sizeof text, "%.*s", (int)value.len,
		    (const char *)value.data);
	else
		MUST(err == E_NOTFOUND);
	store_read_end(txn);
	return err == E_OK ? text : NULL;
}

uint64_t
tools_count(struct store *s, unsigned table)
{
	struct store_txn *txn;
	uint64_t n;

	MUST(store_read_begin(s, &txn) == E_OK);
	MUST(store_count(txn, table, &n) == E_OK);
	store_read_end(txn);
	return n;
}

int
tools_fill_fn(struct store_txn *txn, void *arg)
{
	const struct tools_fill *f = arg;
	char *value = calloc(1, f->size + 1), key[64];
	int err = E_OK;

	memset(value, 'v', f->size);
	for (unsigned i = 0; i < f->count && err == E_OK; i++) {
		snprintf(key, sizeof key, "%s%06u", f->prefix, i);
		err = store_put(txn, f->table, span_str(key), span_of(value, f->size));
	}
	for (unsigned i = f->count; i-- > 0 && f->remove && err == E_OK;) {
		snprintf(key, sizeof key, "%s%06u", f->prefix, i);
		err = store_del(txn, f->table, span_str(key));
	}
	free(value);
	return err;
}

int
tools_fill(
    struct store *s, unsigned table, const char *prefix, unsigned count, size_t size)
{
	struct tools_fill f = {
	    .prefix = prefix, .table = table, .count = count, .size = size};

	return store_update(s, TOOLS_WAIT, tools_fill_fn, &f);
}

/* Without looking back: valgrind would take what the parent has open for leaks. */
static void
end_child(int status)
{
	char command[16];

	snprintf(command, sizeof command, "exit %d", status);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(96);
}

pid_t
tools_spawn(int (*fn)(void *arg), void *arg)
{
	static const int deadly[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGSYS};
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		in_child = true;
		/* cmocka would go on with the next test in the child. */
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		for (size_t i = 0; i < COUNT(deadly); i++)
			signal(deadly[i], SIG_DFL);
		end_child(fn(arg));
	}
	return pid;
}

int
tools_wait(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

void
tools_tell(int fd)
{
	MUST(write(fd, "!", 1) == 1);
}

void
tools_hear(int fd)
{
	char c;

	MUST(read(fd, &c, 1) == 1);
}

int64_t
tools_ms(void)
{
	return clock_ticks_ms();
}
