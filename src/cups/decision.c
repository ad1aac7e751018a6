#include "cups/decision.h"

#include "base/crc.h"
#include "registry/checks.h"

struct deciding {
	const struct cups_inputs *in;
	struct arena *arena;
	struct cups_decision *d;
	bool authenticated; /* by a right key or certificate */
	bool window;	    /* unauthenticated, but a provisioning window is open */
	bool window_used;
	int err;
};

/* One thing that may have to be pushed, and its account in the ledger. */
struct wanted {
	enum cups_part part;
	enum push_part push;
	enum push_reason reason;
	uint32_t what;
};

static void
say_number(struct deciding *x, enum cups_part part, enum cups_why why, uint64_t number)
{
	struct cups_decision *d = x->d;
	struct cups_reason reason = {part, why, (uint32_t)number};

	for (size_t i = 0; i < d->reason_count; i++)
		if (d->reasons[i].part == part && d->reasons[i].why == why)
			return;
	if (d->reason_count < CUPS_REASONS_MAX)
		d->reasons[d->reason_count++] = reason;
}

static void
say(struct deciding *x, enum cups_part part, enum cups_why why)
{
	say_number(x, part, why, 0);
}

static bool
may_push(struct deciding *x, const struct wanted *w)
{
	uint64_t n = gateway_state_pushes(&x->d->next, w->push, w->reason, w->what);

	if (n < x->in->policy->push_limit)
		return true;
	say_number(x, w->part, WHY_LIMIT, n);
	return false;
}

/* Takes note of a push that will be made. */
static void
push(struct deciding *x, const struct wanted *w, enum cups_why why)
{
	int err = gateway_state_push(
	    &x->d->next, w->push, w->reason, w->what, x->in->now, x->arena);

	if (err != E_OK)
		x->err = err;
	x->d->changed = true;
	say_number(x, w->part, why,
	    gateway_state_pushes(&x->d->next, w->push, w->reason, w->what));
}

static void
confirm(struct deciding *x, enum push_part part)
{
	if (gateway_state_confirm(&x->d->next, part, x->arena))
		x->d->changed = true;
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
		say(x, PART_REQUEST, WHY_REFUSED);
}

static bool
has_secret(const struct credentials *c)
{
	return c->kind == CREDENTIALS_TOKEN || c->kind == CREDENTIALS_CERTIFICATE;
}

/* May these credentials be sent to whoever asks? */
static bool
may_see(struct deciding *x, enum cups_part part, const struct credentials *c)
{
	if (x->authenticated || x->window || !has_secret(c))
		return true;
	say(x, part, WHY_UNAUTHENTICATED);
	return false;
}

static void
use_window(struct deciding *x, const struct credentials *c)
{
	if (x->window && has_secret(c))
		x->window_used = true;
}

/* ---- CUPS ---------------------------------------------------------------------------- */

/* Only what would open this gateway again, and is not another one's. */
static bool
key_can_be_sent(const struct key *key, const struct gateway *g, int64_t now)
{
	return key != NULL && key->value.sealed.len > 0 && key->revoked_at == 0 &&
	       (key->expires_at == 0 || key->expires_at > now) &&
	       (key->gateway == 0 || key->gateway == g->serial) &&
	       (key->rights & RIGHT_ALL || (key->rights & RIGHTS_CUPS) == RIGHTS_CUPS);
}

/* Fills d->cups with what the gateway should have for the CUPS of this trust. False when
 * that cannot be said or sent, with the reason. */
static bool
want_cups(struct deciding *x, const struct trust *trust)
{
	const struct cups_inputs *in = x->in;
	const struct gateway *g = in->gateway;
	struct credentials *c = &x->d->cups;
	int wish = g->cups_credentials;

	if (wish == CUPS_AUTO)
		wish = g->cups_certificate.der.len > 0 ? CUPS_CERTIFICATE
		       : g->target_cups_key != 0       ? CUPS_TOKEN
						       : CUPS_AUTO;
	if (wish == CUPS_AUTO) {
		say(x, PART_CUPS_CREDENTIALS, WHY_NOT_WANTED);
		return false;
	}
	if (wish == CUPS_TOKEN && !key_can_be_sent(in->cups_key, g, in->now)) {
		say(x, PART_CUPS_CREDENTIALS, WHY_NO_KEY);
		return false;
	}
	if (wish == CUPS_CERTIFICATE && (g->cups_certificate.der.len == 0 ||
					    g->cups_certificate.key.sealed.len == 0)) {
		say(x, PART_CUPS_CREDENTIALS, WHY_NO_CERTIFICATE);
		return false;
	}
	if (trust == NULL) {
		say(x, PART_CUPS_CREDENTIALS, WHY_NO_TRUST);
		return false;
	}
	c->trust = trust;
	if (wish == CUPS_TOKEN) {
		c->kind = CREDENTIALS_TOKEN;
		c->secret = &in->cups_key->value;
		c->token_form = in->cups_key->token_form;
	} else if (wish == CUPS_CERTIFICATE) {
		c->kind = CREDENTIALS_CERTIFICATE;
		c->certificate = g->cups_certificate.der;
		c->certificate_crc = g->cups_certificate.crc;
		c->secret = &g->cups_certificate.key;
	} else {
		c->kind = CREDENTIALS_SERVER_ONLY;
	}
	x->d->cups_crc = credentials_crc(c);
	return true;
}

/* Did it come with the credential that it should have? Another one means that its regular
 * set is rejected somewhere, whatever its CRC says. */
static bool
came_with_wanted(const struct deciding *x)
{
	const struct principal *p = x->in->principal;

	switch (x->d->cups.kind) {
	case CREDENTIALS_TOKEN:
		return p->credential == CREDENTIAL_KEY &&
		       p->key.serial == x->in->cups_key->serial;
	case CREDENTIALS_CERTIFICATE:
		return p->credential == CREDENTIAL_CERTIFICATE &&
		       span_eq(p->certificate, x->d->cups.certificate);
	default:
		return true;
	}
}

/* It has the wanted credential and shows it: older generations may end. */
static void
confirm_cups(struct deciding *x)
{
	struct gateway_state *next = &x->d->next;
	const struct key *key = x->in->cups_key;

	confirm(x, PUSH_CUPS_CREDENTIALS);
	if (x->d->cups.kind != CREDENTIALS_TOKEN || key->generation == 0 ||
	    next->confirmed_generation == key->generation)
		return;
	next->confirmed_generation = key->generation;
	if (next->first_generation == 0)
		next->first_generation = key->generation;
	next->confirmed_at = x->in->now;
	x->d->changed = true;
	say(x, PART_CUPS_CREDENTIALS, WHY_CONFIRMED);
}

static void
send_cups(struct deciding *x, const struct wanted *w, enum cups_why why)
{
	x->d->send_cups = true;
	push(x, w, x->window && has_secret(&x->d->cups) ? WHY_SENT_PROVISIONING : why);
	use_window(x, &x->d->cups);
}

/*
 * URI and credentials together: the gateway could not reach the new address with the old
 * ones. True when the redirect is sent.
 */
static bool
redirect(struct deciding *x, const char *uri)
{
	struct wanted w = {
	    PART_CUPS_URI, PUSH_CUPS_URI, PUSH_DIFFERS, crc32_of(span_str(uri))};
	struct wanted credentials = {
	    PART_CUPS_CREDENTIALS, PUSH_CUPS_CREDENTIALS, PUSH_DIFFERS, 0};
	struct station_address address;

	if (station_uri_check(STATION_CUPS, span_str(uri), &address, NULL) != E_OK) {
		say(x, PART_CUPS_URI, WHY_BAD_URI);
		return false;
	}
	if (address.tls && !want_cups(x, x->in->cups_trust)) {
		say(x, PART_CUPS_URI, WHY_WITH_CREDENTIALS);
		return false;
	}
	if ((address.tls && !may_see(x, PART_CUPS_CREDENTIALS, &x->d->cups)) ||
	    !may_push(x, &w))
		return false;
	x->d->cups_uri = uri;
	push(x, &w, WHY_SENT);
	if (!address.tls) {
		say(x, PART_CUPS_CREDENTIALS, WHY_NO_TLS);
		return true;
	}
	credentials.what = x->d->cups_crc;
	send_cups(x, &credentials, WHY_SENT);
	return true;
}

/* At the right address: does it have the right credentials? */
static void
rotate(struct deciding *x)
{
	const struct update_info *request = x->in->request;
	struct wanted w = {
	    PART_CUPS_CREDENTIALS, PUSH_CUPS_CREDENTIALS, PUSH_DIFFERS, 0};
	bool same, wanted;

	if (span_begins(request->cups_uri, span_str("http://"))) {
		say(x, PART_CUPS_CREDENTIALS, WHY_NO_TLS);
		return;
	}
	if (!want_cups(x, x->in->here_trust))
		return;
	if (x->d->cups.kind == CREDENTIALS_SERVER_ONLY &&
	    !x->in->gateway->allow_unauthenticated) {
		say(x, PART_CUPS_CREDENTIALS, WHY_LOCKS_OUT);
		return;
	}
	w.what = x->d->cups_crc;
	same = request->has_cups_crc && request->cups_crc == x->d->cups_crc;
	wanted = came_with_wanted(x);
	if (same && wanted) {
		confirm_cups(x);
		say(x, PART_CUPS_CREDENTIALS, WHY_SAME);
		return;
	}
	/* One that shows nothing by permission keeps what it has when the CRC is right. */
	if (same && !x->authenticated && !x->window) {
		say(x, PART_CUPS_CREDENTIALS, WHY_SAME);
		return;
	}
	if (same)
		w.reason = PUSH_WRONG_CREDENTIAL;
	if (may_see(x, PART_CUPS_CREDENTIALS, &x->d->cups) && may_push(x, &w))
		send_cups(x, &w, same ? WHY_SENT_BACKUP : WHY_SENT);
}

const char *
cups_wanted_uri(const struct gateway *gateway, const struct update_info *request,
    const struct cups_policy *policy)
{
	bool wanted = gateway->cups_credentials != CUPS_AUTO ||
		      gateway->target_cups_key != 0 ||
		      gateway->cups_certificate.der.len > 0;

	if (gateway->target_cups_uri[0] != '\0' && policy->allow_redirect)
		return gateway->target_cups_uri;
	return request->cups_uri.len == 0 && wanted ? policy->cups_uri : "";
}

/* The first key that it comes with is in its backup set, which it makes then, before it has
 * confirmed anything; but not what it has in its boot set. */
static void
remember_first(struct deciding *x)
{
	const struct principal *p = x->in->principal;
	struct gateway_state *next = &x->d->next;

	if (!x->authenticated || p->credential != CREDENTIAL_KEY ||
	    p->key.gateway != x->in->gateway->serial || p->key.generation == 0 ||
	    next->first_generation != 0 || x->in->request->cups_uri.len == 0)
		return;
	next->first_generation = p->key.generation;
	x->d->changed = true;
}

/* True when it is sent to another CUPS, which will decide about the rest. */
static bool
decide_cups(struct deciding *x)
{
	const struct gateway *g = x->in->gateway;
	const struct update_info *request = x->in->request;
	const char *uri = cups_wanted_uri(g, request, x->in->policy);
	bool stays = false;

	remember_first(x);
	if (uri[0] == '\0' && g->target_cups_uri[0] != '\0' &&
	    !span_is(request->cups_uri, g->target_cups_uri)) {
		say(x, PART_CUPS_URI, WHY_NOT_ALLOWED);
	} else if (uri[0] != '\0' && !span_is(request->cups_uri, uri)) {
		if (redirect(x, uri))
			return uri == g->target_cups_uri;
		/* Stays for now, but must be able to come here. */
		memset(&x->d->cups, 0, sizeof x->d->cups);
	} else {
		stays = true;
		confirm(x, PUSH_CUPS_URI);
		say(x, PART_CUPS_URI,
		    uri[0] != '\0' || g->target_cups_uri[0] != '\0' ? WHY_SAME
								    : WHY_NOT_WANTED);
	}
	/* Credentials alone are of no use to one that has no address for them. Where it
	 * cannot move to is said already, and the trust of where it is may not be our task. */
	if (request->cups_uri.len > 0 && (stays || x->in->here_trust != NULL))
		rotate(x);
	return false;
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
		say(x, PART_LNS_CREDENTIALS, WHY_SAME);
		return true;
	}
	if (!may_see(x, PART_LNS_CREDENTIALS, &x->d->lns) || !may_push(x, &w))
		return false;
	x->d->send_lns = true;
	push(x, &w,
	    x->window && has_secret(&x->d->lns) ? WHY_SENT_PROVISIONING : WHY_SENT);
	use_window(x, &x->d->lns);
	return true;
}

static void
decide_lns_uri(struct deciding *x, bool same, bool ready)
{
	struct wanted w = {PART_LNS_URI, PUSH_LNS_URI, PUSH_DIFFERS,
	    crc32_of(span_str(x->in->lns_uri))};

	if (same) {
		say(x, PART_LNS_URI, WHY_SAME);
	} else if (!ready) {
		say(x, PART_LNS_URI, WHY_WITH_CREDENTIALS);
	} else if (may_push(x, &w)) {
		x->d->lns_uri = x->in->lns_uri;
		push(x, &w, WHY_SENT);
	}
}

/* A token LNS without a token is an error that the operator has to hear of; but it must not
 * keep a gateway from moving on. */
static void
no_secret(struct deciding *x)
{
	struct cups_decision *d = x->d;

	say(x, PART_LNS_CREDENTIALS, WHY_NO_SECRET);
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
		say(x, PART_LNS_URI, in->lns_fault != NULL ? WHY_BAD_URI : WHY_NO_LNS);
		return;
	}
	if (station_uri_check(STATION_LNS, span_str(in->lns_uri), &address, NULL) !=
	    E_OK) {
		say(x, PART_LNS_URI, WHY_BAD_URI);
		return;
	}
	same_uri = span_is(request->lns_uri, in->lns_uri);
	if (!address.tls) {
		say(x, PART_LNS_CREDENTIALS, WHY_NO_TLS);
		if (same_uri)
			confirm(x, PUSH_LNS_URI);
		decide_lns_uri(x, same_uri, true);
		return;
	}
	if ((why = want_lns(x)) == WHY_NO_SECRET) {
		no_secret(x);
		return;
	}
	if (why != WHY_SAME) {
		say(x, PART_LNS_CREDENTIALS, why);
		decide_lns_uri(x, same_uri, false);
		return;
	}
	same_crc = request->has_lns_crc && request->lns_crc == x->d->lns_crc;
	if (same_uri)
		confirm(x, PUSH_LNS_URI);
	if (same_crc)
		confirm(x, PUSH_LNS_CREDENTIALS);
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
		say_number(x, PART_FIRMWARE, WHY_SENT, r->number);
	else if (r != NULL && r->why == FIRMWARE_ATTEMPTS)
		say_number(x, PART_FIRMWARE, WHY_LIMIT, r->number);
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
		say(&x, PART_REQUEST, WHY_UNKNOWN);
		return E_OK;
	}
	d->next = *in->state;
	admit(&x);
	if (d->err != E_OK)
		return E_OK;
	redirected = decide_cups(&x);
	if (redirected && !in->policy->redirect_with_lns)
		say(&x, PART_LNS_URI, WHY_REDIRECT_FIRST);
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
