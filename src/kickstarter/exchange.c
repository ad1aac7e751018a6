#include "kickstarter/exchange.h"

#include <stdio.h>

#include "base/log.h"
#include "kickstarter/answer.h"
#include "kickstarter/load.h"
#include "kickstarter/offer.h"
#include "registry/throttle.h"

#define TRIES 8 /* decisions that others overtook before we give up */

/* ---- deciding -------------------------------------------------------------------------- */

static int
consider(struct store_txn *registry, struct store_txn *ledger,
    const struct kick_server *server, bool given, int64_t now, struct arena *arena,
    struct kick_exchange *x)
{
	struct kick_activation_inputs in = {.now = now};
	bool shown;
	int err = kick_load(registry, ledger, &server->policy, now, arena, x);

	if (err != E_OK)
		return err;
	if (x->inputs.gateway != NULL && !given)
		err = kick_identify(server->data, registry, x->inputs.gateway,
		    x->inputs.state, x->call.key, now, arena, &x->caller);
	/* Whoever showed nothing right costs no more than this. */
	shown = x->inputs.gateway != NULL && (x->caller.err == E_OK || !x->call.device);
	if (err == E_OK && shown)
		err = kick_load_plans(registry, arena, x);
	if (err == E_OK && shown)
		err = kick_load_images(registry, ledger, arena, x);
	if (err != E_OK)
		return err;
	kick_decide(&x->inputs, &x->decision);
	in.gateway = x->inputs.gateway;
	in.state = x->inputs.state;
	in.key = x->records.has_key ? &x->records.key : NULL;
	in.handed = x->records.has_handed ? &x->records.handed : NULL;
	kick_activation_decide(&in, &x->activation);
	return E_OK;
}

int
kick_consider(const struct kick_server *server, bool given, int64_t now,
    struct arena *arena, struct kick_exchange *x)
{
	struct store_txn *registry, *ledger;
	int err = store_read_begin(server->data->registry, &registry);

	if (err != E_OK)
		return err;
	if ((err = store_read_begin(server->data->ledger, &ledger)) == E_OK) {
		err = consider(registry, ledger, server, given, now, arena, x);
		store_read_end(ledger);
	}
	store_read_end(registry);
	return err;
}

/* ---- the ledger ------------------------------------------------------------------------- */

struct commit {
	const struct gateway_state *before, *after;
	struct arena *arena;
};

/* The precondition of every change: the row is as it was when we decided. */
static int
commit_state(struct store_txn *ledger, void *arg)
{
	struct commit *c = arg;
	struct gateway_state now;
	int err = gateway_state_get(ledger, c->before->serial, c->arena, &now);

	if (err != E_OK)
		return err;
	if (!gateway_state_equal(&now, c->before))
		return E_AGAIN;
	return gateway_state_put(ledger, c->after);
}

/*
 * Keeps the reason why a gateway gets no answer, for the operator: written when it changes,
 * not at every poll. Nothing depends on it, so no error of it matters.
 */
static void
mark(const struct kick_server *server, const char *text, int64_t now,
    struct arena *arena, const struct kick_exchange *x)
{
	struct gateway_state next = x->records.state;
	struct commit commit = {&x->records.state, &next, arena};
	const char *id = x->records.gateway.gateway_id;

	if (strcmp(text, next.kickstarter_fault) == 0)
		return;
	if (text[0] != '\0')
		log_line(LOG_WARN, "%s: no answer that the device could live with: %s",
		    id, text);
	next.kickstarter_fault = text;
	next.kickstarter_fault_at = text[0] != '\0' ? now : 0;
	store_update(
	    server->data->ledger, server->write_wait_ms, commit_state, &commit);
}

/* ---- sightings --------------------------------------------------------------------------- */

/* Sightings are disposable: no error of theirs matters here. */
static void
note_sighting(
    const struct kick_server *server, const struct kick_exchange *x, int64_t now)
{
	const struct gateway *g = x->inputs.gateway;
	struct slots *slots = server->data->sightings;
	struct sighting s;

	if (slots == NULL || g == NULL || !x->call.device)
		return;
	sighting_get(slots, g->serial, &s);
	s.serial = g->serial;
	if (x->err != E_OK) {
		s.refused_at = now;
		s.refused++;
		s.refused_status = x->err == E_NOAUTH	? 401
				   : x->err == E_DENIED ? 403
							: 503;
		slots_put(slots, g->serial, &s);
		return;
	}
	memmove(s.seen_at + 1, s.seen_at, sizeof s.seen_at - sizeof s.seen_at[0]);
	s.seen_at[0] = now;
	s.polls++;
	s.credential = x->caller.err == E_OK ? CREDENTIAL_KEY : CREDENTIAL_NONE;
	s.key_serial = x->caller.key;
	sighting_text(s.address, sizeof s.address, span_str(x->call.address));
	sighting_text(s.station, sizeof s.station, span_str("TTNGateway"));
	slots_put(slots, g->serial, &s);
}

/* Only refusals are counted, and only they are put off. */
static void
throttle(const struct kick_server *server, struct kick_exchange *x, int64_t now)
{
	char who[80];
	const struct throttle_refusal refusal = {.who = who,
	    .address = x->call.address,
	    .per_minute = server->failures_per_minute,
	    .per_address = server->failures_per_address};

	if (x->err != E_DENIED && x->err != E_NOAUTH && x->err != E_NOTFOUND)
		return;
	snprintf(who, sizeof who, "kick:%.*s",
	    x->call.id.len < 64 ? (int)x->call.id.len : 64,
	    (const char *)x->call.id.data);
	if (throttle_refused(server->data->throttle, &refusal, now, &x->retry_after,
		&x->fault) != E_OK)
		x->err = E_THROTTLED;
}

static void
finish(const struct kick_server *server, struct kick_exchange *x, int64_t now)
{
	if (x->err != E_OK && x->fault.text[0] == '\0')
		fault_set(&x->fault, x->err, NULL, "%s", err_text(x->err));
	throttle(server, x, now);
	note_sighting(server, x, now);
}

static void
begin(struct kick_exchange *x, const struct kick_call *call)
{
	memset(x, 0, sizeof *x);
	x->call = *call;
	x->caller = (struct kick_caller){.err = E_NOAUTH};
	record_init(&gateway_state_kind, &x->records.state);
}

/* ---- configuration ------------------------------------------------------------------------ */

/* Before an image is offered it is noted; where that is not possible the gateway keeps what
 * it has and gets the rest of its configuration. Then, as when somebody else was faster, it
 * is decided again: E_AGAIN. */
static int
note_offer(const struct kick_server *server, int64_t now, struct arena *arena,
    struct kick_exchange *x)
{
	const struct rollout *rollout = x->decision.firmware.rollout;
	int err;

	if (!x->decision.firmware.offer)
		return E_OK;
	if ((err = kick_offer(server, x, now, arena)) == E_OK || err == E_AGAIN)
		return err;
	log_line(LOG_WARN, "%s: not offered the image of roll-out %s: the ledger: %s",
	    x->records.gateway.gateway_id, rollout->rollout_id, err_text(err));
	x->images_unusable = "the offer cannot be noted in the ledger";
	return E_AGAIN;
}

/* One try. E_AGAIN: see note_offer(). */
static int
configure(const struct kick_server *server, int64_t now, struct arena *arena,
    struct strbuf *out, struct kick_exchange *x)
{
	const struct kick_decision *d = &x->decision;
	size_t start = out->len;
	int err = kick_consider(server, false, now, arena, x);

	if (err != E_OK)
		return err;
	x->fault = d->fault;
	if (d->err == E_OK) {
		err = kick_configuration_write(&x->inputs, d, out, &x->fault);
		x->length = out->len - start;
	}
	if (d->err == E_OK && err == E_OK &&
	    (err = note_offer(server, now, arena, x)) != E_OK)
		return err;
	if (x->call.device && d->authenticated)
		mark(server, err == E_INVALID ? x->fault.text : d->mark, now, arena, x);
	if (d->err != E_OK)
		return d->err;
	/* What is wrong is ours, not the client's. */
	return err == E_INVALID ? E_STATE : err;
}

void
kick_configure(const struct kick_server *server, const struct kick_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct kick_exchange *x)
{
	size_t start = out->len;

	begin(x, call);
	for (int i = 0; i <= TRIES; i++) {
		out->len = start;
		if (i == TRIES)
			x->images_unusable = "its roll-out changes all the time";
		x->err = configure(server, now, arena, out, x);
		if (x->err != E_AGAIN)
			break;
	}
	finish(server, x, now);
}

/* ---- activation ---------------------------------------------------------------------------- */

static int
open_key(const struct kick_server *server, const struct kick_exchange *x,
    struct arena *arena, struct span *key, struct fault *fault)
{
	if (x->activation.source == KICK_GIVES_LNS_KEY)
		return kick_open_lns_key(
		    server->data, &x->records.gateway, arena, key, fault);
	return kick_open_api_key(server->data, &x->records.key, arena, key, fault);
}

/* One try. E_AGAIN: a key was made, or somebody else was faster. */
static int
activate(const struct kick_server *server, int64_t now, struct arena *arena,
    struct strbuf *out, struct kick_exchange *x)
{
	const struct kick_activation *a = &x->activation;
	struct commit commit = {&x->records.state, &a->next, arena};
	struct span key;
	int err = kick_consider(server, true, now, arena, x);

	if (err != E_OK)
		return err;
	x->fault = a->fault;
	if (a->err != E_OK)
		return a->err;
	if (a->source == KICK_MAKES_API_KEY) {
		if (server->new_key == NULL)
			return fault_set(&x->fault, E_STATE, "lbs_lns_secret",
			    "there is no key to give it");
		err = server->new_key(
		    server->new_key_arg, &x->records.gateway, &x->fault);
		return err == E_OK ? E_AGAIN : err;
	}
	err = open_key(server, x, arena, &key, &x->fault);
	if (err == E_OK)
		err = kick_key_write(key, out, &x->fault);
	if (err != E_OK) {
		char text[330];

		mark(server, fault_text(&x->fault, text, sizeof text), now, arena, x);
		return err == E_NOMEM ? err : E_STATE;
	}
	/* Nothing leaves before it is known that this is the one. */
	return store_update(
	    server->data->ledger, server->write_wait_ms, commit_state, &commit);
}

static void
log_activation(const struct kick_exchange *x)
{
	const char *id = x->records.gateway.gateway_id;

	if (x->activation.source == KICK_GIVES_API_KEY)
		log_line(LOG_WARN,
		    "%s: activated with an API key, which its network server must know "
		    "as its password: `gatehouse gateway activation show %s "
		    "--show-secrets`",
		    id, id);
	else
		log_line(LOG_NOTE, "%s: activated with its LNS key", id);
}

void
kick_activate(const struct kick_server *server, const struct kick_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct kick_exchange *x)
{
	size_t start = out->len;

	begin(x, call);
	for (int i = 0; i < TRIES; i++) {
		out->len = start;
		x->err = activate(server, now, arena, out, x);
		if (x->err != E_AGAIN)
			break;
	}
	x->length = x->err == E_OK ? out->len - start : 0;
	if (x->err != E_OK)
		out->len = start;
	else
		log_activation(x);
	finish(server, x, now);
}

/* ---- frequency plans ------------------------------------------------------------------------ */

static int
plan(const struct kick_server *server, struct arena *arena, struct strbuf *out,
    struct kick_exchange *x)
{
	struct store_txn *registry;
	struct plan *plan;
	char *id;
	int err;

	if (kick_plan_id_check(x->call.id, NULL, NULL) != E_OK)
		return E_NOTFOUND;
	if ((id = arena_dup(arena, x->call.id)) == NULL)
		return E_NOMEM;
	if ((err = store_read_begin(server->data->registry, &registry)) != E_OK)
		return err;
	err = kick_load_plan(registry, id, arena, &plan);
	store_read_end(registry);
	if (err == E_NOTFOUND)
		return fault_set(
		    &x->fault, err, NULL, "there is no such frequency plan");
	if (err == E_OK)
		err = kick_plan_write(plan, x->call.device, arena, out, &x->fault);
	return err == E_INVALID ? E_STATE : err;
}

void
kick_plan(const struct kick_server *server, const struct kick_call *call,
    struct arena *arena, struct strbuf *out, struct kick_exchange *x)
{
	size_t start = out->len;

	begin(x, call);
	x->err = plan(server, arena, out, x);
	x->length = out->len - start;
	if (x->err != E_OK && x->fault.text[0] == '\0')
		fault_set(&x->fault, x->err, NULL, "%s", err_text(x->err));
}
