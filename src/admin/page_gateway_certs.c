/* A gateway's client certificates: what it has, issue one, bring one, take one away. */
#include "admin/page_gateway.h"
#include "admin/part.h"
#include "admin/widget.h"
#include "manage/cert.h"
#include "registry/ca.h"

#define CERTIFICATE_MAX (256 << 10)
#define SENT "The gateway is sent it with its key at its next visit."

static const char *const uses[] = {"cups", "lns", NULL};
static const char *const use_labels[] = {
    "CUPS: it shows it here", "its network server", NULL};

/* ---- what it has --------------------------------------------------------------------------- */

static int
put_one(struct visit *v, const struct gateway *g, enum cert_use use)
{
	struct span der =
	    use == CERT_LNS ? g->lns_certificate.der : g->cups_certificate.der;
	struct certificate_info info;
	int err;

	page_section(
	    v, uses[use], use == CERT_LNS ? "For its network server" : "For CUPS");
	if (der.len == 0) {
		page_text(v, "None.");
		page_section_end(v);
		return E_OK;
	}
	err = certificate_inspect(der, v->arena, &info, &v->m.fault);
	if (err != E_OK)
		return err;
	facts_begin(v);
	facts_text(v, "Subject", info.subject);
	facts_text(v, "Issuer", info.self_signed ? "itself" : info.issuer);
	facts_text(v, "Serial number", info.serial);
	facts_text(v, "Key", info.key_kind);
	facts_row(v, "Ends");
	page_ends(v, info.not_after);
	facts_text(v, "SHA-256", info.sha256);
	facts_end(v);
	if (visit_may(v, PAGE_OPERATOR) && g->deleted_at == 0) {
		page_buttons(v);
		page_button(v, "Take it away…", "/gateways/{}/certificates/{}/remove",
		    g->gateway_id, uses[use]);
		page_buttons_end(v);
	}
	page_section_end(v);
	return E_OK;
}

/* ---- forms --------------------------------------------------------------------------------- */

static void
put_use(struct visit *v, const struct gateway *g, const char *name)
{
	char version[MANAGE_VERSION];

	if (manage_version(&gateway_kind, g, version) == E_OK)
		input_hidden(v, "version", version);
	input_choice(v,
	    &(struct input){
		.name = name, .label = "What for", .value = visit_field(v, name)},
	    uses, use_labels);
}

static int
put_issue(struct visit *v, const struct gateway *g)
{
	int err;

	page_section(v, "issue", "Issue one");
	page_text(v, "A new key and a certificate for its EUI, by a CA whose key is "
		     "here. The gateway is sent both at its next visit.");
	page_form(v, "/gateways/{}/certificates/issue", g->gateway_id, NULL);
	put_use(v, g, "use");
	err = input_record(v,
	    &(struct input){.name = "ca",
		.label = "CA",
		.required = true,
		.value = visit_field(v, "ca")},
	    &ca_kind, NULL);
	input_text(v, &(struct input){.name = "not_after",
			  .label = "Ends",
			  .help = "like +365d or 2030-01-01; empty: in two years, or "
				  "with its CA",
			  .value = visit_field(v, "not_after"),
			  .max = 30});
	input_submit(v, "Issue it");
	page_form_end(v);
	page_section_end(v);
	return err;
}

static void
put_import(struct visit *v, const struct gateway *g)
{
	page_section(v, "import", "Bring one");
	page_form_files(v, "/gateways/{}/certificates/import", g->gateway_id, NULL);
	put_use(v, g, "use_of");
	input_file(v, &(struct input){.name = "certificate",
			  .label = "Certificate",
			  .help = "PEM or DER",
			  .required = true});
	input_file(v, &(struct input){.name = "key",
			  .label = "Its private key",
			  .help = "PEM or DER, without a password; kept sealed, never "
				  "shown again",
			  .required = true});
	input_submit(v, "Give it to the gateway");
	page_form_end(v);
	page_section_end(v);
}

static int
put_page(struct visit *v, const struct gateway *g, int problem)
{
	int err;

	if (problem != E_OK)
		v->res->status = err_http(problem);
	gateway_begin(v, g, "Certificates");
	input_problem(v, problem);
	if ((err = put_one(v, g, CERT_CUPS)) != E_OK ||
	    (err = put_one(v, g, CERT_LNS)) != E_OK)
		return err;
	if (visit_may(v, PAGE_OPERATOR) && g->deleted_at == 0) {
		if ((err = put_issue(v, g)) != E_OK)
			return err;
		put_import(v, g);
	}
	return page_end(v);
}

int
page_gateway_certs(struct visit *v)
{
	struct gateway g;
	int err = gateway_read(v, &g);

	return err == E_OK ? put_page(v, &g, E_OK) : err;
}

/* ---- what is done -------------------------------------------------------------------------- */

static int
find_use(struct visit *v, const char *name, const char *text, int unknown,
    enum cert_use *use)
{
	for (*use = CERT_CUPS; uses[*use] != NULL; ++*use)
		if (strcmp(uses[*use], text) == 0)
			return E_OK;
	return fault_set(&v->m.fault, unknown, name,
	    "a gateway has certificates for cups and for lns");
}

/* The answer to a form: back to the page, or the page again with what is wrong. */
static int
done(struct visit *v, const struct gateway *g, int err, const char *text)
{
	v->m.expected = NULL;
	if (err == E_STALE)
		return visit_failed(v, err, "/gateways/{}/certificates", g->gateway_id);
	if (input_is_correctable(err))
		return put_page(v, g, err);
	return err == E_OK
		   ? visit_done(v, text, "/gateways/{}/certificates", g->gateway_id)
		   : err;
}

int
page_gateway_cert_issue(struct visit *v)
{
	int64_t until = v->now + CERT_LASTS;
	enum cert_use use = CERT_CUPS;
	struct cert_made made = {0};
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err != E_OK)
		return err;
	if ((err = find_use(v, "use", visit_field(v, "use"), E_INVALID, &use)) == E_OK)
		err = input_time(v, "not_after", &until);
	v->m.expected = visit_field(v, "version");
	if (err == E_OK)
		err = manage_cert_issue(
		    &v->m, use, g.gateway_id, visit_field(v, "ca"), until, &made);
	return done(v, &g, err, SENT);
}

int
page_gateway_cert_import(struct visit *v)
{
	struct span certificate = {0}, key = {0};
	enum cert_use use = CERT_CUPS;
	struct cert_made made = {0};
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err != E_OK)
		return err;
	if ((err = find_use(v, "use_of", visit_field(v, "use_of"), E_INVALID, &use)) ==
	    E_OK)
		err = upload_one(v, "certificate", CERTIFICATE_MAX, &certificate);
	if (err == E_OK)
		err = upload_one(v, "key", CERTIFICATE_MAX, &key);
	v->m.expected = visit_field(v, "version");
	if (err == E_OK)
		err = manage_cert_import(
		    &v->m, use, g.gateway_id, certificate, key, &made);
	return done(v, &g, err, SENT);
}

int
page_gateway_cert_ask_remove(struct visit *v)
{
	char version[MANAGE_VERSION] = "";
	enum cert_use use;
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err == E_OK)
		err = find_use(v, NULL, visit_capture(v, "use"), E_NOTFOUND, &use);
	if (err == E_OK)
		err = manage_version(&gateway_kind, &g, version);
	if (err != E_OK)
		return err;
	page_crumb(v, "Gateways", "/gateways", NULL);
	page_crumb(v, g.gateway_id, "/gateways/{}/certificates", g.gateway_id);
	return page_question(
	    v, &(struct question){.title = "Take this certificate away?",
		   .text = "The gateway keeps what it has until it is sent something "
			   "else; the private key here is gone.",
		   .button = "Take it away",
		   .pattern = "/gateways/{}/certificates/{}/remove",
		   .one = g.gateway_id,
		   .two = uses[use],
		   .back = "/gateways/{}/certificates",
		   .back_one = g.gateway_id,
		   .version = version});
}

int
page_gateway_cert_remove(struct visit *v)
{
	enum cert_use use;
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err == E_OK)
		err = find_use(v, NULL, visit_capture(v, "use"), E_NOTFOUND, &use);
	if (err != E_OK)
		return err;
	v->m.expected = visit_field(v, "version");
	err = manage_cert_remove(&v->m, use, g.gateway_id);
	return done(v, &g, err, "It is taken away.");
}
