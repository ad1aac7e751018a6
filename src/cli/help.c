#include "cli/help.h"

#include <stdio.h>

/* Two columns, the second one broken at the end of the line. */
static void
row(struct out *o, size_t width, const char *left, const char *right)
{
	struct strbuf line;

	strbuf_init(&line, 4096);
	strbuf_printf(&line, "  %-*s  ", (int)width, left);
	if (right[0] == '\0' || strlen(left) > width) {
		out_line(o, "  %s", left);
		strbuf_reset(&line);
		if (right[0] != '\0')
			out_paragraph(o, (unsigned)width + 4, right);
	} else {
		out_hanging(o, strbuf_str(&line), right);
	}
	strbuf_clear(&line);
}

static void
show_options(struct out *o, const char *title, const struct option *options)
{
	char left[80];

	out_line(o, "%s", "");
	out_line(o, "%s", title);
	for (; options->name != NULL; options++) {
		if (options->refuse != NULL)
			continue;
		snprintf(left, sizeof left, "--%s%s%s", options->name,
		    options->value != NULL ? " " : "",
		    options->value != NULL ? options->value : "");
		row(o, 22, left, options->help);
	}
}

static const char *
type_text(const struct field *f)
{
	static const char *const names[] = {[FIELD_TEXT] = "text",
	    [FIELD_BYTES] = "base64",
	    [FIELD_SEALED] = "secret",
	    [FIELD_BOOL] = "true or false",
	    [FIELD_UINT] = "number",
	    [FIELD_INT] = "number",
	    [FIELD_DOUBLE] = "number",
	    [FIELD_TIME] = "time",
	    [FIELD_EUI] = "EUI",
	    [FIELD_REF] = "identifier",
	    [FIELD_ENUM] = "word",
	    [FIELD_FLAGS] = "words",
	    [FIELD_LIST] = "list",
	    [FIELD_MAP] = "list of key=value",
	    [FIELD_ROWS] = "JSON array"};

	return names[f->type];
}

static void
show_fields(struct out *o, const struct record_kind *kind)
{
	char right[400];

	out_line(o, "%s", "");
	out_line(o, "Fields:");
	for (const struct field *f = kind->fields; f->number != 0; f++) {
		size_t n;

		if (f->flags & (FIELD_INTERNAL | FIELD_READONLY))
			continue;
		n = (size_t)snprintf(right, sizeof right, "%s%s(%s",
		    f->help != NULL ? f->help : "", f->help != NULL ? " " : "",
		    type_text(f));
		for (size_t i = 0;
		     f->words != NULL && f->words[i] != NULL && n < sizeof right; i++)
			n += (size_t)snprintf(right + n, sizeof right - n, "%s%s",
			    i == 0 ? ": " : ", ", f->words[i]);
		snprintf(right + strlen(right), sizeof right - strlen(right), ")");
		row(o, 34, f->name, right);
	}
	out_line(o, "%s", "");
	out_paragraph(o, 0,
	    "Lists have commas between their items; FIELD= empties a field; times are "
	    "like 2026-11-22T13:05:00Z or +7d. Secrets are read from files: --secret "
	    "FIELD=FILE.");
}

static void
show_command(struct out *o, const struct command_group *g, const struct command *c)
{
	const char *blank = c->verb[0] != '\0' ? " " : "";

	out_line(o, "gatehouse %s%s%s%s%s", g->name, blank, c->verb,
	    c->arguments[0] != '\0' ? " " : "", c->arguments);
	out_paragraph(o, 2, c->help);
	if (c->more != NULL) {
		out_line(o, "%s", "");
		out_paragraph(o, 0, c->more);
	}
	if (c->options != NULL)
		show_options(o, "Options:", c->options);
	if (c->fields != NULL)
		show_fields(o, c->fields);
	show_options(o, "Options of every command:", global_options);
}

static void
show_group(struct out *o, const struct command_group *g)
{
	char left[120];

	out_line(o, "gatehouse %s: %s", g->name, g->help);
	out_line(o, "%s", "");
	for (const struct command *c = g->commands; c->verb != NULL; c++) {
		snprintf(left, sizeof left, "%s %s%s%s", g->name, c->verb,
		    c->arguments[0] != '\0' ? " " : "", c->arguments);
		row(o, 26, left, c->help);
	}
	out_line(o, "%s", "");
	out_line(o, "More: gatehouse %s VERB --help", g->name);
}

static void
show_all(struct out *o)
{
	char verbs[200];

	out_paragraph(o, 0, "gatehouse: configuration server for LoRaWAN gateways");
	out_line(o, "%s", "");
	out_line(o, "usage: gatehouse COMMAND [VERB] [ARGUMENTS] [OPTIONS]");
	out_line(o, "%s", "");
	for (const struct command_group *g = command_groups; g->name != NULL; g++) {
		const struct command *c = g->commands;
		size_t n = 0;

		row(o, 12, g->name, g->help);
		if (c->verb[0] == '\0')
			continue;
		for (; c->verb != NULL && n < sizeof verbs; c++)
			n += (size_t)snprintf(verbs + n, sizeof verbs - n, "%s%s",
			    n > 0 ? ", " : "", c->verb);
		out_paragraph(o, 16, verbs);
	}
	show_options(o, "Options of every command:", global_options);
	out_line(o, "%s", "");
	out_line(o, "More: gatehouse COMMAND --help, gatehouse(8)");
}

void
help_show(
    struct cli *cli, const struct command_group *group, const struct command *command)
{
	cli->out.json = false; /* people read help */
	if (command != NULL)
		show_command(&cli->out, group, command);
	else if (group != NULL)
		show_group(&cli->out, group);
	else
		show_all(&cli->out);
}

/* ---- the commands `help` and `version` ------------------------------------------------- */

static int
run_help(struct cli *cli)
{
	struct args asked;
	int err = args_parse((int)cli->args.word_count, (char **)cli->args.words,
	    &cli->arena, &asked, &cli->m.fault);

	/* Words beyond the command are of no interest here. */
	if (err != E_OK && asked.command == NULL)
		return err;
	help_show(cli, asked.group, asked.command);
	return E_OK;
}

static int
run_version(struct cli *cli)
{
	out_done(
	    &cli->out, "version", PACKAGE_VERSION, "gatehouse %s", PACKAGE_VERSION);
	return E_OK;
}

const struct command help_commands[] = {
    {"", "[COMMAND [VERB]]", 0, 2, NULL, NULL, run_help, "what the commands do", NULL},
    {.verb = NULL},
};

const struct command version_commands[] = {
    {"", "", 0, 0, NULL, NULL, run_version, "the version of this program", NULL},
    {.verb = NULL},
};
