#include "gateway-files/exchange.h"

#include <stdio.h>

#include "registry/checks.h"
#include "registry/sighting.h"
#include "registry/throttle.h"

/* ---- who asks ------------------------------------------------------------------------- */

/* By the key when it is right, else by the certificate. */
static int
identify(struct store_txn *registry, const struct file_call *call, int64_t now,
    struct arena *arena, struct principal *p)
{
	int err = principal_by_key(registry, call->key, now, arena, p);

	if (err != E_OK || call->certificate_pem.len == 0 ||
	    (p->credential == CREDENTIAL_KEY && p->err == E_OK))
		return err;
	return principal_by_certificate(registry, call->certificate_pem, now, arena, p);
}

/* Before the gateway is looked for, so that strangers do not learn which ones there are. */
static int
check_shown(const struct principal *p, struct fault *fault)
{
	if (p->credential == CREDENTIAL_NONE)
		return fault_set(
		    fault, E_NOAUTH, NULL, "neither a key nor a client certificate");
	if (p->err != E_OK)
		return fault_set(fault, p->err, NULL, "%s", p->why.text);
	return E_OK;
}

/* ---- the request ------------------------------------------------------------------------ */

static int
check_gateway_id(struct span id, struct fault *fault)
{
	static const struct field field = {.name = "gateway_id"};
	char text[MEMO_ID];
	const char *at = text;

	if (id.len >= sizeof text)
		return fault_set(fault, E_INVALID, field.name,
		    "is longer than %d characters", MEMO_ID - 1);
	memcpy(text, id.data, id.len);
	text[id.len] = '\0';
	return check_id(&field, &at, fault);
}

struct asking {
	const struct file_service *service;
	const struct file_call *call;
	struct store_txn *registry;
	int64_t now;
	struct arena *arena;
	struct strbuf *out;
	struct file_exchange *x;
	bool known_key; /* was let in at this snapshot */
	bool malformed; /* the address means nothing, whoever asks */
};

/* The gateway as far as rights are concerned; `known` is what we remember of it. */
static int
find_gateway(struct asking *a, const struct memo_entry *known, struct gateway *g)
{
	struct span id = a->call->gateway_id;
	int err = E_OK;

	if (known != NULL) {
		g->serial = known->serial;
		g->eui = known->eui;
	} else {
		err = registry_find(
		    a->registry, &gateway_kind, GATEWAY_ID, id, a->arena, g);
		if (err == E_NOTFOUND || (err == E_OK && g->deleted_at != 0))
			return fault_set(&a->x->fault, E_NOTFOUND, NULL,
			    "there is no gateway %.*s", (int)id.len,
			    (const char *)id.data);
	}
	if (err == E_OK)
		a->x->serial = g->serial;
	return err;
}

static bool
is_current(struct asking *a)
{
	const struct file_call *c = a->call;

	return c->current != NULL && c->current(c->arg, &a->x->answer);
}

static int
write_answer(struct asking *a, const struct gateway *g, bool tagged)
{
	const struct file_service *s = a->service;
	struct file_exchange *x = a->x;
	struct file_sources sources;
	struct file_answer made = {.modified = 0};
	size_t start = a->out->len;
	int err = file_gather(a->registry, s->records, &s->policy, g, &a->call->query,
	    a->arena, &sources, &x->fault);

	if (err == E_OK)
		err = file_answer_write(s->cache, &sources, &a->call->query, a->arena,
		    &x->findings, a->out, &made, &x->fault);
	if (err != E_OK || tagged)
		return err;
	if ((err = file_answer_tag(span_from(strbuf_span(a->out), start), &made)) !=
	    E_OK)
		return err;
	x->answer = made;
	file_memo_keep(s->memo, store_version(a->registry), g, &a->call->query, &made);
	if ((x->unchanged = is_current(a)))
		a->out->len = start;
	return E_OK;
}

/* Is it an address of ours? What was answered before, was. */
static int
check_call(struct asking *a)
{
	int err = check_gateway_id(a->call->gateway_id, &a->x->fault);

	return err == E_OK ? file_path_check(a->call->query.path, &a->x->fault) : err;
}

static int
answer(struct asking *a, const struct memo_entry *known)
{
	const struct file_service *s = a->service;
	struct file_exchange *x = a->x;
	struct gateway g;
	int err = find_gateway(a, known, &g);

	if (err == E_OK && s->require_auth && !a->known_key)
		err = principal_may(&x->principal, &g, NULL, RIGHT_INFO, &x->fault);
	if (err != E_OK)
		return err;
	if (known == NULL) {
		err = write_answer(a, &g, false);
	} else {
		x->answer = known->answer;
		if (!(x->unchanged = is_current(a))) {
			/* Until now we had only what is remembered of it. */
			err = registry_get(
			    a->registry, &gateway_kind, x->serial, a->arena, &g);
			if (err == E_OK)
				err = write_answer(a, &g, true);
		}
	}
	if (err == E_OK && s->require_auth && !a->known_key)
		file_memo_let_in(s->memo, store_version(a->registry),
		    a->call->gateway_id, &a->call->query, &x->principal);
	return err;
}

static int
ask(struct asking *a)
{
	const struct file_service *s = a->service;
	struct file_exchange *x = a->x;
	const struct memo_entry *known;
	int err = store_read_begin(s->data->registry, &a->registry);

	if (err != E_OK)
		return err;
	file_records_begin(s->records, a->registry);
	known = file_memo_find(
	    s->memo, store_version(a->registry), a->call->gateway_id, &a->call->query);
	if (known == NULL)
		err = check_call(a);
	a->malformed = err != E_OK;
	a->known_key = s->require_auth &&
		       file_memo_knows(known, a->call->key, a->now, &x->principal);
	if (err == E_OK && s->require_auth && !a->known_key) {
		err = identify(a->registry, a->call, a->now, a->arena, &x->principal);
		if (err == E_OK)
			err = check_shown(&x->principal, &x->fault);
	}
	if (err == E_OK)
		err = answer(a, known);
	store_read_end(a->registry);
	return err;
}

/* ---- afterwards ------------------------------------------------------------------------ */

/* Sightings are disposable: no error of theirs matters here. */
static void
note_sighting(const struct file_service *service, const struct file_call *call,
    const struct file_exchange *x, int64_t now)
{
	struct slots *slots = service->data->files;
	const struct principal *p = &x->principal;
	struct file_sighting s;

	if (slots == NULL || x->serial == 0)
		return;
	file_sighting_get(slots, x->serial, &s);
	s.serial = x->serial;
	if (x->err != E_OK) {
		s.refused_at = now;
		s.refused++;
		s.refused_status = (uint32_t)err_http(x->err);
		slots_put(slots, x->serial, &s);
		return;
	}
	memmove(s.seen_at + 1, s.seen_at, sizeof s.seen_at - sizeof s.seen_at[0]);
	s.seen_at[0] = now;
	s.polls++;
	s.status = x->unchanged ? 304 : 200;
	if (strcmp(s.etag, x->answer.etag) != 0)
		s.changed_at = now;
	s.credential = p->credential;
	s.key_serial = p->credential == CREDENTIAL_KEY ? p->key.serial : 0;
	sighting_text(s.address, sizeof s.address, span_str(call->address));
	sighting_text(s.agent, sizeof s.agent, call->agent);
	sighting_text(s.path, sizeof s.path, call->query.path);
	memcpy(s.etag, x->answer.etag, sizeof s.etag);
	slots_put(slots, x->serial, &s);
}

/* Only refusals are counted, and only they can become 429. */
static void
throttle(const struct file_service *service, const struct file_call *call,
    struct file_exchange *x, int64_t now)
{
	char who[64];
	const struct throttle_refusal refusal = {.who = who,
	    .address = call->address,
	    .per_minute = service->failures_per_minute,
	    .per_address = service->failures_per_address};

	if (x->err != E_DENIED && x->err != E_NOAUTH && x->err != E_NOTFOUND)
		return;
	snprintf(who, sizeof who, "file:%.*s", (int)call->gateway_id.len,
	    (const char *)call->gateway_id.data);
	if (throttle_refused(service->data->throttle, &refusal, now, &x->retry_after,
		&x->fault) != E_OK)
		x->err = E_THROTTLED;
}

void
file_exchange(const struct file_service *service, const struct file_call *call,
    int64_t now, struct arena *arena, struct strbuf *out, struct file_exchange *x)
{
	struct asking a = {.service = service,
	    .call = call,
	    .now = now,
	    .arena = arena,
	    .out = out,
	    .x = x};

	memset(x, 0, sizeof *x);
	findings_init(&x->findings, arena);
	x->err = ask(&a);
	if (a.malformed)
		return;
	if (x->err != E_OK && x->fault.text[0] == '\0')
		fault_set(&x->fault, x->err, NULL, "%s", err_text(x->err));
	throttle(service, call, x, now);
	note_sighting(service, call, x, now);
}
