/* What every command works with: its arguments, its output, and the opened data. */
#ifndef GH_CLI_CLI_H
#define GH_CLI_CLI_H

#include "app/config.h"
#include "cli/options.h"
#include "manage/output.h"
#include "manage/manage.h"

struct cli {
	struct args args;
	struct out out;
	struct arena
	    arena; /* of the command; m.arena too, unless a batch has its own */
	struct config config;
	struct cups_policy policy;
	struct kick_policy kick_policy;
	struct data data;
	struct manage m; /* m.fault takes the words of every error */
	bool configured, open, input_read;
};

#define CLI_FILE_MAX (4u << 20)

/* Reads the configuration file into cli->config and cli->policy; --data goes before it. */
int cli_configure(struct cli *cli);

/*
 * Opens the data folder and fills cli->m. As root the process acts as the folder's owner
 * from then on, so that nothing in there becomes root's: read before it what only root may
 * read. E_NOTFOUND with the words to run `gatehouse init` when there is none.
 */
int cli_open(struct cli *cli);
void cli_close(struct cli *cli);

/* The value of an option, or of the last one; NULL when it was not given. */
const char *cli_value(const struct cli *cli, const char *option);
bool cli_has(const struct cli *cli, const char *option);

/* The i-th word after the verb; NULL when there is none. */
const char *cli_word(const struct cli *cli, size_t i);

/* Options with a value of a kind; *out is kept when the option was not given. E_INVALID
 * with its name. Times are like 2026-11-22T13:05:00Z or 2026-11-22, or +7d from now. */
int cli_number(
    struct cli *cli, const char *option, uint64_t min, uint64_t max, uint64_t *out);
int cli_duration(struct cli *cli, const char *option, int64_t *seconds);
int cli_time(struct cli *cli, const char *option, int64_t *t);
/* The index of the option's value among the words (NULL at the end). */
int cli_choice(struct cli *cli, const char *option, const char *const *words, int *out);
/* All uses of an option, each with commas between items, as one list in the arena. */
int cli_list(struct cli *cli, const char *option, struct text_list *list);

/* A whole file, or standard input for "-", into the arena. The words name the path. */
int cli_read(struct cli *cli, const char *path, struct span *bytes);

/* The same for a secret: its line without the line end. E_INVALID when it is empty or more
 * than one line. */
int cli_read_secret(struct cli *cli, const char *path, struct span *secret);

/*
 * Before something that cannot be undone: E_OK with --yes, or when a person at the terminal
 * says yes; else E_STATE.
 */
int cli_confirm(struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* How records are shown; secrets only when --show-secrets was given. */
struct record_view cli_view(struct cli *cli, struct store_txn *txn);

/* Sees to it that there are words for the error, which is returned. */
int cli_fail(struct cli *cli, int err);

/* A warning or a note beside the result, to standard error. */
void cli_warn(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Options that several commands have. */
#define OPTION_YES SWITCH("yes", "do not ask")
#define OPTION_SHOW_SECRETS SWITCH("show-secrets", "show secrets too")

#endif
