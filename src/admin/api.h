/*
 * The JSON API: The Things Stack's paths and field masks for gateways and their keys, and
 * Gatehouse's own resources beside them. It knows keys only: no cookie opens anything here.
 *
 * A program that serves it puts api_routes() beside its own routes; its state (what its
 * open() made) begins with a `struct api *`.
 */
#ifndef GH_ADMIN_API_H
#define GH_ADMIN_API_H

#include "gateway-files/answer.h"
#include "manage/actions.h"
#include "manage/manage.h"
#include "web/route.h"

#define API_PATH "/api/v3"

/* A route of the API: a program's gate for its pages lets it through. */
#define ROUTE_API (ROUTE_PROGRAM << 7)

struct api;

/* Borrowed for as long as the API lives. */
struct api_setup {
	struct data *data;
	const struct cups_policy *policy;
	const struct kick_policy *kick_policy;
	const struct file_policy *file_policy;
	const char *seal_path;	       /* as configured, for advice */
	bool require_auth;	       /* of configuration files, for advice */
	int wait_ms;		       /* deadline of writes */
	unsigned failures_per_address; /* wrong keys a minute; 0: any number */
};

/* NULL when out of memory. */
struct api *api_new(const struct api_setup *setup);
void api_free(struct api *api);

/* All of them; static storage. */
const struct route *api_routes(size_t *count);

/* What a route of them (or a copy of it) is, for tests and descriptions. */
const struct action_row *api_action(const struct route *route, enum action *action);

/* Is the address one of the API, or would it be? For the form of errors. */
bool api_is_asked(const struct request *req);

#endif
