/* When a Kickstarter may be activated. */
#include <stdio.h>

#include "cli/gateway.h"
#include "manage/activation.h"

static const char *
source_name(const struct activation_status *s)
{
	static const char *const names[] = {[KICK_GIVES_LNS_KEY] = "lns-key",
	    [KICK_GIVES_API_KEY] = "api-key",
	    [KICK_MAKES_API_KEY] = "new-api-key"};

	return names[s->decision.source];
}

static const char *
source_text(const struct activation_status *s)
{
	static const char *const texts[] = {
	    [KICK_GIVES_LNS_KEY] = "its LNS key (lbs_lns_secret)",
	    [KICK_GIVES_API_KEY] = "the API key that was made for it",
	    [KICK_MAKES_API_KEY] = "a new API key"};

	return texts[s->decision.source];
}

static void
show_key(struct cli *cli, const struct activation_status *s)
{
	struct out *o = &cli->out;
	struct span key = {0};

	if (o->json)
		out_str(o, "gives", source_name(s));
	else
		out_note(o, "gives", "%s", source_text(s));
	if (s->decision.source == KICK_GIVES_API_KEY)
		out_str(o, "key", s->key.key_id);
	if (!cli_has(cli, "show-secrets") || s->decision.source == KICK_MAKES_API_KEY)
		return;
	if (activation_show_key(&cli->m, s, &key) == E_OK)
		out_span(o, "secret", key);
	else
		cli_warn(cli, "the key cannot be opened: %s", cli->m.fault.text);
	cli->m.fault = (struct fault){0};
}

static void
hints(struct cli *cli, const struct activation_status *s)
{
	const char *id = s->gateway.gateway_id;
	struct out *o = &cli->out;

	if (o->json)
		return;
	if (s->decision.window == WINDOW_USED && !s->came)
		out_hanging(o, "  * ",
		    "It was given a key and has not come with it yet. When the answer "
		    "got lost on its way it waits for a human: open a new window and "
		    "restart it.");
	if (s->decision.source != KICK_GIVES_LNS_KEY) {
		char text[300];

		snprintf(text, sizeof text,
		    "The key is its password at the network server too, which must "
		    "know it. Better enter the key that the network server has: "
		    "`gatehouse gateway set %s --secret lbs_lns_secret.value=FILE`.",
		    id);
		out_hanging(o, "  * ", text);
	}
}

/* A beginning after the end is that of a second time. */
static void
show_bounds(struct out *o, const struct gateway *g)
{
	bool twice =
	    g->activation_until != 0 && g->activation_from >= g->activation_until;

	if (o->json || !twice)
		out_time(o, "from", g->activation_from);
	out_time(o, "until", g->activation_until);
	if (!o->json && twice)
		out_time(o, "again from", g->activation_from);
}

static int
show(struct cli *cli, const char *id)
{
	struct activation_status *s = arena_zalloc(&cli->arena, 1, sizeof *s);
	struct out *o = &cli->out;
	int err = s != NULL ? activation_status(&cli->m, id, s) : E_NOMEM;

	if (err != E_OK)
		return cli_fail(cli, err);
	out_object(o, NULL, NULL);
	if (o->json)
		out_str(o, "gateway", s->gateway.gateway_id);
	else
		out_line(o, "%s: %s", s->gateway.gateway_id,
		    kick_window_text(s->decision.window));
	out_str(o, "window", kick_window_name(s->decision.window));
	out_bool(o, "open", s->decision.window == WINDOW_OPEN);
	show_bounds(o, &s->gateway);
	out_time(o, "activated_at", s->state.activated_at);
	out_bool(o, "came_since", s->state.activated_at != 0 && s->came);
	show_key(cli, s);
	hints(cli, s);
	out_object_end(o);
	return E_OK;
}

int
gateway_activation(struct cli *cli)
{
	const char *verb = cli_word(cli, 0), *id = cli_word(cli, 1);
	int64_t until = 0;
	int err;

	if (strcmp(verb, "open") != 0 && strcmp(verb, "close") != 0 &&
	    strcmp(verb, "show") != 0)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "usage: gatehouse gateway activation open|close|show ID");
	if (cli_has(cli, "until") && strcmp(verb, "open") != 0)
		return fault_set(
		    &cli->m.fault, E_INVALID, "--until", "is for `open` alone");
	if ((err = cli_time(cli, "until", &until)) != E_OK ||
	    (err = cli_open(cli)) != E_OK)
		return err;
	if (strcmp(verb, "open") == 0)
		err = activation_open(&cli->m, id, until);
	else if (strcmp(verb, "close") == 0)
		err = activation_close(&cli->m, id);
	return err == E_OK ? show(cli, id) : cli_fail(cli, err);
}
