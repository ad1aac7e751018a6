#include "admin/layout.h"

#include <stdio.h>

#include "admin/gate.h"

/* ---- headers ------------------------------------------------------------------------------- */

void
layout_headers(struct response *res)
{
	response_header(res, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
	    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
	response_header(res, "X-Content-Type-Options", "nosniff");
	response_header(res, "X-Frame-Options", "DENY");
	/* With no-referrer browsers would send `Origin: null` with our own forms. */
	response_header(res, "Referrer-Policy", "same-origin");
	response_header(res, "Cross-Origin-Opener-Policy", "same-origin");
	response_header(res, "Cross-Origin-Resource-Policy", "same-origin");
}

/* ---- the head -------------------------------------------------------------------------------- */

static void
put_head(struct html *h, const char *title, const char *style_hash)
{
	html_raw(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		    "<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, "
		    "initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_text(h, title);
	html_raw(h, " · Gatehouse</title>\n<link rel=\"stylesheet\"");
	html_href(h, "/static/{}/admin.css", style_hash);
	html_raw(h, ">\n<link rel=\"icon\" href=\"data:,\">\n</head>\n");
}

/* Does the page of this row stand at or above the present one? */
static bool
is_here(const struct visit *v, const struct page *p)
{
	size_t n = strlen(p->path);
	const char *here = v->page->path;

	if (strcmp(p->path, "/") == 0)
		return strcmp(here, "/") == 0;
	return strncmp(here, p->path, n) == 0 && (here[n] == '\0' || here[n] == '/');
}

static void
put_navigation(struct visit *v)
{
	struct html *h = &v->html;

	html_raw(h, "<nav class=\"main-nav\" aria-label=\"Main\"><ul>\n");
	for (size_t i = 0; i < admin_page_count; i++) {
		const struct page *p = &admin_pages[i];

		if (p->nav == NULL || !visit_may(v, p->access))
			continue;
		html_raw(h, "<li><a");
		html_href(h, p->path);
		if (is_here(v, p))
			html_raw(h, " aria-current=\"page\"");
		html_raw(h, ">");
		html_text(h, p->nav);
		html_raw(h, "</a></li>\n");
	}
	html_raw(h, "</ul></nav>\n");
}

static void
put_person(struct visit *v)
{
	struct html *h = &v->html;

	html_raw(h, "<div class=\"person\"><a");
	html_href(h, "/me");
	html_raw(h, ">");
	html_user(h, v->account.account_id);
	html_raw(h, "</a> <span class=\"quiet\">");
	html_text(h, role_names[v->account.role]);
	html_raw(h, "</span>\n<form method=\"post\"");
	html_action(h, "/sign-out");
	html_raw(h, "><input type=\"hidden\" name=\"token\"");
	html_attr_value(h, gate_token(v));
	html_raw(h, "><button class=\"link\">Sign out</button></form></div>\n");
}

static void
put_crumbs(struct visit *v, const char *title)
{
	struct html *h = &v->html;

	if (v->crumb_count == 0)
		return;
	html_raw(h, "<nav class=\"crumbs\" aria-label=\"Breadcrumbs\"><ol>\n");
	for (size_t i = 0; i < v->crumb_count; i++) {
		html_raw(h, "<li><a");
		html_attr(h, "href", v->crumbs[i].path);
		html_raw(h, ">");
		html_user(h, v->crumbs[i].text);
		html_raw(h, "</a></li>\n");
	}
	html_raw(h, "<li aria-current=\"page\">");
	html_user(h, title);
	html_raw(h, "</li>\n</ol></nav>\n");
}

/* What the last form has come to; the address says which one is meant. */
static void
put_flash(struct visit *v)
{
	struct html *h = &v->html;
	const char *number = visit_query(v, "done");
	char wanted[24];

	if (!v->signed_in || v->session.flash == 0)
		return;
	snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)v->session.flash);
	if (strcmp(number, wanted) != 0)
		return;
	if (v->session.flash_bad)
		html_raw(h, "<p class=\"note bad\" role=\"alert\">");
	else
		html_raw(h, "<p class=\"note good\" role=\"status\">");
	html_user(h, v->session.flash_text);
	html_raw(h, "</p>\n");
}

void
page_crumb(struct visit *v, const char *text, const char *pattern, const char *argument)
{
	struct strbuf path;
	const char *copy;

	if (v->crumb_count == VISIT_CRUMBS)
		return;
	strbuf_init(&path, 4096);
	html_path(&path, v->html.prefix, pattern, argument != NULL ? argument : "");
	copy = arena_strdup(v->arena, strbuf_str(&path));
	strbuf_clear(&path);
	if (copy == NULL)
		return;
	v->crumbs[v->crumb_count].text = text;
	v->crumbs[v->crumb_count++].path = copy;
}

void
page_begin_bare(struct visit *v, const char *title)
{
	struct html *h = &v->html;

	response_type(v->res, "text/html; charset=utf-8");
	put_head(h, title, v->admin->style.hash);
	html_raw(h,
	    "<body>\n<a class=\"skip\" href=\"#content\">Skip to the content</a>\n"
	    "<header class=\"top\"><a class=\"brand\"");
	html_href(h, "/");
	html_raw(h, ">Gatehouse</a>\n");
	if (v->signed_in) {
		put_navigation(v);
		put_person(v);
	}
	html_raw(h, "</header>\n<main id=\"content\" tabindex=\"-1\">\n");
	put_crumbs(v, title);
	put_flash(v);
}

void
page_begin(struct visit *v, const char *title)
{
	page_begin_bare(v, title);
	html_raw(&v->html, "<h1>");
	html_user(&v->html, title);
	html_raw(&v->html, "</h1>\n");
}

int
page_end(struct visit *v)
{
	html_raw(&v->html,
	    "</main>\n<footer class=\"foot\"><p>Gatehouse " PACKAGE_VERSION
	    "</p></footer>\n</body>\n</html>\n");
	/* What had no room is missing above. What a form has done is shown all the same. */
	if (v->arena->failed && v->req->method != METHOD_POST)
		return E_NOMEM;
	return v->res->body.err;
}

void
page_section(struct visit *v, const char *id, const char *title)
{
	html_raw(&v->html, "<section class=\"card\"");
	html_attr(&v->html, "id", id);
	html_raw(&v->html, ">\n<h2>");
	html_text(&v->html, title);
	html_raw(&v->html, "</h2>\n");
}

void
page_section_end(struct visit *v)
{
	html_raw(&v->html, "</section>\n");
}

/* ---- errors ---------------------------------------------------------------------------------- */

static const char *
error_title(int err)
{
	switch (err) {
	case E_NOTFOUND:
		return "There is no such page";
	case E_DENIED:
		return "That is not allowed";
	case E_INVALID:
	case E_TYPE:
		return "That could not be understood";
	case E_TOOBIG:
		return "That is too much";
	case E_EXISTS:
	case E_STATE:
		return "That is not possible now";
	case E_STALE:
		return "Somebody else was faster";
	case E_THROTTLED:
		return "Too many tries";
	case E_BUSY:
	case E_FULL:
	case E_NOMEM:
		return "Please try again in a moment";
	default:
		return "Something went wrong";
	}
}

static void
sentence(struct html *h, const char *text)
{
	size_t n = strlen(text);

	if (n == 0)
		return;
	html_user(h, text);
	if (text[n - 1] != '.')
		html_raw(h, ".");
}

int
layout_error(struct visit *v, int err)
{
	const char *text = visit_fault(v, err);

	strbuf_reset(&v->res->body);
	v->crumb_count = 0;
	v->res->status = err == E_STALE ? 409 : err_http(err);
	request_note(v->req, "error", span_str(text));
	page_begin(v, error_title(err));
	html_raw(&v->html, "<p class=\"note bad\" role=\"alert\">");
	sentence(&v->html, text);
	html_raw(&v->html, "</p>\n<p><a");
	html_href(&v->html, "/");
	html_raw(&v->html, ">To the beginning</a></p>\n");
	page_end(v);
	return E_OK;
}

/* ---- errors without a page ------------------------------------------------------------------- */

static char last_prefix[300], last_style[17];

void
layout_remember(struct span prefix, const char *style_hash)
{
	snprintf(last_prefix, sizeof last_prefix, "%.*s", (int)prefix.len,
	    (const char *)prefix.data);
	snprintf(last_style, sizeof last_style, "%s", style_hash);
}

void
admin_error_form(struct response *res, int err, const char *text)
{
	struct html h;

	html_init(&h, &res->body, span_str(last_prefix));
	res->status = err_http(err);
	layout_headers(res);
	response_type(res, "text/html; charset=utf-8");
	put_head(&h, error_title(err), last_style[0] != '\0' ? last_style : "0");
	html_raw(&h, "<body>\n<main id=\"content\">\n<h1>");
	html_text(&h, error_title(err));
	html_raw(&h, "</h1>\n<p class=\"note bad\">");
	sentence(&h, text != NULL && text[0] != '\0' ? text : err_text(err));
	html_raw(&h, "</p>\n</main>\n</body>\n</html>\n");
}
