#include "admin/page_ca.h"

#include "admin/part.h"
#include "admin/widget.h"
#include "crypto/certificate.h"
#include "manage/ca.h"

#define CERTIFICATE_MAX (256 << 10)

static const char *const columns[] = {
    "eui_prefixes", "not_after", "subject", "name", NULL};
static const char *const hidden[] = {"der", "subject", "sha256", "not_after", NULL};

/* ---- new ones ------------------------------------------------------------------------------ */

/* What both forms have. Their fields have names of their own, so that an error stands beside
 * the right one. */
static void
put_common(struct visit *v, bool typed)
{
	input_text(
	    v, &(struct input){.name = "ca_id",
		   .label = "ID",
		   .help = "3 to 36 lower-case letters, digits and single dashes",
		   .value = typed ? visit_field(v, "ca_id") : "",
		   .max = 36,
		   .required = true});
	input_text(v, &(struct input){.name = "name",
			  .label = "Name",
			  .value = typed ? visit_field(v, "name") : "",
			  .max = 50});
	input_text(v, &(struct input){.name = "eui_prefixes",
			  .label = "EUI prefixes",
			  .help = "beginnings of the EUIs that it may speak for (hex), "
				  "with commas; none: no gateway",
			  .value = typed ? visit_field(v, "eui_prefixes") : "",
			  .mono = true});
}

/* One page has only one form, so that labels and inputs belong together. */
static int
put_new(struct visit *v, int problem, bool import)
{
	bool typed = problem != E_OK;

	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Certificate authorities", "/cas", NULL);
	page_begin(v, import ? "Register a CA" : "Make a CA");
	page_buttons(v);
	if (import)
		page_button(v, "Make one instead", "/cas/new?own=1", NULL, NULL);
	else
		page_button(v, "Register one instead", "/cas/new", NULL, NULL);
	page_buttons_end(v);
	page_text(v,
	    import ? "Client certificates that it issued count for gateways whose EUI "
		     "begins with one of the prefixes."
		   : "Its key is kept here, sealed, and issues certificates for "
		     "gateways.");
	input_problem(v, problem);
	if (import)
		page_form_files(v, "/cas/new", NULL, NULL);
	else
		page_form(v, "/cas/create", NULL, NULL);
	put_common(v, typed);
	if (import)
		input_file(v, &(struct input){.name = "certificate",
				  .label = "Its certificate",
				  .help = "PEM or DER, exactly one",
				  .required = true});
	else
		input_text(
		    v, &(struct input){.name = "not_after",
			   .label = "Ends",
			   .help = "like +7300d or 2040-01-01",
			   .value = typed ? visit_field(v, "not_after") : "+7300d",
			   .max = 30});
	input_submit(v, import ? "Register it" : "Make it");
	page_form_end(v);
	return page_end(v);
}

int
page_ca_new(struct visit *v)
{
	return put_new(v, E_OK, visit_query(v, "own")[0] == '\0');
}

static int
read_request(struct visit *v, struct ca_request *r)
{
	*r = (struct ca_request){
	    .id = visit_field(v, "ca_id"), .name = visit_field(v, "name")};
	return visit_words(v, "eui_prefixes", &r->eui_prefixes);
}

int
page_ca_import(struct visit *v)
{
	struct ca_request request;
	struct span bytes;
	struct ca stored;
	int err = read_request(v, &request);

	if (err == E_OK)
		err = upload_one(v, "certificate", CERTIFICATE_MAX, &bytes);
	if (err == E_OK)
		err = manage_ca_import(&v->m, &request, bytes, &stored);
	if (input_is_correctable(err))
		return put_new(v, err, true);
	return err == E_OK
		   ? visit_done(v, "The CA is registered.", "/cas/{}", request.id)
		   : err;
}

int
page_ca_create(struct visit *v)
{
	struct ca_request request;
	int64_t until = v->now + CA_LASTS;
	struct ca stored;
	int err = read_request(v, &request);

	if (err == E_OK)
		err = input_time(v, "not_after", &until);
	if (err == E_OK)
		err = manage_ca_create(&v->m, &request, until, &stored);
	if (input_is_correctable(err))
		return put_new(v, err, false);
	return err == E_OK ? visit_done(v, "The CA is made.", "/cas/{}", request.id)
			   : err;
}

/* ---- one ------------------------------------------------------------------------------------- */

static int
put_certificate(struct visit *v, const struct ca *ca)
{
	struct certificate_info info;
	int err = certificate_inspect(ca->der, v->arena, &info, &v->m.fault);

	if (err != E_OK)
		return err;
	page_section(v, "certificate", "Its certificate");
	facts_begin(v);
	facts_text(v, "Subject", info.subject);
	facts_text(v, "Issuer", info.self_signed ? "itself" : info.issuer);
	facts_text(v, "Key", info.key_kind);
	facts_row(v, "Private key");
	html_text(&v->html, ca->key.sealed.len > 0
				? "here: it can issue certificates"
				: "not here: it issues its certificates elsewhere");
	facts_row(v, "Ends");
	page_ends(v, info.not_after);
	facts_row(v, "SHA-256");
	html_raw(&v->html, "<code>");
	html_text(&v->html, info.sha256);
	html_raw(&v->html, "</code>");
	facts_end(v);
	page_buttons(v);
	page_button(v, "Save it as PEM", "/cas/{}/pem", ca->ca_id, NULL);
	page_buttons_end(v);
	page_section_end(v);
	return E_OK;
}

static void
put_revoke(struct visit *v, const struct ca *ca)
{
	page_section(v, "revoke", "Revoke a certificate");
	page_text(v,
	    "One client certificate that it issued stops to count, at once and for "
	    "good.");
	page_form_files(v, "/cas/{}/revoke", ca->ca_id, NULL);
	input_text(v, &(struct input){.name = "serial",
			  .label = "Its serial number",
			  .help = "hex, with colons or without",
			  .value = visit_field(v, "serial"),
			  .max = 80,
			  .mono = true});
	input_file(v, &(struct input){.name = "certificate",
			  .label = "or the certificate",
			  .help = "PEM or DER"});
	html_raw(&v->html, "<div class=\"buttons\"><button class=\"danger\">Revoke it"
			   "</button></div>\n");
	page_form_end(v);
	page_section_end(v);
}

static int
more(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct ca *ca = record;
	int err = put_certificate(v, ca);

	(void)txn;
	if (err == E_OK && visit_may(v, PAGE_ADMIN))
		put_revoke(v, ca);
	return err;
}

/* The serial number as such, or of the certificate in the file. */
static int
read_serial(struct visit *v, const char **serial)
{
	struct certificate_info info;
	struct span bytes, der;
	int err;

	*serial = visit_field(v, "serial");
	if ((*serial)[0] != '\0' && form_file(&v->form, "certificate") != NULL)
		return fault_set(&v->m.fault, E_INVALID, NULL,
		    "give the serial number or the certificate, not both");
	if ((*serial)[0] != '\0')
		return E_OK;
	if ((err = upload_one(v, "certificate", CERTIFICATE_MAX, &bytes)) != E_OK ||
	    (err = certificate_der(bytes, v->arena, &der, NULL, &v->m.fault)) != E_OK ||
	    (err = certificate_inspect(der, v->arena, &info, &v->m.fault)) != E_OK)
		return err;
	*serial = info.serial;
	return E_OK;
}

int
page_ca_revoke(struct visit *v)
{
	const char *id = visit_capture(v, "id"), *serial;
	int err = read_serial(v, &serial);

	if (err == E_OK)
		err = manage_ca_revoke(&v->m, id, serial);
	if (err == E_INVALID || err == E_EXISTS || err == E_FULL)
		return visit_failed(v, err, "/cas/{}", id);
	return err == E_OK ? visit_done(v,
				 arena_printf(v->arena,
				     "The certificate %.80s no longer counts.", serial),
				 "/cas/{}", id)
			   : err;
}

int
page_ca_pem(struct visit *v)
{
	struct span pem;
	struct ca ca;
	int err = manage_get(&v->m, &ca_kind, visit_capture(v, "id"), &ca);

	if (err == E_OK)
		err = certificate_pem(ca.der, v->arena, &pem);
	return err == E_OK ? visit_download(v, "application/x-pem-file",
				 arena_printf(v->arena, "%s.pem", ca.ca_id), pem)
			   : err;
}

const struct record_pages ca_pages = {
    .shape = {.kind = &ca_kind, .hidden = hidden},
    .base = "/cas",
    .one = "CA",
    .many = "Certificate authorities",
    .intro =
	"Client certificates that they issued let gateways in whose EUI begins with "
	"one of their prefixes.",
    .delete_text = "Certificates that it issued let nobody in any more. It is refused "
		   "while gateways were given such ones here.",
    .columns = columns,
    .more = more,
    .access = PAGE_ADMIN,
};
