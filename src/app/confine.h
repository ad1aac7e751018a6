/*
 * What a web-facing program gives up once it is open, so that a fault in it is worth less:
 * it can start no other program, gain no rights, speak to no network (what it needs is
 * open already; UNIX sockets stay), look into no other process, and has of the file system
 * only what its row in the table of programs and stores gives it, beside the libraries and
 * the files that come with Gatehouse.
 */
#ifndef GH_APP_CONFINE_H
#define GH_APP_CONFINE_H

#include <stdbool.h>

enum reach { REACH_NOTHING, REACH_READ, REACH_WRITE };

/* A row of that table. Who may write something may read it; who may read the sealing keys may
 * read all the rest, too. */
struct reach_row {
	enum reach registry, ledger, sightings, blobs, seal_keys;
	bool streams; /* takes turns in sending firmware (DATA/streams) */
	bool heads;   /* writes heads of updates for the web server (DATA/heads) */
	bool rest;    /* writes what else is in the data folder: uploads, new folders */
};

struct confinement {
	const char *data;
	const char *seal_keys; /* the file */
	const char *share;     /* to be read; "": nothing */
	const char *also;      /* another folder to be read; NULL: none */
	struct reach_row reach;
};

struct confined {
	bool privileges; /* no_new_privs, no core files */
	bool calls;	 /* seccomp: forbidden system calls give EPERM */
	bool files;	 /* Landlock: other files give EACCES */
};

/* For the rest of the process's life, once. What the kernel does not offer is left out, and
 * told in the result. */
struct confined confine(const struct confinement *c);

/*
 * Rules hold for the folders that were there, not for others that come to have their names: a
 * restored backup, say. True when there are such ones, which this process can never read; it
 * should end then, so that another one is started. False when files are not confined.
 */
bool confine_is_past(void);

/* The part of it that is about files: confine() calls it. */
bool confine_files(const struct confinement *c);

#endif
