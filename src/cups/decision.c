#include "cups/deciding.h"

#include "base/crc.h"
#include "registry/checks.h"

/* ---- steps ------------------------------------------------------------------------------- */

void
cups_say_number(
    struct deciding *x, enum cups_part part, enum cups_why why, uint64_t number)
{
	struct cups_decision *d = x->d;
	struct cups_reason reason = {part, why, (uint32_t)number};

	for (size_t i = 0; i < d->reason_count; i++)
		if (d->reasons[i].part == part && d->reasons[i].why == why)
			return;
	if (d->reason_count < CUPS_REASONS_MAX)
		d->reasons[d->reason_count++] = reason;
}

bool
cups_may_push(struct deciding *x, const struct wanted *w)
{
	uint64_t n = gateway_state_pushes(&x->d->next, w->push, w->reason, w->what);

	if (n < x->in->policy->push_limit)
		return true;
	cups_say_number(x, w->part, WHY_LIMIT, n);
	return false;
}

void
cups_push(struct deciding *x, const struct wanted *w, enum cups_why why)
{
	int err = gateway_state_push(
	    &x->d->next, w->push, w->reason, w->what, x->in->now, x->arena);

	if (err != E_OK)
		x->err = err;
	x->d->changed = true;
	cups_say_number(x, w->part, why,
	    gateway_state_pushes(&x->d->next, w->push, w->reason, w->what));
}

void
cups_confirm(struct deciding *x, enum push_part part)
{
	if (gateway_state_confirm(&x->d->next, part, x->arena))
		x->d->changed = true;
}

bool
cups_may_see(struct deciding *x, enum cups_part part, const struct credentials *c)
{
	if (x->authenticated || x->window || !cups_has_secret(c))
		return true;
	cups_say(x, part, WHY_UNAUTHENTICATED);
	return false;
}

void
cups_use_window(struct deciding *x, const struct credentials *c)
{
	if (x->window && cups_has_secret(c))
		x->window_used = true;
}

/* ---- who asks ------------------------------------------------------------------------ */

/* May a gateway that shows nothing be answered? Then without secrets, but for the one
 * answer in a window that the operator opened. */
static void
admit(struct deciding *x)
{
	const struct cups_inputs *in = x->in;
	const struct gateway *g = in->gateway;
	struct cups_decision *d = x->d;
	bool open = g->provisioning_until > in->now;

	d->err = principal_may(in->principal, g, in->state, RIGHTS_CUPS, &d->fault);
	if (d->err == E_OK) {
		x->authenticated = true;
	} else if (g->allow_unauthenticated || open) {
		/* A wrong key is worth as much as none. */
		x->window =
		    open && in->state->provisioned_until != g->provisioning_until;
		if (x->window || g->allow_unauthenticated)
			d->err = E_OK;
	}
	if (d->err != E_OK)
		cups_say(x, PART_REQUEST, WHY_REFUSED);
}

/* ---- LNS ------------------------------------------------------------------------------ */

/* Fills d->lns. E_OK, or why its credentials cannot be sent. */
static enum cups_why
want_lns(struct deciding *x)
{
	const struct cups_inputs *in = x->in;
	const struct gateway *g = in->gateway;
	struct credentials *c = &x->d->lns;

	if (in->lns_credentials == LNS_TOKEN && g->lns_secret.sealed.len == 0)
		return WHY_NO_SECRET;
	if (in->lns_credentials == LNS_CERTIFICATE &&
	    (g->lns_certificate.der.len == 0 || g->lns_certificate.key.sealed.len == 0))
		return WHY_NO_CERTIFICATE;
	if (in->lns_trust == NULL)
		return WHY_NO_TRUST;
	c->trust = in->lns_trust;
	if (in->lns_credentials == LNS_TOKEN) {
		c->kind = CREDENTIALS_TOKEN;
		c->secret = &g->lns_secret;
		c->token_form = in->lns_token_form;
	} else if (in->lns_credentials == LNS_CERTIFICATE) {
		c->kind = CREDENTIALS_CERTIFICATE;
		c->certificate = g->lns_certificate.der;
		c->certificate_crc = g->lns_certificate.crc;
		c->secret = &g->lns_certificate.key;
	} else {
		c->kind = CREDENTIALS_SERVER_ONLY;
	}
	x->d->lns_crc = credentials_crc(c);
	return WHY_SAME;
}

/* What has to be sent of the LNS's credentials; false when the URI must wait for them. */
static bool
decide_lns_credentials(struct deciding *x, bool same)
{
	struct wanted w = {
	    PART_LNS_CREDENTIALS, PUSH_LNS_CREDENTIALS, PUSH_DIFFERS, x->d->lns_crc};

	if (same) {
		cups_say(x, PART_LNS_CREDENTIALS, WHY_SAME);
		return true;
	}
	if (!cups_may_see(x, PART_LNS_CREDENTIALS, &x->d->lns) || !cups_may_push(x, &w))
		return false;
	x->d->send_lns = true;
	cups_push(x, &w,
	    x->window && cups_has_secret(&x->d->lns) ? WHY_SENT_PROVISIONING
						     : WHY_SENT);
	cups_use_window(x, &x->d->lns);
	return true;
}

static void
decide_lns_uri(struct deciding *x, bool same, bool ready)
{
	struct wanted w = {PART_LNS_URI, PUSH_LNS_URI, PUSH_DIFFERS,
	    crc32_of(span_str(x->in->lns_uri))};

	if (same) {
		cups_say(x, PART_LNS_URI, WHY_SAME);
	} else if (!ready) {
		cups_say(x, PART_LNS_URI, WHY_WITH_CREDENTIALS);
	} else if (cups_may_push(x, &w)) {
		x->d->lns_uri = x->in->lns_uri;
		cups_push(x, &w, WHY_SENT);
	}
}

/* A token LNS without a token is an error that the operator has to hear of; but it must not
 * keep a gateway from moving on. */
static void
no_secret(struct deciding *x)
{
	struct cups_decision *d = x->d;

	cups_say(x, PART_LNS_CREDENTIALS, WHY_NO_SECRET);
	if (d->cups_uri != NULL)
		return;
	d->err = fault_set(&d->fault, E_NOTFOUND, "lbs_lns_secret",
	    "gateway %s has no LNS secret for %s", x->in->gateway->gateway_id,
	    x->in->lns_uri);
}

static void
decide_lns(struct deciding *x)
{
	const struct cups_inputs *in = x->in;
	const struct update_info *request = in->request;
	struct station_address address;
	bool same_uri, same_crc;
	enum cups_why why;

	if (in->lns_fault != NULL || in->lns_uri[0] == '\0') {
		cups_say(
		    x, PART_LNS_URI, in->lns_fault != NULL ? WHY_BAD_URI : WHY_NO_LNS);
		return;
	}
	if (station_uri_check(STATION_LNS, span_str(in->lns_uri), &address, NULL) !=
	    E_OK) {
		cups_say(x, PART_LNS_URI, WHY_BAD_URI);
		return;
	}
	same_uri = span_is(request->lns_uri, in->lns_uri);
	if (!address.tls) {
		cups_say(x, PART_LNS_CREDENTIALS, WHY_NO_TLS);
		if (same_uri)
			cups_confirm(x, PUSH_LNS_URI);
		decide_lns_uri(x, same_uri, true);
		return;
	}
	if ((why = want_lns(x)) == WHY_NO_SECRET) {
		no_secret(x);
		return;
	}
	if (why != WHY_SAME) {
		cups_say(x, PART_LNS_CREDENTIALS, why);
		decide_lns_uri(x, same_uri, false);
		return;
	}
	same_crc = request->has_lns_crc && request->lns_crc == x->d->lns_crc;
	if (same_uri)
		cups_confirm(x, PUSH_LNS_URI);
	if (same_crc)
		cups_confirm(x, PUSH_LNS_CREDENTIALS);
	decide_lns_uri(x, same_uri, decide_lns_credentials(x, same_crc));
}

/* ---- firmware ------------------------------------------------------------------------- */

/* For the log and for those who look at problems alone. */
static void
say_firmware(struct deciding *x)
{
	const struct firmware_choice *choice = &x->d->firmware;
	const struct firmware_reason *r =
	    choice->reason_count > 0 ? &choice->reasons[choice->reason_count - 1]
				     : NULL;

	if (r != NULL && r->why == FIRMWARE_SENT)
		cups_say_number(x, PART_FIRMWARE, WHY_SENT, r->number);
	else if (r != NULL && r->why == FIRMWARE_ATTEMPTS)
		cups_say_number(x, PART_FIRMWARE, WHY_LIMIT, r->number);
}

/* What is decided here holds nothing up that was decided before. */
static void
decide_firmware(struct deciding *x)
{
	struct cups_decision *d = x->d;
	struct firmware_inputs in;

	if (x->in->firmware == NULL)
		return;
	in = *x->in->firmware;
	in.blocked = !x->authenticated	   ? FIRMWARE_UNAUTHENTICATED
		     : d->cups_uri != NULL ? FIRMWARE_REDIRECTED
					   : FIRMWARE_SENT;
	d->firmware_changed = firmware_select(&in, x->arena, &d->firmware, &d->next);
	d->changed |= d->firmware_changed;
	say_firmware(x);
}

/* For one that is told an error: nothing of it is sent, so nothing is owed, nor said. */
static void
send_nothing(struct cups_decision *d)
{
	size_t kept = 0;

	d->cups_uri = d->lns_uri = NULL;
	d->send_cups = d->send_lns = d->changed = false;
	for (size_t i = 0; i < d->reason_count; i++)
		if (d->reasons[i].why != WHY_SENT &&
		    d->reasons[i].why != WHY_SENT_BACKUP &&
		    d->reasons[i].why != WHY_SENT_PROVISIONING)
			d->reasons[kept++] = d->reasons[i];
	d->reason_count = kept;
}

/* ---- all ------------------------------------------------------------------------------- */

int
cups_decide(const struct cups_inputs *in, struct arena *arena, struct cups_decision *d)
{
	struct deciding x = {.in = in, .arena = arena, .d = d};
	bool redirected;

	memset(d, 0, offsetof(struct cups_decision, firmware));
	firmware_choice_init(&d->firmware);
	if (in->gateway == NULL) {
		d->err = fault_set(&d->fault, E_NOTFOUND, NULL,
		    "no gateway with EUI %016llX is registered",
		    (unsigned long long)in->request->eui);
		cups_say(&x, PART_REQUEST, WHY_UNKNOWN);
		return E_OK;
	}
	d->next = *in->state;
	admit(&x);
	if (d->err != E_OK)
		return E_OK;
	redirected = decide_cups(&x);
	if (redirected && !in->policy->redirect_with_lns)
		cups_say(&x, PART_LNS_URI, WHY_REDIRECT_FIRST);
	else
		decide_lns(&x);
	if (x.window_used)
		d->next.provisioned_until = in->gateway->provisioning_until;
	if (d->err != E_OK)
		send_nothing(d);
	else
		decide_firmware(&x);
	return x.err;
}
