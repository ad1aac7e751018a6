#include "cups/exchange.h"

#include <stdio.h>

#include "base/log.h"
#include "cups/firmware.h"
#include "cups/load.h"
#include "registry/throttle.h"

/* How often it is begun anew because another update is to be sent than the one that was
 * opened; each time somebody must have changed a roll-out. */
#define TRIES 5

/* ---- deciding -------------------------------------------------------------------------- */

/* Who asks: by the key when it is right, else by the certificate. */
static int
identify(struct store_txn *registry, int64_t now, struct arena *arena,
    struct cups_exchange *x)
{
	const struct cups_call *call = &x->call;
	struct principal *p = &x->principal;
	int err = principal_by_key(registry, call->key, now, arena, p);

	if (err != E_OK)
		return cups_unreadable(x, "record of the key", err);
	if (call->certificate_pem.len == 0 ||
	    (p->credential == CREDENTIAL_KEY && p->err == E_OK))
		return E_OK;
	err = principal_by_certificate(registry, call->certificate_pem, now, arena, p);
	return err == E_OK ? E_OK : cups_unreadable(x, "record of a CA", err);
}

/* A right key of something else does not stand in the way of a right certificate. */
static int
identify_again(struct store_txn *registry, int64_t now, struct arena *arena,
    struct cups_exchange *x)
{
	struct principal other;
	int err;

	if (x->call.certificate_pem.len == 0 || x->inputs.gateway == NULL ||
	    x->principal.credential != CREDENTIAL_KEY ||
	    principal_may(&x->principal, x->inputs.gateway, x->inputs.state,
		RIGHTS_CUPS, NULL) == E_OK)
		return E_OK;
	err = principal_by_certificate(
	    registry, x->call.certificate_pem, now, arena, &other);
	if (err != E_OK)
		return cups_unreadable(x, "record of a CA", err);
	if (other.err == E_OK)
		x->principal = other;
	return E_OK;
}

static void
begin_update(struct cups_update *u)
{
	u->fd = u->slot = -1;
	u->firmware = u->size = 0;
	u->fault.text[0] = u->fault.field[0] = '\0';
	u->fault.err = E_OK;
}

/* How many others are downloading matters only to one that would begin to. */
static int
decide(
    struct store_txn *ledger, int64_t now, struct arena *arena, struct cups_exchange *x)
{
	int err = cups_decide(&x->inputs, arena, &x->decision);

	if (err != E_OK || !x->decision.firmware.send)
		return err;
	if ((err = cups_firmware_count(ledger, now, x)) != E_OK)
		return cups_unreadable(x, "ledger", err);
	return cups_decide(&x->inputs, arena, &x->decision);
}

int
cups_consider(const struct cups_server *server, bool given, int64_t now,
    struct arena *arena, struct cups_exchange *x)
{
	struct store_txn *registry, *ledger;
	int err = store_read_begin(server->data->registry, &registry);

	begin_update(&x->update);

	if (err != E_OK)
		return cups_unreadable(x, "registry", err);
	if ((err = store_read_begin(server->data->ledger, &ledger)) != E_OK) {
		store_read_end(registry);
		return cups_unreadable(x, "ledger", err);
	}
	if (!given)
		err = identify(registry, now, arena, x);
	if (err == E_OK)
		err = cups_load(
		    registry, ledger, server->cache, &server->policy, now, arena, x);
	if (err == E_OK && !given)
		err = identify_again(registry, now, arena, x);
	if (err == E_OK)
		err = decide(ledger, now, arena, x);
	store_read_end(ledger);
	store_read_end(registry);
	return err;
}

static unsigned
pushed_bits(const struct cups_decision *d)
{
	return (d->cups_uri != NULL ? 1u << PUSH_CUPS_URI : 0) |
	       (d->send_cups ? 1u << PUSH_CUPS_CREDENTIALS : 0) |
	       (d->lns_uri != NULL ? 1u << PUSH_LNS_URI : 0) |
	       (d->send_lns ? 1u << PUSH_LNS_CREDENTIALS : 0) |
	       (d->firmware.send ? 1u << PUSH_FIRMWARE : 0);
}

/* ---- the answer -------------------------------------------------------------------------- */

/* The blob of one set; the place of its secret is part of what the seal protects. */
static int
build(const struct cups_server *server, const struct credentials *c,
    struct seal_place place, struct arena *arena, struct span *blob,
    struct fault *fault)
{
	struct span opened = {0};
	int err = E_OK;

	if (c->kind == CREDENTIALS_TOKEN || c->kind == CREDENTIALS_CERTIFICATE)
		err = data_open_sealed(
		    server->data, place, c->secret->sealed, arena, &opened, fault);
	return err == E_OK ? credentials_build(c, opened, arena, blob, fault) : err;
}

int
cups_answer(const struct cups_server *server, const struct cups_exchange *x,
    struct arena *arena, struct strbuf *out, struct fault *fault)
{
	const struct cups_decision *d = &x->decision;
	const struct gateway *g = x->inputs.gateway;
	const struct firmware_signature *signature = d->firmware.signature;
	struct update_answer answer = {
	    .cups_uri = span_str(d->cups_uri), .lns_uri = span_str(d->lns_uri)};
	bool lns_token = d->lns.kind == CREDENTIALS_TOKEN;
	struct seal_place cups_place = {"gateway", g->serial, "cups_certificate.key"};
	struct seal_place lns_place = {"gateway", g->serial,
	    lns_token ? "lbs_lns_secret.value" : "lns_certificate.key"};
	int err = E_OK;

	if (pushed_bits(d) == 0)
		return update_answer_write(&answer, out);
	if (d->firmware.send)
		answer.update_length = (uint32_t)d->firmware.wanted->firmware->size;
	if (signature != NULL) {
		answer.signature = signature->der;
		answer.signature_key_crc = (uint32_t)signature->crc;
	}
	if (d->cups.kind == CREDENTIALS_TOKEN)
		cups_place =
		    (struct seal_place){"key", x->inputs.cups_key->serial, "value"};
	if (d->send_cups)
		err = build(server, &d->cups, cups_place, arena,
		    &answer.cups_credentials, fault);
	if (err == E_OK && d->send_lns)
		err = build(
		    server, &d->lns, lns_place, arena, &answer.lns_credentials, fault);
	return err == E_OK ? update_answer_write(&answer, out) : err;
}

/* The answer of a decision into `out`, or why it is none. */
static int
answer(const struct cups_server *server, struct cups_exchange *x, struct arena *arena,
    struct strbuf *out)
{
	char text[400];

	if (x->decision.err != E_OK) {
		x->fault = x->decision.fault;
		return x->decision.err;
	}
	strbuf_reset(out);
	if (cups_answer(server, x, arena, out, &x->fault) == E_OK)
		return E_OK;
	log_line(LOG_ERROR, "%s: cannot build its credentials: %s",
	    x->records.gateway.gateway_id, fault_text(&x->fault, text, sizeof text));
	return fault_set(&x->fault, E_CORRUPT, NULL,
	    "the credentials of this gateway cannot be built; see the log");
}

/* ---- writing ----------------------------------------------------------------------------- */

struct commit {
	const struct cups_server *server;
	struct cups_exchange *x;
	struct arena *arena;
	struct strbuf *out;
};

/* The precondition of every change: the row is as it was when we decided. */
static int
commit_state(struct store_txn *ledger, void *arg)
{
	struct commit *c = arg;
	const struct gateway_state *before = &c->x->records.state;
	struct gateway_state now;
	int err = gateway_state_get(ledger, before->serial, c->arena, &now);

	if (err != E_OK)
		return err;
	if (!gateway_state_equal(&now, before))
		return E_AGAIN;
	return gateway_state_put(ledger, &c->x->decision.next);
}

/* Somebody else was faster, or roll-outs are concerned, which others change all the time:
 * decides once more, where nobody else can be. E_AGAIN: it is another update now than the one
 * that was opened. */
static int
decide_again(struct store_txn *ledger, void *arg)
{
	struct commit *c = arg;
	struct cups_exchange *x = c->x;
	const struct firmware_choice *choice = &x->decision.firmware;
	int64_t now = x->inputs.now;
	int err = gateway_state_get(
	    ledger, x->records.gateway.serial, c->arena, &x->records.state);

	if (err == E_OK)
		err = cups_firmware_refresh(ledger, now, c->arena, x);
	if (err == E_OK)
		err = cups_decide(&x->inputs, c->arena, &x->decision);
	if (err == E_OK && choice->send &&
	    choice->wanted->firmware->serial != x->update.firmware)
		return E_AGAIN;
	if (err == E_OK)
		err = answer(c->server, x, c->arena, c->out);
	if (err == E_OK && x->decision.firmware_changed)
		err = cups_firmware_write(ledger, now, x);
	if (err == E_OK && x->decision.changed)
		err = gateway_state_put(ledger, &x->decision.next);
	return err;
}

/* Sightings are disposable: no error of theirs matters here. */
static void
note_sighting(
    const struct cups_server *server, const struct cups_exchange *x, int64_t now)
{
	const struct gateway *g = x->inputs.gateway;
	const struct update_info *r = &x->request;
	struct slots *slots = server->data->sightings;
	struct sighting s;

	if (slots == NULL || g == NULL)
		return;
	sighting_get(slots, g->serial, &s);
	s.serial = g->serial;
	if (x->err != E_OK) {
		/* Whoever it was: only that somebody came in its name and was refused. */
		s.refused_at = now;
		s.refused++;
		s.refused_status = (uint32_t)err_http(x->err);
		slots_put(slots, g->serial, &s);
		return;
	}
	memmove(s.seen_at + 1, s.seen_at, sizeof s.seen_at - sizeof s.seen_at[0]);
	s.seen_at[0] = now;
	s.polls++;
	s.pushed = pushed_bits(&x->decision);
	s.stopped = cups_is_stopped(&x->decision);
	s.cups_crc = r->cups_crc;
	s.lns_crc = r->lns_crc;
	s.key_count = (uint32_t)r->key_count;
	memcpy(s.keys, r->keys, sizeof s.keys);
	s.credential = x->principal.credential;
	s.key_serial =
	    x->principal.credential == CREDENTIAL_KEY ? x->principal.key.serial : 0;
	sighting_text(s.address, sizeof s.address, span_str(x->call.address));
	sighting_text(s.cups_uri, sizeof s.cups_uri, r->cups_uri);
	sighting_text(s.lns_uri, sizeof s.lns_uri, r->lns_uri);
	sighting_text(s.station, sizeof s.station, r->station);
	sighting_text(s.model, sizeof s.model, r->model);
	sighting_text(s.package, sizeof s.package, r->package);
	slots_put(slots, g->serial, &s);
}

static void
note_unknown(
    const struct cups_server *server, const struct cups_exchange *x, int64_t now)
{
	const struct principal *p = &x->principal;
	struct unknown_sighting u = {
	    .eui = x->request.eui, .credential = p->credential};

	if (server->data->unknown == NULL)
		return;
	if (p->has_digest)
		memcpy(u.digest, p->digest, sizeof u.digest);
	sighting_text(u.address, sizeof u.address, span_str(x->call.address));
	sighting_text(u.cups_uri, sizeof u.cups_uri, x->request.cups_uri);
	sighting_text(u.station, sizeof u.station, x->request.station);
	sighting_text(u.model, sizeof u.model, x->request.model);
	unknown_note(server->data->unknown, &u, now);
}

/* Did whoever asked fail to show that they may? A gateway with a right key, for which
 * something is missing here, did not. */
static bool
is_failure(const struct cups_exchange *x)
{
	return x->err == E_DENIED || x->err == E_NOAUTH ||
	       (x->err == E_NOTFOUND && x->inputs.gateway == NULL);
}

/* Only refusals are counted, and only they can become 429. */
static void
throttle(const struct cups_server *server, struct cups_exchange *x, int64_t now)
{
	char who[32];
	const struct throttle_refusal refusal = {.who = who,
	    .address = x->call.address,
	    .per_minute = server->failures_per_minute,
	    .per_address = server->failures_per_address};

	if (!is_failure(x))
		return;
	snprintf(who, sizeof who, "eui:%016llx", (unsigned long long)x->request.eui);
	if (throttle_refused(server->data->throttle, &refusal, now, &x->retry_after,
		&x->fault) != E_OK)
		x->err = E_THROTTLED;
}

/* What an operator has to mend must be in the log at any level. */
static void
complain(const struct cups_exchange *x)
{
	static const int ours[] = {
	    E_BUSY, E_CORRUPT, E_VERSION, E_PERM, E_FULL, E_IO, E_NOMEM, E_INTERNAL};
	char text[400];

	for (size_t i = 0; i < COUNT(ours); i++)
		if (x->err == ours[i])
			log_line(LOG_ERROR, "no answer for %016llX: %s",
			    (unsigned long long)x->request.eui,
			    fault_text(&x->fault, text, sizeof text));
}

/* ---- all ---------------------------------------------------------------------------------- */

/* Decides until what is to be sent is open. */
static int
consider(const struct cups_server *server, int64_t now, struct arena *arena,
    struct cups_exchange *x)
{
	int err = cups_consider(server, false, now, arena, x);

	while (err == E_OK && (err = cups_firmware_open(server, x)) == E_AGAIN)
		err = cups_decide(&x->inputs, arena, &x->decision);
	return err;
}

/* An answer that sends nothing promises nothing: what it confirms can as well be noted the
 * next time, which is no reason to refuse a right key. Neither is an update that cannot be
 * promised now. */
static int
without_ledger(struct commit *c, int reason)
{
	struct cups_exchange *x = c->x;
	int err = E_OK;

	if (x->decision.firmware.send) {
		cups_firmware_close(x);
		x->inputs.firmware = NULL;
		err = cups_decide(&x->inputs, c->arena, &x->decision);
		if (err == E_OK)
			err = answer(c->server, x, c->arena, c->out);
	}
	if (err != E_OK || pushed_bits(&x->decision) != 0)
		return err != E_OK ? err : reason;
	log_line(LOG_WARN, "%s: what it has confirmed cannot be noted now: %s",
	    x->records.gateway.gateway_id, err_text(reason));
	return E_OK;
}

/* Which of its roll-outs were running before. */
static uint32_t
running(const struct firmware_inputs *in)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < in->candidate_count; i++)
		if (in->candidates[i].rollout != NULL &&
		    in->candidates[i].state->status == ROLLOUT_RUNNING)
			bits |= 1u << i;
	return bits;
}

/* An operator has to look at it. */
static void
tell_pauses(const struct firmware_inputs *in, uint32_t before)
{
	for (size_t i = 0; i < in->candidate_count; i++) {
		const struct firmware_candidate *c = &in->candidates[i];

		if (before >> i & 1 && c->next_state.status == ROLLOUT_PAUSED)
			log_line(LOG_WARN, "roll-out %s %s", c->rollout->rollout_id,
			    c->next_state.why);
	}
}

/* Writes what the decision changes. E_AGAIN: begin anew. */
static int
commit(const struct cups_server *server, struct arena *arena, struct strbuf *out,
    struct cups_exchange *x)
{
	struct commit c = {server, x, arena, out};
	struct store *ledger = server->data->ledger;
	int wait = server->write_wait_ms, err = E_AGAIN;
	const struct firmware_inputs *in = x->inputs.firmware;
	uint32_t before = in != NULL ? running(in) : 0;

	if (!x->decision.firmware_changed)
		err = store_update(ledger, wait, commit_state, &c);
	if (err == E_AGAIN)
		err = store_update(ledger, wait, decide_again, &c);
	if (err == E_OK && before != 0 && x->decision.firmware_changed)
		tell_pauses(in, before);
	if (err == E_BUSY || err == E_FULL || err == E_IO)
		return without_ledger(&c, err);
	return err;
}

/* Decides, builds the answer and commits what it promises. */
static int
attempt(const struct cups_server *server, int64_t now, struct arena *arena,
    struct strbuf *out, struct cups_exchange *x)
{
	int err = E_AGAIN;

	for (int i = 0; i < TRIES && err == E_AGAIN; i++) {
		err = consider(server, now, arena, x);
		if (err == E_OK)
			err = answer(server, x, arena, out);
		if (err == E_OK && x->decision.changed)
			err = commit(server, arena, out, x);
		if (err != E_OK || !x->decision.firmware.send)
			cups_firmware_close(x);
	}
	return err == E_AGAIN ? E_BUSY : err;
}

void
cups_exchange(const struct cups_server *server, const struct cups_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct cups_exchange *x)
{
	x->call = *call;
	x->fault = (struct fault){0};
	x->retry_after = 0;
	x->parsed = false;
	begin_update(&x->update);
	x->inputs.gateway = NULL;
	x->principal = (struct principal){0};
	x->decision.reason_count = 0;
	x->decision.fault.text[0] = '\0';
	x->err = update_info_read(call->body, arena, &x->request, &x->fault);
	if (x->err != E_OK)
		return;
	x->parsed = true;
	x->err = attempt(server, now, arena, out, x);
	if (x->err == E_NOTFOUND && x->inputs.gateway == NULL &&
	    server->adopt != NULL) {
		x->err = server->adopt(server->adopt_arg, x, &x->fault);
		if (x->err == E_OK) {
			x->fault = (struct fault){0};
			x->err = attempt(server, now, arena, out, x);
		}
	}
	if (x->err != E_OK && x->fault.text[0] == '\0')
		fault_set(&x->fault, x->err, NULL, "%s", err_text(x->err));
	if (x->err == E_NOTFOUND && x->inputs.gateway == NULL)
		note_unknown(server, x, now);
	if (x->err != E_OK) {
		complain(x);
		throttle(server, x, now);
	}
	note_sighting(server, x, now);
}
