#include "gateway-files/answer.h"

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/encode.h"

const char *
servers_from_name(enum servers_from from)
{
	static const char *const names[] = {"none", "gateway", "network-server",
	    "gateway-server-address", "configuration"};

	return names[from];
}

int
file_path_check(struct span path, struct fault *fault)
{
	for (size_t i = 0; format_at(i) != NULL; i++)
		if (span_is(path, format_at(i)->path))
			return E_OK;
	return format_missing(fault);
}

/* ---- what it is made from -------------------------------------------------------------- */

struct gathering {
	struct store_txn *registry;
	struct file_records *records;
	const struct file_policy *policy;
	struct arena *arena;
	struct file_sources *out;
	struct fault *fault;
};

static void
changed_at(struct gathering *g, int64_t t)
{
	if (t > g->out->modified)
		g->out->modified = t;
}

static int
get(struct gathering *g, const struct record_kind *kind, const char *id,
    uint64_t serial, const void **record)
{
	return file_records_get(
	    g->records, g->registry, kind, id, serial, g->arena, record);
}

static int
gather_plans(struct gathering *g)
{
	const struct text_list *ids = &g->out->gateway->frequency_plan_ids;
	const void *record;
	int err;

	for (size_t i = 0; i < ids->count && i < FILE_PLANS_MAX; i++) {
		err = get(g, &plan_kind, ids->items[i], 0, &record);
		if (err == E_NOTFOUND)
			return fault_set(g->fault, E_STATE, "frequency_plan_ids",
			    "the plan %.64s is not registered", ids->items[i]);
		if (err != E_OK)
			return err;
		g->out->plans[g->out->plan_count++] = record;
		changed_at(g, g->out->plans[i]->updated_at);
	}
	return E_OK;
}

struct listing {
	struct gathering *g;
	struct strbuf names;
};

static int
list_board(void *arg, uint64_t serial)
{
	struct listing *l = arg;
	struct board_record b;
	int err = registry_get(l->g->registry, &board_kind, serial, l->g->arena, &b);

	if (err != E_OK)
		return err;
	strbuf_printf(&l->names, "%s%s", l->names.len > 0 ? ", " : "", b.board_id);
	return l->names.err;
}

/* With as many of those that there are as an error's text has room for. */
static int
no_board(struct gathering *g, int err, const char *id)
{
	struct listing l = {.g = g};

	strbuf_init(&l.names, 180);
	if (registry_list(g->registry, &board_kind, 0, list_board, &l) != E_OK)
		fault_set(g->fault, err, "concentrator",
		    "there is no board %.36s; there are %s and others", id,
		    strbuf_str(&l.names));
	else
		fault_set(g->fault, err, "concentrator",
		    "there is no board %.36s; there %s%s", id,
		    l.names.len > 0 ? "are " : "is none", strbuf_str(&l.names));
	strbuf_clear(&l.names);
	return err;
}

static int
gather_board(struct gathering *g, struct span asked)
{
	const char *id = g->out->gateway->concentrator;
	const void *record;
	int err;

	if (asked.len > 0 && (id = arena_dup(g->arena, asked)) == NULL)
		return E_NOMEM;
	if (id[0] == '\0')
		return E_OK;
	err = get(g, &board_kind, id, 0, &record);
	if (err == E_NOTFOUND)
		return no_board(g, asked.len > 0 ? E_INVALID : E_STATE, id);
	if (err != E_OK)
		return err;
	g->out->board = record;
	changed_at(g, g->out->board->updated_at);
	return E_OK;
}

static void
add_server(struct gathering *g, enum servers_from from, struct span address)
{
	if (address.len == 0 || g->out->server_count == FILE_SERVERS_MAX)
		return;
	g->out->servers[g->out->server_count++] = address;
	g->out->from = from;
}

/* The network server that the gateway names; the default one for those that name neither
 * one nor an address. */
static int
gather_lns(struct gathering *g)
{
	const struct gateway *gw = g->out->gateway;
	const void *record = NULL;
	int err = E_NOTFOUND;

	if (gw->lns != 0)
		err = get(g, &lns_kind, NULL, gw->lns, &record);
	else if (gw->gateway_server_address[0] == '\0' &&
		 g->policy->default_lns[0] != '\0')
		err = get(g, &lns_kind, g->policy->default_lns, 0, &record);
	if (err != E_OK)
		return err == E_NOTFOUND ? E_OK : err;
	g->out->lns = record;
	changed_at(g, g->out->lns->updated_at);
	add_server(g, SERVERS_LNS, span_str(g->out->lns->udp_address));
	return E_OK;
}

/* The configured ones are for gateways that name no network at all: one that names a
 * network server without an address for UDP must not come to another network's. */
static int
gather_servers(struct gathering *g)
{
	const struct gateway *gw = g->out->gateway;
	int err;

	for (size_t i = 0; i < gw->udp_address.count; i++)
		add_server(g, SERVERS_GATEWAY, span_str(gw->udp_address.items[i]));
	if (g->out->server_count > 0)
		return E_OK;
	if ((err = gather_lns(g)) != E_OK || g->out->server_count > 0)
		return err;
	add_server(g, SERVERS_ADDRESS, span_str(gw->gateway_server_address));
	if (g->out->server_count > 0 || gw->lns != 0)
		return E_OK;
	for (size_t i = 0; i < g->policy->server_count; i++)
		add_server(g, SERVERS_CONFIG, g->policy->servers[i]);
	return E_OK;
}

int
file_gather(struct store_txn *registry, struct file_records *records,
    const struct file_policy *policy, const struct gateway *gateway,
    const struct file_query *query, struct arena *arena, struct file_sources *sources,
    struct fault *fault)
{
	struct gathering g = {registry, records, policy, arena, sources, fault};
	const struct file_format *f = format_find(query->path, CHIP_SX1301);
	bool radio = f == NULL || f->key != NULL;
	int err = E_OK;

	memset(sources, 0, sizeof *sources);
	sources->gateway = gateway;
	changed_at(&g, gateway->updated_at);
	changed_at(&g, policy->settled_at);
	/* The reference knows no boards. */
	if (radio && !query->reference)
		err = gather_board(&g, query->concentrator);
	if (err == E_OK && radio)
		err = gather_plans(&g);
	return err == E_OK ? gather_servers(&g) : err;
}

/* ---- the content ------------------------------------------------------------------------ */

struct gateway_facts
file_facts(const struct file_sources *s, const struct file_query *query)
{
	const struct gateway *g = s->gateway;
	const struct antenna *first = g->antennas.rows;
	struct gateway_facts facts = {.has_eui = g->eui != 0,
	    .eui = g->eui,
	    .servers = s->servers,
	    .server_count = s->server_count,
	    .beacon = g->class_b_beacons,
	    .overrides = span_str(g->overrides),
	    .reference = query->reference,
	    .compact = query->contents};

	if (g->antennas.count == 0)
		return facts;
	facts.antenna_gain = first->gain;
	facts.latitude = first->latitude;
	facts.longitude = first->longitude;
	facts.altitude = (double)first->altitude;
	facts.has_position = first->latitude != 0 || first->longitude != 0;
	return facts;
}

/* The faults of addresses name the field of a gateway, whatever they come from. */
static const char *
field_of(enum servers_from from)
{
	switch (from) {
	case SERVERS_GATEWAY:
	case SERVERS_LNS:
		return "udp_address";
	case SERVERS_CONFIG:
		return "udp_server";
	default:
		return "gateway_server_address";
	}
}

static int
no_server(const struct file_sources *s, struct fault *fault)
{
	if (s->gateway->lns != 0 && s->lns != NULL)
		return fault_set(fault, E_STATE, "udp_address",
		    "there is no server for it: neither the gateway nor its network "
		    "server %s has an address for UDP",
		    s->lns->lns_id);
	return fault_set(fault, E_STATE, "udp_address",
	    "there is no server for it: it has no address, and udp_server is not "
	    "configured");
}

/* What is wrong is in the records; the request is fine. */
static int
explain_fault(const struct file_sources *s, int err, struct fault *fault)
{
	char text[sizeof fault->text], field[sizeof fault->field];

	if (fault == NULL)
		return err == E_INVALID ? E_STATE : err;
	memcpy(text, fault->text, sizeof text);
	memcpy(field, fault->field, sizeof field);
	if (s->from == SERVERS_NONE && err == E_STATE &&
	    strcmp(fault->field, "gateway_server_address") == 0)
		return no_server(s, fault);
	if (err == E_INVALID && strcmp(fault->field, "gateway_server_address") == 0)
		return fault_set(fault, E_STATE, field_of(s->from), "%s", text);
	if (err == E_INVALID)
		return fault_set(
		    fault, E_STATE, field[0] != '\0' ? field : "overrides", "%s", text);
	return err;
}

static void
wrap(struct strbuf *out, struct span content)
{
	strbuf_puts(out, "{\"contents\":\"");
	base64_encode(content, out);
	strbuf_puts(out, "\"}");
}

int
file_answer_write(struct file_cache *cache, const struct file_sources *sources,
    const struct file_query *query, struct arena *arena, struct findings *findings,
    struct strbuf *out, struct file_answer *answer, struct fault *fault)
{
	struct gateway_facts facts = file_facts(sources, query);
	struct span plans[FILE_PLANS_MAX];
	struct file_stored stored = {.gateway = &facts,
	    .path = query->path,
	    .plans = plans,
	    .plan_count = sources->plan_count};
	struct strbuf plain;
	int err;

	for (size_t i = 0; i < sources->plan_count; i++)
		plans[i] = sources->plans[i]->encoded;
	if (sources->board != NULL)
		stored.board = sources->board->encoded;
	answer->modified = sources->modified;
	strbuf_init(&plain, out->max);
	err = file_write_stored(cache, &stored, arena, findings,
	    query->contents ? &plain : out, &answer->format, fault);
	if (err == E_OK && query->contents)
		wrap(out, strbuf_span(&plain));
	strbuf_clear(&plain);
	return err == E_OK ? out->err : explain_fault(sources, err, fault);
}

int
file_answer_tag(struct span content, struct file_answer *answer)
{
	uint8_t digest[SHA256_SIZE];
	int err = sha256(content, digest);

	if (err != E_OK)
		return err;
	answer->etag[0] = '"';
	hex_encode(digest, 16, answer->etag + 1);
	memcpy(answer->etag + 33, "\"", 2);
	return E_OK;
}
