/*
 * One request for a configuration file from who asks to what is answered: the credential,
 * the gateway, the file or that it has not changed, the throttle, the sighting.
 */
#ifndef GH_GATEWAY_FILES_EXCHANGE_H
#define GH_GATEWAY_FILES_EXCHANGE_H

#include "auth/principal.h"
#include "gateway-files/memo.h"
#include "registry/data.h"

/* Lives as long as the process. */
struct file_service {
	struct data *data; /* the ledger and the ring are not needed */
	struct file_policy policy;
	struct file_cache *cache;
	struct file_records *records; /* NULL: every record is read each time */
	struct file_memo *memo;	      /* NULL: every answer is made each time */
	bool require_auth;
	unsigned failures_per_minute;  /* of one gateway, before 429; 0: never */
	unsigned failures_per_address; /* of one address */
};

/* Has the client the content of this ETag, or what was changed then? */
typedef bool file_current_fn(void *arg, const struct file_answer *answer);

/* What came in. Borrowed for the time of the call. */
struct file_call {
	struct span gateway_id;
	struct file_query query;
	struct span key;	     /* as presented, without its scheme; empty: none */
	struct span certificate_pem; /* of the TLS client; empty: none */
	const char *address;	     /* of the client, for sightings and throttling */
	struct span agent;	     /* User-Agent */
	file_current_fn *current;    /* NULL: it has nothing */
	void *arg;
};

struct file_exchange {
	int err; /* E_OK: `answer` is one; else refuse with this */
	struct fault fault;
	unsigned retry_after; /* seconds, with E_THROTTLED */
	bool unchanged;	      /* the client has it: no content */
	struct file_answer answer;
	struct principal principal;
	uint64_t serial; /* of the gateway; 0: unknown */
	struct findings findings;
};

/* Handles one call. Whatever happens stands in x->err; the content is appended to `out`
 * only with E_OK and unless x->unchanged. */
void file_exchange(const struct file_service *service, const struct file_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct file_exchange *x);

#endif
