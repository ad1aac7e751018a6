/*
 * What a gateway gets when it asks for a configuration file: the records that it is made
 * from, and the file. The endpoint, `gatehouse config-file` and `gatehouse explain` all
 * call this; there is no second one.
 */
#ifndef GH_GATEWAY_FILES_ANSWER_H
#define GH_GATEWAY_FILES_ANSWER_H

#include "gateway-files/file.h"
#include "gateway-files/records.h"
#include "registry/board.h"
#include "registry/gateway.h"
#include "registry/lns.h"
#include "registry/plan.h"

/* The operator's rules, from the configuration. */
struct file_policy {
	struct span servers[FILE_SERVERS_MAX]; /* for gateways that have none */
	size_t server_count;
	const char *default_lns; /* lns_id for gateways that name none; "" */
	int64_t settled_at;	 /* when the rules or the program changed last */
};

/* What is asked for; borrowed. */
struct file_query {
	struct span path;	  /* "semtechudp/global_conf.json" */
	struct span concentrator; /* instead of the gateway's; empty: the gateway's */
	bool reference;		  /* as The Things Stack writes it */
	bool contents;		  /* as {"contents":"<base64>"} */
};

/* Where the addresses of the servers come from, in the order in which they count. */
enum servers_from {
	SERVERS_NONE,
	SERVERS_GATEWAY, /* its udp_address */
	SERVERS_LNS,	 /* the network server that it names, or the default one */
	SERVERS_ADDRESS, /* its gateway_server_address */
	SERVERS_CONFIG	 /* udp_server of the configuration */
};

struct file_sources {
	const struct gateway *gateway;
	const struct plan_record *plans[FILE_PLANS_MAX]; /* in the gateway's order */
	size_t plan_count;
	const struct board_record *board; /* NULL: none is named */
	const struct lns *lns;		  /* that was looked at; NULL: none */
	struct span servers[FILE_SERVERS_MAX];
	size_t server_count;
	enum servers_from from;
	int64_t modified; /* the latest change of all that is above */
};

#define FILE_ETAG 36 /* quotes, 32 hex digits and a NUL */

struct file_answer {
	const struct file_format *format;
	char etag[FILE_ETAG]; /* a strong one, of the content alone; in its quotes */
	int64_t modified;
};

/* Is there a file of this path at all? If not, `fault` lists what there is. */
int file_path_check(struct span path, struct fault *fault);

/*
 * Reads what the gateway's file is made from; the records are in `records` or the arena.
 * E_STATE: the gateway names a plan or board that is not registered; E_INVALID: the query
 * does; E_IO, E_CORRUPT, E_VERSION, E_NOMEM.
 */
int file_gather(struct store_txn *registry, struct file_records *records,
    const struct file_policy *policy, const struct gateway *gateway,
    const struct file_query *query, struct arena *arena, struct file_sources *sources,
    struct fault *fault);

/* The sources as the writers want them; borrows from both. */
struct gateway_facts file_facts(
    const struct file_sources *sources, const struct file_query *query);

/*
 * Appends the content to `out`. E_NOTFOUND (the path), E_STATE with the reason why there
 * is no file for this gateway: no plan fits, an address or the overrides are wrong; and as
 * file_write_stored(). `findings` has warnings and the reasons of plans that do not fit.
 * The answer is complete but for its ETag: see file_answer_tag().
 */
int file_answer_write(struct file_cache *cache, const struct file_sources *sources,
    const struct file_query *query, struct arena *arena, struct findings *findings,
    struct strbuf *out, struct file_answer *answer, struct fault *fault);

/* The ETag of the content. E_CRYPTO. */
int file_answer_tag(struct span content, struct file_answer *answer);

/* "gateway", "network-server", …; static storage. */
const char *servers_from_name(enum servers_from from);

#endif
