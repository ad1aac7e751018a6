/* Care of the data: making, copying, bringing back, verifying, tidying. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"
#include "manage/backup.h"
#include "manage/board.h"
#include "manage/check.h"
#include "manage/init.h"
#include "manage/tick.h"

/* ---- init ------------------------------------------------------------------------------------- */

/* "USER" or "USER:GROUP" cut into two. */
static int
read_owner(struct cli *cli, const char **user, const char **group)
{
	const char *owner = cli_value(cli, "owner"), *colon;
	char *copy;

	if (owner == NULL)
		return E_OK;
	if ((colon = strchr(owner, ':')) == NULL) {
		*user = owner;
		return E_OK;
	}
	copy = arena_dup(&cli->arena, span_of(owner, (size_t)(colon - owner)));
	if (copy == NULL)
		return cli_fail(cli, E_NOMEM);
	*user = copy[0] != '\0' ? copy : NULL;
	*group = colon[1] != '\0' ? colon + 1 : NULL;
	return E_OK;
}

/* The plans and boards that come with this version; those that somebody imported stay. */
static int
bring_shipped(struct cli *cli, struct shipped *shipped)
{
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_import_shipped(&cli->m, cli->config.share, shipped);
	if (err != E_NOTFOUND)
		return err;
	cli_warn(cli, "no frequency plans came with this installation: %s",
	    cli->m.fault.text);
	cli->m.fault = (struct fault){0};
	return E_OK;
}

static int
run_init(struct cli *cli)
{
	struct initialising how = {.new_ring = cli_has(cli, "new-keys")};
	struct initialised done = {0};
	struct shipped shipped = {0};
	struct out *o = &cli->out;
	int err = cli_configure(cli);

	if (err == E_OK)
		err = read_owner(cli, &how.user, &how.group);
	how.path = cli->config.data;
	how.seal_path = cli->config.seal_keys;
	if (err == E_OK)
		err = init_data(&how, &done, &cli->m.fault);
	if (err == E_OK)
		err = bring_shipped(cli, &shipped);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_object(o, NULL, NULL);
	out_str(o, "data", done.path);
	out_str(o, "seal_keys", done.seal_path);
	out_uint(o, "owner", done.owner);
	out_uint(o, "group", done.group);
	out_bool(o, "made_folder", done.folder);
	out_bool(o, "made_stores", done.stores);
	out_bool(o, "made_keys", done.ring);
	out_uint(o, "frequency_plans", shipped.plan_count);
	out_uint(o, "concentrators", shipped.board_count);
	out_object_end(o);
	if (done.ring)
		out_line(o,
		    "Keep a copy of %s apart from the backups: without it no "
		    "secret in the database can be read.",
		    done.seal_path);
	if (done.owner == 0)
		cli_warn(cli,
		    "the folder belongs to root; the web server's programs need "
		    "`gatehouse init --owner USER:GROUP`");
	return E_OK;
}

/* ---- backup and restore --------------------------------------------------------------------------- */

static void
show_backup(struct cli *cli, const char *folder, const struct backup *b)
{
	struct out *o = &cli->out;

	out_object(o, NULL, NULL);
	out_str(o, "folder", folder);
	out_time(o, "at", b->at);
	out_uint(o, "files", b->count);
	out_uint(o, "bytes", b->bytes);
	out_bool(o, "with_keys", b->with_keys);
	out_uint(o, "lost_secrets", b->lost.all);
	if (o->json)
		out_str(o, "warning", b->warning != NULL ? b->warning : "");
	out_object_end(o);
	if (!o->json && b->warning != NULL && b->warning[0] != '\0')
		cli_warn(cli, "%s", b->warning);
}

static int
run_backup(struct cli *cli)
{
	const char *folder = cli_word(cli, 0);
	struct backing_up how = {.ring_too = cli_has(cli, "with-keys"),
	    .without_firmware = cli_has(cli, "without-firmware")};
	struct backup made = {0};
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_backup(&cli->m, folder, &how, &made);
	if (err != E_OK)
		return cli_fail(cli, err);
	show_backup(cli, folder, &made);
	return E_OK;
}

static int
run_restore(struct cli *cli)
{
	struct restoring how = {
	    .from = cli_word(cli, 0), .verify_only = cli_has(cli, "verify")};
	struct backup done = {0};
	int err = cli_configure(cli);

	if (err == E_OK)
		err = read_owner(cli, &how.user, &how.group);
	how.path = cli->config.data;
	how.seal_path = cli->config.seal_keys;
	if (err == E_OK && !how.verify_only)
		err = cli_confirm(
		    cli, "The backup goes into the data folder %.150s.", how.path);
	if (err == E_OK)
		err = restore_data(&how, &cli->arena, &done, &cli->m.fault);
	if (err != E_OK)
		return cli_fail(cli, err);
	show_backup(cli, how.from, &done);
	out_line(&cli->out, how.verify_only ? "The backup is whole."
					    : "Restored. Run `gatehouse check`.");
	return E_OK;
}

/* ---- check ------------------------------------------------------------------------------------------ */

struct checking {
	struct cli *cli;
	uint64_t shown;
};

static void
finding(void *arg, const struct check_finding *f)
{
	struct checking *c = arg;
	struct out *o = &c->cli->out;
	bool about = f->subject[0] != '\0';

	c->shown++;
	out_line(o, "%s: %s%s%s: %s%s%s%s", check_severity_name(f->severity), f->area,
	    about ? " " : "", f->subject, f->text,
	    f->fix[0] != '\0' ? " (mend it: " : "", f->fix,
	    f->fix[0] != '\0' ? ")" : "");
	if (!o->json)
		return;
	out_object(o, NULL, NULL);
	out_str(o, "severity", check_severity_name(f->severity));
	out_str(o, "area", f->area);
	out_str(o, "subject", f->subject);
	out_str(o, "text", f->text);
	out_str(o, "fix", f->fix);
	out_object_end(o);
}

static uint64_t
count_records(const struct check_result *r)
{
	uint64_t n = 0;

	for (size_t i = TABLE_GATEWAY; i < REGISTRY_TABLES; i++)
		n += r->records[i];
	return n;
}

static void
show_check(struct cli *cli, const struct check_result *r)
{
	struct out *o = &cli->out;

	out_uint(o, "errors", r->errors);
	out_uint(o, "warnings", r->warnings);
	out_uint(o, "notes", r->notes);
	out_uint(o, "gateways", r->records[TABLE_GATEWAY]);
	out_uint(o, "records", count_records(r));
	out_uint(o, "ledger_rows", r->states);
	out_uint(o, "secrets_opened", r->sealed);
	out_uint(o, "images", r->records[TABLE_FIRMWARE]);
	out_uint(o, "registry_bytes", r->registry.used);
	out_uint(o, "ledger_bytes", r->ledger.used);
}

/* A folder that does not open gets at least its files looked at. */
static int
run_check(struct cli *cli)
{
	struct check_result result = {0};
	struct checking c = {.cli = cli};
	struct check_options options = {.sizes_only = cli_has(cli, "quick"),
	    .progress = progress_show,
	    .progress_arg = (void *)(uintptr_t) "reading images:"};
	struct out *o = &cli->out;
	struct fault fault;
	int err = cli_configure(cli);

	if (err != E_OK)
		return err;
	out_object(o, NULL, NULL);
	out_list(o, "findings");
	if ((err = cli_open(cli)) == E_OK) {
		err = cli_has(cli, "basics")
			  ? manage_check_basics(&cli->m, finding, &c, &result)
			  : manage_check(&cli->m, &options, finding, &c, &result);
	} else {
		fault = cli->m.fault;
		check_files(
		    cli->config.data, cli->config.seal_keys, finding, &c, &result);
		cli->m.fault = fault;
	}
	out_list_end(o);
	show_check(cli, &result);
	out_object_end(o);
	if (err != E_OK)
		return cli_fail(cli, err);
	if (result.errors > 0)
		return fault_set(&cli->m.fault, E_CORRUPT, NULL, "%llu error%s",
		    (unsigned long long)result.errors, result.errors == 1 ? "" : "s");
	out_line(o, "%s", result.warnings > 0 ? "no errors" : "all is well");
	return E_OK;
}

/* ---- tick --------------------------------------------------------------------------------------------- */

/* People are told what was done, and nothing when nothing was due: cron sends mail. */
static void
show_done(struct out *o, const char *name, uint64_t count)
{
	if (o->json || count > 0)
		out_uint(o, name, count);
}

static int
run_tick(struct cli *cli)
{
	struct ticking how = {.keep_audit = 730LL * 86400};
	struct ticked done = {0};
	struct out *o = &cli->out;
	const char *anchors = cli_value(cli, "anchors");
	int err = cli_duration(cli, "keep-audit", &how.keep_audit);

	if (err == E_OK && anchors != NULL)
		err = cli_read(cli, anchors, &how.trust.anchors);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_tick(&cli->m, &how, &done);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_object(o, NULL, NULL);
	show_done(o, "audit_trimmed", done.audit_trimmed);
	show_done(o, "stale_readers", done.stale_readers);
	show_done(o, "keys_expired", done.keys_expired);
	show_done(o, "keys_revoked", done.keys_revoked);
	show_done(o, "gateways_deleted", done.gateways_deleted);
	show_done(o, "rollout_steps", done.rollout_steps);
	show_done(o, "rollouts_paused", done.rollouts_paused);
	show_done(o, "rollouts_cleared", done.rollouts_cleared);
	show_done(o, "gateways_silent", done.gateways_silent);
	show_done(o, "images_removed", done.images_removed);
	show_done(o, "image_bytes", done.image_bytes);
	show_done(o, "trusts_fetched", done.trusts.done);
	show_done(o, "trusts_changed", done.trusts.changed);
	show_done(o, "trusts_failed", done.trusts.failed);
	show_done(o, "uploads_removed", done.uploads_removed);
	out_object_end(o);
	return E_OK;
}

/* ---- the tables ------------------------------------------------------------------------------------------ */

static const struct option init_options[] = {
    OPTION("owner", "USER[:GROUP]",
	"as root: whose it shall be, the user of the web server's programs"),
    SWITCH("new-keys",
	"make new sealing keys for data whose keys are lost: their secrets stay lost"),
    OPTION_END,
};
static const struct option backup_options[] = {
    SWITCH("with-keys", "with the sealing keys: whoever has it can read every secret"),
    SWITCH("without-firmware",
	"without the images: after a restore each has to be added again"),
    OPTION_END,
};
static const struct option restore_options[] = {
    SWITCH("verify", "only verify it"),
    OPTION("owner", "USER[:GROUP]", "as root: whose the data shall be"),
    OPTION_YES,
    OPTION_END,
};
static const struct option check_options[] = {
    SWITCH("quick", "do not read firmware images, only look at their sizes"),
    SWITCH("basics", "only files, sealing keys and room, not every record"),
    OPTION_END,
};
static const struct option tick_options[] = {
    OPTION("keep-audit", "TIME",
	"how long entries of the audit log stay (730d; 0: for ever)"),
    OPTION("anchors", "FILE",
	"roots to verify servers against (PEM) instead of the system's"),
    OPTION_END,
};

const struct command init_commands[] = {
    {"", "", 0, 0, init_options, NULL, run_init,
	"make the data folder, its stores and sealing keys",
	"May be run again, also after an update, which may bring other frequency plans "
	"and boards; it never changes what somebody entered."},
    {.verb = NULL},
};

const struct command backup_commands[] = {
    {"", "FOLDER", 1, 1, backup_options, NULL, run_backup,
	"copy the data into a new folder while they are in use",
	"As root the folder is made by the owner of the data, who must be able to "
	"write there."},
    {.verb = NULL},
};

const struct command restore_commands[] = {
    {"", "FOLDER", 1, 1, restore_options, NULL, run_restore,
	"verify a backup and put it into an empty data folder", NULL},
    {.verb = NULL},
};

const struct command check_commands[] = {
    {"", "", 0, 0, check_options, NULL, run_check,
	"verify every record, index, secret and file; change nothing",
	"Exits with 7 when something is damaged, with 0 when there are only warnings."},
    {.verb = NULL},
};

const struct command tick_commands[] = {
    {"", "", 0, 0, tick_options, NULL, run_tick,
	"do what is due: steps of roll-outs, gateways that fell silent, images that "
	"nothing names, the audit log, figures of the fleet, trust certificates that "
	"the admin asked for",
	"To be run by cron or a timer, e.g. every ten minutes. Says what it did, and "
	"nothing when nothing was due."},
    {.verb = NULL},
};
