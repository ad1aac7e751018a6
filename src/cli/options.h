/* The words of a command line, sorted by the table of commands. */
#ifndef GH_CLI_OPTIONS_H
#define GH_CLI_OPTIONS_H

#include "base/arena.h"
#include "cli/command.h"

struct option_given {
	const struct option *option;
	const char *value; /* NULL for a switch */
};

struct args {
	const struct command_group *group; /* NULL: no word was given */
	const struct command *command;	   /* NULL: no verb was given */
	const char **words;		   /* what follows the verb */
	size_t word_count;
	struct option_given *given;
	size_t given_count;
	bool help; /* --help was among them */
};

/*
 * Sorts argv (without the program's name): words and `--name value` or `--name=value` in
 * any order, `--` ends the options. E_INVALID with a sentence, and with the nearest name
 * that exists where a word is unknown. A value that may be secret is never repeated.
 */
int args_parse(
    int argc, char **argv, struct arena *arena, struct args *args, struct fault *fault);

/* The value of an option (of its last use); NULL when it was not given. */
const char *args_value(const struct args *args, const char *name);
bool args_has(const struct args *args, const char *name);

/* One use after the other of an option that may be given often: begin with *at = 0; NULL
 * at the end. */
const char *args_next(const struct args *args, const char *name, size_t *at);

/* The nearest of the names to a word that is none of them; NULL when none is near. `name`
 * gives the i-th, NULL at the end. */
typedef const char *name_fn(const void *table, size_t i);
const char *name_near(const char *word, name_fn *name, const void *table);

#endif
