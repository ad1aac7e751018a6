/* How the fleet does. */
#include "manage/overview.h"

#include <stdio.h>

#include "cli/cli.h"

static void
show_seen(struct out *o, const struct overview *v)
{
	static const char *const names[] = {"minutes", "hour", "day", "older", "never"};

	out_object(o, "seen", "Seen");
	for (int i = 0; i < SEEN_COUNT; i++)
		out_uint(o, o->json ? names[i] : seen_when_text((enum seen_when)i),
		    v->seen[i]);
	out_object_end(o);
}

static void
show_versions(struct out *o, const struct overview *v)
{
	out_list(o, "versions");
	for (size_t i = 0; i < OVERVIEW_VERSIONS && v->versions[i].count > 0; i++) {
		if (!o->json) {
			out_note(o, v->versions[i].name, "%llu",
			    (unsigned long long)v->versions[i].count);
			continue;
		}
		out_object(o, NULL, NULL);
		out_str(o, "version", v->versions[i].name);
		out_uint(o, "gateways", v->versions[i].count);
		out_object_end(o);
	}
	out_list_end(o);
	out_uint(o, "other_versions", v->other_versions);
	out_uint(o, "no_version", v->no_version);
}

static int
run(struct cli *cli)
{
	struct out *o = &cli->out;
	struct overview v;
	int err = cli_open(cli);

	if (err == E_OK)
		err = cli_has(cli, "now") ? manage_overview_count(&cli->m, &v)
					  : manage_overview(&cli->m, &v);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_object(o, NULL, NULL);
	out_time(o, "counted_at", v.at);
	out_uint(o, "gateways", v.gateways);
	out_uint(o, "deleted", v.deleted);
	out_uint(o, "damaged", v.damaged);
	show_seen(o, &v);
	out_object(o, "troubles", "Troubles");
	for (int i = 0; i < TROUBLE_COUNT; i++)
		out_uint(o, trouble_name((enum trouble)i), v.troubles[i]);
	out_object_end(o);
	show_versions(o, &v);
	out_object_end(o);
	return E_OK;
}

static const struct option options[] = {
    SWITCH("now", "count now, however many there are"),
    OPTION_END,
};

const struct command overview_commands[] = {
    {"", "", 0, 0, options, NULL, run,
	"how many gateways came when, with which versions, and which have troubles",
	"Large fleets are counted by `gatehouse tick`; the time tells when."},
    {.verb = NULL},
};
