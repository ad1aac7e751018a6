/*
 * What a web-facing program gives up once it is open, so that a fault in it is worth less:
 * it can start no other program, gain no rights, speak to no network (what it needs is
 * open already; UNIX sockets stay), look into no other process, and change files only below
 * the parent of its data folder. The data folder itself may be exchanged at any time (a
 * restored backup), so its parent is what is named.
 */
#ifndef GH_APP_CONFINE_H
#define GH_APP_CONFINE_H

#include <stdbool.h>

struct confined {
	bool privileges; /* no_new_privs, no core files */
	bool calls;	 /* seccomp: forbidden system calls give EPERM */
	bool files;	 /* Landlock: other changes and all executions give EACCES */
};

/* For the rest of the process's life. What the kernel does not offer is left out, and told
 * in the result. */
struct confined confine(const char *data);

#endif
