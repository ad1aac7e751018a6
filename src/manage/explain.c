#include "manage/explain.h"

#include "base/eui.h"
#include "base/wire.h"
#include "crypto/certificate.h"
#include "cups/firmware.h"

#define MINUTE_GAP 150 /* seconds between polls that mean "every minute" */
#define RECENT 900     /* the rhythm is still going on */
#define DAY_MIN 82800  /* 23 h */
#define DAY_MAX 90000  /* 25 h */

const char *
explain_source_name(enum explain_source s)
{
	static const char *const names[] = {"request", "sighting", "factory"};

	return names[s];
}

/* ---- the pattern of polls ----------------------------------------------------------------- */

static const struct {
	const char *name, *text;
} patterns[POLLS_COUNT] = {
    [POLLS_NEVER] = {"never", "was never seen"},
    [POLLS_FEW] = {"few", "too few polls yet to tell anything from their times"},
    [POLLS_FINE] = {"fine", "comes once a day: it is connected to its network server"},
    [POLLS_MINUTE] = {"minute",
	"comes every minute and has everything: its network server rejects it or "
	"cannot be reached"},
    [POLLS_APPLYING] = {"applying",
	"comes every minute and was sent something: it is taking changes, or cannot "
	"keep them"},
    [POLLS_STOPPED] = {"stopped", "was sent the same several times and never had it "
				  "when it came again; it is not "
				  "sent any more"},
    [POLLS_REFUSED] = {"refused",
	"somebody comes in its name and is refused; when that is the gateway, it goes "
	"through its regular, backup and boot credentials, a minute each, and none is "
	"right here"},
    [POLLS_SILENT] = {"silent",
	"has not come for more than 25 hours: switched off, offline, or at another "
	"CUPS"},
};

const char *
poll_pattern_name(enum poll_pattern p)
{
	return patterns[p].name;
}

const char *
poll_pattern_text(enum poll_pattern p)
{
	return patterns[p].text;
}

enum poll_pattern
poll_pattern_of(const struct sighting *s, int64_t now)
{
	int64_t idle = now - s->seen_at[0];
	unsigned close = 0;

	if (s->refused_at != 0 && s->refused_at > s->seen_at[0] &&
	    (s->seen_at[0] == 0 || now - s->refused_at <= RECENT))
		return POLLS_REFUSED;
	if (s->seen_at[0] == 0)
		return POLLS_NEVER;
	if (idle > DAY_MAX)
		return POLLS_SILENT;
	if (s->stopped != 0)
		return POLLS_STOPPED;
	/* Whoever is not connected to an LNS is back within a minute or three. */
	if (idle > RECENT)
		return POLLS_FINE;
	while (close + 1 < SIGHTING_POLLS && s->seen_at[close + 1] != 0 &&
	       s->seen_at[close] - s->seen_at[close + 1] <= MINUTE_GAP)
		close++;
	if (close >= 2)
		return s->pushed == 0 ? POLLS_MINUTE : POLLS_APPLYING;
	if (close == 0 && s->seen_at[1] != 0 &&
	    s->seen_at[0] - s->seen_at[1] >= DAY_MIN &&
	    s->seen_at[0] - s->seen_at[1] <= DAY_MAX)
		return POLLS_FINE;
	return POLLS_FEW;
}

/* ---- the request ------------------------------------------------------------------------- */

struct explaining_now {
	struct manage *m;
	const struct explaining *what;
	struct explanation *e;
	struct gateway gateway;
	bool registered;
};

/* By identifier or EUI; an EUI that nobody registered is explained too. */
static int
find_gateway(struct explaining_now *x)
{
	const char *id = x->what->gateway;
	int err = manage_get(x->m, &gateway_kind, id, &x->gateway);
	uint64_t eui;

	if (err == E_OK) {
		x->registered = true;
		if (x->gateway.eui == 0)
			return fault_set(&x->m->fault, E_STATE, "ids.eui",
			    "%s has no EUI, so it cannot come by CUPS",
			    x->gateway.gateway_id);
		x->e->x.request.eui = x->gateway.eui;
		return E_OK;
	}
	if (err == E_NOTFOUND && eui_parse(span_str(id), &eui) && eui != 0) {
		x->m->fault = (struct fault){0};
		x->e->x.request.eui = eui;
		return E_OK;
	}
	return err;
}

/* A request that is given; its gateway may also be unknown. */
static int
read_body(struct explaining_now *x)
{
	uint64_t named = x->e->x.request.eui;
	struct update_info *request = &x->e->x.request;
	char text[EUI_TEXT];
	int err = update_info_read(x->what->body, x->m->arena, request, &x->m->fault);

	if (err != E_OK)
		return manage_failed(x->m, err);
	if (named != 0 && named != request->eui)
		return fault_set(&x->m->fault, E_INVALID, "router",
		    "the request is that of another gateway, %016llX",
		    (unsigned long long)request->eui);
	if (x->registered)
		return E_OK;
	eui_format(request->eui, text);
	err = manage_get(x->m, &gateway_kind, text, &x->gateway);
	x->registered = err == E_OK;
	x->m->fault = (struct fault){0};
	return err == E_NOTFOUND ? E_OK : err;
}

static void
request_from_sighting(struct explanation *e)
{
	const struct sighting *s = &e->sighting;
	struct update_info *r = &e->x.request;

	r->cups_uri = span_str(s->cups_uri);
	r->lns_uri = span_str(s->lns_uri);
	r->cups_crc = s->cups_crc;
	r->lns_crc = s->lns_crc;
	r->has_cups_crc = s->cups_crc != 0;
	r->has_lns_crc = s->lns_crc != 0;
	r->station = span_str(s->station);
	r->model = span_str(s->model);
	r->package = span_str(s->package);
	r->key_count = s->key_count < 4 ? s->key_count : 4;
	memcpy(r->keys, s->keys, r->key_count * sizeof r->keys[0]);
}

/* It was never seen: nothing is on it but what it needs to come here. */
static void
request_from_factory(struct explanation *e, const struct cups_policy *policy)
{
	struct update_info *r = &e->x.request;

	r->cups_uri = span_str(policy->cups_uri);
	r->cups_crc = r->lns_crc = CREDENTIALS_NONE_CRC;
	r->has_cups_crc = r->has_lns_crc = true;
}

static int
make_request(struct explaining_now *x)
{
	struct explanation *e = x->e;
	int err = x->what->gateway != NULL ? find_gateway(x) : E_OK;

	if (err == E_OK && x->what->body.len > 0)
		err = read_body(x);
	else if (err == E_OK && x->what->gateway == NULL)
		err = fault_set(&x->m->fault, E_INVALID, NULL,
		    "a gateway or a request is required");
	if (err != E_OK)
		return err;
	e->seen = x->registered &&
		  sighting_get(x->m->data->sightings, x->gateway.serial, &e->sighting);
	if (x->what->body.len > 0) {
		e->source = EXPLAIN_REQUEST;
	} else if (e->seen && e->sighting.seen_at[0] != 0) {
		e->source = EXPLAIN_SIGHTING;
		request_from_sighting(e);
	} else {
		e->source = EXPLAIN_FACTORY;
		request_from_factory(e, x->m->policy);
	}
	return E_OK;
}

/* ---- who asks ---------------------------------------------------------------------------- */

static int
assume(struct explaining_now *x, const char *what, const char *when)
{
	x->e->assumed = arena_printf(x->m->arena, "%s%s", what, when);
	return x->e->assumed != NULL ? E_OK : E_NOMEM;
}

static int
assume_key(
    struct explaining_now *x, struct store_txn *txn, uint64_t serial, const char *when)
{
	struct principal *p = &x->e->x.principal;
	int err = principal_by_key_serial(txn, serial, x->m->now, x->m->arena, p);

	const char *what;

	if (err != E_OK) {
		memset(p, 0, sizeof *p);
		return err;
	}
	what = arena_printf(x->m->arena, "the key %s", p->key.key_id);
	return what != NULL ? assume(x, what, when) : E_NOMEM;
}

/* With the certificate that we know; else one that is right, whatever it is. */
static int
assume_certificate(struct explaining_now *x, struct store_txn *txn)
{
	struct principal *p = &x->e->x.principal;
	struct span der = x->gateway.cups_certificate.der;

	if (der.len > 0) {
		int err = principal_by_certificate(txn, der, x->m->now, x->m->arena, p);

		return err == E_OK ? assume(x, "its client certificate", "") : err;
	}
	p->credential = CREDENTIAL_CERTIFICATE;
	p->err = E_OK;
	p->certificate_eui = x->gateway.eui;
	return assume(x, "a client certificate that is right", "");
}

struct newest {
	struct explaining_now *x;
	struct store_txn *txn;
	uint64_t serial, generation;
};

static int
see_key(void *arg, uint64_t serial)
{
	struct newest *n = arg;
	struct key key;
	int err = registry_get(n->txn, &key_kind, serial, n->x->m->arena, &key);

	if (err == E_OK && key.revoked_at == 0 &&
	    (key.rights & RIGHTS_CUPS) == RIGHTS_CUPS &&
	    (n->serial == 0 || key.generation >= n->generation)) {
		n->serial = serial;
		n->generation = key.generation;
	}
	return err;
}

/* What it should have: its certificate, the key that it is to get, or its newest one. */
static int
assume_wanted(struct explaining_now *x, struct store_txn *txn)
{
	const struct gateway *g = &x->gateway;
	struct newest newest = {x, txn, g->target_cups_key, 0};
	uint8_t key[8];
	int err = E_OK;

	if (g->cups_certificate.der.len > 0 && g->cups_credentials != CUPS_TOKEN)
		return assume_certificate(x, txn);
	wire_key64(key, g->serial);
	if (newest.serial == 0)
		err = registry_list_by(
		    txn, &key_kind, KEY_GATEWAY, span_of(key, 8), 0, see_key, &newest);
	if (err != E_OK)
		return err;
	if (newest.serial != 0)
		err = assume_key(x, txn, newest.serial, ", which it should have");
	if (newest.serial != 0 && err != E_NOTFOUND)
		return err;
	return assume(x, "no credential", ": none is registered for it");
}

static int
assume_credential(struct explaining_now *x, struct store_txn *txn)
{
	const struct sighting *s = &x->e->sighting;
	int err;

	if (!x->registered)
		return assume(x, "no credential", "");
	if (!x->e->seen || s->seen_at[0] == 0)
		return assume_wanted(x, txn);
	if (s->credential == CREDENTIAL_CERTIFICATE)
		return assume_certificate(x, txn);
	if (s->credential == CREDENTIAL_NONE)
		return assume(x, "no credential", ", as at its last poll");
	err = assume_key(x, txn, s->key_serial, ", as at its last poll");
	return err == E_NOTFOUND ? assume_wanted(x, txn) : err;
}

/* *given: the principal is set; else it is found by what the call shows. */
static int
find_principal(struct explaining_now *x, bool *given)
{
	struct cups_call *call = &x->e->x.call;
	struct store_txn *txn;
	int err;

	*given = x->what->nothing;
	if (x->what->nothing)
		return E_OK;
	if (x->what->key.len > 0 || x->what->certificate.len > 0) {
		call->key = x->what->key;
		call->certificate_pem = x->what->certificate;
		return E_OK;
	}
	*given = true;
	if ((err = store_read_begin(x->m->data->registry, &txn)) != E_OK)
		return err;
	err = assume_credential(x, txn);
	store_read_end(txn);
	return err;
}

/* ---- all ---------------------------------------------------------------------------------- */

static void
try_answer(struct manage *m, const struct cups_server *server, struct explanation *e)
{
	struct strbuf out;

	strbuf_init(&out, 1 << 20);
	e->answer_err = cups_answer(server, &e->x, m->arena, &out, &e->answer_fault);
	e->answer_length = out.len + e->x.update.size;
	strbuf_clear(&out);
	if (e->answer_err != E_OK && e->answer_fault.text[0] == '\0')
		fault_set(&e->answer_fault, e->answer_err, NULL, "%s",
		    err_text(e->answer_err));
}

/* Could the update be read? It is verified as a whole for that. */
static int
look_at_update(
    struct manage *m, const struct cups_server *server, struct cups_exchange *x)
{
	uint64_t size;
	int err;

	while ((err = cups_firmware_look(server, x)) == E_AGAIN)
		if ((err = cups_decide(&x->inputs, m->arena, &x->decision)) != E_OK)
			return err;
	size = x->update.size;
	cups_firmware_close(x);
	x->update.size = size;
	return err;
}

int
manage_explain(struct manage *m, const struct explaining *what, struct explanation *e)
{
	struct explaining_now *x = arena_zalloc(m->arena, 1, sizeof *x);
	struct cups_server server = {.data = m->data, .policy = *m->policy};
	bool given;
	int err;

	if (x == NULL)
		return manage_failed(m, E_NOMEM);
	memset(e, 0, sizeof *e);
	e->assumed = "";
	x->m = m;
	x->what = what;
	x->e = e;
	e->x.call.address = "";
	if ((err = make_request(x)) != E_OK ||
	    (err = find_principal(x, &given)) != E_OK ||
	    (err = cups_consider(&server, given, m->now, m->arena, &e->x)) != E_OK ||
	    (err = look_at_update(m, &server, &e->x)) != E_OK)
		return manage_failed(m, err);
	/* Of the server nothing stays. */
	e->x.inputs.policy = m->policy;
	e->x.records.firmware.in.policy = &m->policy->firmware;
	e->x.parsed = true;
	e->x.err = e->x.decision.err;
	e->pattern = e->seen ? poll_pattern_of(&e->sighting, m->now) : POLLS_NEVER;
	if (e->x.decision.err == E_OK)
		try_answer(m, &server, e);
	return E_OK;
}
