/* The words for decisions. */
#include "kickstarter/decision.h"

static const char *const part_names[KICK_PARTS] = {[KICK_REQUEST] = "request",
    [KICK_PLAN] = "frequency-plan",
    [KICK_FIRMWARE] = "firmware",
    [KICK_BROKER] = "broker"};

static const struct {
	const char *name, *text;
	bool problem;
} whys[KICK_WHYS] = {
    [KICK_OK] = {"accepted", "the key is right", false},
    [KICK_REFUSED] = {"refused", "refused", true},
    [KICK_NO_GATEWAY] = {"unknown", "no such gateway is registered", true},
    [KICK_PUBLIC] = {"public", "no key was shown: only what is public", false},
    [KICK_UNMARKED] = {"unmarked",
	"it is not marked as a Kickstarter (kickstarter=true): values were not checked "
	"when they were entered, and it cannot be activated",
	true},
    [KICK_FIRST] = {"first", "its frequency plan", false},
    [KICK_LATER] = {"later",
	"a later one of its frequency plans: the device cannot take the first", false},
    [KICK_FROM_GATEWAY] = {"from-gateway", "by its gateway_server_address", false},
    [KICK_FROM_LNS] = {"from-lns", "by the mqtt_address of its network server", false},
    [KICK_FROM_CHANNEL] = {"from-channel", "by its update channel, a whole URL", false},
    [KICK_FROM_DEFAULT] = {"from-default", "by the configuration", false},
    [KICK_FROM_US] = {"from-us", "from this server", false},
    [KICK_FROM_RELEASE] = {"from-release", "the release of its channel", false},
    [KICK_FROM_ROLLOUT] = {"from-rollout", "by a roll-out of its channel", false},
    [KICK_ALWAYS_ASKS] = {"always-asks",
	"auto_update is off, which the device ignores: it takes what it finds there; "
	"update_channel=none keeps it from that",
	false},
    [KICK_KEEPS] = {"keeps", "no firmware for it: it keeps what it has", false},
    [KICK_MISSING] = {"missing", "nothing is set for it", true},
    [KICK_UNFIT] = {"unfit", "what is set cannot be sent to the device", true},
    [KICK_PRIVATE] = {"private", "not shown without a key (status_public is off)",
	false},
};

const char *
kick_part_name(enum kick_part part)
{
	return part_names[part];
}

const char *
kick_why_name(enum kick_why why)
{
	return whys[why].name;
}

const char *
kick_why_text(enum kick_why why)
{
	return whys[why].text;
}

bool
kick_is_problem(enum kick_why why)
{
	return whys[why].problem;
}
