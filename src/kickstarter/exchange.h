/*
 * One request of a gateway from its parts to its answer: reads the records, decides, builds
 * the answer, writes what it promises to the ledger, notes the sighting.
 */
#ifndef GH_KICKSTARTER_EXCHANGE_H
#define GH_KICKSTARTER_EXCHANGE_H

#include "base/strbuf.h"
#include "kickstarter/decision.h"
#include "registry/data.h"
#include "registry/sighting.h"

/*
 * Called when a gateway is to be activated and there is no key to give it, while no read is
 * open: makes one that the next try finds (the gateway's target_cups_key, sealed). E_OK;
 * other errors refuse the request, which comes again.
 */
typedef int kick_new_key_fn(
    void *arg, const struct gateway *gateway, struct fault *fault);

struct kick_server {
	struct data *data;
	struct kick_policy policy;
	int write_wait_ms; /* deadline of writes to the ledger */
	unsigned
	    failures_per_minute; /* for one gateway, before they are put off; 0: never */
	unsigned failures_per_address; /* from one address */
	kick_new_key_fn *new_key;      /* NULL: gateways without a key are put off */
	void *new_key_arg;
	struct image_cache *images; /* see kickstarter/image.h; NULL: none are served */
};

/* What came in. Borrowed for the time of the call. */
struct kick_call {
	struct span id;	     /* of the gateway, or of the frequency plan */
	struct span key;     /* as presented, without its scheme; empty: none */
	bool device;	     /* User-Agent: TTNGateway */
	const char *origin;  /* see kick_origin() */
	const char *address; /* of the client */
};

#define KICK_PLANS 8 /* that a gateway's record can name */

/* The records that a decision was made on; they live in the request's arena. */
struct kick_records {
	struct gateway gateway;
	struct gateway_state state;
	struct lns lns;
	struct key key; /* that target_cups_key names */
	bool has_key;
	struct key handed; /* that the ledger's activated_key names */
	bool has_handed;
	struct kick_plan plans[KICK_PLANS];
	struct kick_images images;
};

struct kick_exchange {
	int err; /* E_OK: the answer is in `out`; else refuse with this */
	struct fault fault;
	unsigned retry_after; /* seconds, with E_THROTTLED */
	struct kick_call call;
	struct kick_caller caller;
	struct kick_records records;
	struct kick_inputs inputs;
	struct kick_decision decision;	   /* of a configuration */
	struct kick_activation activation; /* of an activation */
	size_t length;			   /* bytes of the answer */
	/* No image may be offered, for this reason; NULL: nothing against it. */
	const char *images_unusable;
};

/* `GET /api/v2/gateways/{id}`. Whatever happens stands in x->err; the body of the answer is
 * appended to `out` only with E_OK. */
void kick_configure(const struct kick_server *server, const struct kick_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct kick_exchange *x);

/* `PUT /api/v2/gateways/{id}/activate`, likewise; E_OK is 201. */
void kick_activate(const struct kick_server *server, const struct kick_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct kick_exchange *x);

/* `GET /api/v2/frequency-plans/{id}`, likewise. */
void kick_plan(const struct kick_server *server, const struct kick_call *call,
    struct arena *arena, struct strbuf *out, struct kick_exchange *x);

/*
 * The first half of both alone, for `explain`: loads the records and decides configuration
 * and activation, writes nothing. x->call must be set; with `given` x->caller is kept, else
 * it is judged by the key. The error is one of the stores.
 */
int kick_consider(const struct kick_server *server, bool given, int64_t now,
    struct arena *arena, struct kick_exchange *x);

#endif
