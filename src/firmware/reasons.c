/* The words for what a gateway gets or does not get. */
#include "firmware/selection.h"

static const struct {
	const char *name, *text;
	bool problem;
} whys[FIRMWARE_WHYS] = {
    [FIRMWARE_SENT] = {"sent", "the update is sent", false},
    [FIRMWARE_RUNS] = {"same", "the gateway reports this version already", false},
    [FIRMWARE_NOT_AUTO] = {"not-auto",
	"updates are switched off for this gateway (auto_update)", false},
    [FIRMWARE_NO_CHANNEL] = {"no-channel",
	"there is no channel of the gateway's update_channel: see `gatehouse channel`",
	true},
    [FIRMWARE_NO_RELEASE] = {"no-release",
	"its channel names no release, and no roll-out takes it in", false},
    [FIRMWARE_NO_IMAGE] = {"no-image",
	"the release or its image is gone, or the image is not for stations", true},
    [FIRMWARE_UNREADABLE] = {"unreadable",
	"the image's file is gone or damaged: see `gatehouse firmware verify`", true},
    [FIRMWARE_NOT_RUNNING] = {"not-running", "the roll-out is not running", false},
    [FIRMWARE_NOT_BEFORE] = {"not-before", "the roll-out begins later", false},
    [FIRMWARE_AUDIENCE] = {"audience",
	"not one of the gateways that the roll-out is for", false},
    [FIRMWARE_PERCENTAGE] = {"percentage",
	"not yet among those that the roll-out has reached", false},
    [FIRMWARE_MODEL] = {"model", "the release is not for gateways of its model", false},
    [FIRMWARE_FROM] = {"from",
	"the release is not for gateways that run its present version", false},
    [FIRMWARE_OLDER] = {"older",
	"the gateway runs a later version, and the release is not marked downgrade",
	false},
    [FIRMWARE_NO_VERSION] = {"no-version",
	"the gateway reports no version, so that nobody could see whether it has taken "
	"an update; a release with * in `from` is sent all the same",
	true},
    [FIRMWARE_NO_SIGNATURE] = {"no-signature",
	"the image has no signature by a key that the gateway lists", true},
    [FIRMWARE_UNSIGNED] = {"unsigned",
	"the gateway lists no signing key, and the release is not marked unsigned",
	true},
    [FIRMWARE_ATTEMPTS] = {"stopped",
	"offered as often as the limit allows, and its version did not change: "
	"stopped. Begin again with `gatehouse gateway retry ID`",
	true},
    [FIRMWARE_DOWNLOADS] = {"downloads",
	"as many gateways as the limit allows are downloading now: at its next visit",
	false},
    [FIRMWARE_STREAMS] = {"streams",
	"all workers but one are sending firmware now (workers): at its next visit",
	false},
    [FIRMWARE_REDIRECTED] = {"redirect-first",
	"the gateway is being moved to another CUPS, which will decide", false},
    [FIRMWARE_UNAUTHENTICATED] = {"unauthenticated",
	"updates are only for gateways that show a right credential", false},
    [FIRMWARE_UPDATED] = {"updated",
	"the gateway came with the version of its last update: it has taken it", false},
    [FIRMWARE_FAILED] = {"failed",
	"the gateway came back without the version of its last update", true},
};

const char *
firmware_why_name(enum firmware_why why)
{
	return whys[why].name;
}

const char *
firmware_why_text(enum firmware_why why)
{
	return whys[why].text;
}

bool
firmware_why_is_problem(enum firmware_why why)
{
	return whys[why].problem;
}
