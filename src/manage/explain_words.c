/* What an explanation comes to, in words. */
#include "manage/explain.h"

int
explain_status(const struct explanation *e)
{
	const struct cups_decision *d = &e->x.decision;

	if (d->err != E_OK)
		return err_http(d->err);
	return e->answer_err == E_OK ? 200 : err_http(e->answer_err);
}

bool
explain_is_problem(enum cups_why why)
{
	switch (why) {
	case WHY_LIMIT:
	case WHY_NOT_ALLOWED:
	case WHY_NO_TRUST:
	case WHY_NO_KEY:
	case WHY_NO_CERTIFICATE:
	case WHY_NO_SECRET:
	case WHY_NO_LNS:
	case WHY_BAD_URI:
	case WHY_UNAUTHENTICATED:
	case WHY_WITH_CREDENTIALS:
	case WHY_LOCKS_OUT:
	case WHY_REFUSED:
	case WHY_UNKNOWN:
		return true;
	default:
		return false;
	}
}

static bool
has_problem(const struct cups_decision *d)
{
	for (size_t i = 0; i < d->reason_count; i++)
		if (explain_is_problem(d->reasons[i].why))
			return true;
	for (size_t i = 0; i < d->firmware.reason_count; i++)
		if (firmware_why_is_problem(d->firmware.reasons[i].why))
			return true;
	return false;
}

static void
add(struct strbuf *b, bool *any, const char *text, const char *uri)
{
	strbuf_puts(b, *any ? ", " : "It would be sent ");
	strbuf_puts(b, text);
	if (uri != NULL)
		strbuf_printf(b, " (%s)", uri);
	*any = true;
}

static void
put_sent(struct strbuf *b, const struct cups_decision *d)
{
	bool any = false;

	if (d->cups_uri != NULL)
		add(b, &any, "the address of another CUPS", d->cups_uri);
	if (d->send_cups)
		add(b, &any, "credentials for CUPS", NULL);
	if (d->lns_uri != NULL)
		add(b, &any, "the address of its network server", d->lns_uri);
	if (d->send_lns)
		add(b, &any, "credentials for its network server", NULL);
	if (d->firmware.send)
		add(b, &any, "an update", d->firmware.wanted->release->version);
	if (any)
		strbuf_putc(b, '.');
	else
		strbuf_puts(b, "Nothing would be sent");
	if (!any && !has_problem(d))
		strbuf_puts(b, ": it has everything that it should have.");
	else if (!any)
		strbuf_puts(b, ", though something is wrong.");
	else if (has_problem(d))
		strbuf_puts(b, " But something is wrong.");
}

const char *
explain_verdict(const struct explanation *e, struct arena *arena)
{
	const struct cups_decision *d = &e->x.decision;
	struct strbuf b;
	const char *text, *copy;
	char buf[400];

	strbuf_init(&b, 4096);
	if (d->err != E_OK || e->answer_err != E_OK) {
		text = fault_text(
		    d->err != E_OK ? &d->fault : &e->answer_fault, buf, sizeof buf);
		strbuf_printf(
		    &b, "It would be refused (%d): %s.", explain_status(e), text);
	} else {
		put_sent(&b, d);
	}
	copy = strbuf_keep_text(&b, arena);
	return copy != NULL ? copy : "";
}
