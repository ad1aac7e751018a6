/* gatehouse: the command line. A table of commands, and what surrounds each of them. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "app/test_clock.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/help.h"

#define MEMORY ((size_t)512 << 20)

const struct command_group command_groups[] = {
    {"init", "make the data folder", init_commands, NULL},
    {"gateway", "gateways", gateway_commands, &gateway_records},
    {"key", "keys that gateways and programs present", key_commands, &key_records},
    {"lns", "network servers", lns_commands, &lns_records},
    {"plan", "frequency plans", plan_commands, &plan_records},
    {"concentrator", "boards of gateways' concentrators", concentrator_commands,
	&concentrator_records},
    {"trust", "certificates that gateways must trust", trust_commands, &trust_records},
    {"ca", "authorities for gateways' client certificates", ca_commands, &ca_records},
    {"cert", "gateways' client certificates", cert_commands, NULL},
    {"signing-key", "keys that sign firmware", signing_key_commands,
	&signing_key_records},
    {"firmware", "images of firmware, and their signatures", firmware_commands,
	&firmware_records},
    {"release", "what version an image is, and for whom", release_commands,
	&release_records},
    {"channel", "which release gateways should run", channel_commands,
	&channel_records},
    {"rollout", "releases for a growing part of a channel's gateways", rollout_commands,
	&rollout_records},
    {"template", "what adopted gateways get", template_commands, &template_records},
    {"unknown", "gateways that nobody registered", unknown_commands, NULL},
    {"overview", "how the fleet does, in figures", overview_commands, NULL},
    {"explain", "what a gateway would get now, and why", explain_commands, NULL},
    {"probe", "ask a CUPS as a gateway does", probe_commands, NULL},
    {"bundle", "the files to put on a gateway", bundle_commands, NULL},
    {"config-file", "a UDP packet forwarder's configuration file", config_file_commands,
	NULL},
    {"seal", "the keys that secrets are kept under", seal_commands, NULL},
    {"account", "people who may sign in to the admin", account_commands,
	&account_records},
    {"audit", "who changed what", audit_commands, NULL},
    {"backup", "copy the data while they are in use", backup_commands, NULL},
    {"restore", "bring a backup back", restore_commands, NULL},
    {"config", "the configuration as it is in effect", config_commands, NULL},
    {"check", "verify everything", check_commands, NULL},
    {"tick", "what is due now and then (for cron)", tick_commands, NULL},
    {"version", "the version of this program", version_commands, NULL},
    {"help", "what the commands do", help_commands, NULL},
    {.name = NULL},
};

const struct option global_options[] = {
    OPTION("config", "FILE", "configuration file instead of the usual one"),
    OPTION("data", "FOLDER", "data folder instead of the configured one"),
    SWITCH("json", "print JSON, errors too"),
    OPTION("actor", "NAME", "who does this, for the audit log: shell:NAME"),
    OPTION("wait", "SECONDS", "how long to wait for others who are writing (10)"),
    SWITCH("help", "explain the command"),
    {.name = NULL},
};

static void
report_json(const struct fault *f, int err)
{
	struct strbuf text;
	struct json_out j;

	strbuf_init(&text, 8192);
	json_init(&j, &text, NULL);
	json_object(&j);
	json_key_object(&j, "error");
	json_key_str(&j, "kind", err_text(err));
	json_key_int(&j, "exit", err_exit(err));
	json_key_str(&j, "field", f->field);
	json_key_str(&j, "message", f->text);
	json_object_end(&j);
	json_object_end(&j);
	fprintf(stderr, "%s\n", strbuf_str(&text));
	strbuf_clear(&text);
}

static void
report(struct cli *cli, int err)
{
	const struct fault *f = &cli->m.fault;

	cli_fail(cli, err);
	if (cli->out.json)
		report_json(f, err);
	else if (f->field[0] != '\0')
		cli_warn(cli, "%s: %s", f->field, f->text);
	else
		cli_warn(cli, "%s", f->text);
}

/* --json counts even where the command line is wrong. */
static bool
wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct args *args = &cli->args;
	int err = args_parse(argc - 1, argv + 1, &cli->arena, args, &cli->m.fault);

	if (err != E_OK)
		return err;
	if (args->help) {
		help_show(cli, args->group, args->command);
		return E_OK;
	}
	if (args->group == NULL)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "a command is missing; see `gatehouse help`");
	if (args->command == NULL)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "a verb is missing; see `gatehouse %s --help`", args->group->name);
	return args->command->run(cli);
}

int
main(int argc, char **argv)
{
	static struct cli cli;
	int err, written;

	setlocale(LC_TIME, "");
	signal(SIGPIPE, SIG_IGN);
	umask(007);
	log_open("gatehouse", LOG_STDERR, LOG_WARN);
	test_clock_open();
	test_clock_read();
	arena_init(&cli.arena, MEMORY);
	cli.m.arena = &cli.arena;
	cli.m.now = clock_now();
	out_init(&cli.out, wants_json(argc, argv), cli.m.now);
	err = run(&cli, argc, argv);
	if (err != E_OK)
		out_drop(&cli.out);
	written = out_finish(&cli.out, err == E_OK ? &cli.m.fault : NULL);
	if (err == E_OK)
		err = written;
	/* `gatehouse ... | head` is no mistake. */
	if (err != E_OK && !cli.out.gone)
		report(&cli, err);
	cli_close(&cli);
	return err_exit(err);
}
