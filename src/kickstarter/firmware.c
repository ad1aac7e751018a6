#include "kickstarter/firmware.h"

struct choosing {
	const struct gateway *gateway;
	const struct kick_images *images;
	int64_t now;
	struct kick_choice *choice;
};

/* ---- one candidate -------------------------------------------------------------------- */

enum kick_image_why
kick_rollout_why(const struct rollout *r, const struct rollout_state *ledger,
    const struct gateway *g, int64_t now)
{
	struct rollout_state state = *ledger;

	rollout_advance(r, now, &state);
	if (state.status != ROLLOUT_RUNNING)
		return KICK_IMAGE_NOT_RUNNING;
	if (now < r->not_before)
		return KICK_IMAGE_NOT_BEFORE;
	if (!rollout_audience(r, g, rollout_model(g, span_of(NULL, 0))))
		return KICK_IMAGE_AUDIENCE;
	if (rollout_place(g, r) >= state.percentage)
		return KICK_IMAGE_PERCENTAGE;
	return KICK_IMAGE_TAKEN;
}

static enum kick_image_why
judge(const struct choosing *x, const struct kick_candidate *c)
{
	enum kick_image_why why = KICK_IMAGE_TAKEN;

	if (c->rollout != NULL)
		why = kick_rollout_why(c->rollout, &c->state, x->gateway, x->now);
	/* A pause must not send anybody back, only to be sent forth again. */
	if (why == KICK_IMAGE_NOT_RUNNING && c->state.status == ROLLOUT_PAUSED &&
	    c->offer.outcome != OUTCOME_NONE)
		return KICK_IMAGE_HELD;
	if (why != KICK_IMAGE_TAKEN)
		return why;
	if (!rollout_list_has(
		&c->release->models, rollout_model(x->gateway, span_of(NULL, 0))))
		return KICK_IMAGE_MODEL;
	return c->firmware != NULL ? KICK_IMAGE_TAKEN : KICK_IMAGE_GONE;
}

static void
pass(struct choosing *x, enum kick_image_why why, const struct kick_candidate *c)
{
	struct kick_passed p = {.why = why};

	if (x->choice->passed_count == KICK_PASSED_MAX)
		return;
	if (c != NULL) {
		p.rollout = c->rollout;
		p.release = c->release;
	}
	if (why == KICK_IMAGE_PERCENTAGE) {
		struct rollout_state state = c->state;

		rollout_advance(c->rollout, x->now, &state);
		p.place = rollout_place(x->gateway, c->rollout);
		p.percentage = state.percentage;
	}
	x->choice->passed[x->choice->passed_count++] = p;
}

static void
keep(struct choosing *x, enum kick_image_why why)
{
	x->choice->source = KICK_KEEPS_IMAGE;
	x->choice->why = why;
}

/* ---- all of them ------------------------------------------------------------------------ */

static void
take(struct choosing *x, const struct kick_candidate *c, bool device)
{
	struct kick_choice *choice = x->choice;

	choice->source = c->rollout != NULL ? KICK_BY_ROLLOUT : KICK_BY_CHANNEL;
	choice->release = c->release;
	choice->firmware = c->firmware;
	choice->rollout = c->rollout;
	choice->offered_at = c->offer.offered_at;
	choice->offer =
	    device && c->rollout != NULL && c->offer.outcome == OUTCOME_NONE;
}

/* True when it is settled. */
static bool
consider(struct choosing *x, const struct kick_candidate *c, bool device)
{
	enum kick_image_why why = judge(x, c);

	if (why == KICK_IMAGE_TAKEN) {
		take(x, c, device);
		return true;
	}
	pass(x, why, c);
	/* Whoever is left out of its own channel's release must not find it by the
	 * channel's name either. */
	if (why == KICK_IMAGE_HELD || c->rollout == NULL) {
		keep(x, why);
		return true;
	}
	return false;
}

void
kick_choose(const struct gateway *gateway, const struct kick_images *images,
    bool device, int64_t now, struct kick_choice *choice)
{
	struct choosing x = {gateway, images, now, choice};
	enum kick_image_why why = KICK_IMAGE_TAKEN;

	*choice = (struct kick_choice){.source = KICK_BY_ADDRESS};
	if (strcmp(images->channel_id, KICK_NO_FIRMWARE) == 0)
		why = KICK_IMAGE_EXCLUDED;
	else if (images->unusable != NULL)
		why = KICK_IMAGE_UNUSABLE;
	else if (!gateway->auto_update)
		why = KICK_IMAGE_NOT_AUTO;
	if (why != KICK_IMAGE_TAKEN) {
		pass(&x, why, NULL);
		if (why != KICK_IMAGE_NOT_AUTO || (device && images->channel != NULL))
			keep(&x, why);
		return;
	}
	for (size_t i = 0; i < images->count; i++)
		if (consider(&x, &images->candidates[i], device))
			return;
}

/* ---- words -------------------------------------------------------------------------------- */

static const struct {
	const char *name, *text;
} whys[KICK_IMAGE_WHYS] = {
    [KICK_IMAGE_TAKEN] = {"taken", "it gets it"},
    [KICK_IMAGE_EXCLUDED] = {"excluded", "its update_channel is none"},
    [KICK_IMAGE_NOT_AUTO] = {"not-auto", "auto_update is off"},
    [KICK_IMAGE_UNUSABLE] = {"unusable", "the firmware records cannot be used"},
    [KICK_IMAGE_GONE] = {"gone", "its image is gone or none for a Kickstarter"},
    [KICK_IMAGE_NOT_RUNNING] = {"not-running", "is not running"},
    [KICK_IMAGE_HELD] = {"held",
	"is paused, and was offered to this gateway: it stays as it is"},
    [KICK_IMAGE_NOT_BEFORE] = {"not-before", "begins later"},
    [KICK_IMAGE_AUDIENCE] = {"audience", "is not for this gateway"},
    [KICK_IMAGE_PERCENTAGE] = {"percentage", "its turn has not come yet"},
    [KICK_IMAGE_MODEL] = {"model", "its release is not for this model"},
};

const char *
kick_image_why_name(enum kick_image_why why)
{
	return whys[why].name;
}

const char *
kick_image_why_text(enum kick_image_why why)
{
	return whys[why].text;
}
