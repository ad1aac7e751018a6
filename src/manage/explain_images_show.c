/* Which firmware image a Kickstarter gets, and why. */
#include <stdio.h>

#include "base/hex.h"
#include "manage/explain_kickstarter.h"
#include "manage/explain_show.h"

static const char *
source_name(const struct kick_choice *c)
{
	static const char *const names[] = {[KICK_BY_ADDRESS] = "address",
	    [KICK_BY_CHANNEL] = "channel",
	    [KICK_BY_ROLLOUT] = "rollout",
	    [KICK_KEEPS_IMAGE] = "none"};

	return names[c->source];
}

static const char *
source_text(const struct kick_choice *c)
{
	switch (c->source) {
	case KICK_BY_CHANNEL:
		return "the release of its channel";
	case KICK_BY_ROLLOUT:
		return "a roll-out";
	case KICK_KEEPS_IMAGE:
		return "none: it keeps the firmware that it has";
	default:
		return "whatever is at its firmware_url";
	}
}

static void
show_image(struct out *o, const struct kick_choice *c)
{
	char name[2 * 32 + 1];

	if (c->firmware == NULL)
		return;
	hex_encode(c->firmware->sha256.data, 32, name);
	out_str(o, "image", c->firmware->firmware_id);
	out_str(o, "sha256", name);
	out_uint(o, "size", c->firmware->size);
	out_str(o, "release", c->release->release_id);
	out_str(o, "version", c->release->version);
	if (c->rollout == NULL)
		return;
	out_str(o, "rollout", c->rollout->rollout_id);
	out_time(o, "offered_at", c->offered_at);
	out_note(o, "outcome",
	    "is not known: a Kickstarter reports no version, so the roll-out counts it "
	    "as offered and does not pause by itself");
}

/* "roll-out beta-1 (release two): its turn has not come yet (its place is 43.2 %, …)" */
static const char *
passed_text(struct explainer *ex, const struct kick_passed *p, const char *unusable)
{
	const char *text = "", *what = kick_image_why_text(p->why);
	char place[80] = "";

	if (p->why == KICK_IMAGE_UNUSABLE && unusable != NULL)
		what = unusable;
	if (p->why == KICK_IMAGE_PERCENTAGE)
		snprintf(place, sizeof place,
		    " (%.4g %% of its gateways get it, this one from %.4g %% on)",
		    p->percentage, p->place);
	if (p->rollout != NULL)
		text = arena_printf(ex->m->arena, "roll-out %s (release %s): %s%s",
		    p->rollout->rollout_id,
		    p->release != NULL ? p->release->release_id : "?", what, place);
	else if (p->release != NULL)
		text = arena_printf(ex->m->arena, "the channel's release %s: %s",
		    p->release->release_id, what);
	else
		text = what;
	return text != NULL ? text : "";
}

static void
show_passed(struct explainer *ex, const struct kick_explanation *e)
{
	const struct kick_choice *c = &e->x.decision.firmware;
	struct out *o = ex->out;

	out_list(o, "passed_over");
	for (size_t i = 0; i < c->passed_count; i++) {
		const struct kick_passed *p = &c->passed[i];
		const char *text = passed_text(ex, p, e->x.inputs.images->unusable);

		if (!o->json) {
			out_note(o, "not", "%s", text);
			continue;
		}
		out_object(o, NULL, NULL);
		out_str(o, "rollout", p->rollout != NULL ? p->rollout->rollout_id : "");
		out_str(o, "release", p->release != NULL ? p->release->release_id : "");
		out_str(o, "why", kick_image_why_name(p->why));
		out_str(o, "text", text);
		out_object_end(o);
	}
	out_list_end(o);
}

void
explain_kickstarter_firmware(struct explainer *ex, const struct kick_explanation *e)
{
	const struct kick_choice *c = &e->x.decision.firmware;
	const struct kick_images *images = e->x.inputs.images;
	struct out *o = ex->out;

	if (images == NULL) /* it was refused before */
		return;
	out_object(o, "firmware", "Its firmware");
	if (o->json)
		out_str(o, "source", source_name(c));
	else
		out_note(o, "gets", "%s", source_text(c));
	out_str(o, "channel", images->channel_id);
	show_image(o, c);
	show_passed(ex, e);
	out_object_end(o);
}
