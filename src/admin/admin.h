/*
 * The admin: pages for people, rendered here, without scripts.
 *
 * A page is one row in the table of pages.c and one handler in a page_X.c. Before any handler
 * runs, the gate (gate.h) has seen to it that somebody is signed in who may open the page, and
 * that a form comes from a page of ours. A handler for GET writes HTML; one for POST calls a
 * function of src/manage and sends the browser to the next page by visit_done(), or shows the
 * form again with what was typed and what is wrong with it.
 *
 *	int
 *	page_example(struct visit *v)
 *	{
 *		page_begin(v, "An example");
 *		html_raw(&v->html, "<p>");
 *		html_user(&v->html, visit_query(v, "word"));
 *		html_raw(&v->html, "</p>");
 *		return page_end(v);
 *	}
 *
 * An error that a handler returns becomes a page with the words of v->m.fault, whatever was
 * written before.
 */
#ifndef GH_ADMIN_ADMIN_H
#define GH_ADMIN_ADMIN_H

#include "admin/api.h"
#include "auth/session.h"
#include "gateway-files/answer.h"
#include "manage/manage.h"
#include "web/form.h"
#include "web/html.h"
#include "web/route.h"

/* One key of the configuration, to be shown. */
struct admin_setting {
	const char *section, *name, *value, *help;
	bool set; /* by the operator; else it is the default */
};

/* What the configuration says, as this folder wants it. Borrowed for the process. */
struct admin_settings {
	const char *public_url; /* of the admin, without trailing slash; "": unknown */
	struct span prefix;	/* the path below which it is expected */
	const char *data_path, *seal_path; /* as in struct data_options */
	const char *share;		   /* folder with static/ */
	const char *program; /* actors of what no person does: "admin.fcgi" */
	struct session_rules session;
	bool remote_user;
	unsigned sign_in_failures, password_cost;
	unsigned key_failures; /* wrong keys a minute from one address, of the API */
	bool require_auth;     /* of configuration files, for advice */
	uint64_t upload_limit;
	const char *server_url; /* public_url of the whole server; "" */
	struct cups_policy cups;
	struct kick_policy kick;
	struct file_policy files;
	const struct admin_setting *shown; /* all keys, for the page that shows them */
	size_t shown_count;
	const char *config_path; /* the file that was read; "" */
};

struct admin_style {
	char *text;
	size_t length;
	char hash[17]; /* part of its address */
};

/* As long as the process. */
struct admin {
	struct api *api; /* first: see api.h */
	struct admin_settings settings;
	struct data data;
	struct admin_style style;
};

/* Opens the data folder. Errors of data_open(). */
int admin_open(
    const struct admin_settings *settings, struct admin **admin, struct fault *fault);
void admin_close(struct admin *admin);

/* The routes of all pages and of the API, for struct service, valid as long as the process. */
const struct route *admin_routes(size_t *count);

/* An error before a page was found, or where none can be made. For struct service. */
response_error_form admin_error_form;

/* ---- the table of pages ------------------------------------------------------------------ */

struct visit;
typedef int page_handler(struct visit *v);

enum page_access {
	PAGE_OPEN, /* to everybody */
	PAGE_VIEWER,
	PAGE_OPERATOR,
	PAGE_ADMIN
};

enum page_flags {
	PAGE_FILES = 1,	  /* its form may bring files */
	PAGE_SIGN_IN = 2, /* a form of somebody who has not signed in */
};

struct page {
	enum method method; /* GET changes nothing; POST is for forms */
	const char *path;   /* as in struct route */
	enum page_access access;
	unsigned flags;
	page_handler *handler;
	const char *title;     /* of the page, unless page_begin() has another one */
	const char *nav;       /* its name in the navigation; NULL: not there */
	const void *arguments; /* for handlers that serve several pages */
};

extern const struct page admin_pages[];
extern const size_t admin_page_count;

/* ---- one request ---------------------------------------------------------------------------- */

#define VISIT_CRUMBS 4
#define VISIT_TOKEN (4 * SESSION_SECRET + 1)

struct visit {
	struct admin *admin;
	struct request *req;
	struct response *res;
	const struct page *page;
	struct arena *arena;
	int64_t now;
	struct html html; /* writes the body of the answer */
	struct manage m;  /* acts for the account */

	bool signed_in;
	uint8_t digest[SESSION_DIGEST];
	struct session session;
	struct account account;

	struct form form; /* of POST; empty otherwise */

	/* For src/admin's own parts. */
	bool secure;	    /* cookies are for https alone */
	const char *origin; /* scheme://host[:port] of our pages; "" when unknown */
	char token[VISIT_TOKEN];     /* that forms carry; "" until one is made */
	char visitor[SESSION_TOKEN]; /* of the sign-in form's cookie */
	struct {
		const char *text, *path;
	} crumbs[VISIT_CRUMBS];
	size_t crumb_count;
	struct strbuf said; /* what m.say was told */
	struct {
		const char *const *titles;
		size_t column;
		bool in_row;
	} table;
};

/* What stood at {name} in the path, with a NUL; "" when there is none. */
const char *visit_capture(struct visit *v, const char *name);

/* A value of the query string; "" when there is none. */
const char *visit_query(struct visit *v, const char *name);

/* The address of this page without its query string, for forms that come back to it. */
const char *visit_here(struct visit *v);

/* A value of the form; "" when there is none. */
const char *visit_field(struct visit *v, const char *name);

/* May the account do what needs this role? For what is shown; the gate decides. */
bool visit_may(const struct visit *v, enum page_access access);

/*
 * After a form: 303 to a page of ours, which shows the sentence and what src/manage said
 * beside it. The pattern is as for html_href(); `text` NULL: nothing is shown.
 */
int visit_done(struct visit *v, const char *text, const char *pattern, ...);

/* The same for what could not be done on a page that has no form to show again: the words
 * of v->m.fault, marked as an error. */
int visit_failed(struct visit *v, int err, const char *pattern, ...);

/* The words of v->m.fault, or of the error. In the arena. */
const char *visit_fault(struct visit *v, int err);

/* Answers with a file to be saved. */
int visit_download(
    struct visit *v, const char *type, const char *name, struct span bytes);

/* The handler of every route: gate, page, and what is done about errors. */
route_handler admin_serve;

#endif
