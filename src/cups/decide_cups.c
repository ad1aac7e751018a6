/* Where a gateway should go for CUPS, and with which credentials. */
#include "cups/deciding.h"

#include "base/crc.h"
#include "registry/checks.h"

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
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_NOT_WANTED);
		return false;
	}
	if (wish == CUPS_TOKEN && !key_can_be_sent(in->cups_key, g, in->now)) {
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_NO_KEY);
		return false;
	}
	if (wish == CUPS_CERTIFICATE && (g->cups_certificate.der.len == 0 ||
					    g->cups_certificate.key.sealed.len == 0)) {
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_NO_CERTIFICATE);
		return false;
	}
	if (trust == NULL) {
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_NO_TRUST);
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

	cups_confirm(x, PUSH_CUPS_CREDENTIALS);
	if (x->d->cups.kind != CREDENTIALS_TOKEN || key->generation == 0 ||
	    next->confirmed_generation == key->generation)
		return;
	next->confirmed_generation = key->generation;
	if (next->first_generation == 0)
		next->first_generation = key->generation;
	next->confirmed_at = x->in->now;
	x->d->changed = true;
	cups_say(x, PART_CUPS_CREDENTIALS, WHY_CONFIRMED);
}

static void
send_cups(struct deciding *x, const struct wanted *w, enum cups_why why)
{
	x->d->send_cups = true;
	cups_push(x, w,
	    x->window && cups_has_secret(&x->d->cups) ? WHY_SENT_PROVISIONING : why);
	cups_use_window(x, &x->d->cups);
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
		cups_say(x, PART_CUPS_URI, WHY_BAD_URI);
		return false;
	}
	if (address.tls && !want_cups(x, x->in->cups_trust)) {
		cups_say(x, PART_CUPS_URI, WHY_WITH_CREDENTIALS);
		return false;
	}
	if ((address.tls && !cups_may_see(x, PART_CUPS_CREDENTIALS, &x->d->cups)) ||
	    !cups_may_push(x, &w))
		return false;
	x->d->cups_uri = uri;
	cups_push(x, &w, WHY_SENT);
	if (!address.tls) {
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_NO_TLS);
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
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_NO_TLS);
		return;
	}
	if (!want_cups(x, x->in->here_trust))
		return;
	if (x->d->cups.kind == CREDENTIALS_SERVER_ONLY &&
	    !x->in->gateway->allow_unauthenticated) {
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_LOCKS_OUT);
		return;
	}
	w.what = x->d->cups_crc;
	same = request->has_cups_crc && request->cups_crc == x->d->cups_crc;
	wanted = came_with_wanted(x);
	if (same && wanted) {
		confirm_cups(x);
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_SAME);
		return;
	}
	/* One that shows nothing by permission keeps what it has when the CRC is right. */
	if (same && !x->authenticated && !x->window) {
		cups_say(x, PART_CUPS_CREDENTIALS, WHY_SAME);
		return;
	}
	if (same)
		w.reason = PUSH_WRONG_CREDENTIAL;
	if (cups_may_see(x, PART_CUPS_CREDENTIALS, &x->d->cups) && cups_may_push(x, &w))
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

bool
decide_cups(struct deciding *x)
{
	const struct gateway *g = x->in->gateway;
	const struct update_info *request = x->in->request;
	const char *uri = cups_wanted_uri(g, request, x->in->policy);
	bool stays = false;

	remember_first(x);
	if (uri[0] == '\0' && g->target_cups_uri[0] != '\0' &&
	    !span_is(request->cups_uri, g->target_cups_uri)) {
		cups_say(x, PART_CUPS_URI, WHY_NOT_ALLOWED);
	} else if (uri[0] != '\0' && !span_is(request->cups_uri, uri)) {
		if (redirect(x, uri))
			return uri == g->target_cups_uri;
		/* Stays for now, but must be able to come here. */
		memset(&x->d->cups, 0, sizeof x->d->cups);
	} else {
		stays = true;
		cups_confirm(x, PUSH_CUPS_URI);
		cups_say(x, PART_CUPS_URI,
		    uri[0] != '\0' || g->target_cups_uri[0] != '\0' ? WHY_SAME
								    : WHY_NOT_WANTED);
	}
	/* Credentials alone are of no use to one that has no address for them. Where it
	 * cannot move to is said already, and the trust of where it is may not be our task. */
	if (request->cups_uri.len > 0 && (stays || x->in->here_trust != NULL))
		rotate(x);
	return false;
}
