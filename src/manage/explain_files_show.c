/* What a UDP packet forwarder would get, and why. */
#include <stdio.h>

#include "manage/explain_show.h"
#include "manage/file.h"

static const char *
plan_text(struct explainer *ex, const struct plan_told *p)
{
	const struct finding *first = p->findings.first;

	switch (p->verdict) {
	case PLAN_CHOSEN:
		return "taken: the first that fits the concentrator";
	case PLAN_SPARE:
		return "fits, but one before it is taken";
	case PLAN_MISSING:
		return "is not registered: `gatehouse plan list` shows those that are; "
		       "nothing is answered while the gateway names it";
	default:
		while (first != NULL && !first->error)
			first = first->next;
		return first != NULL
			   ? arena_printf(ex->m->arena, "does not fit: %s [%s]",
				 first->text, first->rule)
			   : "does not fit";
	}
}

static void
show_plans(struct explainer *ex, const struct file_explanation *e)
{
	struct out *o = ex->out;
	char first[80];

	out_list(o, "plans");
	for (size_t i = 0; i < e->plan_count; i++) {
		const struct plan_told *p = &e->plans[i];
		const char *text = plan_text(ex, p);

		snprintf(first, sizeof first, "%c plan %.64s  ",
		    p->verdict == PLAN_CHOSEN || p->verdict == PLAN_SPARE ? ' ' : '!',
		    p->id);
		out_hanging(o, first, text != NULL ? text : "");
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "plan", p->id);
		out_str(o, "verdict", plan_verdict_name(p->verdict));
		out_str(o, "text", text != NULL ? text : "");
		out_object_end(o);
	}
	out_list_end(o);
	if (e->plan_count == 0)
		out_hanging(o, "! plan  ",
		    "it names none: `gatehouse gateway set ID "
		    "frequency_plan_ids=PLAN`");
}

/* Was it told with a file before this one? What a plan causes, several files have. */
static bool
is_told(const struct file_explanation *e, size_t file, const struct finding *one)
{
	for (size_t i = 0; i < file; i++)
		for (const struct finding *f = e->files[i].findings.first; f != NULL;
		     f = f->next)
			if (e->files[i].err == E_OK && strcmp(f->text, one->text) == 0)
				return true;
	return false;
}

static void
show_warnings(struct explainer *ex, const struct file_explanation *e, size_t file)
{
	const struct file_told *told = &e->files[file];
	struct out *o = ex->out;

	out_list(o, "warnings");
	for (const struct finding *f = told->findings.first;
	     told->err == E_OK && f != NULL; f = f->next) {
		const char *text =
		    arena_printf(ex->m->arena, "%s [%s]", f->text, f->rule);

		if (!o->json && text != NULL && !is_told(e, file, f))
			out_hanging(o, "!   warning: ", text);
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "rule", f->rule);
		out_str(o, "text", f->text);
		out_object_end(o);
	}
	out_list_end(o);
}

static void
show_files(struct explainer *ex, const struct file_explanation *e)
{
	struct out *o = ex->out;
	char first[80], text[400], line[420];

	out_list(o, "files");
	for (size_t i = 0; i < e->file_count; i++) {
		const struct file_told *f = &e->files[i];
		bool ok = f->err == E_OK;

		fault_text(&f->fault, text, sizeof text);
		if (ok)
			snprintf(text, sizeof text, "200, %zu bytes, %s", f->length,
			    f->answer.format->what);
		snprintf(first, sizeof first, "%c %s  ", ok ? ' ' : '!', f->path);
		snprintf(line, sizeof line, "%d: %s", err_http(f->err), text);
		out_hanging(o, first, ok ? text : line);
		if (!o->json) {
			show_warnings(ex, e, i);
			continue;
		}
		out_object(o, NULL, NULL);
		out_str(o, "path", f->path);
		out_uint(o, "status", ok ? 200 : (uint64_t)err_http(f->err));
		out_uint(o, "bytes", f->length);
		out_str(o, "etag", ok ? f->answer.etag : "");
		out_str(o, "refused", ok ? "" : text);
		show_warnings(ex, e, i);
		out_object_end(o);
	}
	out_list_end(o);
}

/* Why not udp_server: what names a network must not come to another one's. */
static void
say_no_server(struct explainer *ex, const struct file_sources *s)
{
	const char *text =
	    s->lns != NULL
		? arena_printf(ex->m->arena,
		      "%s has no address for UDP, and the gateway must not come to "
		      "another network: `gatehouse lns set %s udp_address=HOST`",
		      s->lns->lns_id, s->lns->lns_id)
		: "nobody names a server: `gatehouse gateway set ID udp_address=HOST`, "
		  "or udp_server in the configuration for all";

	out_hanging(ex->out, "! servers  ", text != NULL ? text : "");
}

static void
show_servers(struct explainer *ex, const struct file_sources *s)
{
	static const char *const sources[] = {"nobody", "the gateway's udp_address",
	    "its network server", "its gateway_server_address",
	    "udp_server in the configuration"};
	struct strbuf list;

	strbuf_init(&list, 4096);
	for (size_t i = 0; i < s->server_count; i++)
		strbuf_printf(&list, "%s%.*s", i > 0 ? ", " : "",
		    (int)s->servers[i].len, (const char *)s->servers[i].data);
	out_str(ex->out, "servers", strbuf_str(&list));
	if (ex->out->json)
		out_str(ex->out, "servers_from", servers_from_name(s->from));
	else if (s->from != SERVERS_NONE)
		out_note(ex->out, "servers from", "%s", sources[s->from]);
	else
		say_no_server(ex, s);
	strbuf_clear(&list);
}

struct counting {
	int64_t now;
	size_t count;
};

/* Those of the gateway that may ask for its files; keys for all gateways may, too. */
static int
count_key(struct manage *m, struct store_txn *txn, const struct key *key, void *arg)
{
	struct counting *c = arg;

	(void)m;
	(void)txn;
	c->count += (key->rights & (RIGHT_INFO | RIGHT_ALL)) != 0 &&
		    (key->revoked_at == 0 || key->revoked_at > c->now) &&
		    (key->expires_at == 0 || key->expires_at > c->now);
	return E_OK;
}

static int
show_keys(struct explainer *ex, const char *gateway)
{
	struct counting c = {.now = ex->m->now};
	struct out *o = ex->out;
	int err = manage_keys(ex->m, gateway, count_key, &c);

	if (err != E_OK)
		return err;
	out_bool(o, "needs_key", ex->require_auth);
	out_uint(o, "keys_that_open", c.count);
	if (ex->require_auth && c.count == 0)
		out_hanging(o, "! ",
		    "No key of its own may ask for its files: `gatehouse key create "
		    "GATEWAY --api --rights INFO` makes one.");
	return E_OK;
}

/* Most gateways have no packet forwarder: what it would lack is of no interest then. */
static bool
is_no_forwarder(const struct file_explanation *e)
{
	return e->plan_count == 0 && e->gateway.concentrator[0] == '\0' &&
	       e->gateway.udp_address.count == 0 && !e->seen;
}

int
explain_files_show(struct explainer *ex, const char *gateway)
{
	struct file_explanation *e = arena_alloc(ex->m->arena, sizeof *e);
	struct out *o = ex->out;
	int err = E_NOMEM;

	if (e != NULL)
		err = manage_explain_files(ex->m, ex->files, gateway, e);
	if (err != E_OK)
		return err;
	if (!o->json && is_no_forwarder(e)) {
		out_line(o, "%s", "");
		out_line(o, "Configuration files for a UDP packet forwarder: none, "
			    "it names no frequency plan");
		return E_OK;
	}
	out_object(o, "files", NULL);
	out_line(o, "%s", "");
	out_line(o, "Configuration files for a UDP packet forwarder");
	show_files(ex, e);
	show_plans(ex, e);
	out_str(o, "concentrator", e->gateway.concentrator);
	if (!o->json && e->gateway.concentrator[0] == '\0')
		out_note(o, "concentrator", "none named: an SX1301 as the plan has it");
	show_servers(ex, &e->sources);
	if ((err = show_keys(ex, gateway)) != E_OK)
		return err;
	if (e->seen)
		file_sighting_show(ex->out, "sighting", &e->sighting);
	out_object_end(o);
	return E_OK;
}
