/* A new gateway: what kind it is, a short form, and what to type into it. */
#include <stdio.h>

#include "admin/input.h"
#include "admin/page_gateway.h"
#include "admin/record_field.h"
#include "admin/widget.h"

enum sort { SORT_STATION, SORT_UDP, SORT_KICKSTARTER, SORTS };

static const struct {
	const char *word, *title, *text;
	const char *const *fields; /* that its short form asks for */
} sorts[SORTS] = {
    [SORT_STATION] = {"station", "LoRa Basics Station",
	"Comes here by CUPS, once a day, and gets the address and credentials of its "
	"network server.",
	(const char *const[]){"ids.gateway_id", "ids.eui", "name", "lns",
	    "lbs_lns_secret.value", "frequency_plan_ids", NULL}},
    [SORT_UDP] = {"udp", "UDP packet forwarder",
	"Fetches its configuration file from here; a small script keeps it up to date.",
	(const char *const[]){"ids.gateway_id", "ids.eui", "name", "frequency_plan_ids",
	    "concentrator", "lns", "udp_address", NULL}},
    [SORT_KICKSTARTER] = {"kickstarter", "The Things Kickstarter Gateway",
	"Is activated once and gets its configuration and firmware from here.",
	(const char *const[]){"ids.gateway_id", "ids.eui", "name", "frequency_plan_ids",
	    "lns", "lbs_lns_secret.value", NULL}},
};

static int
find_sort(const char *word)
{
	for (int i = 0; i < SORTS; i++)
		if (strcmp(sorts[i].word, word) == 0)
			return i;
	return -1;
}

/* ---- the question, and the form ------------------------------------------------------------------ */

static int
ask_sort(struct visit *v)
{
	page_crumb(v, "Gateways", "/gateways", NULL);
	page_begin(v, "New gateway");
	page_text(v, "What kind of gateway is it?");
	html_raw(&v->html, "<div class=\"choices\">\n");
	for (int i = 0; i < SORTS; i++) {
		page_section(v, sorts[i].word, sorts[i].title);
		page_text(v, sorts[i].text);
		page_button(v, arena_printf(v->arena, "%s", sorts[i].title),
		    "/gateways/new?kind={}", sorts[i].word, NULL);
		page_section_end(v);
	}
	html_raw(&v->html, "</div>\n");
	return page_end(v);
}

static int
put_form(struct visit *v, int sort, int problem)
{
	struct fault fault = v->m.fault;
	struct store_txn *txn;
	struct gateway g;
	int err = store_read_begin(v->admin->data.registry, &txn);

	if (err != E_OK)
		return err;
	record_init(&gateway_kind, &g);
	v->m.fault = fault;
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Gateways", "/gateways", NULL);
	page_crumb(v, "New gateway", "/gateways/new", NULL);
	page_begin(v, sorts[sort].title);
	input_problem(v, problem);
	page_form(v, "/gateways/new", NULL, NULL);
	input_hidden(v, "kind", sorts[sort].word);
	for (const char *const *name = sorts[sort].fields; *name != NULL; name++)
		record_input(v, txn, &gateway_kind, field_by_name(&gateway_kind, *name),
		    &g, problem != E_OK);
	input_submit(v, "Create");
	page_form_end(v);
	store_read_end(txn);
	return page_end(v);
}

int
page_gateway_new(struct visit *v)
{
	int sort = find_sort(visit_query(v, "kind"));

	return sort < 0 ? ask_sort(v) : put_form(v, sort, E_OK);
}

/* ---- making it -------------------------------------------------------------------------------------- */

#define EDITS_MAX 12

static int
read_edits(struct visit *v, int sort, struct edit edits[EDITS_MAX], size_t *count)
{
	struct gateway empty;
	int err = E_OK;

	record_init(&gateway_kind, &empty);
	*count = 0;
	for (const char *const *name = sorts[sort].fields; err == E_OK && *name != NULL;
	     name++) {
		const struct field *f = field_by_name(&gateway_kind, *name);
		struct edit *e = &edits[*count];
		bool changed;

		err = record_typed(v, &gateway_kind, f, &empty, &e->text, &changed);
		e->field = f->name;
		if (err == E_OK && changed)
			++*count;
	}
	if (err == E_OK && sort == SORT_KICKSTARTER)
		edits[(*count)++] = (struct edit){"kickstarter", span_str("true")};
	return err;
}

int
page_gateway_add(struct visit *v)
{
	int sort = find_sort(visit_field(v, "kind")), err;
	struct edit edits[EDITS_MAX];
	size_t count;

	if (sort < 0)
		return fault_set(
		    &v->m.fault, E_INVALID, NULL, "Say what kind of gateway it is");
	err = read_edits(v, sort, edits, &count);
	if (err == E_OK)
		err = manage_add(&v->m, &gateway_kind, edits, count, NULL);
	if (err == E_INVALID || err == E_EXISTS || err == E_NOTFOUND || err == E_STATE)
		return put_form(v, sort, err);
	if (err != E_OK)
		return err;
	return visit_done(v, "The gateway is there. This is what to do with it now.",
	    "/gateways/{}/start?kind={}", visit_field(v, "ids.gateway_id"),
	    sorts[sort].word);
}

/* ---- what to type into it ----------------------------------------------------------------------------- */

/* "https://example.com" or the address that the browser used. */
static const char *
server(struct visit *v)
{
	const char *url = v->admin->settings.server_url;

	return url[0] != '\0' ? url : v->origin;
}

static void
start_station(struct visit *v, const struct gateway *g)
{
	const char *uri = v->admin->settings.cups.cups_uri;

	page_section(v, "station", "LoRa Basics Station");
	html_raw(&v->html, "<ol>\n<li><p>");
	page_link(
	    v, "Download its files", "/gateways/{}/keys#bundle", g->gateway_id, NULL);
	html_raw(&v->html,
	    " and put them into the station's folder on the gateway, often "
	    "<code>/etc/station</code>:</p>\n");
	page_code(v,
	    arena_printf(v->arena, "unzip %s.zip\nscp %s/* root@GATEWAY:/etc/station/",
		g->gateway_id, g->gateway_id));
	html_raw(&v->html,
	    "</li>\n<li><p>Where the vendor's page asks for the values one by "
	    "one: the CUPS server is</p>\n");
	page_code(v, uri[0] != '\0' ? uri : "(cups_uri is not configured)");
	html_raw(&v->html,
	    "<p>and trust, certificate and key are the contents of "
	    "<code>cups.trust</code>, <code>cups.crt</code> and "
	    "<code>cups.key</code>.</p></li>\n<li><p>Restart the station. Then see ");
	page_link(
	    v, "what it gets, and why", "/gateways/{}/explain", g->gateway_id, NULL);
	html_raw(&v->html, ".</p></li>\n</ol>\n");
	page_section_end(v);
}

static void
start_udp(struct visit *v, const struct gateway *g)
{
	page_section(v, "udp", "UDP packet forwarder");
	html_raw(&v->html, "<ol>\n<li><p>");
	page_link(v, "Make a key for its files", "/gateways/{}/keys#make",
	    g->gateway_id, NULL);
	html_raw(&v->html, " and put it on the gateway:</p>\n");
	page_code(v, "printf '%s\\n' KEY >/etc/gatehouse-fetch.key\n"
		     "chmod 600 /etc/gatehouse-fetch.key");
	html_raw(&v->html,
	    "</li>\n<li><p>Put <code>gatehouse-fetch</code> on it, with this "
	    "in <code>/etc/gatehouse-fetch.conf</code>:</p>\n");
	page_code(v, arena_printf(v->arena,
			 "server=%s\nid=%s\nkey-file=/etc/gatehouse-fetch.key",
			 server(v), g->gateway_id));
	html_raw(&v->html, "</li>\n<li><p>Or fetch the file once, by hand:</p>\n");
	page_code(
	    v, arena_printf(v->arena,
		   "curl -fsS -H 'Authorization: Bearer KEY' \\\n  -o global_conf.json "
		   "\\\n  '%s/api/v3/gcs/gateways/%s/semtechudp/global_conf.json'",
		   server(v), g->gateway_id));
	html_raw(&v->html, "</li>\n</ol>\n");
	page_section_end(v);
}

static void
start_kickstarter(struct visit *v, const struct gateway *g)
{
	page_section(v, "kickstarter", "The Things Kickstarter Gateway");
	html_raw(&v->html,
	    "<ol>\n<li><p>Open the gateway's own page (it makes a Wi-Fi of its "
	    "own at the beginning) and enter as account server</p>\n");
	page_code(v, server(v));
	html_raw(&v->html, "<p>and as gateway ID</p>\n");
	page_code(v, g->gateway_id);
	html_raw(&v->html, "</li>\n<li><p>Leave the key empty: the gateway asks for it "
			   "once, while its "
			   "activation window is open.</p></li>\n<li><p>See ");
	page_link(
	    v, "what it gets, and why", "/gateways/{}/explain", g->gateway_id, NULL);
	html_raw(&v->html, ".</p></li>\n</ol>\n");
	page_section_end(v);
}

int
page_gateway_start(struct visit *v)
{
	int sort = find_sort(visit_query(v, "kind"));
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err != E_OK)
		return err;
	gateway_begin(v, &g, "");
	html_raw(&v->html, "<h2>How to set it up</h2>\n");
	if (g.kickstarter) {
		start_kickstarter(v, &g);
		return page_end(v);
	}
	if (sort != SORT_UDP)
		start_station(v, &g);
	if (sort != SORT_STATION)
		start_udp(v, &g);
	return page_end(v);
}
