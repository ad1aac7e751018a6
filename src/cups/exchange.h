/*
 * One `POST /update-info` from its body to its answer: reads the records, decides, builds
 * the credentials, writes the ledger where the decision asks for it, notes the sighting. An
 * update is opened for the caller, who sends it after the answer.
 */
#ifndef GH_CUPS_EXCHANGE_H
#define GH_CUPS_EXCHANGE_H

#include "cups/decision.h"
#include "firmware/image.h"
#include "registry/data.h"
#include "registry/sighting.h"

struct cups_exchange;
struct cups_cache;

/*
 * Called for a gateway that nobody registered, when no read is open: may register it.
 * E_OK: done, decide again; E_NOTFOUND: stays unknown; other errors refuse the request.
 */
typedef int cups_adopt_fn(
    void *arg, const struct cups_exchange *x, struct fault *fault);

struct cups_server {
	struct data *data;
	struct cups_policy policy;
	struct cups_cache *cache;      /* NULL: every record is read each time */
	struct image_cache *images;    /* NULL: every image is verified each time */
	unsigned streams;	       /* workers that may send firmware at a time */
	int write_wait_ms;	       /* deadline of ledger writes */
	unsigned failures_per_minute;  /* of one EUI, before 429; 0: never */
	unsigned failures_per_address; /* of one address */
	cups_adopt_fn *adopt;	       /* NULL: unknown gateways are refused */
	void *adopt_arg;
};

/* What came in. Borrowed for the time of the call. */
struct cups_call {
	struct span body;
	struct span key;	     /* as presented, without its scheme; empty: none */
	struct span certificate_pem; /* of the TLS client; empty: none */
	const char *address;	     /* of the client, for sightings and throttling */
};

struct cups_firmware {
	struct firmware_report report;
	struct firmware_policy policy;
	struct firmware_inputs in;
	struct firmware_candidate candidates[FIRMWARE_CANDIDATES_MAX];
};

/* The records that a decision was made on; they live in the request's arena. */
struct cups_records {
	struct gateway gateway;
	struct gateway_state state;
	struct lns lns;
	struct trust lns_trust, cups_trust, here_trust;
	struct key cups_key;
	char lns_uri[128];
	struct fault lns_fault;
	struct cups_firmware firmware;
};

/* An update that follows the answer. */
struct cups_update {
	int fd, slot;	   /* its image, and what is held while it is sent; -1: none */
	uint64_t firmware; /* its serial number */
	uint64_t size;
	struct fault fault; /* why the one that was wanted cannot be sent; "" */
};

struct cups_exchange {
	int err; /* E_OK: the answer is in `out`, status 200; else refuse with this */
	struct fault fault;
	unsigned retry_after; /* seconds, with E_THROTTLED */
	bool parsed;
	struct update_info request;
	struct principal principal;
	struct cups_records records;
	struct cups_inputs inputs;
	struct cups_decision decision;
	struct cups_call call;
	struct cups_update update;
};

/*
 * Handles one call. Whatever happens stands in x->err; the answer's body is appended to
 * `out` only with E_OK. When x->update.fd is not -1 then, x->update.size bytes of it follow:
 * the caller sends them and closes both descriptors.
 */
void cups_exchange(const struct cups_server *server, const struct cups_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct cups_exchange *x);

/*
 * The first half alone, without opening an update, for `explain`: loads the records for the request and decides as
 * cups_exchange() does, without writing anything. `x->request` and `x->principal` must be
 * set; the principal is kept when `given` is true, else it is found by x->call. An error of
 * the stores, with words in x->fault: E_CORRUPT, E_VERSION, E_BUSY, E_NOMEM.
 */
int cups_consider(const struct cups_server *server, bool given, int64_t now,
    struct arena *arena, struct cups_exchange *x);

/* Builds what a decision sends: opens the sealed parts and appends the body. E_NOTFOUND or
 * E_CORRUPT when a sealed value does not open; E_INVALID; E_NOMEM. */
int cups_answer(const struct cups_server *server, const struct cups_exchange *x,
    struct arena *arena, struct strbuf *out, struct fault *fault);

#endif
