/* The words for decisions. */
#include "cups/decision.h"

static const char *const part_names[PART_COUNT] = {[PART_REQUEST] = "request",
    [PART_CUPS_URI] = "cups-uri",
    [PART_CUPS_CREDENTIALS] = "cups-credentials",
    [PART_LNS_URI] = "lns-uri",
    [PART_LNS_CREDENTIALS] = "lns-credentials",
    [PART_FIRMWARE] = "firmware"};

static const struct {
	const char *name, *text;
	int weight; /* for the log line: the heaviest one is shown */
} whys[WHY_COUNT] = {
    [WHY_SAME] = {"same", "the gateway has it already", 0},
    [WHY_SENT] = {"sent", "differs from what the gateway has: sent", 6},
    [WHY_SENT_BACKUP] = {"sent-backup",
	"the gateway came with another credential than the wanted one, so its regular "
	"set is rejected somewhere: sent again",
	7},
    [WHY_SENT_PROVISIONING] = {"sent-provisioning",
	"sent to a gateway that showed no credential: the one answer of the "
	"provisioning window",
	7},
    [WHY_NOT_WANTED] = {"not-set",
	"nothing is set for this gateway: it keeps what it has", 0},
    [WHY_LIMIT] = {"stopped",
	"sent as often as the limit allows and never confirmed: stopped. Begin again "
	"with `gatehouse gateway retry ID`",
	9},
    [WHY_REDIRECT_FIRST] = {"redirect-first",
	"the gateway is being moved to another CUPS, which will decide", 1},
    [WHY_NOT_ALLOWED] = {"not-allowed",
	"moving gateways to another CUPS is switched off (allow_cups_redirect)", 5},
    [WHY_NO_TLS] = {"no-tls", "an address without TLS has no credentials", 1},
    [WHY_NO_TRUST] = {"no-trust",
	"no trust certificate is registered for the address: see `gatehouse trust "
	"fetch` and `gatehouse trust import`",
	8},
    [WHY_NO_KEY] = {"no-key", "no key that could be sent: see `gatehouse key rotate`",
	8},
    [WHY_NO_CERTIFICATE] = {"no-certificate",
	"no client certificate with its key: see `gatehouse cert issue`", 8},
    [WHY_NO_SECRET] = {"no-secret",
	"the gateway has no LNS secret (lbs_lns_secret) for a network server that "
	"wants tokens",
	9},
    [WHY_NO_LNS] = {"no-lns", "no network server is set for the gateway", 4},
    [WHY_BAD_URI] = {"bad-uri", "a station could not start with this URI: not sent", 8},
    [WHY_UNAUTHENTICATED] = {"unauthenticated",
	"a secret is not sent to a gateway that showed no credential", 5},
    [WHY_WITH_CREDENTIALS] = {"waits", "waits for credentials that cannot be sent now",
	5},
    [WHY_LOCKS_OUT] = {"locks-out",
	"without a credential (server_only) it would be refused here: not sent unless "
	"allow_unauthenticated is set",
	8},
    [WHY_CONFIRMED] = {"confirmed",
	"the gateway came with its new key: older pushed ones end", 6},
    [WHY_REFUSED] = {"refused", "not authenticated", 10},
    [WHY_UNKNOWN] = {"unknown", "no such gateway is registered", 10},
};

const char *
cups_part_name(enum cups_part part)
{
	return part_names[part];
}

const char *
cups_why_name(enum cups_why why)
{
	return whys[why].name;
}

const char *
cups_why_text(enum cups_why why)
{
	return whys[why].text;
}

const struct cups_reason *
cups_decision_main(const struct cups_decision *d)
{
	static const struct cups_reason same = {PART_REQUEST, WHY_SAME, 0};
	const struct cups_reason *best = &same;

	for (size_t i = 0; i < d->reason_count; i++)
		if (whys[d->reasons[i].why].weight > whys[best->why].weight)
			best = &d->reasons[i];
	return best;
}

bool
cups_is_stopped(const struct cups_decision *d)
{
	for (size_t i = 0; i < d->reason_count; i++)
		if (d->reasons[i].why == WHY_LIMIT)
			return true;
	for (size_t i = 0; i < d->firmware.reason_count; i++)
		if (d->firmware.reasons[i].why == FIRMWARE_ATTEMPTS)
			return true;
	return false;
}
