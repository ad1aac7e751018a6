/* Roll-outs: made and moved. Looking at them is in rollout_show.c. */
#include "cli/rollout.h"

#include <stdio.h>

#include "base/number.h"
#include "cli/progress.h"

static const struct record_column columns[] = {
    {"rollout_id", "ID"},
    {"release", "RELEASE"},
    {"channel", "CHANNEL"},
    {"groups", "GROUPS"},
    {"not_before", "NOT BEFORE"},
    {"description", "DESCRIPTION"},
    {NULL, NULL},
};
const struct record_table rollout_records = {&rollout_kind, columns};

/* ---- making and changing ---------------------------------------------------------------- */

static int
read_steps(struct cli *cli, struct edits *edits)
{
	const char *text = cli_value(cli, "steps"), *json;
	int err;

	if (text == NULL)
		return E_OK;
	err = rollout_steps_json(&cli->arena, span_str(text), &json, &cli->m.fault);
	return err == E_OK ? record_edit_add(cli, "steps", json, edits)
			   : cli_fail(cli, err);
}

static int
create(struct cli *cli)
{
	static const char *const names[] = {"rollout_id", "release", "channel"};
	struct edits edits = {0};
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < 3; i++)
		err = record_edit_add(cli, names[i], cli_word(cli, i), &edits);
	if (err == E_OK)
		err = read_steps(cli, &edits);
	if (err == E_OK)
		err = record_edits(cli, &rollout_kind, 3, &edits);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_rollout_create(&cli->m, edits.list, edits.count);
	return err == E_OK ? record_done(cli, "made", &rollout_kind, cli_word(cli, 0))
			   : cli_fail(cli, err);
}

static int
set(struct cli *cli)
{
	struct edits edits = {0};
	const char *id;
	int err = read_steps(cli, &edits);

	if (err == E_OK)
		err = record_edits(cli, &rollout_kind, 1, &edits);
	if (err == E_OK)
		err = record_set(cli, &rollout_kind, &edits, &id);
	return err == E_OK ? record_done(cli, "changed", &rollout_kind, id) : err;
}

static int
remove_rollout(struct cli *cli)
{
	const char *id = cli_word(cli, 0);
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_rollout_remove(&cli->m, id);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_done(&cli->out, "deleted", id, "removed roll-out %s", id);
	return E_OK;
}

/* ---- moving ------------------------------------------------------------------------------- */

int
rollout_percentage(struct cli *cli, const char *text, double *percentage)
{
	struct span number = span_str(text);

	if (text == NULL)
		return E_OK;
	if (number.len > 0 && number.data[number.len - 1] == '%')
		number.len--;
	if (!number_double(number, percentage) ||
	    !(*percentage > 0 && *percentage <= 100))
		return fault_set(&cli->m.fault, E_INVALID, "percentage",
		    "must be above 0, to 100, like 10%%");
	return E_OK;
}

static int
act(struct cli *cli, struct rollout_act *how)
{
	const char *id = cli_word(cli, 0);
	struct rollout_state after;
	struct out *o = &cli->out;
	int err;

	how->why = cli_value(cli, "why");
	how->force = cli_has(cli, "force");
	if ((err = rollout_percentage(cli, cli_word(cli, 1), &how->percentage)) !=
		E_OK ||
	    (err = cli_open(cli)) != E_OK ||
	    (err = manage_rollout_act(&cli->m, id, how, &after)) != E_OK)
		return cli_fail(cli, err);
	if (!o->json) {
		out_line(o, "roll-out %s is %s at %g %%", id,
		    rollout_status_name(after.status), after.percentage);
		return E_OK;
	}
	out_object(o, NULL, NULL);
	out_str(o, "rollout_id", id);
	out_str(o, "status", rollout_status_name(after.status));
	json_key_double(&o->j, "percentage", after.percentage);
	out_str(o, "why", after.why != NULL ? after.why : "");
	out_object_end(o);
	return E_OK;
}

static int
start(struct cli *cli)
{
	return act(cli, &(struct rollout_act){.action = ROLLOUT_START,
			    .progress = progress_show,
			    .progress_arg = (void *)(uintptr_t) "verifying"});
}

static int
step(struct cli *cli)
{
	return act(cli, &(struct rollout_act){.action = ROLLOUT_STEP});
}

static int
pause_rollout(struct cli *cli)
{
	return act(cli, &(struct rollout_act){.action = ROLLOUT_PAUSE});
}

static int
resume(struct cli *cli)
{
	return act(cli, &(struct rollout_act){.action = ROLLOUT_RESUME});
}

static int
abort_rollout(struct cli *cli)
{
	int err = cli_confirm(cli,
	    "An aborted roll-out cannot be resumed; one that is paused can. "
	    "Kickstarter gateways go back to the release of their channel.");

	return err == E_OK ? act(cli, &(struct rollout_act){.action = ROLLOUT_ABORT})
			   : err;
}

static int
finish(struct cli *cli)
{
	int err = cli_confirm(
	    cli, "Every gateway of the channel with auto_update will get the release.");

	return err == E_OK ? act(cli, &(struct rollout_act){.action = ROLLOUT_FINISH})
			   : err;
}

/* ---- the table ------------------------------------------------------------------------------ */

#define OPTION_STEPS                                                        \
	OPTION("steps", "LIST",                                             \
	    "its timetable: percentages, each with how long after the one " \
	    "before (3d): 1,10,50@7d,100")
#define OPTION_WHY OPTION("why", "TEXT", "the reason, for others who look at it")

static const struct option create_options[] = {OPTION_STEPS, OPTION_END};
static const struct option step_options[] = {
    SWITCH("force", "also to less than it has reached"),
    OPTION_END,
};
static const struct option why_options[] = {OPTION_WHY, OPTION_END};
static const struct option abort_options[] = {OPTION_WHY, OPTION_YES, OPTION_END};
static const struct option finish_options[] = {
    SWITCH("force",
	"although it is not at 100 %, paused, or for some gateways only, or "
	"those that were offered it have not all taken it"),
    OPTION_YES,
    OPTION_END,
};
static const struct option status_options[] = {
    SWITCH("gateways", "each gateway of the audience, with what became of it"),
    OPTION("only", "STATE",
	"with --gateways: updated, offered, failed, silent, current, waiting or later"),
    OPTION_END,
};
static const struct option plan_options[] = {
    OPTION("percentage", "NUMBER", "as if it were there"),
    SWITCH("all", "each gateway, with its reason"),
    OPTION_END,
};

const struct command rollout_commands[] = {
    {"create", "ID RELEASE CHANNEL [FIELD=VALUE...]", 3, ARGUMENTS_MANY, create_options,
	&rollout_kind, create, "prepare one; nobody gets anything yet",
	"Audience: gateways of the channel with auto_update, in one of `groups`, of "
	"one of `models`, with all `attributes`, as far as those are given."},
    {"plan", "ID", 1, 1, plan_options, NULL, rollout_run_plan,
	"who would get it now, who not, and why; nothing is changed",
	"Reckons with what each gateway reported when it was last seen."},
    {"start", "ID [PERCENT]", 1, 2, NULL, NULL, start,
	"begin, at a percentage or with the timetable's first step",
	"The image is read and verified before."},
    {"step", "ID [PERCENT]", 1, 2, step_options, NULL, step,
	"raise the percentage, or begin the timetable's next step now", NULL},
    {"pause", "ID", 1, 1, why_options, NULL, pause_rollout,
	"offer it to nobody until it is resumed", NULL},
    {"resume", "ID", 1, 1, NULL, NULL, resume,
	"go on; failures so far count no more for the limit", NULL},
    {"abort", "ID", 1, 1, abort_options, NULL, abort_rollout, "end it for good", NULL},
    {"finish", "ID", 1, 1, finish_options, NULL, finish,
	"let its channel name the release, and end it", NULL},
    {"status", "[ID]", 0, 1, status_options, NULL, rollout_run_status,
	"how far it is; without ID all of them in short", NULL},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"show", "ID", 1, 1, NULL, NULL, record_run_show, "how it is defined", NULL},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, create_options, &rollout_kind, set,
	"change it; not its release and channel once it was started", NULL},
    {"remove", "ID", 1, 1, NULL, NULL, remove_rollout,
	"forget one that is not under way", NULL},
    {.verb = NULL},
};
