#include "gateway-files/file.h"

#include "gateway-files/overrides.h"
#include "radio/check.h"

#define CONF_MAX 100000 /* bytes */

/* No row for this chip: is there one for another? */
static int
no_format(const struct file_request *rq, struct fault *fault)
{
	if (rq->board != NULL && format_find(rq->path, CHIP_SX1301) != NULL)
		return fault_set(fault, E_STATE, rq->board->id,
		    "there is no such file for %s", chip_name(rq->board->chip));
	return format_missing(fault);
}

struct chosen {
	struct settings *settings;
	size_t count;
};

/* Every plan that has radios, as the reference does, whatever a forwarder says to it. */
static int
choose_reference(const struct file_request *rq, const struct file_format *f,
    struct arena *arena, struct findings *findings, struct chosen *out)
{
	int err;

	for (size_t i = 0; i < rq->plan_count && out->count < FILE_PLANS_MAX; i++) {
		struct settings_input in = {.plan = rq->plans[i],
		    .antenna_gain = f->real_gain ? rq->gateway->antenna_gain : 0};

		if (rq->plans[i]->radio_count == 0)
			continue;
		err =
		    settings_compute(&in, arena, findings, &out->settings[out->count]);
		if (err != E_OK)
			return err;
		out->count++;
	}
	return E_OK;
}

static int
choose_all(const struct file_request *rq, const struct settings_input *in,
    struct arena *arena, struct findings *findings, struct chosen *out)
{
	int err;

	for (size_t i = 0; i < rq->plan_count && out->count < FILE_PLANS_MAX; i++) {
		err = settings_choose(
		    in, &rq->plans[i], 1, arena, findings, &out->settings[out->count]);
		if (err == E_NOMEM)
			return err;
		out->count += err == E_OK;
	}
	return out->count > 0 ? E_OK : E_INVALID;
}

static int
choose(const struct file_request *rq, const struct file_format *f, struct arena *arena,
    struct findings *findings, struct chosen *out)
{
	const struct settings_input in = {.board = rq->board,
	    .antenna_gain = rq->gateway->antenna_gain,
	    .beacon = rq->gateway->beacon};
	bool reference = rq->gateway->reference;
	bool all = f->several && rq->board != NULL && rq->board->several_plans;
	size_t n = reference || all ? FILE_PLANS_MAX : 1;

	*out = (struct chosen){arena_alloc(arena, n * sizeof *out->settings), 0};
	if (out->settings == NULL)
		return E_NOMEM;
	if (reference)
		return choose_reference(rq, f, arena, findings, out);
	if (all)
		return choose_all(rq, &in, arena, findings, out);
	out->count = 1;
	return settings_choose(
	    &in, rq->plans, rq->plan_count, arena, findings, out->settings);
}

/* Writes the value as if the file's object and the key before it had been written. */
static int
render(const struct file_request *rq, const struct file_format *f,
    const struct chosen *chosen, struct arena *arena, struct span *conf)
{
	struct strbuf text;
	struct json_out j;

	strbuf_init(&text, CONF_MAX);
	json_init(&j, &text, rq->gateway->compact ? NULL : "\t");
	j.depth = 1;
	j.after_key = true;
	f->conf(&j, chosen->settings, chosen->count, rq->gateway->reference);
	return strbuf_keep(&text, arena, conf);
}

static int
plan_fault(int err, const struct findings *findings, struct fault *fault)
{
	if (err != E_INVALID)
		return err;
	findings_result(findings, fault);
	if (fault != NULL)
		fault->err = E_STATE;
	return E_STATE;
}

static enum forwarder
forwarder_of(const struct file_format *f, const struct board *board)
{
	if (f->forwarder == FORWARDER_SX1302_HAL2 && board->hal == 1)
		return FORWARDER_SX1302_HAL1;
	return f->forwarder;
}

int
file_prepare(const struct file_request *rq, struct arena *arena,
    struct findings *findings, struct file_parts *parts, struct fault *fault)
{
	bool board = rq->board != NULL && !rq->gateway->reference;
	const struct file_format *f =
	    format_find(rq->path, board ? rq->board->chip : CHIP_SX1301);
	struct chosen chosen;
	int err;

	*parts = (struct file_parts){.format = f};
	if (f == NULL)
		return no_format(rq, fault);
	parts->chip = board ? rq->board->chip : CHIP_SX1301;
	parts->forwarder = forwarder_of(f, rq->board);
	if (f->key == NULL)
		return E_OK;
	if ((err = choose(rq, f, arena, findings, &chosen)) != E_OK)
		return plan_fault(err, findings, fault);
	if (chosen.count == 0 && !f->several)
		return fault_set(fault, E_STATE, NULL, "no plan has radios");
	if (chosen.count > 0)
		parts->beacon = chosen.settings[0].beacon;
	parts->gps_path = board ? rq->board->gps_path : NULL;
	return render(rq, f, &chosen, arena, &parts->conf);
}

static int
parse_servers(const struct gateway_facts *g, const struct file_format *f,
    struct server *servers, size_t *count, struct fault *fault)
{
	int err = E_OK;

	if (g->server_count == 0)
		return fault_set(fault, E_STATE, "gateway_server_address",
		    "the gateway has no server address");
	*count =
	    g->server_count < FILE_SERVERS_MAX ? g->server_count : FILE_SERVERS_MAX;
	for (size_t i = 0; i < *count && err == E_OK; i++) {
		err = server_parse(g->servers[i], &servers[i], fault);
		if (err == E_OK && f->semtech_servers && !g->reference)
			err = server_check_semtech(&servers[i], fault);
	}
	return err;
}

int
file_finish(const struct gateway_facts *gateway, const struct file_parts *parts,
    struct strbuf *out, struct findings *findings, struct fault *fault)
{
	struct server servers[FILE_SERVERS_MAX];
	struct file_input in = {.gateway = gateway, .parts = parts, .servers = servers};
	size_t start = out->len;
	int err;

	err = parse_servers(gateway, parts->format, servers, &in.server_count, fault);
	if (err != E_OK)
		return err;
	parts->format->write(&in, out);
	if (out->err == E_OK && parts->format->json && gateway->overrides.len > 0 &&
	    !gateway->reference)
		err = overrides_apply(gateway, parts, out, start, findings, fault);
	return out->err != E_OK ? out->err : err;
}

int
file_write(const struct file_request *rq, struct arena *arena,
    struct findings *findings, struct strbuf *out, const struct file_format **format,
    struct fault *fault)
{
	struct file_parts parts;
	int err = file_prepare(rq, arena, findings, &parts, fault);

	if (format != NULL)
		*format = parts.format;
	return err == E_OK ? file_finish(rq->gateway, &parts, out, findings, fault)
			   : err;
}
