/* Who changed what: one entry a change, in the order of their serial numbers. Secrets are
 * masked before an entry is made. */
#ifndef GH_REGISTRY_AUDIT_H
#define GH_REGISTRY_AUDIT_H

#include "registry/record.h"

struct audit {
	uint64_t serial;
	struct span unknown;
	int64_t at;
	const char *actor;  /* "shell:alice", "key:<id>", "cups.fcgi", "account:bob" */
	const char *action; /* "set", "add", "delete", … */
	const char *kind;   /* of the record */
	uint64_t record;    /* its serial */
	const char *id;	    /* and its identifier then */
	const char *before, *after; /* JSON of the fields that changed; "" */
};

extern const struct record_kind audit_kind;

enum audit_field { AUDIT_RECORD = 5 };

#endif
