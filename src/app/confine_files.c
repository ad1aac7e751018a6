/* The files that a web-facing program can reach: Landlock. */
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/landlock.h>

#include "app/confine.h"
#include "base/span.h"

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE /* headers before Linux 6.2 */
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

/* REFER is to rename from one folder to another, as images are; kernels before 5.19 know no
 * way to allow it. */
#define REFER_SINCE 2
#define TRUNCATE_SINCE 3
#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define CHANGE                                                             \
	(LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_WRITE_FILE |        \
	    LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_REG |    \
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	    LANDLOCK_ACCESS_FS_REMOVE_DIR)
#define ALL (READ | CHANGE)
/* What no program does anywhere. */
#define NEVER                                                             \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_SYM |       \
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
	    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
#define OF_FILES                                                        \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	    LANDLOCK_ACCESS_FS_TRUNCATE)

static const uint64_t of_reach[] = {
    [REACH_NOTHING] = 0, [REACH_READ] = READ, [REACH_WRITE] = ALL};

struct rules {
	int fd;
	uint64_t handled;
	const char *data;
	enum reach whole; /* of all that is in the data folder, now and later */
};

/* ---- places that may come to be others --------------------------------------------------- */

#define PLACES 32

static struct place {
	char path[PATH_MAX];
	bool there;
	dev_t dev;
	ino_t ino;
} places[PLACES];
static size_t place_count;

static void
watch(const char *path)
{
	struct place *p = &places[place_count];
	struct stat st = {0};

	if (place_count == PLACES)
		return;
	place_count++;
	snprintf(p->path, sizeof p->path, "%s", path);
	p->there = stat(path, &st) == 0;
	p->dev = st.st_dev;
	p->ino = st.st_ino;
}

/* One that has gone may come back as it was. */
bool
confine_is_past(void)
{
	for (size_t i = 0; i < place_count; i++) {
		const struct place *then = &places[i];
		struct stat now;

		if (stat(then->path, &now) == 0 &&
		    (!then->there || now.st_dev != then->dev ||
			now.st_ino != then->ino))
			return true;
	}
	return false;
}

/* ---- rules ------------------------------------------------------------------------------- */

/* What is not there cannot be allowed. */
static void
allow(const struct rules *r, const char *path, uint64_t what)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = what & r->handled};
	struct stat st;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_FILES;
	syscall(SYS_landlock_add_rule, r->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

static void
allow_place(const struct rules *r, const char *path, uint64_t what)
{
	watch(path);
	allow(r, path, what);
}

/* A store of the data folder. Readers of LMDB write its lock file. */
static void
allow_store(const struct rules *r, const char *name, enum reach reach, bool lock)
{
	char path[PATH_MAX];

	if (reach == REACH_NOTHING || r->whole == REACH_WRITE)
		return;
	snprintf(path, sizeof path, "%s/%s", r->data, name);
	if (reach > r->whole)
		allow_place(r, path, of_reach[reach]);
	if (!lock)
		return;
	snprintf(path, sizeof path, "%s/%s/lock.mdb", r->data, name);
	allow_place(r, path, ALL);
}

/* The data folder, and the one of the sealing keys: a new ring takes the place of the old one
 * by its name. */
static void
allow_folders(struct rules *r, const struct confinement *c)
{
	enum reach keys = c->reach.seal_keys;
	char path[PATH_MAX], *slash;

	snprintf(path, sizeof path, "%s", c->seal_keys);
	if ((slash = strrchr(path, '/')) != NULL)
		slash[slash == path ? 1 : 0] = '\0';
	r->whole = c->reach.rest ? REACH_WRITE : REACH_NOTHING;
	if (strcmp(path, c->data) == 0 && keys > r->whole)
		r->whole = keys;
	else if (keys != REACH_NOTHING && slash != NULL)
		allow_place(r, path, of_reach[keys]);
	allow_place(r, c->data, of_reach[r->whole]);
}

/* Made now, since nothing can be made in the folder itself later. */
static void
allow_made(const struct rules *r, const char *name, bool folder)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof path, "%s/%s", r->data, name);
	if (folder)
		mkdir(path, 0770);
	else if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660)) >=
		 0)
		close(fd);
	allow_place(r, path, ALL);
}

/* .htaccess of the folder and of those above it, now or later: is it closed to the web? */
static void
allow_htaccess(const struct rules *r)
{
	char path[PATH_MAX + 16], folder[PATH_MAX], *slash;

	if (realpath(r->data, folder) == NULL)
		return;
	while ((slash = strrchr(folder, '/')) != NULL) {
		snprintf(path, sizeof path, "%s/.htaccess", folder);
		allow_place(r, path, READ);
		*slash = '\0';
	}
}

/* What the C library and the others may look into at any time. */
static void
allow_system(const struct rules *r)
{
	static const char *const paths[] = {"/lib", "/lib64", "/usr/lib", "/usr/lib64",
	    "/usr/share/zoneinfo", "/etc/localtime", "/etc/nsswitch.conf",
	    "/etc/passwd", "/etc/group", "/proc", "/dev/urandom", "/dev/random"};

	for (size_t i = 0; i < COUNT(paths); i++)
		allow(r, paths[i], READ);
	allow(r, "/dev/null", ALL);
#ifdef GH_COVERAGE
	allow(r, GH_COVERAGE, ALL);
#endif
}

static void
allow_all(struct rules *r, const struct confinement *c)
{
	const struct reach_row *reach = &c->reach;

	allow_folders(r, c);
	allow_store(r, "registry", reach->registry, true);
	allow_store(r, "ledger", reach->ledger, true);
	allow_store(r, "sightings", reach->sightings, false);
	allow_store(r, "blobs", reach->blobs, false);
	if (reach->streams)
		allow_made(r, "streams", false);
	if (reach->heads)
		allow_made(r, "heads", true);
	if (c->share[0] != '\0')
		allow_place(r, c->share, READ);
	if (c->also != NULL)
		allow(r, c->also, READ);
	allow_htaccess(r);
	allow_system(r);
}

bool
confine_files(const struct confinement *c)
{
	struct landlock_ruleset_attr handled = {.handled_access_fs = ALL | NEVER};
	struct rules r = {.data = c->data};
	bool done;
	long version = syscall(
	    SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (version < REFER_SINCE)
		return false;
	if (version < TRUNCATE_SINCE)
		handled.handled_access_fs &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
	r.handled = handled.handled_access_fs;
	r.fd = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
	if (r.fd < 0)
		return false;
	allow_all(&r, c);
	done = syscall(SYS_landlock_restrict_self, r.fd, 0) == 0;
	close(r.fd);
	if (!done)
		place_count = 0;
	return done;
}
