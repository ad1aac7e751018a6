#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <pwd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/number.h"
#include "app/policy.h"
#include "manage/init.h"

/* ---- faults ------------------------------------------------------------------------------ */

int
cli_fail(struct cli *cli, int err)
{
	if (err != E_OK && cli->m.fault.text[0] == '\0')
		fault_set(&cli->m.fault, err, NULL, "%s", err_text(err));
	return err;
}

void
cli_warn(const struct cli *cli, const char *fmt, ...)
{
	struct strbuf safe;
	char text[600];
	va_list ap;

	(void)cli;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	strbuf_init(&safe, 4096);
	out_put_safe(&safe, span_str(text));
	fprintf(stderr, "gatehouse: %s\n", strbuf_str(&safe));
	strbuf_clear(&safe);
}

/* ---- configuration and data ---------------------------------------------------------------- */

/* --data takes the sealing keys along, unless the configuration has put them elsewhere. */
static int
move_data(struct cli *cli, const char *folder)
{
	struct config *c = &cli->config;
	char *usual = arena_printf(&cli->arena, "%s/seal.keys", c->data);

	if (usual == NULL)
		return E_NOMEM;
	if (strcmp(c->seal_keys, usual) == 0 || c->seal_keys[0] == '\0')
		c->seal_keys = arena_printf(&cli->arena, "%s/seal.keys", folder);
	c->data = folder;
	return c->seal_keys != NULL ? E_OK : E_NOMEM;
}

int
cli_configure(struct cli *cli)
{
	const char *folder = cli_value(cli, "data");
	int err;

	if (cli->configured)
		return E_OK;
	err = config_load(cli_value(cli, "config"), &cli->config, &cli->m.fault);
	if (err != E_OK)
		return err;
	cli->configured = true;
	if (folder != NULL && (err = move_data(cli, folder)) != E_OK)
		return err;
	cli->policy = config_cups_policy(&cli->config);
	cli->kick_policy = config_kick_policy(&cli->config);
	return E_OK;
}

/* "shell:alice": always with the prefix, so that nobody passes for a program or a key. */
static const char *
actor(struct cli *cli)
{
	const char *name = cli_value(cli, "actor"), *sudo = getenv("SUDO_USER");
	const struct passwd *user;

	if (name == NULL && getuid() == 0 && sudo != NULL && sudo[0] != '\0')
		name = sudo;
	if (name == NULL && (user = getpwuid(getuid())) != NULL)
		name = user->pw_name;
	if (name == NULL)
		return arena_printf(&cli->arena, "shell:uid-%u", (unsigned)getuid());
	return arena_printf(&cli->arena, "shell:%.60s", name);
}

static int
check_actor(struct cli *cli)
{
	const char *name = cli_value(cli, "actor");

	for (; name != NULL && *name != '\0'; name++)
		if (*name <= ' ' || *name == 0x7f)
			return fault_set(&cli->m.fault, E_INVALID, "actor",
			    "must be one word without control characters");
	return E_OK;
}

static void
say(void *arg, const char *text)
{
	cli_warn(arg, "%s", text);
}

int
cli_open(struct cli *cli)
{
	struct data_options options = {0};
	uint64_t wait = 10;
	int err;

	if (cli->open)
		return E_OK;
	if ((err = cli_configure(cli)) != E_OK || (err = check_actor(cli)) != E_OK ||
	    (err = cli_number(cli, "wait", 0, 3600, &wait)) != E_OK)
		return err;
	if (access(cli->config.data, F_OK) != 0)
		return fault_set(&cli->m.fault, E_NOTFOUND, NULL,
		    "there is no data folder %.150s; make it with `gatehouse init`",
		    cli->config.data);
	cli->m.actor = actor(cli);
	if ((err = init_act_as_owner(cli->config.data, &cli->m.fault)) != E_OK)
		return err;
	options.path = cli->config.data;
	options.seal_path = cli->config.seal_keys;
	if ((err = data_open(&options, &cli->data, &cli->m.fault)) != E_OK) {
		if (err == E_NOTFOUND)
			fault_set(&cli->m.fault, err, NULL,
			    "there is no database in %.150s; make it with `gatehouse "
			    "init`",
			    cli->config.data);
		return err;
	}
	cli->open = true;
	cli->m.say = say;
	cli->m.say_arg = cli;
	cli->m.data = &cli->data;
	cli->m.wait_ms = (int)wait * 1000;
	cli->m.policy = &cli->policy;
	cli->m.kick_policy = &cli->kick_policy;
	return cli->m.actor != NULL ? E_OK : E_NOMEM;
}

void
cli_close(struct cli *cli)
{
	if (cli->open)
		data_close(&cli->data);
	if (cli->configured)
		config_clear(&cli->config);
	out_clear(&cli->out);
	arena_clear(&cli->arena);
}

struct record_view
cli_view(struct cli *cli, struct store_txn *txn)
{
	return manage_view(&cli->m, txn, cli_has(cli, "show-secrets"));
}

/* ---- arguments -------------------------------------------------------------------------------- */

const char *
cli_value(const struct cli *cli, const char *option)
{
	return args_value(&cli->args, option);
}

bool
cli_has(const struct cli *cli, const char *option)
{
	return args_has(&cli->args, option);
}

const char *
cli_word(const struct cli *cli, size_t i)
{
	return i < cli->args.word_count ? cli->args.words[i] : NULL;
}

static int
bad_value(struct cli *cli, const char *option, const char *expected)
{
	char name[60];

	snprintf(name, sizeof name, "--%s", option);
	return fault_set(&cli->m.fault, E_INVALID, name, "must be %s", expected);
}

int
cli_number(
    struct cli *cli, const char *option, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *text = cli_value(cli, option);
	char expected[80];

	if (text == NULL || number_u64(span_str(text), min, max, out))
		return E_OK;
	snprintf(expected, sizeof expected, "a number from %llu to %llu",
	    (unsigned long long)min, (unsigned long long)max);
	return bad_value(cli, option, expected);
}

int
cli_duration(struct cli *cli, const char *option, int64_t *seconds)
{
	const char *text = cli_value(cli, option);

	if (text == NULL || number_duration(span_str(text), seconds))
		return E_OK;
	return bad_value(cli, option, "a time span like 90 (seconds), 15m, 12h or 7d");
}

int
cli_time(struct cli *cli, const char *option, int64_t *t)
{
	const char *text = cli_value(cli, option);

	if (text == NULL || clock_parse_from(span_str(text), cli->m.now, t))
		return E_OK;
	return bad_value(
	    cli, option, "a time like 2026-11-22T13:05:00Z, 2026-11-22 or +7d");
}

int
cli_choice(struct cli *cli, const char *option, const char *const *words, int *out)
{
	const char *text = cli_value(cli, option);
	char expected[200];
	size_t n = 0;

	if (text == NULL)
		return E_OK;
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return E_OK;
		}
		if (n < sizeof expected)
			n += (size_t)snprintf(expected + n, sizeof expected - n, "%s%s",
			    i == 0		   ? ""
			    : words[i + 1] == NULL ? " or "
						   : ", ",
			    words[i]);
	}
	return bad_value(cli, option, expected);
}

static size_t
count_items(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == ',';
	return n;
}

int
cli_list(struct cli *cli, const char *option, struct text_list *list)
{
	const char **items, *text;
	size_t at = 0, n = 0;

	while ((text = args_next(&cli->args, option, &at)) != NULL)
		n += count_items(text);
	if ((items = arena_zalloc(&cli->arena, n + 1, sizeof *items)) == NULL)
		return cli_fail(cli, E_NOMEM);
	*list = (struct text_list){items, 0};
	at = 0;
	while ((text = args_next(&cli->args, option, &at)) != NULL) {
		struct span rest = span_str(text);

		while (rest.len > 0) {
			size_t len = strcspn((const char *)rest.data, ",");
			struct span item = span_trim(span_of(rest.data, len));

			rest = span_from(rest, len + 1);
			if (item.len == 0)
				continue;
			if ((items[list->count++] = arena_dup(&cli->arena, item)) ==
			    NULL)
				return cli_fail(cli, E_NOMEM);
		}
	}
	return E_OK;
}

/* ---- input ------------------------------------------------------------------------------------ */

int
cli_read(struct cli *cli, const char *path, struct span *bytes)
{
	struct strbuf content;
	int err;

	if (strcmp(path, "-") == 0) {
		if (cli->input_read)
			return fault_set(&cli->m.fault, E_INVALID, NULL,
			    "standard input (-) can be read only once");
		cli->input_read = true;
		if (isatty(STDIN_FILENO))
			cli_warn(cli, "reading from the terminal; end with ctrl-D");
	}
	*bytes = span_of(NULL, 0);
	strbuf_init(&content, CLI_FILE_MAX);
	if ((err = file_read(path, &content, &cli->m.fault)) == E_OK)
		return cli_fail(cli, strbuf_keep(&content, &cli->arena, bytes));
	strbuf_clear(&content);
	return err;
}

int
cli_read_secret(struct cli *cli, const char *path, struct span *secret)
{
	int err = cli_read(cli, path, secret);

	if (err != E_OK)
		return err;
	while (secret->len > 0 && (secret->data[secret->len - 1] == '\n' ||
				      secret->data[secret->len - 1] == '\r'))
		secret->len--;
	if (secret->len == 0)
		return fault_set(&cli->m.fault, E_INVALID, NULL, "%.200s is empty",
		    strcmp(path, "-") == 0 ? "standard input" : path);
	if (memchr(secret->data, '\n', secret->len) != NULL)
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "%.200s has more than one line",
		    strcmp(path, "-") == 0 ? "standard input" : path);
	return E_OK;
}

int
cli_confirm(struct cli *cli, const char *fmt, ...)
{
	char question[300], answer[8];
	va_list ap;

	if (cli_has(cli, "yes"))
		return E_OK;
	va_start(ap, fmt);
	vsnprintf(question, sizeof question, fmt, ap);
	va_end(ap);
	if (!isatty(STDIN_FILENO) || cli->input_read)
		return fault_set(&cli->m.fault, E_STATE, NULL,
		    "%.200s Say so with --yes.", question);
	fprintf(stderr, "%s Go on? [y/N] ", question);
	if (fgets(answer, sizeof answer, stdin) != NULL &&
	    (strcasecmp(answer, "y\n") == 0 || strcasecmp(answer, "yes\n") == 0))
		return E_OK;
	return fault_set(&cli->m.fault, E_STATE, NULL, "nothing was done");
}
