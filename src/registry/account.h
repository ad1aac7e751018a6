/* A person who signs in to the admin. */
#ifndef GH_REGISTRY_ACCOUNT_H
#define GH_REGISTRY_ACCOUNT_H

#include "registry/record.h"

/* Each may do what those before it may. */
enum role {
	ROLE_VIEWER,   /* sees everything but secrets */
	ROLE_OPERATOR, /* changes gateways and what they get, sees secrets once */
	ROLE_ADMIN     /* accounts, keys for programs, authorities, settings */
};

struct account {
	uint64_t serial;
	struct span unknown;
	const char *account_id, *name;
	int role;	      /* enum role */
	const char *password; /* its yescrypt hash; "": none, only the web server */
	bool disabled;
	/* Counts what ends all sessions: a new password or role, disabling. A session that
	 * was begun under another number is none. */
	uint64_t epoch;
	int64_t password_at; /* when the password was set */
	int64_t created_at, updated_at;
};

extern const struct record_kind account_kind;

enum account_field { ACCOUNT_ID = 1 };

/* The words of enum role, NULL at the end. */
extern const char *const role_names[];

#endif
