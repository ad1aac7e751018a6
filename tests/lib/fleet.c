/*
 *	fleet COMMAND [WORD...]		one command
 *	fleet <<END			or one on each line of standard input
 *
 * works on the data folder of the configuration that GATEHOUSE_CONF names, at the time that
 * GATEHOUSE_TEST_NOW sets, as the endpoint does. A word with blanks in a line of standard
 * input stands in double quotes.
 *
 *	init
 *	add KIND ID [FIELD=VALUE...]		gateway, lns or template
 *	set KIND ID FIELD=VALUE...
 *	get KIND ID FIELD
 *	expect KIND ID FIELD VALUE...		fails when the field has another value
 *	delete KIND ID; restore ID; purge ID; retry ID
 *	trust ID FILE [ADDRESS...]		imports a certificate, or exchanges it
 *	ca ID FILE [PREFIX...]; ca-revoke ID SERIAL
 *	key GATEWAY|- [value=TEXT] [rights=NUMBER] [expires=TIME] [cups] [pushed] [bare]
 *	key-revoke ID; rotate GATEWAY		new keys are printed
 *	cert cups|lns GATEWAY FILE KEYFILE; uncert cups|lns GATEWAY
 *	explain BODY ANSWER [key=KEY] [cert=FILE]
 *						prints status and reason, writes the answer
 *	state GATEWAY				prints the ledger's row
 *	image ID FILE [POINT SIGNATURE]...	adds a station's image, signed by these
 *	image-file ID				prints where it is stored
 *	rollout ID STATUS PERCENTAGE		what its state becomes
 *	rollout-state ID [GATEWAY]		prints it, and what became of the gateway
 *	check					verifies every record and index
 *	busy SECONDS FILE			changes things; FILE gets `expect` lines of
 *						what was acknowledged, `try` lines before
 *	damage KIND|state ID			flips a bit of the stored bytes; twice: none
 *	schema registry|ledger NUMBER
 */
#include "tests/lib/fleet.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/policy.h"
#include "app/test_clock.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/number.h"
#include "manage/init.h"

#define WORDS_MAX 64

static const struct {
	const char *name;
	fleet_fn *fn;
	size_t least; /* words that it must have */
} commands[] = {
    {"add", fleet_add, 2},
    {"set", fleet_set, 2},
    {"get", fleet_get, 3},
    {"expect", fleet_expect, 4},
    {"delete", fleet_delete, 2},
    {"restore", fleet_restore, 1},
    {"purge", fleet_purge, 1},
    {"retry", fleet_retry, 1},
    {"trust", fleet_trust, 2},
    {"ca", fleet_ca, 2},
    {"ca-revoke", fleet_ca_revoke, 2},
    {"key", fleet_key, 1},
    {"key-revoke", fleet_key_revoke, 1},
    {"rotate", fleet_rotate, 1},
    {"cert", fleet_cert, 4},
    {"uncert", fleet_uncert, 2},
    {"explain", fleet_explain, 2},
    {"state", fleet_state, 1},
    {"image", fleet_image, 2},
    {"image-file", fleet_image_file, 1},
    {"rollout", fleet_rollout, 3},
    {"rollout-state", fleet_rollout_state, 1},
    {"check", fleet_check, 0},
    {"busy", fleet_busy, 2},
    {"damage", fleet_damage, 2},
};

const char *
fleet_option(char **words, size_t count, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < count; i++)
		if (strncmp(words[i], name, n) == 0 && words[i][n] == '=')
			return words[i] + n + 1;
	return NULL;
}

const struct record_kind *
fleet_kind(const char *name)
{
	for (size_t i = 0; registry_kinds[i] != NULL; i++)
		if (strcmp(registry_kinds[i]->name, name) == 0)
			return registry_kinds[i];
	return NULL;
}

bool
fleet_flag(char **words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

int
fleet_file(struct fleet *f, const char *path, struct span *bytes)
{
	struct strbuf b;
	char *copy = NULL;
	int err;

	strbuf_init(&b, 4 << 20);
	if ((err = file_read(path, &b, &f->m.fault)) == E_OK &&
	    (copy = arena_dup(&f->arena, strbuf_span(&b))) == NULL)
		err = E_NOMEM;
	*bytes = span_of(copy, b.len);
	strbuf_clear(&b);
	return err;
}

int
fleet_time(struct fleet *f, const char *text, int64_t *t)
{
	int64_t seconds;

	if (clock_parse(span_str(text), t))
		return E_OK;
	if (!number_duration(span_str(text + strspn(text, "+-")), &seconds))
		return fault_set(&f->m.fault, E_INVALID, "time", "\"%s\"", text);
	*t = f->m.now + (text[0] == '-' ? -seconds : seconds);
	return E_OK;
}

int
fleet_store(struct fleet *f, const char *name, struct store **store)
{
	*store = strcmp(name, "registry") == 0 ? f->data.registry
		 : strcmp(name, "ledger") == 0 ? f->data.ledger
					       : NULL;
	return *store != NULL
		   ? E_OK
		   : fault_set(&f->m.fault, E_INVALID, "store", "\"%s\"", name);
}

/* ---- commands ---------------------------------------------------------------------- */

static int
init(struct fleet *f)
{
	struct initialising how = {
	    .path = f->config.data, .seal_path = f->config.seal_keys};
	struct initialised done;

	return init_data(&how, &done, &f->m.fault);
}

static int
open_data(struct fleet *f)
{
	struct data_options options = {
	    .path = f->config.data, .seal_path = f->config.seal_keys};

	return f->data.registry != NULL ? E_OK
					: data_open(&options, &f->data, &f->m.fault);
}

static int
run(struct fleet *f, char **words, size_t count)
{
	int err;

	arena_reset(&f->arena);
	f->m.fault = (struct fault){0};
	f->m.now = clock_now();
	if (strcmp(words[0], "init") == 0)
		return init(f);
	if (strcmp(words[0], "schema") == 0 && count > 2)
		return fleet_schema(f, words + 1, count - 1);
	if ((err = open_data(f)) != E_OK)
		return err;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(words[0], commands[i].name) == 0 &&
		    count > commands[i].least)
			return commands[i].fn(f, words + 1, count - 1);
	return fault_set(&f->m.fault, E_INVALID, NULL, "no such command, or too short");
}

/* Says what went wrong with which command. */
static bool
run_words(struct fleet *f, char **words, size_t count)
{
	char text[400];
	int err = run(f, words, count);

	if (err == E_OK)
		return true;
	f->m.fault.err = err;
	fflush(stdout);
	fprintf(stderr, "fleet");
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, " %s", words[i]);
	fprintf(stderr, ": %s\n", fault_text(&f->m.fault, text, sizeof text));
	return false;
}

/* Blanks part words; a word in double quotes may have them. */
static size_t
split(char *line, char **words)
{
	size_t n = 0;

	while (n < WORDS_MAX && *(line += strspn(line, " \t\n")) != '\0') {
		bool quoted = *line == '"';

		words[n++] = line += quoted;
		line += strcspn(line, quoted ? "\"\n" : " \t\n");
		if (*line != '\0')
			*line++ = '\0';
	}
	return n;
}

static bool
run_lines(struct fleet *f)
{
	char *line = NULL, *words[WORDS_MAX];
	size_t room = 0, n;
	bool fine = true;

	while (getline(&line, &room, stdin) >= 0)
		if ((n = split(line, words)) > 0 && words[0][0] != '#')
			fine = run_words(f, words, n) && fine;
	free(line);
	return fine;
}

int
main(int argc, char **argv)
{
	struct fleet f = {0};
	struct fault fault = {0};
	bool fine;

	log_open("fleet", LOG_STDERR, LOG_ERROR);
	test_clock_open();
	test_clock_read();
	if (config_load(NULL, &f.config, &fault) != E_OK) {
		fprintf(stderr, "fleet: %s\n", fault.text);
		return 2;
	}
	f.policy = config_cups_policy(&f.config);
	arena_init(&f.arena, 64 << 20);
	f.m = (struct manage){.data = &f.data,
	    .arena = &f.arena,
	    .actor = "test",
	    .wait_ms = 20000,
	    .policy = &f.policy};
	fine = argc > 1 ? run_words(&f, argv + 1, (size_t)argc - 1) : run_lines(&f);
	data_close(&f.data);
	arena_clear(&f.arena);
	config_clear(&f.config);
	return fine ? 0 : 1;
}
