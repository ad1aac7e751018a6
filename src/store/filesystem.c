#include "store/filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"

#define PATH_SHOWN 80  /* bytes of a path's end that fit beside the other words */
#define NAME_SHOWN 33  /* the longest user name, and a NUL */
#define GROUPS_SHOWN 5 /* supplementary groups that are named */
#define ROOM_LEFT 65536

/* Kinds by number, as in linux/magic.h and the sources of those that are not there. */
static const struct kind {
	uint32_t type;
	const char *name;
} remote_kinds[] = {
    {0x00006969, "NFS"},
    {0x0000517b, "SMB"},
    {0xff534d42, "SMB (CIFS)"},
    {0xfe534d42, "SMB2"},
    {0x0000564c, "NCP"},
    {0x5346414f, "AFS"},
    {0x6b414653, "AFS"},
    {0x73757245, "Coda"},
    {0x00c36400, "Ceph"},
    {0x01021997, "9P (a shared folder of a virtual machine)"},
    {0x65735546, "FUSE (sshfs, a shared folder or the like)"},
    {0x0bd00bd0, "Lustre"},
    {0x01161970, "GFS2"},
    {0x7461636f, "OCFS2"},
    {0x47504653, "GPFS"},
    {0x19830326, "BeeGFS"},
    {0x20030528, "OrangeFS"},
    {0x61636673, "ACFS"},
    {0x786f4256, "VirtualBox's shared folder"},
    {0xbacbacbc, "VMware's shared folder"},
    {0x7c7c6673, "Parallels' shared folder"},
};

const char *
filesystem_remote(uint64_t type)
{
	/* f_type is signed and may have been extended. */
	uint32_t low = (uint32_t)type;

	for (size_t i = 0; i < COUNT(remote_kinds); i++)
		if (remote_kinds[i].type == low)
			return remote_kinds[i].name;
	return NULL;
}

/* The path's end, which tells more than its beginning. */
static const char *
tail(const char *path)
{
	size_t len = strlen(path);

	return len > PATH_SHOWN ? path + len - PATH_SHOWN : path;
}

int
filesystem_check_local(const char *path, struct fault *fault)
{
	struct statfs fs;
	const char *kind;

	if (statfs(path, &fs) != 0)
		return file_fault(fault, path, "look at the file system of");
	if ((kind = filesystem_remote((uint64_t)fs.f_type)) == NULL)
		return E_OK;
	return fault_set(fault, E_REMOTEFS, NULL,
	    "%s: is on %s; the data must be on a local disk, since neither locks nor "
	    "mapped files can be trusted there",
	    tail(path), kind);
}

/* ---- whose it is ---- */

static void
user_name(uid_t uid, char out[NAME_SHOWN])
{
	struct passwd *pw = getpwuid(uid);

	if (pw != NULL)
		snprintf(out, NAME_SHOWN, "%s", pw->pw_name);
	else
		snprintf(out, NAME_SHOWN, "uid %u", (unsigned)uid);
}

static void
group_name(gid_t gid, char out[NAME_SHOWN])
{
	struct group *gr = getgrgid(gid);

	if (gr != NULL)
		snprintf(out, NAME_SHOWN, "%s", gr->gr_name);
	else
		snprintf(out, NAME_SHOWN, "gid %u", (unsigned)gid);
}

/* "www-data, in www-data and gatehouse", as far as it fits. */
static void
who_we_are(char *out, size_t size)
{
	gid_t groups[64];
	char name[NAME_SHOWN];
	int n = getgroups(64, groups), len;

	user_name(geteuid(), name);
	len = snprintf(out, size, "%s", name);
	group_name(getegid(), name);
	len += snprintf(out + len, size - (size_t)len, " (groups: %s", name);
	for (int i = 0; i < n && i < GROUPS_SHOWN && (size_t)len + 50 < size; i++) {
		if (groups[i] == getegid())
			continue;
		group_name(groups[i], name);
		len += snprintf(out + len, size - (size_t)len, " %s", name);
	}
	snprintf(out + len, size - (size_t)len, ")");
}

static const char *
may_not(const char *path, int how)
{
	if ((how & R_OK) != 0 && faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
		return "read";
	if ((how & W_OK) != 0 && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
		return "write";
	return "use";
}

/* The file itself, or the first folder on the way to it that we may not pass. */
static int
find_denying(const char *path, char at[PATH_MAX], struct stat *st)
{
	char *slash;

	snprintf(at, PATH_MAX, "%s", path);
	while (stat(at, st) != 0) {
		slash = strrchr(at, '/');
		if (errno != EACCES || slash == NULL || slash == at)
			return -1;
		*slash = '\0';
	}
	return 0;
}

int
filesystem_check_access(const char *path, int how, struct fault *fault)
{
	char owner[NAME_SHOWN], group[NAME_SHOWN], we[130], at[PATH_MAX];
	struct stat st;

	if (faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0)
		return E_OK;
	if (errno != EACCES || find_denying(path, at, &st) != 0)
		return file_fault(fault, tail(path), "open");
	user_name(st.st_uid, owner);
	group_name(st.st_gid, group);
	who_we_are(we, sizeof we);
	return fault_set(fault, E_PERM, NULL,
	    "%s: belongs to %s:%s, mode %04o; we are %s and may not %s it", tail(at),
	    owner, group, (unsigned)(st.st_mode & 07777), we,
	    may_not(at, strcmp(at, path) == 0 ? how : X_OK));
}

void
filesystem_give_away(const char *folder, const char *file)
{
	struct stat st, ours;

	if (geteuid() != 0 || stat(folder, &st) != 0 || st.st_uid == 0)
		return;
	if (lstat(file, &ours) != 0 || !S_ISREG(ours.st_mode) || ours.st_uid != 0)
		return;
	if (lchown(file, st.st_uid, st.st_gid) != 0)
		return; /* the next one who may not open it is told whose it is */
}

/* ---- room ---- */

bool
filesystem_full(int fd)
{
	struct rlimit limit;
	struct statvfs fs;
	struct stat st;

	if (fstatvfs(fd, &fs) == 0 && fs.f_bavail < ROOM_LEFT / fs.f_frsize + 1)
		return true;
	return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	       limit.rlim_cur != RLIM_INFINITY && fstat(fd, &st) == 0 &&
	       (rlim_t)st.st_size + ROOM_LEFT > limit.rlim_cur;
}

void
filesystem_ignore_size_signal(void)
{
	struct sigaction now;

	if (sigaction(SIGXFSZ, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		signal(SIGXFSZ, SIG_IGN);
}

int
filesystem_sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}
