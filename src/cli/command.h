/*
 * The commands as data: the table of a group's commands gives the parser its arguments and
 * options, and the help its text. One file per group.
 */
#ifndef GH_CLI_COMMAND_H
#define GH_CLI_COMMAND_H

#include "registry/record.h"

struct cli;

struct option {
	const char *name;  /* without the dashes; NULL at the end of a table */
	const char *value; /* what its value is called: "FILE"; NULL: a switch */
	const char *help;
	bool many;	    /* may be given more than once */
	const char *refuse; /* not taken, for this reason; left out of the help */
};

/* Rows of such a table. */
#define OPTION(n, v, h)                                \
	{                                              \
		.name = (n), .value = (v), .help = (h) \
	}
#define OPTION_MANY(n, v, h)                                         \
	{                                                            \
		.name = (n), .value = (v), .help = (h), .many = true \
	}
#define SWITCH(n, h)                     \
	{                                \
		.name = (n), .help = (h) \
	}
#define OPTION_END           \
	{                    \
		.name = NULL \
	}

/* Does the work. What went wrong stands in cli->m.fault too. */
typedef int command_fn(struct cli *cli);

struct command {
	const char *verb;      /* NULL at the end; "" where the group is the command */
	const char *arguments; /* as the help shows them: "ID [EUI] FIELD=VALUE..." */
	unsigned min, max;     /* how many there are; max 0 and min 0: none */
	const struct option *options;	  /* NULL: only those of all commands */
	const struct record_kind *fields; /* its settable fields, for the help */
	command_fn *run;
	const char *help; /* one line */
	const char *more; /* a paragraph below it; NULL: none */
};

#define ARGUMENTS_MANY 1000000 /* for `max` */

/* The records that a group is about, and how they are listed. */
struct record_column {
	const char *field, *title;
};
struct record_table {
	const struct record_kind *kind;
	const struct record_column *columns; /* title NULL at the end; NULL: none */
};

struct command_group {
	const char *name;
	const char *help;
	const struct command *commands;
	const struct record_table *records; /* NULL: of none, or of several kinds */
};

/* All of them, in the order of the help; name NULL at the end. */
extern const struct command_group command_groups[];

/* Those that every command takes. */
extern const struct option global_options[];

extern const struct command init_commands[], gateway_commands[], key_commands[],
    lns_commands[], template_commands[], trust_commands[], ca_commands[],
    cert_commands[], unknown_commands[], overview_commands[], config_commands[],
    seal_commands[], explain_commands[], account_commands[], plan_commands[],
    concentrator_commands[], config_file_commands[], probe_commands[],
    bundle_commands[], backup_commands[], restore_commands[], check_commands[],
    tick_commands[], audit_commands[], signing_key_commands[], firmware_commands[],
    release_commands[], channel_commands[], rollout_commands[], help_commands[],
    version_commands[];

extern const struct record_table account_records, ca_records, channel_records,
    concentrator_records, firmware_records, gateway_records, key_records, lns_records,
    plan_records, release_records, rollout_records, signing_key_records,
    template_records, trust_records;

#endif
