/* People who may sign in to the admin. */
#include "manage/account.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hex.h"
#include "cli/prompt.h"
#include "cli/record.h"
#include "crypto/password.h"

static const struct record_column columns[] = {
    {"account_id", "ID"},
    {"role", "ROLE"},
    {"disabled", "DISABLED"},
    {"password_at", "PASSWORD"},
    {"name", "NAME"},
    {NULL, NULL},
};
const struct record_table account_records = {&account_kind, columns};

/* ---- passwords --------------------------------------------------------------------------------- */

/* From a file, made, or asked for; never from an argument, where others can see it. */
static int
read_password(struct cli *cli, struct span *password, bool *made)
{
	const char *path = cli_value(cli, "password-file");
	char text[PASSWORD_MADE];
	const char *copy;
	int err;

	*made = cli_has(cli, "generate");
	*password = span_of(NULL, 0);
	if (*made + (path != NULL) + cli_has(cli, "no-password") > 1)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "--password-file, --generate and --no-password exclude each other");
	if (cli_has(cli, "no-password"))
		return E_OK;
	if (path != NULL)
		return cli_read_secret(cli, path, password);
	if (!*made)
		return prompt_new_password(cli, password);
	if ((err = password_make(text)) != E_OK)
		return cli_fail(cli, err);
	copy = arena_strdup(&cli->arena, text);
	explicit_bzero(text, sizeof text);
	*password = span_str(copy);
	return copy != NULL ? E_OK : cli_fail(cli, E_NOMEM);
}

/* What was generated is shown now and never again. */
static int
show_done(struct cli *cli, const char *what, struct span made)
{
	struct out *o = &cli->out;
	const char *id = cli_word(cli, 0);

	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "account_id", id);
		if (made.len > 0)
			out_span(o, "password", made);
		out_object_end(o);
		return E_OK;
	}
	out_line(o, "%s account %s", what, id);
	if (made.len > 0) {
		out_line(o, "%s", "");
		out_line(o, "  %.*s", (int)made.len, (const char *)made.data);
		out_line(o, "%s", "");
		out_line(o, "This is its password, shown only now.");
	}
	return E_OK;
}

/* ---- changing ------------------------------------------------------------------------------------ */

static int
add(struct cli *cli)
{
	struct account_request request = {.id = cli_word(cli, 0),
	    .name = cli_value(cli, "name"),
	    .role = ROLE_VIEWER};
	bool made;
	int err = cli_choice(cli, "role", role_names, &request.role);

	if (err == E_OK)
		err = read_password(cli, &request.password, &made);
	if (err == E_OK)
		err = cli_open(cli);
	request.cost = (unsigned)cli->config.password_cost;
	if (err == E_OK)
		err = manage_account_add(&cli->m, &request, NULL);
	if (err != E_OK)
		return cli_fail(cli, err);
	return show_done(cli, "added", made ? request.password : span_of(NULL, 0));
}

static int
password(struct cli *cli)
{
	struct span text;
	bool made;
	int err = read_password(cli, &text, &made);

	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_account_password(&cli->m, cli_word(cli, 0), text,
		    (unsigned)cli->config.password_cost);
	if (err != E_OK)
		return cli_fail(cli, err);
	return show_done(
	    cli, "changed the password of", made ? text : span_of(NULL, 0));
}

static int
set(struct cli *cli)
{
	struct edits edits = {0};
	const char *id = cli_word(cli, 0);
	int err = record_edits(cli, &account_kind, 1, &edits);

	if (err == E_OK && edits.count == 0)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "nothing to set: give FIELD=VALUE; --help lists the fields");
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_account_set(&cli->m, id, edits.list, edits.count);
	if (err != E_OK)
		return cli_fail(cli, err);
	for (size_t i = 0; i < edits.count; i++)
		if (strcmp(edits.list[i].field, "account_id") == 0)
			id = (const char *)edits.list[i].text.data;
	return record_done(cli, "changed", &account_kind, id);
}

static int
set_disabled(struct cli *cli, const char *value, const char *done)
{
	struct edit edit = {"disabled", span_str(value)};
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_account_set(&cli->m, cli_word(cli, 0), &edit, 1);
	return err == E_OK ? record_done(cli, done, &account_kind, cli_word(cli, 0))
			   : cli_fail(cli, err);
}

static int
disable(struct cli *cli)
{
	return set_disabled(cli, "true", "disabled");
}

static int
enable(struct cli *cli)
{
	return set_disabled(cli, "false", "enabled");
}

static int
remove_account(struct cli *cli)
{
	const char *id = cli_word(cli, 0);
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_account_remove(&cli->m, id);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_done(&cli->out, "removed", id, "removed account %s", id);
	return E_OK;
}

/* ---- looking ---------------------------------------------------------------------------------------- */

static int
show_session(struct manage *m, struct span digest, const struct session *s,
    const char *account, void *arg)
{
	struct cli *cli = arg;
	struct out *o = &cli->out;
	char id[17], seen[CLOCK_AGE], began[CLOCK_AGE], ends[CLOCK_AGE];

	hex_encode(digest.data, 8, id);
	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "session", id);
		out_str(o, "account_id", account);
		out_time(o, "created_at", s->created_at);
		out_time(o, "seen_at", s->seen_at);
		out_time(o, "ends_at", s->ends_at);
		out_str(o, "address", s->address);
		out_str(o, "agent", s->agent);
		out_object_end(o);
		return E_OK;
	}
	out_cell(o, account);
	out_cell(o, clock_age(s->created_at, m->now, began));
	out_cell(o, clock_age(s->seen_at, m->now, seen));
	out_cell(o, clock_age(s->ends_at, m->now, ends));
	out_cell(o, s->address);
	out_cell(o, s->agent);
	return E_OK;
}

static int
sessions(struct cli *cli)
{
	static const char *const titles[] = {
	    "ACCOUNT", "BEGAN", "USED", "ENDS", "ADDRESS", "BROWSER"};
	const char *id = cli_word(cli, 0);
	uint64_t ended;
	int err = cli_open(cli);

	if (err == E_OK && cli_has(cli, "end")) {
		if (id == NULL)
			return fault_set(&cli->m.fault, E_INVALID, NULL,
			    "name the account whose sessions shall end");
		if ((err = manage_sessions_end(&cli->m, id, &ended)) != E_OK)
			return cli_fail(cli, err);
		out_object(&cli->out, NULL, NULL);
		if (cli->out.json)
			out_uint(&cli->out, "ended", ended);
		else
			out_line(&cli->out, "ended %llu sessions of %s",
			    (unsigned long long)ended, id);
		out_object_end(&cli->out);
		return E_OK;
	}
	if (err != E_OK)
		return err;
	out_table(&cli->out, NULL, titles, COUNT(titles));
	if ((err = manage_sessions(&cli->m, id, show_session, cli)) != E_OK)
		return cli_fail(cli, err);
	out_table_end(&cli->out);
	return E_OK;
}

static int
first(struct cli *cli)
{
	bool made;
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_first_secret(&cli->m, &made);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_done(&cli->out, "file",
	    arena_printf(&cli->arena, "%s/" FIRST_SECRET_FILE, cli->data.path),
	    "The admin's sign-in page asks for what stands in "
	    "%s/" FIRST_SECRET_FILE,
	    cli->data.path);
	return E_OK;
}

/* ---- the table ----------------------------------------------------------------------------------------- */

#define OPTIONS_PASSWORD                                      \
	OPTION("password-file", "FILE",                       \
	    "its first line is the password (- for standard " \
	    "input) instead of asking"),                      \
	    SWITCH("generate", "make a password and show it once")

static const struct option add_options[] = {
    OPTION("role", "ROLE", "viewer (the default), operator or admin"),
    OPTION("name", "NAME", "a name for people"),
    OPTIONS_PASSWORD,
    SWITCH("no-password", "it signs in by the web server alone (REMOTE_USER)"),
    OPTION_END,
};
static const struct option password_options[] = {OPTIONS_PASSWORD, OPTION_END};
static const struct option session_options[] = {
    SWITCH("end", "end those of the account"), OPTION_END};

const struct command account_commands[] = {
    {"add", "ID", 1, 1, add_options, NULL, add, "make an account",
	"Without an option for it the password is asked for at the terminal."},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &account_kind, set,
	"change its name or role",
	"Another role ends the account's sessions. The last admin stays one."},
    {"password", "ID", 1, 1, password_options, NULL, password, "give it a new password",
	"Ends the account's sessions."},
    {"show", "ID", 1, 1, NULL, NULL, record_run_show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"disable", "ID", 1, 1, NULL, NULL, disable,
	"let it sign in no more, and end its sessions", NULL},
    {"enable", "ID", 1, 1, NULL, NULL, enable, "let it sign in again", NULL},
    {"remove", "ID", 1, 1, NULL, NULL, remove_account, "remove it", NULL},
    {"sessions", "[ID]", 0, 1, session_options, NULL, sessions, "who has signed in",
	NULL},
    {"first", "", 0, 0, NULL, NULL, first,
	"let the first account be made in the browser",
	"Makes a file with a secret in the data folder, which the sign-in page asks "
	"for. Only while there is no account."},
    {.verb = NULL},
};
