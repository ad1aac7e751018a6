/* A gateway's configuration file, from its plans and its board. */
#ifndef GH_GATEWAY_FILES_FILE_H
#define GH_GATEWAY_FILES_FILE_H

#include "gateway-files/format.h"

#define FILE_PLANS_MAX 8
#define FILE_SERVERS_MAX 8

struct file_request {
	const struct gateway_facts *gateway;
	struct span path;		 /* "semtechudp/global_conf.json" */
	const struct plan *const *plans; /* of the gateway, in its order */
	size_t plan_count;
	const struct board *board; /* NULL: an SX1301 as the plan describes it */
};

/*
 * Writes the file: the first plan that fits the concentrator (all that do, for a board
 * that reads several), then the overrides. E_NOTFOUND: no such file (`fault` lists what
 * there is); E_STATE: no plan fits, with the reason; E_INVALID: an address or the
 * overrides are wrong (see overrides.h); E_NOMEM, E_TOOBIG. Warnings, and the reasons of plans that do not
 * fit, are in `findings`. `format` (may be NULL) gets the row. Temporary things live in
 * the arena.
 */
int file_write(const struct file_request *rq, struct arena *arena,
    struct findings *findings, struct strbuf *out, const struct file_format **format,
    struct fault *fault);

/*
 * The same for the program that answers gateways: plans and board as they are stored
 * (encoded). The concentrator's part of the file is remembered, by the bytes of all that
 * it is made from, so that a change is seen at once.
 */
struct file_stored {
	const struct gateway_facts *gateway;
	struct span path;
	const struct span *plans;
	size_t plan_count;
	struct span board; /* empty: none */
};

struct file_cache;

/* Remembers at most `slots` parts; NULL when out of memory. Lives as long as the process. */
struct file_cache *file_cache_new(size_t slots);
void file_cache_free(struct file_cache *cache);

/* As file_write(), and E_CORRUPT or E_VERSION for records that cannot be decoded. When
 * the part was remembered, the findings have only what the overrides cause. */
int file_write_stored(struct file_cache *cache, const struct file_stored *rq,
    struct arena *arena, struct findings *findings, struct strbuf *out,
    const struct file_format **format, struct fault *fault);

/* ---- the two steps, for cache.c ---------------------------------------------- */

/* Everything up to the concentrator's part, in the arena. */
int file_prepare(const struct file_request *rq, struct arena *arena,
    struct findings *findings, struct file_parts *parts, struct fault *fault);

/* The file around it. */
int file_finish(const struct gateway_facts *gateway, const struct file_parts *parts,
    struct strbuf *out, struct findings *findings, struct fault *fault);

#endif
