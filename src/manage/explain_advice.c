/* What an explanation means, in sentences. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/eui.h"
#include "manage/explain_show.h"

/* ---- advice ---------------------------------------------------------------------------------- */

struct advising {
	struct explainer *ex;
	const struct explanation *e;
	const char *id; /* to name the gateway in commands */
	advice_fn *fn;
	void *arg;
	bool said[WHY_COUNT];
};

static void __attribute__((format(printf, 2, 3)))
say(struct advising *a, const char *fmt, ...)
{
	char *text = NULL, *copy;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((copy = arena_strdup(a->ex->m->arena, text)) != NULL)
		a->fn(a->arg, copy);
	free(text);
}

static void
about_refusal(struct advising *a)
{
	const struct principal *p = &a->e->x.principal;

	if (p->credential == CREDENTIAL_CERTIFICATE)
		say(a,
		    "Look at the authorities and whom they may speak for: `gatehouse "
		    "ca list`; or issue a certificate: `gatehouse cert issue %s --ca "
		    "CA --for cups`.",
		    a->id);
	else if (p->credential == CREDENTIAL_NONE)
		say(a,
		    "It showed nothing. If it has a cups.key file, a proxy may drop "
		    "the Authorization header; else put files on it: `gatehouse bundle "
		    "%s --out FOLDER`.",
		    a->id);
	else
		say(a,
		    "Compare the keys that are registered with the gateway's cups.key: "
		    "`gatehouse key list %s`. Take its key: `gatehouse key import %s "
		    "--file cups.key`. Or give it new files: `gatehouse bundle %s "
		    "--out FOLDER`.",
		    a->id, a->id, a->id);
}

/* The CUPS that its credentials are for: where it should be, or where it is. */
static struct span
cups_address(const struct advising *a)
{
	const struct cups_exchange *x = &a->e->x;
	const char *wanted =
	    cups_wanted_uri(&x->records.gateway, &x->request, a->ex->m->policy);

	if (wanted[0] != '\0' && x->inputs.cups_trust == NULL)
		return span_str(wanted);
	return x->request.cups_uri.len > 0 ? x->request.cups_uri
					   : span_str("https://HOST:PORT");
}

static void
about_trust(struct advising *a, enum cups_part part)
{
	bool lns = part == PART_LNS_CREDENTIALS || part == PART_LNS_URI;
	struct span uri = lns ? span_str(a->e->x.inputs.lns_uri) : cups_address(a);

	say(a,
	    "No certificate is registered for %.*s: `gatehouse trust fetch %.*s`, or, "
	    "when it has one of your own CA, `gatehouse trust import` from a file.",
	    (int)uri.len, (const char *)uri.data, (int)uri.len, (const char *)uri.data);
}

static void
about_unknown(struct advising *a)
{
	const struct gateway *g = &a->e->x.records.gateway;
	char eui[EUI_TEXT];

	if (g->deleted_at != 0) {
		say(a,
		    "It is deleted. To let it in again: `gatehouse gateway restore "
		    "%s`.",
		    g->gateway_id);
		return;
	}
	eui_format(a->e->x.request.eui, eui);
	say(a,
	    "Register it: `gatehouse gateway add ID %s`. When it has tried, `gatehouse "
	    "unknown list` shows what it presented and `gatehouse unknown adopt %s` "
	    "takes it in.",
	    eui, eui);
}

static void
about_settings(struct advising *a, enum cups_why why)
{
	switch (why) {
	case WHY_NO_SECRET:
		say(a,
		    "Give it the key for its network server: `gatehouse gateway set %s "
		    "--secret lbs_lns_secret.value=FILE`.",
		    a->id);
		break;
	case WHY_NO_LNS:
		say(a,
		    "Name its network server: `gatehouse gateway set %s lns=LNS` "
		    "(`gatehouse lns list` shows them).",
		    a->id);
		break;
	case WHY_NO_CERTIFICATE:
		say(a,
		    "Give it a client certificate: `gatehouse cert issue %s --ca CA`, "
		    "or `gatehouse cert import`.",
		    a->id);
		break;
	case WHY_NO_KEY:
		say(a, "Make a key that can be sent: `gatehouse key rotate %s`.",
		    a->id);
		break;
	case WHY_NOT_ALLOWED:
		say(a,
		    "Set `allow_cups_redirect = on` in the configuration, or empty its "
		    "target_cups_uri.");
		break;
	case WHY_LOCKS_OUT:
		say(a,
		    "Let it in without a credential: `gatehouse gateway set %s "
		    "allow_unauthenticated=true`; or let it keep its key: "
		    "cups_credentials=token.",
		    a->id);
		break;
	case WHY_BAD_URI:
		say(a,
		    "Mend the address, which must be scheme://host:port and nothing "
		    "else: `gatehouse gateway show %s`.",
		    a->id);
		break;
	default:
		break;
	}
}

static void
about_reason(struct advising *a, const struct cups_reason *r)
{
	if (a->said[r->why] && r->why != WHY_NO_TRUST)
		return;
	a->said[r->why] = true;
	switch (r->why) {
	case WHY_UNKNOWN:
		about_unknown(a);
		break;
	case WHY_REFUSED:
		about_refusal(a);
		break;
	case WHY_NO_TRUST:
		about_trust(a, r->part);
		break;
	case WHY_LIMIT:
		say(a,
		    "It was sent %u times and the gateway did not take it: look at the "
		    "log of the gateway, mend the cause, then `gatehouse gateway retry "
		    "%s`.",
		    (unsigned)r->number, a->id);
		break;
	case WHY_UNAUTHENTICATED:
		say(a,
		    "Open a window in which it gets its credentials without a key: "
		    "`gatehouse gateway set %s provisioning_until=+1h`; or put files "
		    "on it: `gatehouse bundle %s --out FOLDER`.",
		    a->id, a->id);
		break;
	default:
		about_settings(a, r->why);
	}
}

static void
about_polls(struct advising *a)
{
	if (a->e->source == EXPLAIN_REQUEST)
		return; /* it came, somewhere */
	switch (a->e->pattern) {
	case POLLS_MINUTE:
		say(a, "It comes every minute although nothing changes: its network "
		       "server rejects it. Look there whether its EUI and key are "
		       "registered; here, whether lns and lbs_lns_secret are right.");
		break;
	case POLLS_REFUSED:
		say(a, "It is going round through its credential sets because it is "
		       "refused here. See above, and the log of cups.fcgi.");
		break;
	case POLLS_SILENT:
		say(a,
		    "It has not come for more than a day: is it switched on, and can "
		    "it reach this server? Did a certificate of the server change?");
		break;
	case POLLS_NEVER:
		if (a->e->x.inputs.gateway != NULL)
			say(a, "It never came. Does its cups.uri name this server?");
		break;
	default:
		break;
	}
}

void
explain_advice(
    struct explainer *ex, const struct explanation *e, advice_fn *fn, void *arg)
{
	const struct cups_decision *d = &e->x.decision;
	struct advising a = {.ex = ex,
	    .e = e,
	    .id = e->x.inputs.gateway != NULL ? e->x.records.gateway.gateway_id : "ID",
	    .fn = fn,
	    .arg = arg};

	if (d->err == E_OK && e->answer_err != E_OK)
		say(&a,
		    "Its secrets cannot be opened. Bring back the file of sealing keys "
		    "(%s), or set the secrets anew.",
		    ex->seal_path);
	for (size_t i = 0; i < d->reason_count; i++)
		about_reason(&a, &d->reasons[i]);
	about_polls(&a);
}

void
explain_advice_list(void *advice_list, const char *text)
{
	struct advice_list *list = advice_list;
	struct out *o = list->ex->out;

	if (o->json) {
		json_str(&o->j, text);
		return;
	}
	if (!list->begun) {
		out_line(o, "%s", "");
		out_line(o, "What to do");
	}
	list->begun = true;
	out_hanging(o, "  * ", text);
}
