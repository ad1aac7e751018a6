#include "manage/explain_kickstarter.h"

#include "kickstarter/answer.h"

bool
manage_is_kickstarter(struct manage *m, const char *gateway)
{
	struct gateway g;
	bool is = manage_get(m, &gateway_kind, gateway, &g) == E_OK && g.kickstarter;

	m->fault = (struct fault){0};
	return is;
}

/* The caller that is taken for granted: the device after its activation. */
static void
assume(const struct kick_explaining *what, const struct gateway *g,
    struct kick_explanation *e)
{
	e->assumed = "";
	if (what->nothing) {
		e->x.caller = (struct kick_caller){.err = E_NOAUTH};
		fault_set(&e->x.caller.why, E_NOAUTH, NULL, "a key is required");
		return;
	}
	if (what->key.len > 0)
		return;
	e->x.caller = (struct kick_caller){
	    .shown = g->lns_secret.sealed.len > 0 ? KICK_LNS_KEY : KICK_API_KEY};
	e->assumed = "the key that activation gives it";
}

/* Builds the answers, to see whether they can be built. */
static int
build(struct manage *m, const struct kick_server *server, struct kick_explanation *e)
{
	struct kick_exchange *x = &e->x;
	struct strbuf out;
	struct span key;

	strbuf_init(&out, KICK_ANSWER_MAX);
	if (x->decision.err == E_OK) {
		e->answer_err = kick_configuration_write(
		    &x->inputs, &x->decision, &out, &e->answer_fault);
		e->answer_length = out.len;
	}
	strbuf_reset(&out);
	if (x->inputs.gateway == NULL || x->activation.source == KICK_MAKES_API_KEY) {
		strbuf_clear(&out);
		return E_OK;
	}
	if (x->activation.source == KICK_GIVES_LNS_KEY)
		e->key_err = kick_open_lns_key(
		    server->data, x->inputs.gateway, m->arena, &key, &e->key_fault);
	else
		e->key_err = kick_open_api_key(
		    server->data, &x->records.key, m->arena, &key, &e->key_fault);
	if (e->key_err == E_OK)
		e->key_err = kick_key_write(key, &out, &e->key_fault);
	if (e->key_err != E_OK && e->key_fault.text[0] == '\0')
		fault_set(&e->key_fault, e->key_err, NULL, "%s", err_text(e->key_err));
	strbuf_clear(&out);
	return e->key_err == E_NOMEM ? E_NOMEM : E_OK;
}

int
manage_explain_kickstarter(
    struct manage *m, const struct kick_explaining *what, struct kick_explanation *e)
{
	static const struct kick_policy none = {"", "", "", ""};
	struct kick_server server = {
	    .data = m->data, .policy = m->kick_policy != NULL ? *m->kick_policy : none};
	struct gateway g;
	int err = manage_get(m, &gateway_kind, what->gateway, &g);

	if (err != E_OK)
		return err;
	memset(e, 0, sizeof *e);
	e->origin_known = server.policy.public_url[0] != '\0';
	kick_origin(&server.policy, true, span_str("host"), e->origin);
	e->x.call = (struct kick_call){.id = span_str(g.gateway_id),
	    .key = what->key,
	    .device = true,
	    .origin = e->origin,
	    .address = "-"};
	assume(what, &g, e);
	err = kick_consider(&server, what->key.len == 0, m->now, m->arena, &e->x);
	if (err == E_OK)
		err = build(m, &server, e);
	if (err != E_OK)
		return manage_failed(m, err);
	e->seen = sighting_get(m->data->sightings, g.serial, &e->sighting);
	return E_OK;
}
