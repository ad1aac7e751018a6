/* What is entered for a Kickstarter gateway: the limits of the device. */
#include "kickstarter/load.h"
#include "manage/activation.h"

struct entry {
	struct manage *m;
	struct store_txn *txn;
	const struct gateway *before; /* NULL: it is new */
	struct gateway *after;
	bool marked; /* only now: everything is looked at */
};

/* Is the field another one than before, or the gateway newly a Kickstarter? */
static bool
is_entered(const struct entry *e, const char *name)
{
	const struct field *f = field_by_name(&gateway_kind, name);

	return e->marked || !field_equal(f, e->before, e->after);
}

static int
check_id(const struct entry *e)
{
	if (e->before != NULL && e->before->kickstarter &&
	    strcmp(e->before->gateway_id, e->after->gateway_id) != 0)
		return fault_set(&e->m->fault, E_STATE, "ids.gateway_id",
		    "a Kickstarter asks by its ID, so it stays as it is: with another "
		    "one the device would wait for a human");
	if (e->marked && strlen(e->after->gateway_id) > KICK_ID_PAGE)
		manage_say_later(e->m,
		    "the settings page of the device takes IDs of up to %d characters, "
		    "%s has more",
		    KICK_ID_PAGE, e->after->gateway_id);
	return E_OK;
}

static int
check_lns_key(const struct entry *e)
{
	struct fault why = {0};
	struct span key;
	int err;

	if (!is_entered(e, "lbs_lns_secret.value") ||
	    e->after->lns_secret.sealed.len == 0)
		return E_OK;
	err = kick_open_lns_key(e->m->data, e->after, e->m->arena, &key, &why);
	if (err == E_OK)
		return kick_key_check(key, "lbs_lns_secret.value", &e->m->fault);
	return fault_set(&e->m->fault, err, "lbs_lns_secret.value",
	    "cannot be opened to see whether the device can take it: %.120s",
	    why.text[0] != '\0' ? why.text : err_text(err));
}

static int
check_old_key(const struct entry *e)
{
	const char *key = kick_attribute(e->after, "key");

	if (key[0] == '\0' || !is_entered(e, "attributes"))
		return E_OK;
	if (kick_is_api_key(span_str(key)))
		manage_say_later(e->m,
		    "the attribute `key` of the Kickstarter %s is shaped like an API "
		    "key, so it is looked for among those and not here: `gatehouse key "
		    "import %s`",
		    e->after->gateway_id, e->after->gateway_id);
	return kick_key_check(span_str(key), "attributes", &e->m->fault);
}

/* The first of these plans that the device can take; card NULL: none. */
static int
first_plan(const struct entry *e, const struct text_list *ids, struct kick_plan *plan)
{
	int err = E_OK;

	*plan = (struct kick_plan){.err = E_NOTFOUND};
	for (size_t i = 0; err == E_OK && plan->card == NULL && i < ids->count; i++)
		err = kick_judge_plan(e->txn, ids->items[i], e->m->arena, plan);
	return err;
}

/* Which card the device has nobody tells us, only which one its last plan was for. */
static int
compare_cards(const struct entry *e)
{
	struct kick_plan was, is;
	int err;

	if (e->before == NULL)
		return E_OK;
	err = first_plan(e, &e->before->frequency_plan_ids, &was);
	if (err == E_OK)
		err = first_plan(e, &e->after->frequency_plan_ids, &is);
	if (err == E_OK && was.card != NULL && is.card != NULL &&
	    strcmp(was.card, is.card) != 0)
		manage_say_later(e->m,
		    "%.64s is for a card for %s MHz, %.64s was for one for %s MHz: the "
		    "concentrator of the Kickstarter %s does not start with a plan for "
		    "the other card",
		    is.id, is.card, was.id, was.card, e->after->gateway_id);
	return err;
}

static int
check_plans(const struct entry *e)
{
	const struct text_list *ids = &e->after->frequency_plan_ids;
	struct kick_plan plan;
	int err = E_OK;

	if (!is_entered(e, "frequency_plan_ids"))
		return E_OK;
	for (size_t i = 0; err == E_OK && i < ids->count; i++) {
		err = kick_plan_id_check(
		    span_str(ids->items[i]), "frequency_plan_ids", &e->m->fault);
		if (err == E_OK)
			err =
			    kick_judge_plan(e->txn, ids->items[i], e->m->arena, &plan);
		if (err == E_OK && plan.err == E_INVALID)
			return fault_set(&e->m->fault, E_INVALID, "frequency_plan_ids",
			    "a Kickstarter cannot take %.64s: %.160s", plan.id,
			    plan.why.text);
		if (err == E_OK && plan.err == E_NOTFOUND)
			manage_say_later(e->m, "%s: %s", plan.id, plan.why.text);
	}
	return err == E_OK ? compare_cards(e) : err;
}

static int
check_broker(const struct entry *e)
{
	const char *address = e->after->gateway_server_address;
	char complete[MQTT_ADDRESS_MAX + 1];
	struct lns lns;
	int err;

	if (address[0] != '\0' && is_entered(e, "gateway_server_address") &&
	    (err = mqtt_address_complete(span_str(address), "gateway_server_address",
		 complete, &e->m->fault)) != E_OK)
		return err;
	if (e->after->lns == 0 || address[0] != '\0' || !is_entered(e, "lns"))
		return E_OK;
	err = registry_get(e->txn, &lns_kind, e->after->lns, e->m->arena, &lns);
	if (err == E_OK && lns.mqtt_address[0] == '\0')
		manage_say_later(e->m,
		    "the network server %s has no mqtt_address, so the Kickstarter %s "
		    "gets no configuration: `gatehouse lns set %s mqtt_address=...`",
		    lns.lns_id, e->after->gateway_id, lns.lns_id);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
check_channel(const struct entry *e)
{
	static const struct kick_policy none = {"", "", "", ""};
	const struct kick_policy *policy =
	    e->m->kick_policy != NULL ? e->m->kick_policy : &none;
	const char *channel = e->after->update_channel;
	char url[KICK_URL_MAX + 1];

	if (channel[0] == '\0' || !is_entered(e, "update_channel"))
		return E_OK;
	/* Where we are is not known here, so only as long a host as needs be. */
	return kick_firmware_url(policy,
	    policy->public_url[0] != '\0' ? policy->public_url : "https://h", channel,
	    url, &e->m->fault);
}

/* ---- keys that change ------------------------------------------------------------------------ */

static void
open_window(const struct entry *e, const char *what)
{
	activation_open_window(e->after, e->m->now, 0, 0);
	manage_say_later(e->m,
	    "%s of the Kickstarter %s changed: a device that has the old one is "
	    "refused, drops it and activates anew; the window for that is open until "
	    "it is used",
	    what, e->after->gateway_id);
}

/* Sealed again, the same text has other bytes. */
static bool
is_other_secret(const struct secret *a, const struct secret *b)
{
	return a->sealed.len > 0 && (b->sealed.len == 0 || a->crc != b->crc ||
					a->length != b->length || a->form != b->form);
}

static void
look_at_keys(const struct entry *e)
{
	const char *old;

	if (e->marked)
		return;
	old = kick_attribute(e->before, "key");
	if (is_other_secret(&e->before->lns_secret, &e->after->lns_secret))
		open_window(e, "the LNS key");
	else if (old[0] != '\0' && strcmp(old, kick_attribute(e->after, "key")) != 0)
		open_window(e, "the attribute `key`");
}

static void
look_at_life(const struct entry *e)
{
	if (e->before == NULL || !e->before->kickstarter)
		return;
	if (e->before->deleted_at != 0 && e->after->deleted_at == 0 &&
	    e->after->kickstarter) {
		activation_open_window(e->after, e->m->now, 0, 0);
		manage_say_later(e->m,
		    "if the Kickstarter %s has asked meanwhile, it has forgotten its "
		    "ID and key and waits for a human: enter the ID on its settings "
		    "page; the window for its activation is open until it is used",
		    e->after->gateway_id);
	}
	if (e->before->deleted_at == 0 && e->after->deleted_at != 0)
		manage_say_later(e->m,
		    "the Kickstarter %s forgets its ID and key when it asks next, and "
		    "then waits for a human on the site; restore it before that if "
		    "this was not meant",
		    e->after->gateway_id);
	if (!e->after->kickstarter)
		manage_say_later(e->m,
		    "%s is no longer marked as a Kickstarter: it cannot be activated, "
		    "and what is entered is not checked against the device's limits",
		    e->after->gateway_id);
}

int
activation_gateway_entered(struct manage *m, struct store_txn *txn,
    const struct gateway *before, struct gateway *after)
{
	struct entry e = {
	    m, txn, before, after, before == NULL || !before->kickstarter};
	int err;

	look_at_life(&e);
	if (!after->kickstarter || after->deleted_at != 0)
		return E_OK;
	if ((err = check_id(&e)) != E_OK || (err = check_lns_key(&e)) != E_OK ||
	    (err = check_old_key(&e)) != E_OK || (err = check_plans(&e)) != E_OK ||
	    (err = check_broker(&e)) != E_OK || (err = check_channel(&e)) != E_OK)
		return err;
	look_at_keys(&e);
	return E_OK;
}
