#include "manage/init.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manage/owner.h"

#define RING_MODE 0640

static bool
is_there(const char *path, const char *name)
{
	char full[1100];
	struct stat st;

	snprintf(full, sizeof full, "%s%s%s", path, name[0] != '\0' ? "/" : "", name);
	return stat(full, &st) == 0;
}

/* A folder that holds other things is not taken: its owner and mode would be changed. */
static int
check_folder(const char *path, struct fault *fault)
{
	bool empty;
	int err = owner_folder_empty(path, &empty, fault);

	if (err == E_OK && !empty && !is_there(path, "registry") &&
	    !is_there(path, "seal.keys"))
		err = fault_set(fault, E_STATE, NULL,
		    "%s: is not empty and no data folder of Gatehouse", path);
	return err;
}

static int
make_folder(const struct initialising *how, const struct owner *owner,
    struct initialised *done, struct fault *fault)
{
	int err = check_folder(how->path, fault);
	bool wish = how->user != NULL || how->group != NULL;

	if (err == E_OK)
		err = owner_folder(how->path, owner, &done->folder, fault);
	if (err == E_OK && !done->folder && wish)
		err = owner_give(how->path, 02770, owner, fault);
	return err;
}

/* As ourselves, since the ring may be where the owner of the data cannot write. */
static int
make_ring(const struct initialising *how, const struct owner *owner,
    struct initialised *done, struct fault *fault)
{
	int err;

	if (is_there(done->seal_path, ""))
		return E_OK;
	if (!done->stores && !how->new_ring)
		return fault_set(fault, E_STATE, NULL,
		    "%s: the sealing keys of these data are missing: bring them back "
		    "(a new ring opens none of the secrets)",
		    done->seal_path);
	if ((err = seal_create(done->seal_path, fault)) != E_OK)
		return err;
	done->ring = true;
	return owner_give(done->seal_path, RING_MODE, owner, fault);
}

int
init_data(const struct initialising *how, struct initialised *done, struct fault *fault)
{
	struct data_options options = {.path = how->path,
	    .seal_path = how->seal_path,
	    .create = true,
	    .map_initial = how->map_initial,
	    .map_max = how->map_max};
	bool elsewhere = how->seal_path != NULL && how->seal_path[0] != '\0';
	struct owner owner;
	struct data data;
	int err;

	memset(done, 0, sizeof *done);
	snprintf(done->path, sizeof done->path, "%s", how->path);
	snprintf(done->seal_path, sizeof done->seal_path, "%.1000s%s",
	    elsewhere ? how->seal_path : how->path, elsewhere ? "" : "/seal.keys");
	if (how->path[0] == '\0')
		return fault_set(fault, E_INVALID, "path", "is required");
	err = owner_find(how->path, how->user, how->group, &owner, fault);
	if (err != E_OK)
		return err;
	done->owner = owner.uid;
	done->group = owner.gid;
	if ((err = make_folder(how, &owner, done, fault)) != E_OK)
		return err;
	done->stores = !is_there(how->path, "registry");
	if ((err = make_ring(how, &owner, done, fault)) != E_OK ||
	    (err = owner_become(&owner, fault)) != E_OK ||
	    (err = data_open(&options, &data, fault)) != E_OK)
		return err;
	data_close(&data);
	return E_OK;
}

int
init_act_as_owner(const char *path, struct fault *fault)
{
	struct owner owner;
	int err;

	if (!is_there(path, ""))
		return fault_set(fault, E_NOTFOUND, NULL,
		    "%s: there is no data folder; make one with `gatehouse init`",
		    path);
	err = owner_find(path, NULL, NULL, &owner, fault);
	return err == E_OK ? owner_become(&owner, fault) : err;
}
