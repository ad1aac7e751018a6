#include "admin/page_signing_key.h"

#include "admin/transfer.h"
#include "admin/widget.h"
#include "manage/signing_key.h"

#define PUBLIC_KEY_MAX (16 << 10) /* a certificate as text */

static const char *const hidden[] = {"public_key", "crc", "retired", NULL};

const struct record_pages signing_key_pages = {
    .shape = {.kind = &signing_key_kind, .hidden = hidden},
    .base = "/signing-keys",
    .one = "signing key",
    .many = "Signing keys",
};

/* Never a program of ours: keys of files and tokens are for the command line. */
static const struct signing_options service = {
    .wait_ms = SIGNING_WEB_WAIT, .service_only = true};

static const char *
signer_text(const struct signing_key *k)
{
	const char *where;

	switch (signer_sort(k->signer, &where)) {
	case SIGNER_SOCKET:
		return "a service";
	case SIGNER_FILE:
	case SIGNER_PKCS11:
		return "the command line";
	default:
		return "signatures are imported";
	}
}

/* ---- the list ------------------------------------------------------------------------------ */

static void
put_cells(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct signing_key *k = record;

	(void)txn;
	table_cell(v);
	html_user(&v->html, k->name);
	table_cell(v);
	html_printf(&v->html, "%08x", (unsigned)k->crc);
	table_cell(v);
	html_text(&v->html, signer_text(k));
	table_cell(v);
	if (k->retired)
		badge(v, MOOD_QUIET, "retired");
	else
		badge(v, MOOD_GOOD, "in use");
}

int
page_signing_keys(struct visit *v)
{
	static const char *const titles[] = {
	    "ID", "Name", "CRC", "Signs by", "State", NULL};
	int err;

	page_crumb(v, "Firmware", "/firmware", NULL);
	page_begin(v, "Signing keys");
	page_text(v,
	    "Only their public parts are here. A gateway gets an image when it "
	    "is signed by a key whose CRC the gateway lists.");
	if (visit_may(v, PAGE_ADMIN)) {
		page_buttons(v);
		page_button(v, "New signing key", "/signing-keys/new", NULL, NULL);
		page_buttons_end(v);
	}
	err = record_table(
	    v, &signing_key_kind, "/signing-keys", "Signing keys", titles, put_cells);
	return err == E_OK ? page_end(v) : err;
}

/* ---- a new one ------------------------------------------------------------------------------- */

static int
show_form(struct visit *v, int problem)
{
	if (problem != E_OK && v->m.fault.field[0] == '\0')
		fault_set(&v->m.fault, problem, "file", "%s", visit_fault(v, problem));
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Firmware", "/firmware", NULL);
	page_crumb(v, "Signing keys", "/signing-keys", NULL);
	page_begin(v, "New signing key");
	input_problem(v, problem);
	page_text(v, "Never send a private key to this page. Its public part is a file "
		     "that `gatehouse-sign --key FILE --public` or `openssl pkey "
		     "-pubout` writes.");
	page_form_files(v, "/signing-keys/new", NULL, NULL);
	input_text(
	    v, &(struct input){.name = "key_id",
		   .label = "ID",
		   .help = "3 to 36 lower-case letters, digits and single dashes",
		   .value = visit_field(v, "key_id"),
		   .max = 36,
		   .mono = true,
		   .required = true});
	input_text(v, &(struct input){.name = "name",
			  .label = "Name",
			  .value = visit_field(v, "name"),
			  .max = 50});
	input_text(
	    v, &(struct input){.name = "signer",
		   .label = "Signing service",
		   .help = "socket:/PATH of gatehouse-sign; empty: signatures are made "
			   "elsewhere and imported",
		   .value = visit_field(v, "signer"),
		   .max = 500,
		   .mono = true});
	input_file(
	    v, &(struct input){.name = "file",
		   .label = "Public key",
		   .help = "The 64 bytes of a gateway's sig-N.key, or PEM. None: the "
			   "service is asked for it."});
	input_submit(v, "Register it");
	page_form_end(v);
	return page_end(v);
}

int
page_signing_key_new(struct visit *v)
{
	return show_form(v, E_OK);
}

int
page_signing_key_add(struct visit *v)
{
	struct signing_key_request request = {.id = visit_field(v, "key_id"),
	    .name = visit_field(v, "name"),
	    .signer = visit_field(v, "signer")};
	const struct form_file *file = form_file(&v->form, "file");
	struct span bytes = span_of("", 0);
	struct signing_key stored;
	int err = E_OK;

	if (file != NULL)
		err = transfer_file(v, &file);
	if (err == E_OK && file != NULL)
		err = transfer_read(v, file, PUBLIC_KEY_MAX, &bytes);
	if (err == E_OK)
		err = manage_signing_key_add(&v->m, &request, bytes, &service, &stored);
	if (err == E_NOMEM || err == E_IO)
		return err;
	if (err != E_OK)
		return show_form(v, err);
	return visit_done(v,
	    arena_printf(v->arena, "Signing key %s is registered.", request.id),
	    "/signing-keys/{}", request.id);
}

/* ---- one ----------------------------------------------------------------------------------------- */

static void
put_actions(struct visit *v, const struct signing_key *k)
{
	if (!visit_may(v, PAGE_ADMIN))
		return;
	page_buttons(v);
	page_button(v, "Edit", "/signing-keys/{}/edit", k->key_id, NULL);
	page_button(v, "Delete…", "/signing-keys/{}/delete", k->key_id, NULL);
	page_form(v, "/signing-keys/{}/retire", k->key_id, NULL);
	input_hidden(v, "retired", k->retired ? "" : "true");
	if (k->retired)
		html_raw(&v->html, "<button>Use it again</button>\n");
	else
		html_raw(&v->html, "<button>Retire it</button>\n");
	page_form_end(v);
	page_buttons_end(v);
}

static void
put_facts(struct visit *v, struct store_txn *txn, const struct signing_key *k)
{
	const struct field *point = field_by_name(&signing_key_kind, "public_key");

	page_section(v, "key", "Key");
	facts_begin(v);
	facts_text(v, "Name", k->name);
	facts_row(v, "State");
	if (k->retired)
		badge(v, MOOD_QUIET, "retired: makes no new signatures");
	else
		badge(v, MOOD_GOOD, "in use");
	facts_row(v, "CRC");
	html_printf(&v->html, "%08x", (unsigned)k->crc);
	facts_row(v, "Signs by");
	html_text(&v->html, signer_text(k));
	facts_text(v, "Signer", k->signer);
	facts_text(
	    v, "Public key (base64)", field_text(v, txn, &signing_key_kind, point, k));
	facts_time(v, "Registered", k->created_at);
	facts_end(v);
	page_section_end(v);
}

int
page_signing_key(struct visit *v)
{
	struct store_txn *txn;
	void *record;
	const struct signing_key *k;
	int err =
	    record_open(v, &signing_key_kind, visit_capture(v, "id"), &record, &txn);

	if (err != E_OK)
		return err;
	k = record;
	page_crumb(v, "Firmware", "/firmware", NULL);
	page_crumb(v, "Signing keys", "/signing-keys", NULL);
	page_begin(v, k->key_id);
	put_actions(v, k);
	put_facts(v, txn, k);
	store_read_end(txn);
	page_section(v, "export", "For gateways, and for OpenSSL");
	page_text(v, "A gateway has it as sig-0.key (or another number) beside its "
		     "station.conf.");
	page_buttons(v);
	page_button(v, "sig-0.key", "/signing-keys/{}/sig-0.key", k->key_id, NULL);
	page_button(v, "PEM", "/signing-keys/{}/public.pem", k->key_id, NULL);
	page_buttons_end(v);
	page_section_end(v);
	return page_end(v);
}

int
page_signing_key_retire(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	bool retired = visit_field(v, "retired")[0] != '\0';
	int err = manage_signing_key_retire(&v->m, id, retired);

	if (err == E_STATE)
		return visit_failed(v, err, "/signing-keys/{}", id);
	if (err != E_OK)
		return err;
	return visit_done(v,
	    retired ? "It makes no new signatures from now on; those that there are "
		      "stay good."
		    : "It may sign again.",
	    "/signing-keys/{}", id);
}

int
page_signing_key_point(struct visit *v)
{
	struct signing_key k;
	int err = manage_get(&v->m, &signing_key_kind, visit_capture(v, "id"), &k);

	return err == E_OK
		   ? visit_download(v, "application/octet-stream", "sig-0.key", k.point)
		   : err;
}

int
page_signing_key_pem(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct signing_key k;
	struct span pem;
	int err = manage_get(&v->m, &signing_key_kind, id, &k);

	if (err == E_OK)
		err = sign_point_pem(k.point.data, v->arena, &pem);
	if (err != E_OK)
		return err;
	return visit_download(
	    v, "application/x-pem-file", arena_printf(v->arena, "%s.pem", id), pem);
}
