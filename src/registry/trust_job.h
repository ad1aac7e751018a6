/* A server whose trust certificate somebody wants, and what became of that. The admin only
 * writes it down; `gatehouse tick` dials. */
#ifndef GH_REGISTRY_TRUST_JOB_H
#define GH_REGISTRY_TRUST_JOB_H

#include "registry/record.h"

enum job_state {
	JOB_NEW, /* is in no record */
	JOB_WAITING,
	JOB_DONE,
	JOB_CHANGED, /* the server leads to another root, and nobody has accepted it */
	JOB_FAILED
};

struct trust_job {
	uint64_t serial;
	struct span unknown;
	const char *uri; /* wss:// or https://host:port */
	const char
	    *trust_id;	    /* wanted; afterwards of the record; "": made of the host */
	const char *accept; /* SHA-256 of the root that may replace another one; "" */
	const char *asked_by; /* an actor of the audit log */
	int64_t asked_at, tried_at;
	int state;	  /* enum job_state */
	const char *text; /* what went wrong; "" */
	const char *found,
	    *found_sha256; /* subject of the root that the server leads to */
	int64_t created_at, updated_at;
};

extern const struct record_kind trust_job_kind;

enum trust_job_field { TRUST_JOB_URI = 1 };

/* The words of enum job_state, NULL at the end. */
extern const char *const job_states[];

#endif
