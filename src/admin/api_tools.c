/* What is done with one gateway beyond its record. */
#include "admin/api_ask.h"
#include "base/clock.h"
#include "crypto/encode.h"
#include "manage/activation.h"
#include "manage/bundle.h"
#include "manage/cert.h"
#include "manage/explain_show.h"

/* ---- explain -------------------------------------------------------------------------------- */

int
tool_explain(struct api_ask *a)
{
	const struct api_setup *setup = &a->api->setup;
	struct explaining what = {0};
	struct gateway g = {0};
	struct out out;
	struct explainer ex = {.m = &a->m,
	    .out = &out,
	    .files = setup->file_policy,
	    .require_auth = setup->require_auth,
	    .seal_path = setup->seal_path};
	int err = api_live_gateway(a, &g);

	if (err != E_OK)
		return err;
	what.gateway = g.gateway_id;
	out_init(&out, true, a->m.now);
	out.hold = true;
	err = explain_show(&ex, &what);
	if (err == E_OK)
		err = out.text.err;
	if (err == E_OK)
		strbuf_put(&a->res->body, out.text.data, out.text.len);
	out_drop(&out);
	out_clear(&out);
	return err;
}

/* ---- bundle ---------------------------------------------------------------------------------- */

static void
put_bundle(struct json_out *j, const struct bundle *b)
{
	json_object(j);
	json_key_array(j, "files");
	for (size_t i = 0; i < b->count; i++) {
		json_object(j);
		json_key_str(j, "name", b->files[i].name);
		json_key_str(j, "mode", b->files[i].mode == 0600 ? "0600" : "0644");
		json_key_base64(j, "contents", b->files[i].bytes);
		json_object_end(j);
	}
	json_array_end(j);
	json_key_str(j, "key", bundle_key_name(b->key_kind));
	if (b->key_kind == BUNDLE_KEY_MADE || b->key_kind == BUNDLE_KEY_SEALED)
		json_key_str(j, "key_id", b->key.key_id);
	json_key_uint(j, "cups_crc", b->cups_crc);
	json_key_bool(j, "cups_matches", b->cups_matches);
	json_object_end(j);
}

int
tool_bundle(struct api_ask *a)
{
	static const char *const members[] = {
	    "cups_uri", "lns", "new_key", "der", NULL};
	struct bundle_request r = {0};
	struct bundle *b = arena_zalloc(a->m.arena, 1, sizeof *b);
	struct gateway g = {0};
	uint64_t makes;
	int err = api_members(a, members);

	if (b == NULL)
		return E_NOMEM;
	if (err == E_OK)
		err = api_live_gateway(a, &g);
	if (err == E_OK)
		err = api_text(a, "cups_uri", &r.cups_uri);
	if (err == E_OK)
		err = api_bool(a, "lns", &r.lns);
	if (err == E_OK)
		err = api_bool(a, "new_key", &r.new_key);
	if (err == E_OK)
		err = api_bool(a, "der", &r.der);
	makes = RIGHT_SETTINGS_API_KEYS | api_cups_rights(&g);
	if (err == E_OK && r.new_key)
		err = api_must(a, makes);
	r.gateway = g.gateway_id;
	r.no_key = !api_may(a, makes);
	if (err == E_OK)
		err = manage_bundle(&a->m, &r, b);
	if (err == E_DENIED && r.no_key)
		err = api_must(a, makes);
	if (err == E_OK)
		put_bundle(&a->j, b);
	return err;
}

/* ---- short ones -------------------------------------------------------------------------------- */

int
tool_retry(struct api_ask *a)
{
	struct gateway g = {0};
	int err = api_live_gateway(a, &g);

	if (err == E_OK)
		err = manage_gateway_retry(&a->m, g.gateway_id);
	return err == E_OK ? api_nothing(a) : err;
}

static void
put_time(struct json_out *j, const char *name, int64_t t)
{
	char text[CLOCK_TEXT];

	clock_format(t, text);
	json_key(j, name);
	if (t != 0)
		json_str(j, text);
	else
		json_null(j);
}

/* POST opens the window, DELETE closes it. */
int
tool_provision(struct api_ask *a)
{
	static const char *const members[] = {"until", NULL};
	bool open = a->row->method == METHOD_POST;
	int64_t until = open ? a->m.now + 3600 : 0;
	struct gateway g = {0};
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_expected_gateway(a, &g);
	if (err == E_OK && open)
		err = api_time(a, "until", &until);
	/* 0 would close it, and 1970 is in the past like any other. */
	if (open && until == 0)
		until = -1;
	if (err == E_OK)
		err = manage_provisioning(&a->m, g.gateway_id, until);
	if (err != E_OK)
		return err;
	json_object(&a->j);
	put_time(&a->j, "provisioning_until", until);
	json_object_end(&a->j);
	return E_OK;
}

/* ---- activation ------------------------------------------------------------------------------ */

static int
show_activation(struct api_ask *a, const char *id)
{
	struct activation_status *s = arena_zalloc(a->m.arena, 1, sizeof *s);
	static const char *const gives[] = {[KICK_GIVES_LNS_KEY] = "lns-key",
	    [KICK_GIVES_API_KEY] = "api-key",
	    [KICK_MAKES_API_KEY] = "new-api-key"};
	struct json_out *j = &a->j;
	int err = s != NULL ? activation_status(&a->m, id, s) : E_NOMEM;

	if (err != E_OK)
		return err;
	json_object(j);
	json_key_str(j, "window", kick_window_name(s->decision.window));
	json_key_bool(j, "open", s->decision.window == WINDOW_OPEN);
	put_time(j, "from", s->gateway.activation_from);
	put_time(j, "until", s->gateway.activation_until);
	put_time(j, "activated_at", s->state.activated_at);
	json_key_bool(j, "came_since", s->state.activated_at != 0 && s->came);
	json_key_str(j, "gives", gives[s->decision.source]);
	if (s->decision.source == KICK_GIVES_API_KEY)
		json_key_str(j, "key_id", s->key.key_id);
	json_object_end(j);
	return E_OK;
}

int
activation_get(struct api_ask *a)
{
	struct gateway g = {0};
	int err = api_live_gateway(a, &g);

	return err == E_OK ? show_activation(a, g.gateway_id) : err;
}

int
activation_post(struct api_ask *a)
{
	static const char *const members[] = {"until", NULL};
	struct gateway g = {0};
	int64_t until = 0;
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_expected_gateway(a, &g);
	if (err == E_OK)
		err = api_time(a, "until", &until);
	if (err == E_OK)
		err = activation_open(&a->m, g.gateway_id, until);
	return err == E_OK ? show_activation(a, g.gateway_id) : err;
}

int
activation_remove(struct api_ask *a)
{
	struct gateway g = {0};
	int err = api_expected_gateway(a, &g);

	if (err == E_OK)
		err = activation_close(&a->m, g.gateway_id);
	return err == E_OK ? show_activation(a, g.gateway_id) : err;
}

/* ---- certificates ------------------------------------------------------------------------------ */

static int
read_use(struct api_ask *a, enum cert_use *use)
{
	struct span text = request_capture(a->req, "use");

	*use = span_is(text, "lns") ? CERT_LNS : CERT_CUPS;
	return span_is(text, "lns") || span_is(text, "cups")
		   ? E_OK
		   : fault_set(&a->m.fault, E_NOTFOUND, NULL,
			 "a gateway has certificates for cups and for lns");
}

static void
put_certificate(struct api_ask *a, const char *name, struct span der)
{
	struct certificate_info info;
	struct json_out *j = &a->j;

	if (der.len == 0)
		return;
	json_key_object(j, name);
	json_key_base64(j, "der", der);
	if (certificate_inspect(der, a->m.arena, &info, NULL) == E_OK) {
		json_key_str(j, "subject", info.subject);
		json_key_str(j, "issuer", info.issuer);
		json_key_str(j, "serial", info.serial);
		put_time(j, "not_after", info.not_after);
	}
	json_object_end(j);
}

static int
show_certificates(struct api_ask *a, const char *id)
{
	struct gateway g = {0};
	int err = manage_get(&a->m, &gateway_kind, id, &g);

	if (err != E_OK)
		return err;
	json_object(&a->j);
	put_certificate(a, "cups", g.cups_certificate.der);
	put_certificate(a, "lns", g.lns_certificate.der);
	json_object_end(&a->j);
	return E_OK;
}

int
cert_get(struct api_ask *a)
{
	struct gateway g = {0};
	int err = api_live_gateway(a, &g);

	return err == E_OK ? show_certificates(a, g.gateway_id) : err;
}

int
cert_issue(struct api_ask *a)
{
	static const char *const members[] = {"ca", "not_after", NULL};
	const char *ca = NULL;
	int64_t end = a->m.now + CERT_LASTS;
	enum cert_use use;
	struct cert_made made;
	struct gateway g = {0};
	int err = api_members(a, members);

	if (err == E_OK)
		err = read_use(a, &use);
	if (err == E_OK)
		err = api_expected_gateway(a, &g);
	if (err == E_OK)
		err = api_text(a, "ca", &ca);
	if (err == E_OK)
		err = api_time(a, "not_after", &end);
	if (err == E_OK && ca == NULL)
		err = fault_set(&a->m.fault, E_INVALID, "ca", "is required");
	if (err == E_OK)
		err = manage_cert_issue(&a->m, use, g.gateway_id, ca, end, &made);
	return err == E_OK ? show_certificates(a, g.gateway_id) : err;
}

int
cert_import(struct api_ask *a)
{
	static const char *const members[] = {"certificate", "key", NULL};
	struct span certificate = {0}, key = {0};
	enum cert_use use;
	struct cert_made made;
	struct gateway g = {0};
	int err = api_members(a, members);

	if (err == E_OK)
		err = read_use(a, &use);
	if (err == E_OK)
		err = api_expected_gateway(a, &g);
	if (err == E_OK)
		err = api_certificate(a, "certificate", &certificate);
	if (err == E_OK)
		err = api_certificate(a, "key", &key);
	if (err == E_OK && (certificate.len == 0 || key.len == 0))
		err = fault_set(&a->m.fault, E_INVALID,
		    key.len == 0 ? "key" : "certificate", "is required");
	if (err == E_OK)
		err = manage_cert_import(
		    &a->m, use, g.gateway_id, certificate, key, &made);
	return err == E_OK ? show_certificates(a, g.gateway_id) : err;
}

int
cert_remove(struct api_ask *a)
{
	enum cert_use use;
	struct gateway g = {0};
	int err = read_use(a, &use);

	if (err == E_OK)
		err = api_expected_gateway(a, &g);
	if (err == E_OK)
		err = manage_cert_remove(&a->m, use, g.gateway_id);
	return err == E_OK ? api_nothing(a) : err;
}
