/* Making a data folder, and acting as its owner. */
#ifndef GH_MANAGE_INIT_H
#define GH_MANAGE_INIT_H

#include "registry/data.h"

struct initialising {
	const char *path;
	const char *seal_path; /* NULL or "": <path>/seal.keys */
	const char *user,
	    *group; /* as root: whose it shall be; NULL: whose it is already,
				     else our own; group NULL: the user's */
	bool
	    new_ring; /* make a ring although there are data without one: it opens none of
			  the secrets in them */
	size_t map_initial, map_max;
};

struct initialised {
	bool folder, stores, ring; /* was made now; false: was there */
	uint64_t owner, group;	   /* numbers */
	char path[1024], seal_path[1024];
};

/*
 * Makes what is missing: the folder (mode 02770), its stores and slots, the ring of sealing
 * keys (0640). May be run again; never changes data. As root it acts for the user, **for the
 * rest of the process**, and gives that user and group what it makes. E_STATE (there is
 * something else in the folder; the ring of existing data is missing), E_PERM, E_INVALID (no
 * such user), E_REMOTEFS, E_VERSION, E_CORRUPT, E_IO.
 */
int init_data(
    const struct initialising *how, struct initialised *done, struct fault *fault);

/*
 * As root: become the owner and group of the data folder for the rest of the process, so
 * that files that are made there are theirs; else nothing. Sets the umask to 007 in either
 * case. E_NOTFOUND, E_PERM.
 */
int init_act_as_owner(const char *path, struct fault *fault);

#endif
