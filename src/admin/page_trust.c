#include "admin/page_trust.h"

#include "admin/part.h"
#include "admin/widget.h"
#include "crypto/certificate.h"
#include "cups/cache.h"
#include "manage/move.h"
#include "manage/trust_queue.h"
#include "registry/lns.h"

#define CERTIFICATE_MAX (256 << 10)

/* ---- the list ------------------------------------------------------------------------------ */

static void
put_cells(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct trust *t = record;

	record_cell(v, txn, &trust_kind, "addresses", t);
	table_cell(v);
	html_user(&v->html, visit_short(v, t->subject, 80));
	table_cell(v);
	page_ends(v, t->not_after);
	table_cell(v);
	page_ends(v, t->chain_not_after);
	table_cell(v);
	if (t->fetched_at != 0)
		page_time(v, t->fetched_at);
	else
		html_raw(&v->html, "imported");
}

static void
put_state(struct visit *v, const struct trust_job *job)
{
	static const enum mood moods[] = {[JOB_NEW] = MOOD_QUIET,
	    [JOB_WAITING] = MOOD_QUIET,
	    [JOB_DONE] = MOOD_GOOD,
	    [JOB_CHANGED] = MOOD_WARN,
	    [JOB_FAILED] = MOOD_BAD};

	badge(v, moods[job->state], job_states[job->state]);
	if (job->text[0] == '\0' && job->found[0] == '\0')
		return;
	html_raw(&v->html, "<br>");
	html_user(&v->html, job->text);
	if (job->state != JOB_CHANGED)
		return;
	html_raw(&v->html, "<br>It leads to ");
	html_user(&v->html, job->found);
	html_raw(&v->html, ", SHA-256 <code>");
	html_text(&v->html, job->found_sha256);
	html_raw(&v->html, "</code>");
}

/* Buttons of a row of the queue: their addresses may have slashes, so they are fields. */
static void
put_job_button(struct visit *v, const struct trust_job *job, const char *path,
    const char *text, const char *accept)
{
	page_form(v, path, NULL, NULL);
	input_hidden(v, "uri", job->uri);
	if (accept != NULL) {
		input_hidden(v, "id", job->trust_id);
		input_hidden(v, "accept", accept);
	}
	html_raw(&v->html, "<button class=\"link\">");
	html_text(&v->html, text);
	html_raw(&v->html, "</button>\n");
	page_form_end(v);
}

struct listing {
	struct visit *v;
	uint64_t shown;
};

static int
put_job(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct trust_job *job = record;
	struct listing *l = arg;
	struct visit *v = l->v;

	(void)m;
	(void)txn;
	l->shown++;
	table_row(v);
	table_cell(v);
	html_user(&v->html, job->uri);
	table_cell(v);
	put_state(v, job);
	table_cell(v);
	page_time(v, job->asked_at);
	html_raw(&v->html, ", ");
	html_user(&v->html, job->asked_by);
	table_cell(v);
	if (job->state == JOB_DONE && job->trust_id[0] != '\0')
		page_link(v, job->trust_id, "/trust/{}", job->trust_id, NULL);
	if (!visit_may(v, PAGE_OPERATOR))
		return E_OK;
	page_buttons(v);
	if (job->state == JOB_CHANGED)
		put_job_button(
		    v, job, "/trust/fetch", "Accept this root", job->found_sha256);
	if (job->state == JOB_FAILED)
		put_job_button(v, job, "/trust/fetch", "Try again", "");
	put_job_button(v, job, "/trust/unqueue", "Take it away", NULL);
	page_buttons_end(v);
	return E_OK;
}

static int
put_queue(struct visit *v)
{
	static const char *const titles[] = {
	    "Server", "State", "Asked", "What now", NULL};
	struct listing l = {.v = v};
	int err;

	page_section(v, "queue", "To be fetched");
	page_text(v,
	    "The admin never connects to other servers. What is asked for here is "
	    "fetched by the next run of `gatehouse tick`.");
	table_begin(v, "Servers whose certificate is to be fetched", titles);
	err = manage_list(&v->m, &trust_job_kind, 0, TRUST_JOBS_MAX, put_job, &l);
	table_end(v);
	if (err == E_OK && l.shown == 0)
		page_text(v, "Nothing waits.");
	page_section_end(v);
	return err;
}

int
page_trusts(struct visit *v)
{
	static const char *const titles[] = {"ID", "Addresses", "Subject", "Ends",
	    "Server's chain ends", "Fetched", NULL};
	int err;

	page_begin(v, "Trust certificates");
	page_text(v,
	    "What gateways must trust to reach an address: exactly one certificate "
	    "each. When one is exchanged here, its gateways are sent the new one "
	    "at their next poll.");
	if (visit_may(v, PAGE_OPERATOR)) {
		page_buttons(v);
		page_button(v, "New certificate", "/trust/new", NULL, NULL);
		page_button(v, "Move a fleet", "/move", NULL, NULL);
		page_buttons_end(v);
	}
	err = record_table(
	    v, &trust_kind, "/trust", "Trust certificates", titles, put_cells);
	if (err == E_OK)
		err = put_queue(v);
	return err == E_OK ? page_end(v) : err;
}

/* ---- new ones ---------------------------------------------------------------------------------- */

static void
put_fetch_form(struct visit *v, bool typed)
{
	page_section(v, "fetch", "Fetch it from a server");
	page_text(v,
	    "The chain that the server shows is verified against this machine's "
	    "certificate authorities, and the root of it is stored for the "
	    "address. `gatehouse tick` does that.");
	page_form(v, "/trust/fetch", NULL, NULL);
	input_text(v, &(struct input){.name = "uri",
			  .label = "Address",
			  .help = "wss://host:port or https://host:port",
			  .value = typed ? visit_field(v, "uri") : "",
			  .max = 127,
			  .required = true,
			  .mono = true});
	input_text(v, &(struct input){.name = "id",
			  .label = "ID",
			  .help = "empty: made of host and port",
			  .value = typed ? visit_field(v, "id") : "",
			  .max = 36});
	input_submit(v, "Fetch it");
	page_form_end(v);
	page_section_end(v);
}

static void
put_import_form(struct visit *v, bool typed)
{
	page_section(v, "import", "Take it from a file");
	page_form_files(v, "/trust/new", NULL, NULL);
	input_text(v, &(struct input){.name = "trust_id",
			  .label = "ID",
			  .help = "one that is there gets the new certificate and the "
				  "further addresses",
			  .value = typed ? visit_field(v, "trust_id") : "",
			  .max = 36,
			  .required = true});
	input_area(v,
	    &(struct input){.name = "addresses",
		.label = "Addresses",
		.help = "host:port of the servers that it is for, one a line",
		.value = typed ? visit_field(v, "addresses") : "",
		.mono = true},
	    3);
	input_file(v, &(struct input){.name = "certificate",
			  .label = "Certificate",
			  .help = "PEM or DER, exactly one: the root",
			  .required = true});
	input_submit(v, "Import it");
	page_form_end(v);
	page_section_end(v);
}

static int
put_new(struct visit *v, int problem, bool fetching)
{
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Trust certificates", "/trust", NULL);
	page_begin(v, "New trust certificate");
	input_problem(v, problem);
	put_fetch_form(v, problem != E_OK && fetching);
	put_import_form(v, problem != E_OK && !fetching);
	return page_end(v);
}

int
page_trust_new(struct visit *v)
{
	return put_new(v, E_OK, false);
}

int
page_trust_import(struct visit *v)
{
	struct text_list addresses;
	struct trust stored;
	struct span bytes;
	const char *id = visit_field(v, "trust_id");
	int err = visit_words(v, "addresses", &addresses);

	if (err == E_OK)
		err = upload_one(v, "certificate", CERTIFICATE_MAX, &bytes);
	if (err == E_OK)
		err = manage_trust_import(&v->m, id, bytes, &addresses, &stored);
	if (err == E_INVALID || err == E_EXISTS || err == E_TOOBIG)
		return put_new(v, err, false);
	return err == E_OK
		   ? visit_done(v, "The certificate is stored.", "/trust/{}", id)
		   : err;
}

int
page_trust_fetch(struct visit *v)
{
	const struct trust_wish wish = {.uri = visit_field(v, "uri"),
	    .id = visit_field(v, "id"),
	    .accept = visit_field(v, "accept")};
	int err = manage_trust_fetch_later(&v->m, &wish);

	if (err == E_INVALID || err == E_FULL)
		return put_new(v, err, true);
	return err == E_OK ? visit_done(v,
				 "It waits for `gatehouse tick`; look here again then.",
				 "/trust")
			   : err;
}

int
page_trust_unqueue(struct visit *v)
{
	int err = manage_trust_unwish(&v->m, visit_field(v, "uri"));

	if (err == E_NOTFOUND)
		return visit_failed(v, err, "/trust");
	return err == E_OK ? visit_done(v, "It is not waited for any more.", "/trust")
			   : err;
}

/* ---- one --------------------------------------------------------------------------------------------- */

static int
put_certificate(struct visit *v, const struct trust *t)
{
	struct certificate_info info;
	int err = certificate_inspect(t->der, v->arena, &info, &v->m.fault);

	if (err != E_OK)
		return err;
	page_section(v, "certificate", "The certificate");
	facts_begin(v);
	facts_text(v, "Subject", info.subject);
	facts_text(v, "Issuer", info.self_signed ? "itself" : info.issuer);
	facts_text(v, "Key", info.key_kind);
	facts_row(v, "What it is");
	html_text(&v->html, info.is_ca ? "a certificate authority"
				       : "that of a server: it has to be exchanged "
					 "whenever the server's is");
	facts_time(v, "Valid from", info.not_before);
	facts_row(v, "Ends");
	page_ends(v, info.not_after);
	if (t->chain_not_after != 0) {
		facts_row(v, "The server's chain ends");
		page_ends(v, t->chain_not_after);
	}
	facts_row(v, "SHA-256");
	html_raw(&v->html, "<code>");
	html_text(&v->html, info.sha256);
	html_raw(&v->html, "</code>");
	facts_row(v, "CRC-32");
	html_printf(&v->html, "%08lx, %zu bytes", (unsigned long)t->crc, t->der.len);
	facts_end(v);
	page_section_end(v);
	return E_OK;
}

struct users {
	struct visit *v;
	const struct trust *trust;
	size_t count;
};

static bool
is_for(struct users *u, struct store_txn *txn, enum station_uri kind, const char *uri)
{
	struct trust found;
	bool there = false;

	return uri[0] != '\0' &&
	       cups_trust_for(txn, kind, span_str(uri), u->v->arena, &found, &there) ==
		   E_OK &&
	       there && found.serial == u->trust->serial;
}

static void
begin_user(struct users *u)
{
	if (u->count++ == 0)
		html_raw(&u->v->html, "<ul>\n");
	html_raw(&u->v->html, "<li>");
}

static int
see_lns(struct store_txn *txn, struct users *u, uint64_t serial)
{
	struct lns lns;
	int err = registry_get(txn, &lns_kind, serial, u->v->arena, &lns);

	if (err != E_OK ||
	    (lns.trust != u->trust->serial &&
		(lns.trust != 0 || !is_for(u, txn, STATION_LNS, lns.uri))))
		return err;
	begin_user(u);
	html_raw(&u->v->html, "network server ");
	page_link(u->v, lns.lns_id, "/lns/{}", lns.lns_id, NULL);
	html_raw(&u->v->html, "</li>\n");
	return E_OK;
}

struct seeing {
	struct store_txn *txn;
	struct users *users;
};

static int
see(void *arg, uint64_t serial)
{
	struct seeing *s = arg;

	return see_lns(s->txn, s->users, serial);
}

/* The network servers and our own CUPS; gateways with addresses of their own are in the list of
 * who should have it. */
static int
put_users(struct visit *v, struct store_txn *txn, const struct trust *t)
{
	const char *here = v->admin->settings.cups.cups_uri;
	struct users u = {.v = v, .trust = t};
	struct seeing s = {txn, &u};
	int err;

	page_section(v, "users", "Who uses it");
	err = registry_list(txn, &lns_kind, 0, see, &s);
	if (here != NULL && is_for(&u, txn, STATION_CUPS, here)) {
		begin_user(&u);
		html_raw(&v->html, "this CUPS, ");
		html_user(&v->html, here);
		html_raw(&v->html, "</li>\n");
	}
	if (u.count > 0)
		html_raw(&v->html, "</ul>\n");
	else
		page_text(v, "No network server and not this CUPS.");
	page_buttons(v);
	page_button(
	    v, "Gateways that do not have it yet", "/trust/{}/left", t->trust_id, NULL);
	page_buttons_end(v);
	page_section_end(v);
	return err;
}

static int
more(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct trust *t = record;
	int err = put_certificate(v, t);

	if (err == E_OK)
		err = put_users(v, txn, t);
	if (err != E_OK)
		return err;
	page_buttons(v);
	page_button(v, "Save it as PEM", "/trust/{}/pem", t->trust_id, NULL);
	if (t->fetched_from[0] != '\0' && visit_may(v, PAGE_OPERATOR))
		page_action(
		    v, "Fetch it again", "/trust/{}/refresh", t->trust_id, NULL);
	page_buttons_end(v);
	return E_OK;
}

int
page_trust_refresh(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	int err = manage_trust_refresh_later(&v->m, id);

	if (err == E_STATE || err == E_FULL)
		return visit_failed(v, err, "/trust/{}", id);
	return err == E_OK ? visit_done(v, "It waits for `gatehouse tick`.", "/trust")
			   : err;
}

int
page_trust_pem(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct trust t;
	struct span pem;
	int err = manage_get(&v->m, &trust_kind, id, &t);

	if (err == E_OK)
		err = certificate_pem(t.der, v->arena, &pem);
	return err == E_OK ? visit_download(v, "application/x-pem-file",
				 arena_printf(v->arena, "%s.pem", t.trust_id), pem)
			   : err;
}

int
page_trust_left(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct leaving how = {.trust = id};

	page_crumb(v, "Trust certificates", "/trust", NULL);
	page_crumb(v, id, "/trust/{}", id);
	page_begin(v, "Gateways that do not have it yet");
	page_text(v,
	    "By what they reported at their last polls, compared with what they "
	    "should have now.");
	return left_table(v, &how);
}

static const char *const hidden[] = {
    "der", "crc", "subject", "not_after", "chain_not_after", "sha256", NULL};

const struct record_pages trust_pages = {
    .shape = {.kind = &trust_kind, .hidden = hidden},
    .base = "/trust",
    .one = "trust certificate",
    .many = "Trust certificates",
    .more = more,
};
