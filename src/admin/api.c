/* The routes of the API, and what happens before each of them: who asks, may they. */
#include "admin/api.h"

#include <stdio.h>
#include <stdlib.h>

#include "admin/api_ask.h"
#include "base/clock.h"
#include "registry/throttle.h"
#include "web/client.h"
#include "web/credential.h"

#define GET METHOD_GET
#define POST METHOD_POST
#define PUT METHOD_PUT
#define DELETE METHOD_DELETE

#define BODY ((uint64_t)1 << 18)
#define FILE_BODY ((uint64_t)4 << 20) /* a file with what JSON adds to it */
#define BULK ((uint64_t)16 << 20)
#define G "/gateways/{gateway_id}"
#define OWN "/gatehouse"

/* Rows before those of the same path with a name in braces. */
static const struct api_row rows[] = {
    {POST, "/gateways", gateway_create, ACTION_GATEWAY_CREATE, BODY, NULL, false},
    {GET, "/gateways", gateway_lists, ACTION_GATEWAY_LIST, 0, NULL, false},
    {POST, "/users/{user_id}/gateways", gateway_create, ACTION_GATEWAY_CREATE, BODY,
	NULL, false},
    {GET, "/users/{user_id}/gateways", gateway_lists, ACTION_GATEWAY_LIST, 0, NULL,
	false},
    {POST, "/organizations/{organization_id}/gateways", gateway_create,
	ACTION_GATEWAY_CREATE, BODY, NULL, false},
    {GET, "/search/gateways", gateway_search, ACTION_GATEWAY_LIST, 0, NULL, false},
    {GET, G, gateway_get, ACTION_GATEWAY_SHOW, 0, NULL, false},
    {PUT, G, gateway_put, ACTION_GATEWAY_SET, BODY, NULL, false},
    {DELETE, G, gateway_remove, ACTION_GATEWAY_DELETE, 0, NULL, false},
    {POST, G "/restore", gateway_restore, ACTION_GATEWAY_RESTORE, BODY, NULL, false},
    {DELETE, G "/purge", gateway_purge, ACTION_GATEWAY_PURGE, 0, NULL, false},
    {GET, G "/rights", rights_get, ACTION_RIGHTS_SEE, 0, NULL, false},
    {GET, G "/api-keys", keys_list, ACTION_KEY_LIST, 0, NULL, false},
    {POST, G "/api-keys", key_create, ACTION_KEY_CREATE, BODY, NULL, false},
    {POST, G "/api-keys/import", key_import, ACTION_KEY_IMPORT, BODY, NULL, false},
    {POST, G "/api-keys/rotate", tool_rotate, ACTION_KEY_ROTATE, BODY, NULL, false},
    {GET, G "/api-keys/{key_id}", key_get, ACTION_KEY_SHOW, 0, NULL, false},
    {PUT, G "/api-keys/{key_id}", key_put, ACTION_KEY_SET, BODY, NULL, false},
    {DELETE, G "/api-keys/{key_id}", key_remove, ACTION_KEY_REVOKE, 0, NULL, false},
    {GET, G "/explain", tool_explain, ACTION_GATEWAY_EXPLAIN, 0, NULL, false},
    {GET, G "/history", tool_history, ACTION_GATEWAY_HISTORY, 0, NULL, false},
    {POST, G "/bundle", tool_bundle, ACTION_GATEWAY_BUNDLE, BODY, NULL, false},
    {POST, G "/retry", tool_retry, ACTION_GATEWAY_RETRY, BODY, NULL, false},
    {POST, G "/provisioning-window", tool_provision, ACTION_GATEWAY_PROVISION, BODY,
	NULL, false},
    {DELETE, G "/provisioning-window", tool_provision, ACTION_GATEWAY_PROVISION, 0,
	NULL, false},
    {GET, G "/activation-window", activation_get, ACTION_ACTIVATION_SHOW, 0, NULL,
	false},
    {POST, G "/activation-window", activation_post, ACTION_ACTIVATION_OPEN, BODY, NULL,
	false},
    {DELETE, G "/activation-window", activation_remove, ACTION_ACTIVATION_CLOSE, 0,
	NULL, false},
    {GET, G "/certificates", cert_get, ACTION_CERT_SHOW, 0, NULL, false},
    {POST, G "/certificates/{use}/issue", cert_issue, ACTION_CERT_ISSUE, BODY, NULL,
	false},
    {POST, G "/certificates/{use}/import", cert_import, ACTION_CERT_IMPORT, BODY, NULL,
	false},
    {DELETE, G "/certificates/{use}", cert_remove, ACTION_CERT_REMOVE, 0, NULL, false},
    {POST, OWN "/import", bulk_import_post, ACTION_GATEWAY_IMPORT, BULK, NULL, true},
    {GET, OWN "/export", bulk_export_get, ACTION_GATEWAY_EXPORT, 0, NULL, false},
    {GET, OWN "/unknown-gateways", unknown_get, ACTION_UNKNOWN_LIST, 0, NULL, false},
    {POST, OWN "/unknown-gateways/{eui}/adopt", unknown_adopt, ACTION_UNKNOWN_ADOPT,
	BODY, NULL, false},
    {DELETE, OWN "/unknown-gateways/{eui}", unknown_remove, ACTION_UNKNOWN_FORGET, 0,
	NULL, false},
    {GET, OWN "/audit", audit_get, ACTION_AUDIT_SEE, 0, NULL, false},
    {POST, OWN "/cas/{id}/revoke", ca_revoke, ACTION_CA_CHANGE, BODY, NULL, false},
    {POST, OWN "/signing-keys/{id}/retire", signing_key_retire,
	ACTION_SIGNING_KEY_CHANGE, BODY, NULL, false},
    {GET, OWN "/frequency-plans/{id}/file", plan_file, ACTION_PLAN_SEE, 0, NULL, false},
};

#define FIXED (COUNT(rows))
#define ROUTES_MAX 192

/* All of them, those of the generic resources too; made once. */
static struct {
	struct api_row rows[ROUTES_MAX];
	struct route routes[ROUTES_MAX];
	char patterns[ROUTES_MAX][96];
	size_t count;
} table;

/* ---- who asks ------------------------------------------------------------------------------ */

static int
find_key(struct api_ask *a, struct store_txn *txn, void *arg)
{
	struct span *presented = arg;
	struct principal p;
	int err = principal_by_key(txn, *presented, a->m.now, a->m.arena, &p);

	if (err != E_OK)
		return err;
	if (p.err != E_OK)
		return fault_set(&a->m.fault, E_DENIED, NULL, "%s", p.why.text);
	a->key = p.key;
	if (a->key.gateway == 0)
		return E_OK;
	err = registry_get(txn, &gateway_kind, a->key.gateway, a->m.arena, &a->own);
	if (err == E_OK && a->own.deleted_at != 0)
		err = E_NOTFOUND;
	return err == E_NOTFOUND ? fault_set(&a->m.fault, E_DENIED, NULL,
				       "the gateway of this key is gone or deleted")
				 : err;
}

/* A pushed key ends when its gateway has come with a newer one. */
static int
check_generation(struct api_ask *a)
{
	struct gateway_state state;
	int err;

	if (a->key.gateway == 0 || a->key.generation == 0)
		return E_OK;
	err = manage_gateway_state(&a->m, &a->own, &state);
	if (err == E_OK && key_has_ended(&a->key, &a->own, &state))
		err = fault_set(&a->m.fault, E_DENIED, NULL,
		    "the key ended when the gateway confirmed a newer one");
	return err;
}

static int
slow_down(struct api_ask *a, int err)
{
	unsigned limit = a->api->setup.failures_per_address;
	char who[ADDRESS_TEXT + 8], address[ADDRESS_TEXT];

	if (limit == 0)
		return err;
	snprintf(who, sizeof who, "api:%s", client_address_text(a->req, address));
	if (!throttle_failure(
		a->m.data->throttle, who, limit, a->m.now, &a->retry_after))
		return err;
	return fault_set(&a->m.fault, E_THROTTLED, NULL,
	    "too many wrong keys from this address; wait %u seconds", a->retry_after);
}

static int
identify(struct api_ask *a)
{
	struct span presented;
	int err;

	if (request_key(a->req, &presented) != E_OK)
		return fault_set(&a->m.fault, E_NOAUTH, NULL,
		    "an API key is needed: Authorization: Bearer KEY");
	err = api_read(a, find_key, &presented);
	if (err == E_OK)
		err = check_generation(a);
	if (err == E_DENIED)
		err = slow_down(a, err);
	if (err != E_OK)
		return err;
	a->m.actor = arena_printf(a->m.arena, "key:%s", a->key.key_id);
	request_note(a->req, "key", span_str(a->key.key_id));
	return a->m.actor != NULL ? E_OK : E_NOMEM;
}

static int
authorize(struct api_ask *a)
{
	const struct action_row *action = &action_table[a->row->action];
	struct span id = request_capture(a->req, "gateway_id");

	if (a->key.gateway != 0 && action->scope == SCOPE_FLEET)
		return fault_set(&a->m.fault, E_DENIED, NULL,
		    "this needs a key for all gateways, and this one is for %s",
		    a->own.gateway_id);
	/* Whether there is such another gateway is none of its business. */
	if (a->key.gateway != 0 && id.len > 0 && !span_is(id, a->own.gateway_id))
		return fault_set(
		    &a->m.fault, E_DENIED, NULL, "the key belongs to another gateway");
	return api_must(a, action->rights);
}

/* ---- the body ------------------------------------------------------------------------------ */

/* What `curl -d` sends by itself is taken for JSON too. */
static bool
is_json_type(const char *type)
{
	static const char *const good[] = {
	    "application/json", "text/plain", "application/x-www-form-urlencoded"};
	struct span text = span_trim(span_str(type));

	for (size_t i = 0; i < COUNT(good); i++) {
		size_t n = strlen(good[i]);

		if (span_begins_nocase(text, good[i]) &&
		    (text.len == n || text.data[n] == ';' || text.data[n] == ' '))
			return true;
	}
	return text.len == 0;
}

static int
read_body(struct api_ask *a)
{
	struct span text = span_trim(a->req->body);
	const char *type = request_variable(a->req, "CONTENT_TYPE");
	struct fault why;
	int err;

	if (a->row->raw || text.len == 0)
		return E_OK;
	if (!is_json_type(type))
		return fault_set(
		    &a->m.fault, E_TYPE, "Content-Type", "must be application/json");
	err = json_parse(text, &a->body, &why);
	if (err == E_INVALID)
		return fault_set(
		    &a->m.fault, err, NULL, "the body is no JSON: %.200s", why.text);
	if (err == E_OK && json_type(a->body) != JSON_OBJECT)
		return fault_set(
		    &a->m.fault, E_INVALID, NULL, "the body must be a JSON object");
	return err;
}

/* ---- errors -------------------------------------------------------------------------------- */

/* {"code":5,"message":"error:gatehouse:not_found (…)","details":[…]} for an error. */
static void
api_error(struct response *res, const struct fault *fault)
{
	char name[64], text[400], message[520];
	struct json_out j;
	size_t n;

	fault_text(fault, text, sizeof text);
	n = (size_t)snprintf(name, sizeof name, "%s", err_text(fault->err));
	for (size_t i = 0; i < n && i < sizeof name; i++)
		if (!((name[i] | 32) >= 'a' && (name[i] | 32) <= 'z'))
			name[i] = '_';
	response_error(res, fault->err, NULL);
	strbuf_reset(&res->body);
	snprintf(message, sizeof message, "error:gatehouse:%s (%s)", name, text);
	json_init(&j, &res->body, NULL);
	json_object(&j);
	json_key_int(&j, "code", err_grpc(fault->err));
	json_key_str(&j, "message", message);
	json_key_array(&j, "details");
	json_object(&j);
	json_key_str(&j, "@type", "type.googleapis.com/ttn.lorawan.v3.ErrorDetails");
	json_key_str(&j, "namespace", "gatehouse");
	json_key_str(&j, "name", name);
	json_key_str(&j, "message_format", fault->text[0] != '\0' ? fault->text : text);
	if (fault->field[0] != '\0') {
		json_key_object(&j, "attributes");
		json_key_str(&j, "field", fault->field);
		json_object_end(&j);
	}
	json_key_int(&j, "code", err_grpc(fault->err));
	json_object_end(&j);
	json_array_end(&j);
	json_object_end(&j);
}

/* What belongs to the answer whatever it is. */
static void
refuse(struct api_ask *a, int err)
{
	struct fault fault = a->m.fault;
	char seconds[16];

	if (fault.err != err)
		fault_set(&fault, err, NULL, "%s", err_text(err));
	api_error(a->res, &fault);
	if (err == E_THROTTLED) {
		snprintf(seconds, sizeof seconds, "%u", a->retry_after);
		response_header(a->res, "Retry-After", seconds);
	}
	request_note(a->req, "refused", span_str(fault.text));
}

/* ---- answering ------------------------------------------------------------------------------ */

static int
answer(struct api_ask *a)
{
	int err = identify(a);

	if (err == E_OK)
		err = authorize(a);
	if (err == E_OK)
		err = read_body(a);
	if (err != E_OK)
		return err;
	a->m.fault = (struct fault){0};
	json_init(&a->j, &a->res->body, NULL);
	err = a->row->fn(a);
	if (err == E_OK && a->res->body.err != E_OK)
		err = a->res->body.err == E_TOOBIG
			  ? fault_set(&a->m.fault, E_TOOBIG, NULL,
				"the answer is too long: ask for fewer or for less")
			  : a->res->body.err;
	return err;
}

/* By its pattern, which stands in our table also when the route was copied. */
static const struct api_row *
row_of(const struct route *route)
{
	return &table.rows[(size_t)(route->pattern - table.patterns[0]) /
			   sizeof table.patterns[0]];
}

bool
api_is_asked(const struct request *req)
{
	struct span path = request_raw_path(req);

	return memmem(path.data, path.len, API_PATH "/", strlen(API_PATH) + 1) != NULL;
}

static int
handle(struct request *req, struct response *res, void *state)
{
	struct api *api = *(struct api **)state;
	struct api_ask *a = arena_zalloc(req->arena, 1, sizeof *a);
	int err;

	if (a == NULL)
		return E_NOMEM;
	a->api = api;
	a->req = req;
	a->res = res;
	a->row = row_of(req->route);
	a->m = (struct manage){.data = api->setup.data,
	    .arena = req->arena,
	    .actor = "key:",
	    .now = clock_now(),
	    .wait_ms = api->setup.wait_ms,
	    .policy = api->setup.policy,
	    .kick_policy = api->setup.kick_policy};
	if ((err = answer(a)) != E_OK)
		refuse(a, err);
	else if (res->status != 304 && !res->has_type)
		response_type(res, "application/json");
	json_free(a->body);
	return E_OK;
}

/* ---- the table ------------------------------------------------------------------------------ */

static void
add_row(const struct api_row *row)
{
	size_t i = table.count;
	char *pattern;

	if (i >= ROUTES_MAX)
		abort();
	pattern = table.patterns[i];
	snprintf(pattern, sizeof table.patterns[i], "%s%s", API_PATH, row->path);
	table.rows[i] = *row;
	table.routes[i] = (struct route){
	    (unsigned)row->method, pattern, handle, row->max_body, ROUTE_API};
	table.count++;
}

/* The usual five of a kind. */
static void
add_kind(const struct api_kind *k)
{
	const struct {
		enum api_ops op;
		struct api_row row;
	} ops[] = {
	    {API_LIST, {GET, "", kind_list, k->see, 0, k, false}},
	    {API_CREATE,
		{POST, "", k->create != NULL ? k->create : kind_create,
		    k->create_action, k->ops & API_FILES ? FILE_BODY : BODY, k, false}},
	    {API_SHOW, {GET, "/{id}", kind_show, k->see, 0, k, false}},
	    {API_CHANGE, {PUT, "/{id}", kind_change, k->change, BODY, k, false}},
	    {API_REMOVE, {DELETE, "/{id}", kind_remove, k->remove_action, 0, k, false}},
	};

	for (size_t i = 0; i < COUNT(ops); i++) {
		struct api_row row = ops[i].row;
		char path[80];

		if (!(k->ops & ops[i].op))
			continue;
		snprintf(path, sizeof path, OWN "/%s%s", k->path, row.path);
		row.path = path;
		add_row(&row);
		table.rows[table.count - 1].path =
		    table.patterns[table.count - 1] + strlen(API_PATH);
	}
}

const struct route *
api_routes(size_t *count)
{
	if (table.count == 0) {
		for (size_t i = 0; i < FIXED; i++)
			add_row(&rows[i]);
		for (const struct api_kind *k = api_kinds; k->path != NULL; k++)
			add_kind(k);
	}
	*count = table.count;
	return table.routes;
}

const struct action_row *
api_action(const struct route *route, enum action *action)
{
	*action = row_of(route)->action;
	return &action_table[*action];
}

struct api *
api_new(const struct api_setup *setup)
{
	struct api *api = calloc(1, sizeof *api);

	if (api != NULL)
		api->setup = *setup;
	return api;
}

void
api_free(struct api *api)
{
	free(api);
}
