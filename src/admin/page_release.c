#include "admin/page_release.h"

#include "admin/widget.h"
#include "registry/firmware.h"
#include "registry/rollout.h"

/* ---- releases ------------------------------------------------------------------------------ */

static const char *const release_columns[] = {
    "version", "firmware", "models", "unsigned", "updated_at", NULL};

static const char *const release_what[] = {
    "release_id", "firmware", "version", "shown_by", "description", NULL};
static const char *const release_whom[] = {
    "models", "from", "downgrade", "unsigned", NULL};
static const struct record_section release_sections[] = {
    {"what", "What it is", release_what, false},
    {"whom", "Who may run it", release_whom, false},
    {0},
};

static void
tell_image(struct visit *v, const struct release *r, const struct firmware *f)
{
	html_raw(&v->html, "<p>Its image is ");
	page_link(v, f->firmware_id, "/firmware/{}", f->firmware_id, NULL);
	html_raw(&v->html, ".</p>\n");
	if (f->family == FIRMWARE_KICKSTARTER) {
		page_note(v, MOOD_QUIET,
		    "It is for Kickstarter gateways, which report neither model nor "
		    "version: who may run it is not looked at.");
		return;
	}
	if (f->signatures.count == 0 && !r->unsigned_ok)
		page_note(v, MOOD_BAD,
		    "The image has no signature and the release is not marked "
		    "unsigned: no gateway will get it.");
	else if (f->signatures.count == 0)
		page_note(v, MOOD_WARN,
		    "The image has no signature: no gateway that lists a key will take "
		    "it.");
	else if (r->unsigned_ok)
		page_note(v, MOOD_WARN,
		    "It may go without a signature to gateways that list no key.");
	if (r->downgrade)
		page_note(
		    v, MOOD_WARN, "Gateways that report a later version get it too.");
}

struct naming {
	struct visit *v;
	uint64_t serial;
	struct store_txn *txn;
	size_t count;
};

static void
put_item(struct naming *n, const char *what, const char *id, const char *pattern)
{
	if (n->count++ == 0)
		html_raw(&n->v->html, "<ul>\n");
	html_raw(&n->v->html, "<li>");
	html_text(&n->v->html, what);
	page_link(n->v, id, pattern, id, NULL);
	html_raw(&n->v->html, "</li>\n");
}

static int
put_channel(void *arg, uint64_t serial)
{
	struct naming *n = arg;
	struct channel c;
	int err = registry_get(n->txn, &channel_kind, serial, n->v->arena, &c);

	if (err == E_OK && (c.release == n->serial || c.kickstarter == n->serial))
		put_item(n, "channel ", c.channel_id, "/channels/{}");
	return err == E_NOMEM ? err : E_OK;
}

static int
put_rollout(void *arg, uint64_t serial)
{
	struct naming *n = arg;
	struct rollout r;
	int err = registry_get(n->txn, &rollout_kind, serial, n->v->arena, &r);

	if (err == E_OK && (r.release == n->serial || r.channel == n->serial))
		put_item(n, "roll-out ", r.rollout_id, "/rollouts/{}");
	return err == E_NOMEM ? err : E_OK;
}

static int
end_list(struct naming *n, int err)
{
	if (n->count > 0)
		html_raw(&n->v->html, "</ul>\n");
	else
		page_text(n->v, "Nothing yet.");
	page_section_end(n->v);
	return err;
}

static int
release_more(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct release *r = record;
	struct naming n = {.v = v, .serial = r->serial, .txn = txn};
	struct firmware f;
	int err = registry_get(txn, &firmware_kind, r->firmware, v->arena, &f);

	page_section(v, "checks", "What will come of it");
	if (err == E_OK)
		tell_image(v, r, &f);
	else
		page_note(v, MOOD_BAD, "Its image cannot be read.");
	page_section_end(v);
	page_section(v, "use", "Who names it");
	err = registry_list(txn, &channel_kind, 0, put_channel, &n);
	if (err == E_OK)
		err = registry_list(txn, &rollout_kind, 0, put_rollout, &n);
	return end_list(&n, err);
}

const struct record_pages release_pages = {
    .shape = {.kind = &release_kind, .sections = release_sections},
    .base = "/releases",
    .one = "release",
    .many = "Releases",
    .intro = "A release is an image with its version, and who may run it.",
    .columns = release_columns,
    .more = release_more,
};

/* ---- channels ------------------------------------------------------------------------------- */

static const char *const channel_columns[] = {
    "release", "kickstarter", "description", "updated_at", NULL};

static int
channel_more(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct channel *c = record;
	struct naming n = {.v = v, .serial = c->serial, .txn = txn};
	int err;

	if (c->release == 0 && c->kickstarter == 0)
		page_note(v, MOOD_QUIET,
		    "It names no release: its gateways get firmware by roll-outs "
		    "alone.");
	page_section(v, "rollouts", "Its roll-outs");
	err = registry_list(txn, &rollout_kind, 0, put_rollout, &n);
	return end_list(&n, err);
}

const struct record_pages channel_pages = {
    .shape = {.kind = &channel_kind},
    .base = "/channels",
    .one = "channel",
    .many = "Channels",
    .intro = "A channel is what gateways name as their update_channel. Those with "
	     "auto_update get the release that it names, at once; by a roll-out, step "
	     "by step.",
    .columns = channel_columns,
    .more = channel_more,
};
