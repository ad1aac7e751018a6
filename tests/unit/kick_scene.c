#include "tests/unit/kick_scene.h"

#include <stdio.h>

#include "base/clock.h"
#include "tests/lib/kick_images.h"

struct kick_policy policy;
struct kick_server server;
struct activation_policy activation;
struct strbuf out;
struct kick_exchange *x;

void
set(struct fixture *f, const char *field, const char *text)
{
	done(f, set_field(f, &gateway_kind, "gw-1", field, text));
}

int
scene_begin(void **state)
{
	struct fixture *f;

	fixture_memory(state);
	f = *state;
	clock_set(NOW);
	policy = (struct kick_policy){"", "", "stable", ""};
	f->manage.kick_policy = &policy;
	activation = (struct activation_policy){&f->data, 1000};
	server = (struct kick_server){.data = &f->data,
	    .policy = policy,
	    .write_wait_ms = 1000,
	    .new_key = activation_key,
	    .new_key_arg = &activation};
	strbuf_init(&out, 65536);
	x = test_calloc(1, sizeof *x);
	add_shipped_plans(f);
	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	set(f, "kickstarter", "true");
	set(f, "frequency_plan_ids", "EU_863_870");
	set(f, "gateway_server_address", "gatewayserver");
	set(f, "lbs_lns_secret.value", LNS_KEY);
	return 0;
}

int
scene_end(void **state)
{
	strbuf_clear(&out);
	test_free(x);
	clock_set(-1);
	return fixture_end(state);
}

int
configure(struct fixture *f, bool device, const char *key)
{
	struct kick_call call = {.id = BYTES("gw-1"),
	    .key = span_str(key),
	    .device = device,
	    .origin = "https://h",
	    .address = "192.0.2.1"};

	strbuf_reset(&out);
	server.policy = policy;
	kick_configure(&server, &call, f->manage.now, &f->arena, &out, x);
	return x->err;
}

int
activate(struct fixture *f)
{
	struct kick_call call = {.id = BYTES("gw-1"),
	    .device = true,
	    .origin = "https://h",
	    .address = "192.0.2.1"};

	strbuf_reset(&out);
	kick_activate(&server, &call, f->manage.now, &f->arena, &out, x);
	return x->err;
}

void
body_is(const char *want)
{
	assert_text(strbuf_span(&out), span_str(want));
}

void
said(struct fixture *f, const char *words)
{
	if (strstr(strbuf_str(&f->said), words) == NULL)
		fail_msg("'%s' was not said, but: %s", words, strbuf_str(&f->said));
}

struct gateway_state
ledger(struct fixture *f)
{
	struct gateway_state state;
	struct gateway g;

	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	done(f, manage_gateway_state(&f->manage, &g, &state));
	return state;
}

const char *
make_key(struct fixture *f, const char *gateway, uint64_t rights, struct key_made *made)
{
	struct key_request request = {.gateway = gateway, .rights = rights};

	done(f, manage_key_create(worker(f), &request, made));
	return made->plain;
}
