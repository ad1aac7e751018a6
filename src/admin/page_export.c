/* Export: what fits the filter, in a file to be saved. */
#include <unistd.h>

#include "admin/input.h"
#include "admin/page_import.h"
#include "admin/transfer.h"
#include "admin/widget.h"
#include "manage/gateway_export.h"

static const char *const format_labels[] = {
    "JSON lines", "table (CSV)", "JSON, one list", NULL};

/* ---- the page ------------------------------------------------------------------------------ */

static void
put_filter(struct visit *v, const char *prefix)
{
	static const struct {
		const char *name, *label, *help;
	} inputs[] = {{"word", "Words of ID, name or description", NULL},
	    {"group", "Group", NULL}, {"lns", "Network server", NULL},
	    {"plan", "Frequency plan", NULL}};

	for (size_t i = 0; i < COUNT(inputs); i++)
		input_text(v, &(struct input){.name = arena_printf(v->arena, "%s%s",
						  prefix, inputs[i].name),
				  .label = inputs[i].label});
	input_choice(v,
	    &(struct input){
		.name = arena_printf(v->arena, "%sformat", prefix), .label = "Format"},
	    export_format_words, format_labels);
	input_check(v,
	    &(struct input){.name = arena_printf(v->arena, "%sdeleted", prefix),
		.label = "The deleted ones instead of the others"},
	    false);
}

static void
put_secrets(struct visit *v)
{
	page_section(v, "secrets", "With secrets");
	page_text(v,
	    "The same with the keys of network servers and CUPS in plain text, "
	    "for moving to another server. It is noted in the audit log. Keep "
	    "such a file as you would keep the keys.");
	page_form(v, "/export/secrets", NULL, NULL);
	put_filter(v, "s-");
	input_check(v,
	    &(struct input){.name = "secrets",
		.label = "Yes, with all secrets in plain text",
		.required = true},
	    false);
	input_submit(v, "Export with secrets");
	page_form_end(v);
	page_section_end(v);
}

static int
show(struct visit *v, int problem)
{
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Import gateways", "/import", NULL);
	page_begin(v, "Export gateways");
	input_problem(v, problem);
	page_text(v, "All gateways that fit, with The Things Stack's field names. The "
		     "file can be imported again, here or there.");
	html_raw(&v->html, "<form class=\"edit\" method=\"get\"");
	html_action(&v->html, "/export/gateways");
	html_raw(&v->html, ">\n");
	put_filter(v, "");
	input_submit(v, "Export");
	html_raw(&v->html, "</form>\n");
	if (visit_may(v, PAGE_ADMIN))
		put_secrets(v);
	return page_end(v);
}

int
page_export(struct visit *v)
{
	return show(v, E_OK);
}

/* ---- the file ---------------------------------------------------------------------------------- */

struct target {
	struct visit *v;
	int fd;
};

static int
write_target(void *arg, struct span bytes, struct fault *fault)
{
	struct target *t = arg;

	(void)fault; /* it is v->m.fault */
	return transfer_put(t->v, t->fd, bytes);
}

/* The texts of the filter, by whatever way they came. */
typedef const char *value_fn(struct visit *v, const char *name);

static const char *
from_query(struct visit *v, const char *name)
{
	return visit_query(v, name);
}

static const char *
from_form(struct visit *v, const char *name)
{
	return visit_field(v, arena_printf(v->arena, "s-%s", name));
}

static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static struct bulk_export
wanted(struct visit *v, value_fn *value)
{
	struct bulk_export e = {.filter = {.word = or_null(value(v, "word")),
				    .group = or_null(value(v, "group")),
				    .lns = or_null(value(v, "lns")),
				    .plan = or_null(value(v, "plan")),
				    .deleted = value(v, "deleted")[0] != '\0'}};
	const char *format = value(v, "format");

	for (int i = 0; export_format_words[i] != NULL; i++)
		if (strcmp(export_format_words[i], format) == 0)
			e.format = (enum export_format)i;
	return e;
}

static int
send(struct visit *v, struct bulk_export *e)
{
	static const char *const types[] = {[EXPORT_JSONL] = "application/jsonl",
	    [EXPORT_CSV] = "text/csv; charset=utf-8",
	    [EXPORT_JSON] = "application/json"};
	static const char *const names[] = {[EXPORT_JSONL] = "gateways.jsonl",
	    [EXPORT_CSV] = "gateways.csv",
	    [EXPORT_JSON] = "gateways.json"};
	struct target t = {.v = v};
	uint64_t count;
	int err = transfer_begin(v, &t.fd);

	if (err != E_OK)
		return err;
	e->write = write_target;
	e->arg = &t;
	err = manage_gateway_export(&v->m, e, &count);
	if (err != E_OK) {
		close(t.fd);
		return err == E_NOTFOUND || err == E_INVALID ? show(v, err) : err;
	}
	return transfer_send(v, types[e->format], names[e->format], t.fd);
}

int
page_export_file(struct visit *v)
{
	struct bulk_export e = wanted(v, from_query);

	return send(v, &e);
}

int
page_export_secrets(struct visit *v)
{
	struct bulk_export e = wanted(v, from_form);

	e.secrets = true;
	if (visit_field(v, "secrets")[0] == '\0')
		return show(v, fault_set(&v->m.fault, E_INVALID, "secrets",
				   "say that you want them"));
	return send(v, &e);
}
