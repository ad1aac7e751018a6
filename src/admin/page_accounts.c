#include "admin/page_accounts.h"

#include "admin/widget.h"
#include "crypto/password.h"
#include "manage/account.h"

static const char *const columns[] = {
    "name", "role", "disabled", "password_at", "updated_at", NULL};

/* ---- one account ----------------------------------------------------------------------------- */

static int
put_session(struct manage *m, struct span digest, const struct session *s,
    const char *account, void *arg)
{
	struct visit *v = arg;
	bool ours = span_eq(digest, span_of(v->digest, SESSION_DIGEST));

	(void)m;
	(void)account;
	table_row(v);
	table_cell(v);
	page_time(v, s->created_at);
	if (ours)
		badge(v, MOOD_GOOD, "this one");
	table_cell(v);
	page_time(v, s->seen_at);
	table_cell(v);
	page_time(v, s->ends_at);
	table_cell(v);
	html_user(&v->html, s->address);
	table_cell(v);
	html_user(&v->html, s->agent);
	return E_OK;
}

static void
input_new_password(struct visit *v)
{
	input_text(
	    v, &(struct input){.name = "password",
		   .label = "Password",
		   .help = "at least 10 characters; empty: one is made and shown once",
		   .type = "password",
		   .autocomplete = "new-password",
		   .max = PASSWORD_MAX});
}

static void
put_password(struct visit *v, const char *id)
{
	page_section(v, "password", "A new password");
	page_form(v, "/accounts/{}/password", id, NULL);
	input_new_password(v);
	input_submit(v, "Set the password");
	page_form_end(v);
	page_section_end(v);
}

/* The snapshot that is open is of the registry; sessions are in the ledger. */
static int
more(struct visit *v, struct store_txn *txn, const void *record)
{
	(void)txn;
	put_password(v, ((const struct account *)record)->account_id);
	return E_OK;
}

static int
after(struct visit *v, const void *record)
{
	static const char *const titles[] = {
	    "Began", "Used", "Ends", "From", "Browser", NULL};
	const char *id = ((const struct account *)record)->account_id;
	int err;

	page_section(v, "sessions", "Its sessions");
	table_begin(v, "Sessions", titles);
	err = manage_sessions(&v->m, id, put_session, v);
	table_end(v);
	page_form(v, "/accounts/{}/sessions", id, NULL);
	input_submit(v, "End all of them");
	page_form_end(v);
	page_section_end(v);
	return err;
}

const struct record_pages account_pages = {
    .shape = {.kind = &account_kind},
    .base = "/accounts",
    .one = "account",
    .many = "Accounts",
    .intro =
	"Viewers see everything but secrets, operators change gateways and what they "
	"get, admins do everything.",
    .columns = columns,
    .set = manage_account_set,
    .remove = manage_account_remove,
    .more = more,
    .after = after,
    .access = PAGE_ADMIN,
    .delete_text = "It may sign in no more; its sessions end. What it did stays in the "
		   "audit log.",
};

/* ---- a new one --------------------------------------------------------------------------------- */

static int
put_form(struct visit *v, int problem)
{
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Accounts", "/accounts", NULL);
	page_begin(v, "New account");
	input_problem(v, problem);
	page_form(v, "/accounts/new", NULL, NULL);
	input_text(v,
	    &(struct input){.name = "account_id",
		.label = "ID",
		.help =
		    "what is typed to sign in: 3 to 36 lower-case letters, digits and "
		    "single dashes",
		.value = visit_field(v, "account_id"),
		.max = 36,
		.mono = true,
		.required = true});
	input_text(v, &(struct input){.name = "name",
			  .label = "Name",
			  .value = visit_field(v, "name"),
			  .max = 50});
	input_choice(v,
	    &(struct input){
		.name = "role", .label = "Role", .value = visit_field(v, "role")},
	    role_names, role_names);
	input_new_password(v);
	input_submit(v, "Create");
	page_form_end(v);
	return page_end(v);
}

int
page_account_new(struct visit *v)
{
	return put_form(v, E_OK);
}

/* What was typed, or one that is made: *made then. */
static int
take_password(struct visit *v, struct span *password, bool *made)
{
	char text[PASSWORD_MADE];
	int err;

	*password = form_span(&v->form, "password");
	*made = password->len == 0;
	if (!*made)
		return E_OK;
	if ((err = password_make(text)) != E_OK)
		return err;
	*password = span_str(arena_strdup(v->arena, text));
	explicit_bzero(text, sizeof text);
	return password->data != NULL ? E_OK : E_NOMEM;
}

static int
show_password(struct visit *v, const char *id, struct span password)
{
	page_crumb(v, "Accounts", "/accounts", NULL);
	page_begin(v, id);
	page_note(
	    v, MOOD_WARN, "This password is shown only now. Copy it before you go on.");
	page_code(v, (const char *)password.data);
	page_buttons(v);
	page_button(v, "To the account", "/accounts/{}", id, NULL);
	page_buttons_end(v);
	return page_end(v);
}

int
page_account_add(struct visit *v)
{
	struct account_request request = {.id = visit_field(v, "account_id"),
	    .name = visit_field(v, "name"),
	    .cost = v->admin->settings.password_cost};
	const char *role = visit_field(v, "role");
	bool made;
	int err = take_password(v, &request.password, &made);

	while (role_names[request.role] != NULL &&
	       strcmp(role_names[request.role], role) != 0)
		request.role++;
	if (err == E_OK && role_names[request.role] == NULL)
		err = fault_set(&v->m.fault, E_INVALID, "role",
		    "must be viewer, operator or admin");
	if (err == E_OK)
		err = manage_account_add(&v->m, &request, NULL);
	if (err == E_INVALID || err == E_EXISTS)
		return put_form(v, err);
	if (err != E_OK)
		return err;
	if (made)
		return show_password(v, request.id, request.password);
	return visit_done(v, "The account is there.", "/accounts/{}", request.id);
}

/* ---- changes ------------------------------------------------------------------------------------- */

int
page_account_password(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct span password;
	bool made;
	int err = take_password(v, &password, &made);

	if (err == E_OK)
		err = manage_account_password(
		    &v->m, id, password, v->admin->settings.password_cost);
	if (err == E_INVALID)
		return visit_failed(v, err, "/accounts/{}", id);
	if (err != E_OK)
		return err;
	if (made)
		return show_password(v, id, password);
	return visit_done(
	    v, "The password is set; its sessions have ended.", "/accounts/{}", id);
}

int
page_account_end_sessions(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	int err = manage_sessions_end(&v->m, id, NULL);

	return err == E_OK
		   ? visit_done(v, "Its sessions have ended.", "/accounts/{}", id)
		   : err;
}
