#include "cli/options.h"

#include <stdio.h>

/* ---- names that are nearly right ------------------------------------------------------- */

#define NAME_MAX_NEAR 48

/* Least number of letters to insert, drop, change or swap with their neighbour. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned rows[3][NAME_MAX_NEAR + 1], *older = rows[0], *old = rows[1],
					     *row = rows[2], *kept;
	size_t n = strlen(a), m = strlen(b);

	if (n > NAME_MAX_NEAR || m > NAME_MAX_NEAR)
		return UINT32_MAX;
	for (unsigned j = 0; j <= m; j++)
		old[j] = older[j] = j;
	for (size_t i = 1; i <= n; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned best = old[j - 1] + (a[i - 1] != b[j - 1]);

			if (old[j] + 1 < best)
				best = old[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && older[j - 2] + 1 < best)
				best = older[j - 2] + 1;
			row[j] = best;
		}
		kept = older;
		older = old;
		old = row;
		row = kept;
	}
	return old[m];
}

const char *
name_near(const char *word, name_fn *name, const void *table)
{
	unsigned limit = strlen(word) > 5 ? 3 : 2; /* not even that far */
	const char *near = NULL, *one;

	for (size_t i = 0; (one = name(table, i)) != NULL; i++) {
		unsigned d = distance(word, one);

		if (d < limit) {
			near = one;
			limit = d;
		}
	}
	return near;
}

static const char *
group_name(const void *table, size_t i)
{
	return ((const struct command_group *)table)[i].name;
}

static const char *
verb_name(const void *table, size_t i)
{
	return ((const struct command *)table)[i].verb;
}

/* The options of a command and those of all commands as one table. */
static const struct option *
option_at(const struct command *command, size_t i)
{
	const struct option *o = command != NULL ? command->options : NULL;

	for (; o != NULL && o->name != NULL; o++)
		if (i-- == 0)
			return o;
	return global_options[i].name != NULL ? &global_options[i] : NULL;
}

static const char *
option_name(const void *command, size_t i)
{
	const struct option *o = option_at(command, i);

	return o == NULL ? NULL : o->refuse == NULL ? o->name : "";
}

static int
unknown(struct fault *fault, const char *what, const char *dashes, const char *word,
    const char *near)
{
	if (near == NULL)
		return fault_set(fault, E_INVALID, NULL,
		    "unknown %s %s%.40s; see `gatehouse help`", what, dashes, word);
	return fault_set(fault, E_INVALID, NULL,
	    "unknown %s %s%.40s; did you mean %s%s?", what, dashes, word, dashes, near);
}

/* ---- words ------------------------------------------------------------------------------ */

/* The first words name the command; the others are its arguments. */
static int
take_word(struct args *args, const char *word, struct fault *fault)
{
	const struct command_group *g = command_groups;
	const struct command *c;

	if (args->group == NULL) {
		while (g->name != NULL && strcmp(g->name, word) != 0)
			g++;
		if (g->name == NULL)
			return unknown(fault, "command", "", word,
			    name_near(word, group_name, command_groups));
		args->group = g;
		if (g->commands[0].verb[0] == '\0')
			args->command = &g->commands[0];
		return E_OK;
	}
	if (args->command == NULL) {
		for (c = args->group->commands; c->verb != NULL; c++)
			if (strcmp(c->verb, word) == 0)
				break;
		if (c->verb == NULL)
			return unknown(fault, "command", "", word,
			    name_near(word, verb_name, args->group->commands));
		args->command = c;
		return E_OK;
	}
	args->words[args->word_count++] = word;
	return E_OK;
}

/* ---- options ---------------------------------------------------------------------------- */

struct reading {
	char **argv;
	int argc, at;
	struct args *args;
	struct fault *fault;
};

static const struct option *
find_option(const struct command *command, struct span name)
{
	const struct option *o;

	for (size_t i = 0; (o = option_at(command, i)) != NULL; i++)
		if (span_is(name, o->name))
			return o;
	return NULL;
}

static int
unknown_option(struct reading *r, struct span name)
{
	char word[41];

	snprintf(word, sizeof word, "%.*s", (int)(name.len < 40 ? name.len : 40),
	    (const char *)name.data);
	if (r->args->command == NULL)
		return fault_set(r->fault, E_INVALID, NULL,
		    "--%s: options of a command stand behind it", word);
	return unknown(r->fault, "option", "--", word,
	    name_near(word, option_name, r->args->command));
}

/* `--name`, `--name=value` or `--name` and the next word. */
static int
take_option(struct reading *r, const char *text)
{
	struct args *args = r->args;
	const char *equals = strchr(text, '='), *value = NULL;
	struct span name =
	    span_of(text, equals != NULL ? (size_t)(equals - text) : strlen(text));
	const struct option *o;

	if (span_is(name, "help")) {
		args->help = true;
		return E_OK;
	}
	if ((o = find_option(args->command, name)) == NULL)
		return unknown_option(r, name);
	if (o->refuse != NULL)
		return fault_set(
		    r->fault, E_INVALID, NULL, "--%s: %s", o->name, o->refuse);
	if (o->value == NULL && equals != NULL)
		return fault_set(
		    r->fault, E_INVALID, NULL, "--%s takes no value", o->name);
	if (o->value != NULL && equals != NULL)
		value = equals + 1;
	else if (o->value != NULL && r->at < r->argc)
		value = r->argv[r->at++];
	else if (o->value != NULL)
		return fault_set(r->fault, E_INVALID, NULL, "--%s needs a value: %s",
		    o->name, o->value);
	if (!o->many && args_has(args, o->name))
		return fault_set(
		    r->fault, E_INVALID, NULL, "--%s is given twice", o->name);
	args->given[args->given_count++] = (struct option_given){o, value};
	return E_OK;
}

/* A single dash is a word: standard input. */
static int
take(struct reading *r, bool *options)
{
	const char *word = r->argv[r->at++];

	if (!*options || word[0] != '-' || word[1] == '\0')
		return take_word(r->args, word, r->fault);
	if (strcmp(word, "--") == 0) {
		*options = false;
		return E_OK;
	}
	if (word[1] == '-')
		return take_option(r, word + 2);
	if (strcmp(word, "-h") == 0) {
		r->args->help = true;
		return E_OK;
	}
	return fault_set(r->fault, E_INVALID, NULL,
	    "options begin with two dashes; see `gatehouse help`");
}

/* What is too much is not repeated: it may be a key that belongs into a file. */
static int
check_count(const struct args *args, struct fault *fault)
{
	const struct command *c = args->command;
	const char *verb = c->verb, *blank = verb[0] != '\0' ? " " : "";

	if (args->word_count < c->min)
		return fault_set(fault, E_INVALID, NULL, "usage: gatehouse %s%s%s %s",
		    args->group->name, blank, verb, c->arguments);
	if (args->word_count <= c->max)
		return E_OK;
	if (c->max == 0)
		return fault_set(fault, E_INVALID, NULL,
		    "%s%s%s takes no arguments but options; see --help",
		    args->group->name, blank, verb);
	return fault_set(fault, E_INVALID, NULL,
	    "too many arguments; usage: gatehouse %s%s%s %s", args->group->name, blank,
	    verb, c->arguments);
}

int
args_parse(
    int argc, char **argv, struct arena *arena, struct args *args, struct fault *fault)
{
	struct reading r = {argv, argc, 0, args, fault};
	bool options = true;
	int err = E_OK;

	*args = (struct args){0};
	args->words = arena_zalloc(arena, (size_t)argc + 1, sizeof *args->words);
	args->given = arena_zalloc(arena, (size_t)argc + 1, sizeof *args->given);
	if (args->words == NULL || args->given == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s", err_text(E_NOMEM));
	while (err == E_OK && r.at < argc)
		err = take(&r, &options);
	if (err == E_OK && args->command != NULL && !args->help)
		err = check_count(args, fault);
	return err;
}

/* ---- asking ----------------------------------------------------------------------------- */

const char *
args_next(const struct args *args, const char *name, size_t *at)
{
	while (*at < args->given_count) {
		const struct option_given *g = &args->given[(*at)++];

		if (strcmp(g->option->name, name) == 0)
			return g->value != NULL ? g->value : "";
	}
	return NULL;
}

const char *
args_value(const struct args *args, const char *name)
{
	const char *value = NULL, *one;
	size_t at = 0;

	while ((one = args_next(args, name, &at)) != NULL)
		value = one;
	return value;
}

bool
args_has(const struct args *args, const char *name)
{
	return args_value(args, name) != NULL;
}
