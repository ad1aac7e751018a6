#include "cups/exchange.h"

#include <stdio.h>

#include "base/eui.h"
#include "base/log.h"
#include "cups/load.h"
#include "registry/throttle.h"

#define TRIES 8 /* decisions that others overtook before we give up */

/* ---- deciding -------------------------------------------------------------------------- */

/* Who asks: by the key when it opens this gateway, else by the certificate. */
static int
identify(struct store_txn *registry, const struct cups_call *call, int64_t now,
    struct arena *arena, struct principal *p)
{
	int err = principal_by_key(registry, call->key, now, arena, p);

	if (err != E_OK || call->certificate_pem.len == 0 ||
	    (p->credential == CREDENTIAL_KEY && p->err == E_OK))
		return err;
	return principal_by_certificate(registry, call->certificate_pem, now, arena, p);
}

int
cups_consider(const struct cups_server *server, bool given, int64_t now,
    struct arena *arena, struct cups_exchange *x)
{
	struct store_txn *registry, *ledger;
	int err = store_read_begin(server->data->registry, &registry);

	if (err != E_OK)
		return err;
	if ((err = store_read_begin(server->data->ledger, &ledger)) != E_OK) {
		store_read_end(registry);
		return err;
	}
	if (!given)
		err = identify(registry, &x->call, now, arena, &x->principal);
	if (err == E_OK)
		err = cups_load(
		    registry, ledger, server->cache, &server->policy, now, arena, x);
	store_read_end(ledger);
	store_read_end(registry);
	return err == E_OK ? cups_decide(&x->inputs, arena, &x->decision) : err;
}

static unsigned
pushed_bits(const struct cups_decision *d)
{
	return (d->cups_uri != NULL ? 1u << PUSH_CUPS_URI : 0) |
	       (d->send_cups ? 1u << PUSH_CUPS_CREDENTIALS : 0) |
	       (d->lns_uri != NULL ? 1u << PUSH_LNS_URI : 0) |
	       (d->send_lns ? 1u << PUSH_LNS_CREDENTIALS : 0);
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
	struct update_answer answer = {
	    .cups_uri = span_str(d->cups_uri), .lns_uri = span_str(d->lns_uri)};
	bool lns_token = d->lns.kind == CREDENTIALS_TOKEN;
	struct seal_place cups_place = {"gateway", g->serial, "cups_certificate.key"};
	struct seal_place lns_place = {"gateway", g->serial,
	    lns_token ? "lbs_lns_secret.value" : "lns_certificate.key"};
	int err = E_OK;

	if (pushed_bits(d) == 0)
		return update_answer_write(&answer, out);
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

/* ---- writing ----------------------------------------------------------------------------- */

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
	if (!slots_get(slots, g->serial, &s) || s.serial != g->serial)
		memset(&s, 0, sizeof s);
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

/* Only refusals are counted, and only they can become 429. */
static void
throttle(const struct cups_server *server, struct cups_exchange *x, int64_t now)
{
	struct slots *slots = server->data->throttle;
	char who[64];
	unsigned wait_eui, wait_address;
	bool over;

	if (x->err != E_DENIED && x->err != E_NOAUTH && x->err != E_NOTFOUND)
		return;
	snprintf(who, sizeof who, "eui:%016llx", (unsigned long long)x->request.eui);
	over =
	    throttle_failure(slots, who, server->failures_per_minute, now, &wait_eui);
	snprintf(who, sizeof who, "addr:%s", x->call.address);
	over |= throttle_failure(
	    slots, who, server->failures_per_address, now, &wait_address);
	if (!over)
		return;
	x->retry_after = wait_eui > wait_address ? wait_eui : wait_address;
	x->err = fault_set(&x->fault, E_THROTTLED, NULL,
	    "too many refused requests; try again in %u s", x->retry_after);
}

/* ---- all ---------------------------------------------------------------------------------- */

/* Decides, builds the answer and commits what it promises. E_AGAIN: somebody else was
 * faster. */
static int
attempt(const struct cups_server *server, int64_t now, struct arena *arena,
    struct strbuf *out, struct cups_exchange *x)
{
	struct commit commit = {&x->records.state, &x->decision.next, arena};
	int err = cups_consider(server, false, now, arena, x);

	if (err != E_OK)
		return err;
	if (x->decision.err != E_OK) {
		x->fault = x->decision.fault;
		return x->decision.err;
	}
	strbuf_reset(out);
	if ((err = cups_answer(server, x, arena, out, &x->fault)) != E_OK) {
		char text[400];

		log_line(LOG_ERROR, "%s: cannot build its credentials: %s",
		    x->records.gateway.gateway_id,
		    fault_text(&x->fault, text, sizeof text));
		return fault_set(&x->fault, E_CORRUPT, NULL,
		    "the credentials of this gateway cannot be built; see the log");
	}
	if (x->decision.changed)
		err = store_update(
		    server->data->ledger, server->write_wait_ms, commit_state, &commit);
	return err;
}

void
cups_exchange(const struct cups_server *server, const struct cups_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct cups_exchange *x)
{
	bool adopted = false;

	x->call = *call;
	x->fault = (struct fault){0};
	x->retry_after = 0;
	x->parsed = false;
	x->inputs.gateway = NULL;
	x->principal = (struct principal){0};
	x->decision.reason_count = 0;
	x->decision.fault.text[0] = '\0';
	x->err = update_info_read(call->body, arena, &x->request, &x->fault);
	if (x->err != E_OK)
		return;
	x->parsed = true;
	for (int i = 0; i < TRIES; i++) {
		x->err = attempt(server, now, arena, out, x);
		if (x->err == E_NOTFOUND && x->inputs.gateway == NULL && !adopted &&
		    server->adopt != NULL) {
			adopted = true;
			x->err = server->adopt(server->adopt_arg, x, &x->fault);
			if (x->err == E_OK)
				continue;
		}
		if (x->err != E_AGAIN)
			break;
	}
	if (x->err != E_OK && x->fault.text[0] == '\0')
		fault_set(&x->fault, x->err, NULL, "%s", err_text(x->err));
	if (x->err == E_NOTFOUND && x->inputs.gateway == NULL)
		note_unknown(server, x, now);
	throttle(server, x, now);
	note_sighting(server, x, now);
}
