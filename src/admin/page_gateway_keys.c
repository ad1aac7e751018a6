/* A gateway's keys, and the files that are put on it. */
#include <stdio.h>

#include "admin/input.h"
#include "admin/page_gateway.h"
#include "admin/widget.h"
#include "auth/principal.h"
#include "base/zip.h"
#include "manage/bundle.h"
#include "registry/lns.h"

/* ---- the list ---------------------------------------------------------------------------------- */

struct listing {
	struct visit *v;
	const struct gateway *gateway;
	const struct gateway_state *state;
	uint64_t seen_with;
};

static void
put_status(struct listing *l, const struct key *key)
{
	struct visit *v = l->v;

	if (key->revoked_at != 0 && key->revoked_at <= v->now)
		badge(v, MOOD_BAD, "revoked");
	else if (key->expires_at != 0 && key->expires_at <= v->now)
		badge(v, MOOD_BAD, "expired");
	else if (key_has_ended(key, l->gateway, l->state))
		badge(v, MOOD_QUIET, "ended");
	else
		badge(v, MOOD_GOOD, "valid");
	if (key->serial == l->seen_with)
		badge(v, MOOD_QUIET, "in use");
	if (key->serial == l->gateway->target_cups_key)
		badge(v, MOOD_QUIET, "the one it should have");
}

static int
put_row(struct manage *m, struct store_txn *txn, const struct key *key, void *arg)
{
	struct listing *l = arg;
	struct visit *v = l->v;

	(void)m;
	table_row(v);
	table_cell(v);
	html_raw(&v->html, "<code>");
	html_user(&v->html, key->key_id);
	html_raw(&v->html, "</code>");
	table_cell(v);
	html_user(&v->html, key->name);
	table_cell(v);
	if (key->generation != 0)
		html_number(&v->html, key->generation);
	table_cell(v);
	put_status(l, key);
	record_cell(v, txn, &key_kind, "rights", key);
	record_cell(v, txn, &key_kind, "expires_at", key);
	table_cell(v);
	if (key->revoked_at == 0 && visit_may(v, PAGE_OPERATOR))
		page_link(v, "Revoke…", "/gateways/{}/keys/{}/revoke",
		    l->gateway->gateway_id, key->key_id);
	return E_OK;
}

static int
put_keys(struct visit *v, const struct gateway *g)
{
	static const char *const titles[] = {
	    "Key", "Name", "Generation", "State", "Rights", "Expires", "", NULL};
	struct gateway_state state;
	struct listing l = {.v = v, .gateway = g, .state = &state};
	struct sighting s;
	int err = manage_gateway_state(&v->m, g, &state);

	if (err != E_OK)
		return err;
	if (sighting_get(v->admin->data.sightings, g->serial, &s))
		l.seen_with = s.key_serial;
	page_section(v, "keys", "Its keys");
	table_begin(v, "Keys", titles);
	err = manage_keys(&v->m, g->gateway_id, put_row, &l);
	table_end(v);
	page_section_end(v);
	return err;
}

/* ---- forms ---------------------------------------------------------------------------------------- */

static const char *const purposes[] = {"cups", "files", "all", NULL};
static const char *const purpose_labels[] = {"for CUPS: the gateway shows it here",
    "for its configuration files (INFO)",
    "for a program, with all rights on this gateway", NULL};

/* Each form is about the gateway as it was shown: sent twice, the second one is refused. */
static void
put_version(struct visit *v, const struct gateway *g)
{
	char version[MANAGE_VERSION];

	if (manage_version(&gateway_kind, g, version) == E_OK)
		input_hidden(v, "version", version);
}

static void
put_make(struct visit *v, const struct gateway *g)
{
	page_section(v, "make", "A new key");
	page_form(v, "/gateways/{}/keys", g->gateway_id, NULL);
	put_version(v, g);
	input_choice(v,
	    &(struct input){.name = "purpose", .label = "What for", .value = "files"},
	    purposes, purpose_labels);
	input_text(v, &(struct input){.name = "name",
			  .label = "Name",
			  .help = "so that you know it again",
			  .max = 50});
	input_text(v, &(struct input){.name = "expires",
			  .label = "Ends by itself",
			  .help = "like +365d or 2030-01-01; empty: never",
			  .max = 30});
	input_own_key(v, "A key that it has already");
	input_submit(v, "Make a key");
	page_form_end(v);
	page_section_end(v);
}

static void
put_rotate(struct visit *v, const struct gateway *g)
{
	page_section(v, "rotate", "Rotate");
	page_text(v,
	    "A new key is made and sent at the gateway's next visit. Older ones stay "
	    "valid until it has come with the new one.");
	page_form(v, "/gateways/{}/keys/rotate", g->gateway_id, NULL);
	put_version(v, g);
	input_submit(v, "Rotate the key");
	page_form_end(v);
	page_section_end(v);
}

static void
put_bundle(struct visit *v, const struct gateway *g)
{
	page_section(v, "bundle", "Files for the gateway");
	page_text(v,
	    "A ZIP archive of cups.uri, cups.trust, cups.key and so on, as a LoRa "
	    "Basics Station reads them. Whoever has it is this gateway: keep it "
	    "safe.");
	page_form(v, "/gateways/{}/bundle", g->gateway_id, NULL);
	input_check(v,
	    &(struct input){.name = "lns",
		.label = "With the files of its network server",
		.help = "tc.uri, tc.trust, tc.key"},
	    false);
	input_check(v,
	    &(struct input){.name = "new_key",
		.label = "With a new key, even where one is here that can be used"},
	    false);
	input_check(v,
	    &(struct input){.name = "der",
		.label = "Certificates and private keys as DER instead of PEM"},
	    false);
	input_submit(v, "Download the files");
	page_form_end(v);
	page_section_end(v);
}

int
page_gateway_keys(struct visit *v)
{
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err != E_OK)
		return err;
	gateway_begin(v, &g, "Keys and files");
	if ((err = put_keys(v, &g)) != E_OK)
		return err;
	if (visit_may(v, PAGE_OPERATOR) && g.deleted_at == 0) {
		put_bundle(v, &g);
		put_make(v, &g);
		put_rotate(v, &g);
	}
	return page_end(v);
}

/* ---- making ------------------------------------------------------------------------------------------ */

/* The only time that a key is shown: as the answer to the form. */
static int
show_key(struct visit *v, const struct gateway *g, const struct key_made *made)
{
	gateway_begin(v, g, "Keys and files");
	page_note(
	    v, MOOD_WARN, "This key is shown only now. Copy it before you go on.");
	page_code(v, made->plain);
	if (made->key.generation != 0) {
		page_text(v, "On the gateway it is the line of cups.key:");
		page_code(v, arena_printf(v->arena, "Authorization: %s%s",
				 made->key.token_form == TOKEN_BEARER ? "Bearer " : "",
				 made->plain));
	}
	page_buttons(v);
	page_button(v, "To its keys", "/gateways/{}/keys", g->gateway_id, NULL);
	page_buttons_end(v);
	return page_end(v);
}

/* Reads what the form says; the words of an error are about its inputs. */
static int
read_request(struct visit *v, struct key_request *r)
{
	const char *purpose = visit_field(v, "purpose");

	r->name = visit_field(v, "name");
	r->value = span_trim(span_str(visit_field(v, "value")));
	r->cups = strcmp(purpose, "cups") == 0;
	if (strcmp(purpose, "files") == 0)
		r->rights = RIGHT_INFO;
	if (strcmp(purpose, "all") == 0)
		r->rights = RIGHT_ALL;
	return input_time(v, "expires", &r->expires_at);
}

/* Is the gateway still as it was when the form was shown? */
static int
check_version(struct visit *v, const struct gateway *g)
{
	int err;

	v->m.expected = visit_field(v, "version");
	err = manage_check_version(&v->m, &gateway_kind, g);
	v->m.expected = NULL;
	return err;
}

int
page_gateway_key_make(struct visit *v)
{
	struct key_request request = {0};
	struct key_made made = {0};
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err == E_OK && (err = check_version(v, &g)) == E_OK)
		err = read_request(v, &request);
	request.gateway = g.gateway_id;
	if (err == E_OK)
		err = manage_key_create(&v->m, &request, &made);
	if (err == E_STALE || err == E_INVALID || err == E_STATE || err == E_EXISTS)
		return visit_failed(
		    v, err, "/gateways/{}/keys", visit_capture(v, "id"));
	if (err == E_OK && request.value.len > 0)
		return visit_done(
		    v, "The key is registered.", "/gateways/{}/keys", g.gateway_id);
	return err == E_OK ? show_key(v, &g, &made) : err;
}

int
page_gateway_key_rotate(struct visit *v)
{
	struct key_made made = {0};
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err == E_OK)
		err = check_version(v, &g);
	if (err == E_OK)
		err = manage_key_rotate(&v->m, g.gateway_id, &made);
	if (err == E_STALE || err == E_STATE)
		return visit_failed(
		    v, err, "/gateways/{}/keys", visit_capture(v, "id"));
	if (err != E_OK)
		return err;
	return visit_done(v, "A new key is there; it is sent at the next visit.",
	    "/gateways/{}/keys", g.gateway_id);
}

/* ---- ending ---------------------------------------------------------------------------------------------- */

/* The key of the address, which must be one of this gateway. */
static int
find_key(struct visit *v, struct gateway *g, struct key *key)
{
	int err = gateway_read(v, g);

	if (err == E_OK)
		err = manage_get(&v->m, &key_kind, visit_capture(v, "key"), key);
	if (err == E_OK && key->gateway != g->serial)
		err = fault_set(
		    &v->m.fault, E_NOTFOUND, NULL, "It is no key of this gateway");
	return err;
}

int
page_gateway_key_ask_revoke(struct visit *v)
{
	struct gateway g;
	struct key key;
	int err = find_key(v, &g, &key);

	if (err != E_OK)
		return err;
	page_crumb(v, "Gateways", "/gateways", NULL);
	page_crumb(v, g.gateway_id, "/gateways/{}/keys", g.gateway_id);
	return page_question(
	    v, &(struct question){.title = "Revoke this key?",
		   .text = arena_printf(v->arena,
		       "Key %s (%s). Whoever has only this one is refused from now on.",
		       key.key_id, key.name[0] != '\0' ? key.name : "without a name"),
		   .button = "Revoke it",
		   .pattern = "/gateways/{}/keys/{}/revoke",
		   .one = g.gateway_id,
		   .two = key.key_id,
		   .back = "/gateways/{}/keys",
		   .back_one = g.gateway_id});
}

int
page_gateway_key_revoke(struct visit *v)
{
	struct gateway g;
	struct key key;
	int err = find_key(v, &g, &key);

	if (err == E_OK)
		err = manage_key_revoke(&v->m, key.key_id);
	if (err == E_STATE)
		return visit_failed(
		    v, err, "/gateways/{}/keys", visit_capture(v, "id"));
	if (err != E_OK)
		return err;
	return visit_done(v, "The key is revoked.", "/gateways/{}/keys", g.gateway_id);
}

/* ---- the files ---------------------------------------------------------------------------------------------- */

static int
send_bundle(struct visit *v, const char *id, const struct bundle *b)
{
	struct zip_file files[BUNDLE_FILES_MAX];
	struct strbuf zip;
	int err;

	for (size_t i = 0; i < b->count; i++)
		files[i] = (struct zip_file){
		    arena_printf(v->arena, "%s/%s", id, b->files[i].name),
		    b->files[i].bytes, b->files[i].mode};
	for (size_t i = 0; i < b->count; i++)
		if (files[i].name == NULL)
			return E_NOMEM;
	strbuf_init(&zip, 1 << 20);
	zip_write(&zip, files, b->count, v->now);
	err = zip.err;
	if (err == E_OK)
		err = visit_download(v, "application/zip",
		    arena_printf(v->arena, "%s.zip", id), strbuf_span(&zip));
	strbuf_clear(&zip);
	return err;
}

int
page_gateway_bundle(struct visit *v)
{
	struct bundle *b = arena_zalloc(v->arena, 1, sizeof *b);
	struct bundle_request request = {.gateway = visit_capture(v, "id"),
	    .lns = visit_field(v, "lns")[0] != '\0',
	    .new_key = visit_field(v, "new_key")[0] != '\0',
	    .der = visit_field(v, "der")[0] != '\0'};
	struct gateway g;
	int err = b != NULL ? gateway_read(v, &g) : E_NOMEM;

	if (err != E_OK)
		return err;
	request.gateway = g.gateway_id;
	err = manage_bundle(&v->m, &request, b);
	if (err == E_STATE || err == E_INVALID || err == E_NOTFOUND)
		return visit_failed(v, err, "/gateways/{}/keys", g.gateway_id);
	return err == E_OK ? send_bundle(v, g.gateway_id, b) : err;
}
