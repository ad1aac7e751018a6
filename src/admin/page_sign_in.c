#include "admin/page_sign_in.h"

#include <stdio.h>

#include "admin/gate.h"
#include "admin/widget.h"
#include "admin/input.h"
#include "auth/sign_in.h"
#include "crypto/password.h"
#include "manage/account.h"
#include "web/client.h"

/* ---- the page ------------------------------------------------------------------------------ */

static const char *
wanted_page(struct visit *v)
{
	const char *next = v->req->method == METHOD_POST ? visit_field(v, "next")
							 : visit_query(v, "next");

	return gate_next(next);
}

static void
put_sign_in(struct visit *v)
{
	page_form(v, "/sign-in", NULL, NULL);
	input_hidden(v, "next", wanted_page(v));
	input_text(v, &(struct input){.name = "account",
			  .label = "Account",
			  .value = visit_field(v, "account"),
			  .autocomplete = "username",
			  .max = 36,
			  .mono = true,
			  .required = true});
	input_text(v, &(struct input){.name = "password",
			  .label = "Password",
			  .type = "password",
			  .autocomplete = "current-password",
			  .max = PASSWORD_MAX,
			  .required = true});
	input_submit(v, "Sign in");
	page_form_end(v);
}

static void
put_remote(struct visit *v, const char *name)
{
	html_raw(&v->html, "<p>The web server says that you are ");
	html_user(&v->html, name);
	html_raw(&v->html, ".</p>\n");
	page_form(v, "/sign-in/remote", NULL, NULL);
	input_hidden(v, "next", wanted_page(v));
	input_submit(v, "Go on");
	page_form_end(v);
}

static void
put_first(struct visit *v)
{
	page_text(v, "There is no account yet. Who can read the file " FIRST_SECRET_FILE
		     " in the data folder may make the first one, an admin. (When "
		     "there is no such "
		     "file: gatehouse account first.)");
	page_form(v, "/sign-in/first", NULL, NULL);
	input_text(v, &(struct input){.name = "secret",
			  .label = "What stands in " FIRST_SECRET_FILE,
			  .type = "password",
			  .max = 100,
			  .mono = true,
			  .required = true});
	input_text(
	    v, &(struct input){.name = "account_id",
		   .label = "Account",
		   .help = "3 to 36 lower-case letters, digits and single dashes",
		   .value = visit_field(v, "account_id"),
		   .autocomplete = "username",
		   .max = 36,
		   .mono = true,
		   .required = true});
	input_text(v, &(struct input){.name = "password",
			  .label = "Password",
			  .help = "at least 10 characters",
			  .type = "password",
			  .autocomplete = "new-password",
			  .max = PASSWORD_MAX,
			  .required = true});
	input_submit(v, "Make the first account");
	page_form_end(v);
}

static int
show(struct visit *v, int problem)
{
	struct fault fault = v->m.fault;
	const char *remote = gate_remote_user(v);
	bool any;
	int err = manage_account_any(&v->m, &any);

	if (err != E_OK)
		return err;
	v->m.fault = fault;
	if (problem != E_OK)
		v->res->status = problem == E_DENIED ? 403 : err_http(problem);
	v->signed_in = false; /* the page is the same for everybody */
	page_begin(v, any ? "Sign in" : "The first account");
	input_problem(v, problem);
	if (any && visit_query(v, "undone")[0] != '\0')
		page_note(v, MOOD_WARN,
		    "Nobody was signed in any more, so what was sent has not been "
		    "done. Sign in and send it again.");
	if (!any)
		put_first(v);
	else if (remote[0] != '\0')
		put_remote(v, remote);
	if (any)
		put_sign_in(v);
	return page_end(v);
}

int
page_sign_in(struct visit *v)
{
	if (v->signed_in)
		return visit_done(v, NULL, "/");
	return show(v, E_OK);
}

/* ---- signing in -------------------------------------------------------------------------------- */

static void
describe(struct visit *v, const char *account, const char *password,
    char address[ADDRESS_TEXT], struct sign_in *who)
{
	*who = (struct sign_in){.account = span_str(account),
	    .password = span_str(password),
	    .address = client_address_text(v->req, address),
	    .failures = v->admin->settings.sign_in_failures,
	    .cost = v->admin->settings.password_cost,
	    .now = v->now};
}

static int
too_many(struct visit *v, unsigned retry_after)
{
	char seconds[16];

	snprintf(seconds, sizeof seconds, "%u", retry_after);
	response_header(v->res, "Retry-After", seconds);
	v->m.fault = (struct fault){0};
	return show(
	    v, fault_set(&v->m.fault, E_THROTTLED, NULL,
		   "There were too many wrong passwords; try again in %u seconds",
		   retry_after));
}

static int
refuse(struct visit *v, const char *account)
{
	request_note(v->req, "refused", span_str(account));
	v->m.fault = (struct fault){0};
	return show(
	    v, fault_set(&v->m.fault, E_DENIED, NULL, "Account or password are wrong"));
}

static int
welcome(struct visit *v, const struct account *account, bool remote)
{
	const char *next = wanted_page(v);
	int err = gate_sign_in(v, account, remote);
	struct strbuf to;

	if (err != E_OK)
		return err;
	request_note(v->req, "account", span_str(account->account_id));
	strbuf_init(&to, RESPONSE_HEAD_MAX);
	html_path(&to, v->html.prefix, "");
	html_path(&to, span_str(next), "");
	response_redirect(v->res, 303, strbuf_str(&to));
	strbuf_clear(&to);
	return E_OK;
}

/* A hash of the time before the cost was changed is made anew while the password is here. */
static void
renew_hash(struct visit *v, struct account *account, const char *password)
{
	unsigned cost = v->admin->settings.password_cost;
	struct account fresh;

	if (!password_is_outdated(account->password, cost) ||
	    manage_account_password_check(
		span_str(password), account->account_id, NULL) != E_OK)
		return;
	if (manage_account_password(
		&v->m, account->account_id, span_str(password), cost) == E_OK &&
	    manage_get(&v->m, &account_kind, account->account_id, &fresh) == E_OK)
		*account = fresh;
}

int
page_sign_in_send(struct visit *v)
{
	const char *id = visit_field(v, "account");
	const char *password = visit_field(v, "password");
	char address[ADDRESS_TEXT];
	struct account account;
	struct sign_in who;
	unsigned retry_after;
	int err;

	describe(v, id, password, address, &who);
	err = sign_in_check(&v->admin->data, &who, v->arena, &account, &retry_after);
	if (err == E_THROTTLED)
		return too_many(v, retry_after);
	if (err == E_DENIED)
		return refuse(v, id);
	if (err != E_OK)
		return err;
	renew_hash(v, &account, password);
	return welcome(v, &account, false);
}

int
page_sign_in_remote(struct visit *v)
{
	const char *name = gate_remote_user(v);
	struct account account;

	if (name[0] == '\0' || strlen(name) > 36 ||
	    manage_get(&v->m, &account_kind, name, &account) != E_OK ||
	    account.disabled)
		return refuse(v, name);
	return welcome(v, &account, true);
}

int
page_first_account(struct visit *v)
{
	struct account_request request = {.id = visit_field(v, "account_id"),
	    .role = ROLE_ADMIN,
	    .password = span_str(visit_field(v, "password")),
	    .cost = v->admin->settings.password_cost};
	char address[ADDRESS_TEXT];
	struct account account;
	struct sign_in who;
	unsigned retry_after;
	int err;

	describe(v, "", "", address, &who);
	if (!sign_in_may_guess(&v->admin->data, &who, &retry_after))
		return too_many(v, retry_after);
	err = manage_first_account(
	    &v->m, span_str(visit_field(v, "secret")), &request, NULL);
	if (err == E_DENIED)
		sign_in_failed(&v->admin->data, &who);
	if (err == E_DENIED || err == E_INVALID || err == E_STATE || err == E_NOTFOUND)
		return show(v, err);
	if (err == E_OK)
		err = manage_get(&v->m, &account_kind, request.id, &account);
	return err == E_OK ? welcome(v, &account, false) : err;
}

int
page_sign_out(struct visit *v)
{
	int err = gate_sign_out(v);

	return err == E_OK ? visit_done(v, NULL, "/sign-in") : err;
}

/* ---- oneself ---------------------------------------------------------------------------------------- */

static void
put_password_form(struct visit *v)
{
	page_form(v, "/me/password", NULL, NULL);
	input_text(v, &(struct input){.name = "current",
			  .label = "Present password",
			  .type = "password",
			  .autocomplete = "current-password",
			  .max = PASSWORD_MAX,
			  .required = true});
	input_text(v, &(struct input){.name = "password",
			  .label = "New password",
			  .help = "at least 10 characters; your other sessions end",
			  .type = "password",
			  .autocomplete = "new-password",
			  .max = PASSWORD_MAX,
			  .required = true});
	input_text(v, &(struct input){.name = "again",
			  .label = "The same again",
			  .type = "password",
			  .autocomplete = "new-password",
			  .max = PASSWORD_MAX,
			  .required = true});
	input_submit(v, "Change the password");
	page_form_end(v);
}

static int
show_me(struct visit *v, int problem)
{
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_begin(v, "My account");
	input_problem(v, problem);
	page_section(v, "account", "Account");
	facts_begin(v);
	facts_text(v, "ID", v->account.account_id);
	facts_text(v, "Name", v->account.name);
	facts_text(v, "Role", role_names[v->account.role]);
	facts_time(v, "Password set", v->account.password_at);
	facts_time(v, "Signed in", v->session.created_at);
	facts_time(v, "This session ends", v->session.ends_at);
	facts_end(v);
	page_section_end(v);
	if (v->account.password[0] != '\0') {
		page_section(v, "password", "Password");
		put_password_form(v);
		page_section_end(v);
	}
	return page_end(v);
}

int
page_me(struct visit *v)
{
	return show_me(v, E_OK);
}

int
page_me_password(struct visit *v)
{
	const char *id = v->account.account_id;
	struct span password = span_str(visit_field(v, "password"));
	char address[ADDRESS_TEXT];
	struct account account;
	struct sign_in who;
	unsigned retry_after;
	int err;

	if (!span_is(password, visit_field(v, "again")))
		return show_me(v, fault_set(&v->m.fault, E_INVALID, "again",
				      "is not the same as the new password"));
	describe(v, id, visit_field(v, "current"), address, &who);
	err = sign_in_check(&v->admin->data, &who, v->arena, &account, &retry_after);
	if (err == E_DENIED || err == E_THROTTLED)
		return show_me(
		    v, fault_set(&v->m.fault, err, "current", "%s",
			   err == E_DENIED ? "is wrong"
					   : "was wrong too often; try again later"));
	if (err == E_OK)
		err = manage_account_password(
		    &v->m, id, password, v->admin->settings.password_cost);
	if (err == E_INVALID)
		return show_me(v, err);
	if (err != E_OK)
		return err;
	/* It is changed; who cannot be signed in anew here does it with the new one. */
	if (manage_get(&v->m, &account_kind, id, &account) != E_OK ||
	    gate_sign_in(v, &account, v->session.remote) != E_OK)
		return visit_done(v, NULL, "/sign-in");
	return visit_done(v, "The password is changed.", "/me");
}
