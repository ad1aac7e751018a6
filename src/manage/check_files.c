/* Ownership and modes of a data folder. */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manage/report.h"

const char *
check_severity_name(enum check_severity s)
{
	static const char *const names[] = {"note", "warning", "error"};

	return names[s];
}

void
report_finding(const struct report *r, enum check_severity severity,
    struct place_found where, const char *fmt, ...)
{
	struct check_finding finding = {.severity = severity,
	    .area = where.area,
	    .subject = where.subject != NULL ? where.subject : "",
	    .fix = where.fix != NULL ? where.fix : ""};
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	finding.text = text;
	if (severity == CHECK_ERROR)
		r->result->errors++;
	else if (severity == CHECK_WARNING)
		r->result->warnings++;
	else
		r->result->notes++;
	r->fn(r->arg, &finding);
}

struct files {
	struct report report;
	uid_t uid; /* of the folder */
	gid_t gid;
	char user[40], group[40];
};

static void
user_name(uid_t uid, char out[40])
{
	struct passwd entry, *found = NULL;
	char buf[4096];

	if (getpwuid_r(uid, &entry, buf, sizeof buf, &found) == 0 && found != NULL)
		snprintf(out, 40, "%.39s", found->pw_name);
	else
		snprintf(out, 40, "%u", (unsigned)uid);
}

static void
group_name(gid_t gid, char out[40])
{
	struct group entry, *found = NULL;
	char buf[16384];

	if (getgrgid_r(gid, &entry, buf, sizeof buf, &found) == 0 && found != NULL)
		snprintf(out, 40, "%.39s", found->gr_name);
	else
		snprintf(out, 40, "%u", (unsigned)gid);
}

static void
wrong_mode(const struct files *f, enum check_severity severity, const char *path,
    const struct stat *st, const char *should, const char *text)
{
	char fix[PATH_MAX + 40];

	snprintf(fix, sizeof fix, "chmod %s %s", should, path);
	report_finding(&f->report, severity, (struct place_found){"files", path, fix},
	    "mode %04o %s", (unsigned)(st->st_mode & 07777), text);
}

/* Another group's file is closed to the web workers; another user's is not as long as the
 * group may write. */
static void
check_owner(const struct files *f, const char *path, const struct stat *st)
{
	char fix[PATH_MAX + 100], is[40];

	if (st->st_gid != f->gid) {
		group_name(st->st_gid, is);
		snprintf(fix, sizeof fix, "chgrp %s %s", f->group, path);
		report_finding(&f->report, CHECK_ERROR,
		    (struct place_found){"files", path, fix},
		    "belongs to group %s, not %s", is, f->group);
	}
	if (st->st_uid != f->uid) {
		user_name(st->st_uid, is);
		snprintf(fix, sizeof fix, "chown %s %s", f->user, path);
		report_finding(&f->report, CHECK_WARNING,
		    (struct place_found){"files", path, fix},
		    "belongs to user %s, not %s", is, f->user);
	}
}

static void
check_folder(const struct files *f, const char *path, const struct stat *st)
{
	check_owner(f, path, st);
	if ((st->st_mode & 0770) != 0770)
		wrong_mode(f, CHECK_ERROR, path, st, "2770",
		    "keeps its owner or group from working in it");
	else if (!(st->st_mode & S_ISGID))
		wrong_mode(f, CHECK_WARNING, path, st, "2770",
		    "lets new files belong to whatever group makes them");
	if (st->st_mode & 0007)
		wrong_mode(f, CHECK_WARNING, path, st, "2770", "lets others in");
}

static void
check_file(const struct files *f, const char *path, const struct stat *st)
{
	check_owner(f, path, st);
	if ((st->st_mode & 0660) != 0660)
		wrong_mode(f, CHECK_ERROR, path, st, "0660",
		    "keeps its owner or group from reading and writing it");
	if (st->st_mode & 0007)
		wrong_mode(f, CHECK_WARNING, path, st, "0660", "lets others at it");
}

static int
check_below(const struct files *f, const char *path)
{
	char below[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int err = E_OK;

	if (stat(path, &st) != 0)
		return errno == ENOENT ? E_OK : E_IO;
	check_folder(f, path, &st);
	if ((dir = opendir(path)) == NULL) {
		report_finding(&f->report, CHECK_ERROR,
		    (struct place_found){"files", path, ""}, "cannot be opened");
		return E_OK;
	}
	while (err == E_OK && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    snprintf(below, sizeof below, "%s/%s", path, entry->d_name) >=
			PATH_MAX ||
		    lstat(below, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			err = check_below(f, below);
		else
			check_file(f, below, &st);
	}
	closedir(dir);
	return err;
}

/* The web workers read the ring as the folder's group. */
static void
check_ring(const struct files *f, const char *path)
{
	struct place_found where = {"files", path, ""};
	char fix[2 * PATH_MAX + 100];
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT)
			report_finding(&f->report, CHECK_WARNING, where,
			    "the ring of sealing keys is missing: no secret can be "
			    "sent to a gateway");
		else
			report_finding(&f->report, CHECK_ERROR, where,
			    "cannot be looked at: %s", strerror(errno));
		return;
	}
	if (st.st_mode & 0007)
		wrong_mode(f, CHECK_ERROR, path, &st, "0640",
		    "lets others read the sealing keys: they are not used so");
	if (st.st_gid != f->gid || !(st.st_mode & 0040)) {
		snprintf(fix, sizeof fix, "chgrp %s %s && chmod 0640 %s", f->group,
		    path, path);
		where.fix = fix;
		report_finding(&f->report, CHECK_WARNING, where,
		    "the group %s cannot read the sealing keys", f->group);
	}
}

int
check_files(const char *path, const char *seal_path, check_fn *fn, void *arg,
    struct check_result *result)
{
	static const char *const folders[] = {
	    "registry", "ledger", "sightings", "blobs"};
	struct files f = {.report = {fn, arg, result}};
	char below[PATH_MAX];
	struct stat st;
	int err = E_OK;

	if (stat(path, &st) != 0) {
		report_finding(&f.report, CHECK_ERROR,
		    (struct place_found){"files", path, "gatehouse init"},
		    "there is no data folder");
		return E_OK;
	}
	f.uid = st.st_uid;
	f.gid = st.st_gid;
	user_name(f.uid, f.user);
	group_name(f.gid, f.group);
	check_folder(&f, path, &st);
	for (size_t i = 0; err == E_OK && i < COUNT(folders); i++) {
		snprintf(below, sizeof below, "%s/%s", path, folders[i]);
		err = check_below(&f, below);
	}
	if (seal_path == NULL || seal_path[0] == '\0') {
		snprintf(below, sizeof below, "%s/seal.keys", path);
		seal_path = below;
	}
	check_ring(&f, seal_path);
	return err;
}
