/*
 * Which firmware image a Kickstarter gets, decided without input or output; part of the
 * decision of its configuration. The device reports no version and fetches without an ID: so
 * this is decided by which address it is sent to, and all that is known afterwards is that
 * the image was offered. It always asks, whatever auto_update says: so a gateway of a channel
 * of ours that must not be updated is sent to an address where there is nothing.
 */
#ifndef GH_KICKSTARTER_FIRMWARE_H
#define GH_KICKSTARTER_FIRMWARE_H

#include "firmware/rollout.h"
#include "registry/firmware.h"

/* `/api/v2/firmware/none`: nothing is ever there. As an update channel it keeps a gateway from
 * any firmware, also of other servers. */
#define KICK_NO_FIRMWARE "none"

/* One image that it might get. Of Kickstarter releases alone. */
struct kick_candidate {
	const struct rollout *rollout; /* NULL: it is the channel's own release */
	struct rollout_state state;    /* of the roll-out, as the ledger has it */
	struct rollout_offer offer;    /* of this gateway in it */
	const struct release *release;
	const struct firmware *firmware; /* NULL: gone, or of another family */
};

/* Everything that the choice depends on; all borrowed. */
struct kick_images {
	/* Its channel: the gateway's, else the default one. "" when that is a whole URL. */
	const char *channel_id;
	const struct channel *channel; /* NULL: there is no such one */
	/* Roll-outs, the latest first, then the channel's own release. */
	const struct kick_candidate *candidates;
	size_t count;
	/* The records or the ledger cannot be used, for this reason: it is not updated, and
	 * gets everything else. */
	const char *unusable; /* NULL: they can */
};

enum kick_source {
	KICK_BY_ADDRESS, /* no image of ours: the address that is entered for it */
	KICK_BY_CHANNEL, /* the release of its channel */
	KICK_BY_ROLLOUT,
	KICK_KEEPS_IMAGE /* no firmware for it: it keeps what it has */
};

enum kick_image_why {
	KICK_IMAGE_TAKEN,
	KICK_IMAGE_EXCLUDED, /* its update channel is KICK_NO_FIRMWARE */
	KICK_IMAGE_NOT_AUTO, /* auto_update is off */
	KICK_IMAGE_UNUSABLE, /* see kick_images.unusable */
	KICK_IMAGE_GONE,     /* the release's image is gone or none for a Kickstarter */
	KICK_IMAGE_NOT_RUNNING, /* the roll-out is no more, or not yet, running */
	KICK_IMAGE_HELD,	/* paused: it was offered this, and is not sent back */
	KICK_IMAGE_NOT_BEFORE,	/* the roll-out begins later */
	KICK_IMAGE_AUDIENCE,	/* not one that the roll-out is for */
	KICK_IMAGE_PERCENTAGE,	/* not yet among those that get it */
	KICK_IMAGE_MODEL,	/* the release is not for its model */
	KICK_IMAGE_WHYS
};

/* A candidate (or all of them) that it did not get. */
struct kick_passed {
	enum kick_image_why why;
	const struct rollout *rollout; /* NULL: the channel's own release */
	const struct release *release; /* NULL: of no certain one */
	double place, percentage;      /* with KICK_IMAGE_PERCENTAGE */
};

#define KICK_PASSED_MAX (ROLLOUTS_MAX + 2)

struct kick_choice {
	enum kick_source source;
	enum kick_image_why why; /* with KICK_KEEPS_IMAGE */
	const struct release *release;
	const struct firmware *firmware;
	const struct rollout *rollout;
	int64_t offered_at; /* by this roll-out, before; 0: never */
	bool offer;	    /* has to be noted in the ledger before the answer leaves */
	struct kick_passed passed[KICK_PASSED_MAX];
	size_t passed_count;
};

/*
 * Chooses. Roll-outs that run and take the gateway in go first, then the channel's release.
 * With auto_update off there is nothing of a channel of ours; where the channel is none of
 * ours it is sent where it was entered, as the reference server does. `device`: it is the
 * Kickstarter that asks; other clients are told auto_update and go by it, and nothing is
 * noted for them.
 */
void kick_choose(const struct gateway *gateway, const struct kick_images *images,
    bool device, int64_t now, struct kick_choice *choice);

/* Would the roll-out offer its release to this gateway with this state of the ledger? */
enum kick_image_why kick_rollout_why(const struct rollout *rollout,
    const struct rollout_state *state, const struct gateway *gateway, int64_t now);

const char *kick_image_why_name(enum kick_image_why why);
const char *kick_image_why_text(enum kick_image_why why);

#endif
