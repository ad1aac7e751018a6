/* Signatures of an image: by the signing service, or made elsewhere. A private key never comes
 * near this program. */
#include "admin/page_firmware.h"
#include "admin/transfer.h"
#include "admin/widget.h"
#include "manage/firmware.h"

#define KEYS_MAX 100

/* Never a program of ours: keys of files and tokens are for the command line. */
static const struct signing_options service = {
    .wait_ms = SIGNING_WEB_WAIT, .service_only = true};

/* ---- which keys there are -------------------------------------------------------------------- */

struct keys {
	struct visit *v;
	bool service; /* those that a service signs with */
	const char *ids[KEYS_MAX + 1], *labels[KEYS_MAX + 1];
	size_t count;
};

static int
take_key(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct signing_key *k = record;
	struct keys *keys = arg;
	const char *where;

	(void)m;
	(void)txn;
	if (k->retired ||
	    (keys->service && signer_sort(k->signer, &where) != SIGNER_SOCKET))
		return E_OK;
	if (keys->count == KEYS_MAX)
		return E_AGAIN;
	keys->ids[keys->count] = arena_strdup(keys->v->arena, k->key_id);
	keys->labels[keys->count] = arena_printf(keys->v->arena, "%s (CRC %08x)%s%s",
	    k->key_id, (unsigned)k->crc, k->name[0] != '\0' ? ": " : "", k->name);
	if (keys->ids[keys->count] == NULL || keys->labels[keys->count] == NULL)
		return E_NOMEM;
	keys->count++;
	return E_OK;
}

static int
find_keys(struct visit *v, bool of_service, struct keys **keys)
{
	if ((*keys = arena_zalloc(v->arena, 1, sizeof **keys)) == NULL)
		return E_NOMEM;
	(*keys)->v = v;
	(*keys)->service = of_service;
	return manage_list(&v->m, &signing_key_kind, 0, 0, take_key, *keys);
}

/* ---- the section --------------------------------------------------------------------------------- */

static void
put_table(struct visit *v, struct store_txn *txn, const struct firmware *f)
{
	static const char *const titles[] = {"Key", "CRC", "Signed", "Change", NULL};
	const struct firmware_signature *rows = f->signatures.rows;

	table_begin(v, "Signatures", titles);
	for (size_t i = 0; i < f->signatures.count; i++) {
		const char *key = manage_signature_key(&v->m, txn, &rows[i]);

		table_row(v);
		table_cell(v);
		if (key[0] != '\0')
			page_link(v, key, "/signing-keys/{}", key, NULL);
		else
			html_raw(&v->html,
			    "<span class=\"quiet\">not registered any more</span>");
		table_cell(v);
		html_printf(&v->html, "%08x", (unsigned)rows[i].crc);
		table_cell(v);
		page_time(v, rows[i].signed_at);
		table_cell(v);
		if (key[0] != '\0' && visit_may(v, PAGE_OPERATOR))
			page_link(v, arena_printf(v->arena, "Remove that of %s…", key),
			    "/firmware/{}/unsign?key={}", f->firmware_id, key);
	}
	table_end(v);
}

static int
put_service(struct visit *v, const char *id)
{
	struct keys *keys;
	int err = find_keys(v, true, &keys);

	html_raw(&v->html, "<h3>Sign by the signing service</h3>\n");
	if (err != E_OK)
		return err;
	if (keys->count == 0) {
		page_text(v, "No key is registered whose signer is a service "
			     "(socket:/PATH).");
		return E_OK;
	}
	page_form(v, "/firmware/{}/sign", id, NULL);
	input_choice(v,
	    &(struct input){
		.name = "key", .label = "Key", .value = visit_field(v, "key")},
	    keys->ids, keys->labels);
	input_submit(v, "Sign");
	page_form_end(v);
	return E_OK;
}

static int
put_detached(struct visit *v, const char *id)
{
	struct keys *keys;
	int err = find_keys(v, false, &keys);

	html_raw(&v->html, "<h3>Sign elsewhere</h3>\n");
	if (err != E_OK)
		return err;
	if (keys->count == 0) {
		page_text(v, "No key is registered: add its public part first.");
		return E_OK;
	}
	page_text(v, "Where the private key is, sign the image with OpenSSL:");
	page_code(v, "openssl dgst -sha512 -sign KEY.pem -out image.sig IMAGE");
	page_text(v, "or its digest alone, by any of:");
	page_code(v, arena_printf(v->arena,
			 "gatehouse-sign --key KEY.pem <%s.sha512 >image.sig\n"
			 "openssl pkeyutl -sign -inkey KEY.pem -pkeyopt digest:sha512 "
			 "-in %s.sha512 -out image.sig",
			 id, id));
	page_buttons(v);
	page_button(v, "The digest (64 bytes)", "/firmware/{}/digest", id, NULL);
	page_buttons_end(v);
	page_form_files(v, "/firmware/{}/signature", id, NULL);
	input_file(
	    v, &(struct input){.name = "file",
		   .label = "The signature",
		   .help =
		       "DER, at most 72 bytes. It is verified before it is stored; the "
		       "key that made it is found by itself.",
		   .required = true});
	input_submit(v, "Add the signature");
	page_form_end(v);
	return E_OK;
}

void
firmware_put_signatures(
    struct visit *v, struct store_txn *txn, const struct firmware *f)
{
	page_section(v, "signatures", "Signatures");
	if (f->family == FIRMWARE_KICKSTARTER)
		page_text(v, "Kickstarter gateways verify none; what they get is kept "
			     "whole by its checksum and by TLS.");
	else if (f->signatures.count == 0)
		page_note(v, MOOD_WARN,
		    "There is none: only gateways without a signing key take this "
		    "image, and only when its release says so.");
	else
		put_table(v, txn, f);
}

int
firmware_put_signing(struct visit *v, const struct firmware *f)
{
	int err = E_OK;

	if (f->family == FIRMWARE_STATION && visit_may(v, PAGE_OPERATOR)) {
		err = put_service(v, f->firmware_id);
		if (err == E_OK)
			err = put_detached(v, f->firmware_id);
	}
	page_section_end(v);
	return err;
}

/* ---- what the forms do ---------------------------------------------------------------------------- */

static int
sign(struct visit *v, const struct firmware_signing *signing)
{
	const char *id = visit_capture(v, "id"), *by = "";
	int err = manage_firmware_sign(&v->m, id, signing, &service, &by);

	if (err == E_OK)
		return visit_done(v,
		    arena_printf(
			v->arena, "The signature by %s is right, and stored.", by),
		    "/firmware/{}", id);
	if (err == E_NOMEM || err == E_IO)
		return err;
	/* The image itself may be what is not there. */
	return firmware_put_page(v, id, err);
}

int
page_firmware_sign(struct visit *v)
{
	struct firmware_signing signing = {.key = visit_field(v, "key")};

	if (signing.key[0] == '\0')
		return firmware_put_page(v, visit_capture(v, "id"),
		    fault_set(&v->m.fault, E_INVALID, "key", "is required"));
	return sign(v, &signing);
}

int
page_firmware_signature(struct visit *v)
{
	struct firmware_signing signing = {.key = NULL};
	const struct form_file *file;
	int err = transfer_file(v, &file);

	if (err == E_OK)
		err = transfer_read(v, file, 4 * SIGN_DER_MAX, &signing.der);
	if (err != E_OK)
		return err == E_INVALID || err == E_TOOBIG
			   ? firmware_put_page(v, visit_capture(v, "id"), err)
			   : err;
	return sign(v, &signing);
}

int
page_firmware_unsign_ask(struct visit *v)
{
	const char *id = visit_capture(v, "id"), *key = visit_query(v, "key");
	struct firmware f;
	int err = manage_get(&v->m, &firmware_kind, id, &f);

	if (err != E_OK)
		return err;
	page_crumb(v, "Firmware", "/firmware", NULL);
	page_crumb(v, id, "/firmware/{}", id);
	return page_question(v,
	    &(struct question){.title = "Remove a signature?",
		.text = arena_printf(v->arena,
		    "Gateways that list the key %s will not get %s any more.", key, id),
		.button = "Remove it",
		.pattern = "/firmware/{}/unsign?key={}",
		.one = id,
		.two = key,
		.back = "/firmware/{}",
		.back_one = id});
}

int
page_firmware_unsign(struct visit *v)
{
	const char *id = visit_capture(v, "id"), *key = visit_query(v, "key");
	int err = manage_firmware_unsign(&v->m, id, key);

	if (err == E_NOTFOUND || err == E_STATE)
		return visit_failed(v, err, "/firmware/{}", id);
	if (err != E_OK)
		return err;
	return visit_done(v, "The signature is removed.", "/firmware/{}", id);
}

int
page_firmware_digest(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct firmware f;
	int err = manage_get(&v->m, &firmware_kind, id, &f);

	if (err != E_OK)
		return err;
	return visit_download(v, "application/octet-stream",
	    arena_printf(v->arena, "%s.sha512", id), f.sha512);
}
