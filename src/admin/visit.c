/* One request through the admin: from the route to the answer. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/admin.h"
#include "admin/gate.h"
#include "admin/layout.h"
#include "admin/style.h"
#include "base/clock.h"
#include "base/log.h"
#include "manage/account.h"

#define SAID_MAX 800

/* ---- the process ------------------------------------------------------------------------- */

/* A form may be long; what it may be in the end is judged where it is read. */
#define FORM_MAX (1 << 20)

static struct route *routes;

static struct route
page_route(const struct page *p)
{
	bool form = p->method == METHOD_POST;

	return (struct route){.methods = p->method,
	    .pattern = p->path,
	    .handler = admin_serve,
	    .max_body = !form			? 0
			: p->flags & PAGE_FILES ? UINT64_C(8) << 30
						: FORM_MAX,
	    .flags = form ? ROUTE_READS : 0};
}

const struct route *
admin_routes(size_t *count)
{
	size_t api_count;
	const struct route *api = api_routes(&api_count);

	*count = admin_page_count + api_count;
	if (routes != NULL)
		return routes;
	if ((routes = calloc(*count, sizeof *routes)) == NULL) {
		*count = 0;
		return NULL;
	}
	for (size_t i = 0; i < admin_page_count; i++)
		routes[i] = page_route(&admin_pages[i]);
	memcpy(routes + admin_page_count, api, api_count * sizeof *api);
	return routes;
}

static struct api *
make_api(struct admin *admin)
{
	const struct admin_settings *s = &admin->settings;
	struct api_setup setup = {.data = &admin->data,
	    .policy = &s->cups,
	    .kick_policy = &s->kick,
	    .file_policy = &s->files,
	    .seal_path = s->seal_path,
	    .require_auth = s->require_auth,
	    .wait_ms = s->session.wait_ms,
	    .failures_per_address = s->key_failures};

	return api_new(&setup);
}

void
admin_close(struct admin *admin)
{
	if (admin == NULL)
		return;
	api_free(admin->api);
	style_clear(&admin->style);
	data_close(&admin->data);
	free(admin);
}

/* Somebody must be able to make the first account. */
static void
offer_first_account(struct admin *admin)
{
	struct arena arena;
	struct manage m = {.data = &admin->data,
	    .arena = &arena,
	    .actor = admin->settings.program,
	    .now = clock_now()};
	bool made, any;

	arena_init(&arena, 1 << 20);
	if (manage_account_any(&m, &any) == E_OK && !any &&
	    manage_first_secret(&m, &made) == E_OK && made)
		log_line(LOG_NOTE,
		    "there is no account yet: the sign-in page asks for what stands in "
		    "%s/" FIRST_SECRET_FILE,
		    admin->data.path);
	arena_clear(&arena);
}

int
admin_open(
    const struct admin_settings *settings, struct admin **out, struct fault *fault)
{
	struct data_options options = {
	    .path = settings->data_path, .seal_path = settings->seal_path};
	struct admin *admin = calloc(1, sizeof *admin);
	int err;

	if (admin == NULL)
		return E_NOMEM;
	admin->settings = *settings;
	if ((err = data_open(&options, &admin->data, fault)) != E_OK) {
		admin_close(admin);
		return err;
	}
	if ((admin->api = make_api(admin)) == NULL) {
		admin_close(admin);
		return E_NOMEM;
	}
	style_load(&admin->style, settings->share);
	layout_remember(settings->prefix, admin->style.hash);
	offer_first_account(admin);
	*out = admin;
	return E_OK;
}

/* ---- what came ------------------------------------------------------------------------------- */

static const char *
text_of(struct visit *v, struct span s)
{
	const char *copy = s.len > 0 ? arena_dup(v->arena, s) : "";

	return copy != NULL ? copy : "";
}

const char *
visit_capture(struct visit *v, const char *name)
{
	return text_of(v, request_capture(v->req, name));
}

const char *
visit_query(struct visit *v, const char *name)
{
	struct span value;

	return request_query(v->req, name, &value) ? text_of(v, value) : "";
}

const char *
visit_here(struct visit *v)
{
	struct strbuf to;
	const char *copy;

	/* The path was decoded; its slashes part it as they did before. */
	strbuf_init(&to, 8192);
	html_path(&to, v->html.prefix, "");
	html_path(&to, v->req->path, "");
	copy = text_of(v, strbuf_span(&to));
	strbuf_clear(&to);
	return copy;
}

const char *
visit_field(struct visit *v, const char *name)
{
	const char *value = form_value(&v->form, name);

	return value != NULL ? value : "";
}

const char *
visit_fault(struct visit *v, int err)
{
	char text[400];

	if (v->m.fault.err == E_OK && v->m.fault.text[0] == '\0')
		return err_text(err);
	return text_of(v, span_str(fault_text(&v->m.fault, text, sizeof text)));
}

/* ---- what goes --------------------------------------------------------------------------------- */

static void
say(void *arg, const char *text)
{
	struct visit *v = arg;

	if (v->said.len > 0)
		strbuf_putc(&v->said, ' ');
	strbuf_puts(&v->said, text);
	if (text[0] != '\0' && text[strlen(text) - 1] != '.')
		strbuf_putc(&v->said, '.');
}

static int
go_on(struct visit *v, const char *text, bool bad, const char *pattern, va_list ap)
{
	struct strbuf to;
	uint64_t number = 0;
	char *words;

	strbuf_init(&to, RESPONSE_HEAD_MAX);
	html_vpath(&to, v->html.prefix, pattern, ap);
	if (text != NULL && v->signed_in) {
		words = arena_printf(v->arena, "%.400s%s%s", text,
		    v->said.len > 0 ? " " : "", strbuf_str(&v->said));
		/* It is done all the same when nobody can be told. */
		if (words == NULL ||
		    session_say(&v->admin->data, &v->admin->settings.session, v->digest,
			bad, words, &number) != E_OK)
			number = 0;
	}
	if (number != 0)
		strbuf_printf(&to, "%cdone=%llu",
		    strchr(strbuf_str(&to), '?') != NULL ? '&' : '?',
		    (unsigned long long)number);
	response_redirect(v->res, 303, strbuf_str(&to));
	strbuf_clear(&to);
	return E_OK;
}

int
visit_done(struct visit *v, const char *text, const char *pattern, ...)
{
	va_list ap;
	int err;

	va_start(ap, pattern);
	err = go_on(v, text, false, pattern, ap);
	va_end(ap);
	return err;
}

int
visit_failed(struct visit *v, int err, const char *pattern, ...)
{
	va_list ap;

	va_start(ap, pattern);
	err = go_on(v, visit_fault(v, err), true, pattern, ap);
	va_end(ap);
	return err;
}

int
visit_download(struct visit *v, const char *type, const char *name, struct span bytes)
{
	char value[200];

	response_reset(v->res);
	layout_headers(v->res);
	snprintf(value, sizeof value, "attachment; filename=\"%.150s\"", name);
	for (char *p = value + sizeof "attachment; filename="; *p != '\0'; p++)
		if ((*p == '"' && p[1] != '\0') || *p == '\\' || *p < ' ' || *p > '~')
			*p = '_';
	response_header(v->res, "Content-Disposition", value);
	response_type(v->res, type);
	strbuf_put(&v->res->body, bytes.data, bytes.len);
	return E_OK;
}

/* ---- serving --------------------------------------------------------------------------------------- */

/* The row that a route was made from; a program may have copied it among others. */
static const struct page *
page_of(const struct route *route)
{
	size_t i = 0;

	while (admin_pages[i].path != route->pattern ||
	       admin_pages[i].method != route->methods)
		i++;
	return &admin_pages[i];
}

static void
begin(struct visit *v, struct admin *admin, struct request *req, struct response *res)
{
	struct span prefix = req->prefix;

	memset(v, 0, sizeof *v);
	v->admin = admin;
	v->req = req;
	v->res = res;
	v->arena = req->arena;
	v->now = clock_now();
	v->page = page_of(req->route);
	v->origin = "";
	/* What the operator configured goes before what a proxy made of the path. */
	if (admin->settings.public_url[0] != '\0')
		prefix = admin->settings.prefix;
	html_init(&v->html, &res->body, prefix);
	strbuf_init(&v->said, SAID_MAX);
	v->m = (struct manage){.data = &admin->data,
	    .arena = req->arena,
	    .actor = admin->settings.program,
	    .now = v->now,
	    .wait_ms = admin->settings.session.wait_ms,
	    .policy = &admin->settings.cups,
	    .kick_policy = &admin->settings.kick,
	    .say = say,
	    .say_arg = v};
}

int
admin_serve(struct request *req, struct response *res, void *state)
{
	struct visit *v = arena_alloc(req->arena, sizeof *v);
	int err;

	if (v == NULL)
		return E_NOMEM;
	begin(v, state, req, res);
	layout_headers(res);
	err = gate_pass(v);
	if (err == E_OK)
		err = v->page->handler(v);
	if (err != E_OK && err != GATE_ANSWERED)
		err = layout_error(v, err);
	form_close(&v->form);
	strbuf_clear(&v->said);
	return err == GATE_ANSWERED ? E_OK : err;
}
