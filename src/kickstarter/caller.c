#include "kickstarter/caller.h"

#include "crypto/digest.h"

bool
kick_is_api_key(struct span key)
{
	const uint8_t *dot;

	if (!span_begins(key, span_str("NNSXS.")))
		return false;
	dot = memchr(key.data + 6, '.', key.len - 6);
	return dot != NULL && dot > key.data + 6 && dot < key.data + key.len - 1;
}

const char *
kick_shown_name(enum kick_shown shown)
{
	static const char *const names[] = {[KICK_NOTHING] = "none",
	    [KICK_API_KEY] = "api-key",
	    [KICK_LNS_KEY] = "lns-key",
	    [KICK_OLD_KEY] = "attribute-key",
	    [KICK_UNKNOWN_KEY] = "unknown-key"};

	return names[shown];
}

/* ---- sealed keys -------------------------------------------------------------------------- */

/* What is presented of `Authorization: Bearer KEY`, `X-Key: KEY`, `Bearer KEY` and the
 * like. */
static struct span
bare(struct span text, uint64_t form)
{
	static const char *const schemes[] = {"bearer ", "key "};
	const uint8_t *colon;

	text = span_trim(text);
	if (form == SECRET_HEADER && text.len > 0 &&
	    (colon = memchr(text.data, ':', text.len)) != NULL)
		text = span_trim(span_from(text, (size_t)(colon - text.data) + 1));
	for (size_t i = 0; i < 2; i++)
		if (span_begins_nocase(text, schemes[i]))
			return span_trim(span_from(text, strlen(schemes[i])));
	return text;
}

static int
open_key(struct data *data, struct seal_place place, const struct secret *secret,
    struct arena *arena, struct span *key, struct fault *fault)
{
	int err = data_open_sealed(data, place, secret->sealed, arena, key, fault);

	if (err == E_OK)
		*key = bare(*key, secret->form);
	return err;
}

int
kick_open_lns_key(struct data *data, const struct gateway *g, struct arena *arena,
    struct span *key, struct fault *fault)
{
	struct seal_place place = {"gateway", g->serial, "lbs_lns_secret.value"};

	return open_key(data, place, &g->lns_secret, arena, key, fault);
}

int
kick_open_api_key(struct data *data, const struct key *k, struct arena *arena,
    struct span *key, struct fault *fault)
{
	struct seal_place place = {"key", k->serial, "value"};

	return open_key(data, place, &k->value, arena, key, fault);
}

/* ---- judging ------------------------------------------------------------------------------- */

const char *
kick_attribute(const struct gateway *g, const char *name)
{
	for (size_t i = 0; i < g->attributes.count; i++)
		if (strcmp(g->attributes.pairs[i].key, name) == 0)
			return g->attributes.pairs[i].value;
	return "";
}

static void
accept(struct kick_caller *c, enum kick_shown shown)
{
	*c = (struct kick_caller){.shown = shown};
}

/* Not by a key in the registry; *unsure when the LNS key cannot be read. */
static bool
is_own_key(struct data *data, const struct gateway *g, struct span key,
    struct arena *arena, struct kick_caller *c, bool *unsure)
{
	struct span own, old = span_str(kick_attribute(g, "key"));
	struct fault fault = {0};
	int err = E_OK;

	*unsure = false;
	if (g->lns_secret.sealed.len > 0) {
		err = kick_open_lns_key(data, g, arena, &own, &fault);
		if (err == E_OK && own.len > 0 && equal_secret(own, key)) {
			accept(c, KICK_LNS_KEY);
			return true;
		}
		*unsure = err != E_OK;
	}
	if (old.len > 0 && !kick_is_api_key(key) && equal_secret(old, key)) {
		accept(c, KICK_OLD_KEY);
		return true;
	}
	if (*unsure)
		fault_set(&c->why, E_CORRUPT, "lbs_lns_secret",
		    "cannot be opened, so the key cannot be judged: %.160s",
		    fault.text[0] != '\0' ? fault.text : err_text(err));
	return false;
}

int
kick_identify(struct data *data, struct store_txn *registry, const struct gateway *g,
    const struct gateway_state *state, struct span key, int64_t now,
    struct arena *arena, struct kick_caller *c)
{
	struct principal p;
	struct fault why = {0};
	bool unsure;
	int err;

	*c = (struct kick_caller){.shown = KICK_NOTHING, .err = E_NOAUTH};
	fault_set(&c->why, E_NOAUTH, NULL, "a key is required");
	if (key.len == 0)
		return E_OK;
	if ((err = principal_by_key(registry, key, now, arena, &p)) != E_OK)
		return err;
	if (principal_may(&p, g, state, RIGHT_INFO, &why) == E_OK) {
		accept(c, KICK_API_KEY);
		c->key = p.key.serial;
		return E_OK;
	}
	if (is_own_key(data, g, key, arena, c, &unsure))
		return E_OK;
	c->shown = p.key.serial != 0 ? KICK_API_KEY : KICK_UNKNOWN_KEY;
	c->known = p.err == E_OK;
	c->err = E_DENIED;
	/* What the LNS key might have been is not known: that passes. */
	if (unsure && p.key.serial == 0)
		c->err = E_CORRUPT;
	else
		c->why = why;
	return E_OK;
}
