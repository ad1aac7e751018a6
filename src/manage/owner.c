#include "manage/owner.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"

#define FOLDER_MODE 02770

static bool
given(const char *name)
{
	return name != NULL && name[0] != '\0';
}

static int
find_user(const char *name, struct owner *o, struct fault *fault)
{
	struct passwd entry, *found = NULL;
	char buf[4096];
	uint64_t number;

	if (number_u64(span_str(name), 0, UINT32_MAX - 1, &number)) {
		o->uid = (uid_t)number;
		return E_OK;
	}
	if (getpwnam_r(name, &entry, buf, sizeof buf, &found) != 0 || found == NULL)
		return fault_set(
		    fault, E_INVALID, "user", "there is no user %.64s", name);
	o->uid = found->pw_uid;
	o->gid = found->pw_gid;
	return E_OK;
}

static int
find_group(const char *name, struct owner *o, struct fault *fault)
{
	struct group entry, *found = NULL;
	char buf[16384];
	uint64_t number;

	if (number_u64(span_str(name), 0, UINT32_MAX - 1, &number)) {
		o->gid = (gid_t)number;
		return E_OK;
	}
	if (getgrnam_r(name, &entry, buf, sizeof buf, &found) != 0 || found == NULL)
		return fault_set(
		    fault, E_INVALID, "group", "there is no group %.64s", name);
	o->gid = found->gr_gid;
	return E_OK;
}

int
owner_find(const char *path, const char *user, const char *group, struct owner *owner,
    struct fault *fault)
{
	struct stat st;
	int err = E_OK;

	*owner = (struct owner){geteuid(), getegid(), geteuid() == 0};
	if (stat(path, &st) == 0) {
		owner->uid = st.st_uid;
		owner->gid = st.st_gid;
	}
	if (given(user))
		err = find_user(user, owner, fault);
	if (err == E_OK && given(group))
		err = find_group(group, owner, fault);
	if (err == E_OK && !owner->act && given(user) && owner->uid != geteuid())
		err = fault_set(fault, E_PERM, NULL,
		    "only root can make a folder for another user");
	return err;
}

int
owner_give(
    const char *path, mode_t mode, const struct owner *owner, struct fault *fault)
{
	uid_t uid = owner->act ? owner->uid : (uid_t)-1;

	if (chown(path, uid, owner->gid) != 0 && owner->act)
		return file_fault(fault, path, "change the owner of");
	/* After chown(), which takes the setgid bit away. */
	if (chmod(path, mode) != 0)
		return file_fault(fault, path, "change the mode of");
	return E_OK;
}

int
owner_folder(
    const char *path, const struct owner *owner, bool *made, struct fault *fault)
{
	*made = mkdir(path, 0700) == 0;
	if (!*made)
		return errno == EEXIST ? E_OK : file_fault(fault, path, "make");
	return owner_give(path, FOLDER_MODE, owner, fault);
}

int
owner_become(const struct owner *owner, struct fault *fault)
{
	umask(007);
	if (!owner->act || (owner->uid == 0 && owner->gid == 0))
		return E_OK;
	if (setgroups(1, &owner->gid) != 0 || setgid(owner->gid) != 0 ||
	    setuid(owner->uid) != 0)
		return fault_set(fault, E_PERM, NULL,
		    "cannot act as user %u of group %u: %s", (unsigned)owner->uid,
		    (unsigned)owner->gid, strerror(errno));
	return E_OK;
}

int
owner_folder_empty(const char *path, bool *empty, struct fault *fault)
{
	struct dirent *entry;
	DIR *dir = opendir(path);

	*empty = true;
	if (dir == NULL)
		return errno == ENOENT ? E_OK : file_fault(fault, path, "open");
	while (*empty && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*empty = false;
	closedir(dir);
	return E_OK;
}
