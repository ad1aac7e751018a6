/* Which gateways a command is about. */
#include <stdlib.h>

#include "cli/gateway.h"

int
gateway_choice_read(struct cli *cli, struct gateway_choice *choice)
{
	*choice = (struct gateway_choice){
	    .filter = {.word = cli_value(cli, "word"),
		.group = cli_value(cli, "group"),
		.lns = cli_value(cli, "lns"),
		.plan = cli_value(cli, "plan"),
		.deleted = cli_has(cli, "deleted")},
	    .at_cups = cli_value(cli, "at-cups"),
	};
	choice->given = choice->filter.word != NULL || choice->filter.group != NULL ||
			choice->filter.lns != NULL || choice->filter.plan != NULL ||
			choice->at_cups != NULL || cli_has(cli, "unseen") ||
			cli_has(cli, "all");
	return cli_duration(cli, "unseen", &choice->unseen);
}

/* Do the last sightings fit? */
static bool
fits(struct cli *cli, const struct gateway_choice *choice, const struct gateway *g)
{
	int64_t since = cli->m.now - choice->unseen;
	struct file_sighting file;
	struct sighting s;
	bool seen;

	if (choice->unseen == 0 && choice->at_cups == NULL)
		return true;
	seen = sighting_came(cli->data.sightings, g->serial, &s);
	if (choice->unseen != 0 && seen && s.seen_at[0] > since)
		return false;
	if (choice->unseen != 0 &&
	    file_sighting_get(cli->data.files, g->serial, &file) &&
	    file.seen_at[0] > since)
		return false;
	return choice->at_cups == NULL ||
	       (seen && strcmp(s.cups_uri, choice->at_cups) == 0);
}

/* ---- the cursor ---------------------------------------------------------------------------- */

struct taking {
	struct cli *cli;
	struct gateway_cursor *cursor;
	uint64_t *serials;
	size_t count, max, seen;
};

static int
take(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct taking *t = arg;

	(void)m;
	(void)txn;
	t->seen++;
	t->cursor->after = g->serial;
	if (fits(t->cli, &t->cursor->choice, g))
		t->serials[t->count++] = g->serial;
	return E_OK;
}

/* Goes on until some fit, since few may have the right sighting. */
static int
next_some(struct cli *cli, struct gateway_cursor *c, struct taking *t)
{
	int err = E_OK;

	while (err == E_OK && !c->end && t->count == 0) {
		t->seen = 0;
		err = manage_gateways(
		    &cli->m, &c->choice.filter, c->after, t->max, take, t);
		c->end = t->seen < t->max;
	}
	return err;
}

static int
keep(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct taking *t = arg;
	struct gateway_cursor *c = t->cursor;

	(void)m;
	(void)txn;
	if (!fits(t->cli, &c->choice, g))
		return E_OK;
	if (c->found_count == c->found_room) {
		size_t room = c->found_room == 0 ? 1024 : c->found_room * 2;
		uint64_t *more = realloc(c->found, room * sizeof *more);

		if (more == NULL)
			return E_NOMEM;
		c->found = more;
		c->found_room = room;
	}
	c->found[c->found_count++] = g->serial;
	return E_OK;
}

/* Those with a word come from several lists that have to be read whole, so once. */
static int
next_found(struct cli *cli, struct gateway_cursor *c, struct taking *t)
{
	int err = E_OK;

	if (!c->end)
		err = manage_gateways(&cli->m, &c->choice.filter, c->after, 0, keep, t);
	c->end = true;
	while (err == E_OK && t->count < t->max && c->found_at < c->found_count)
		t->serials[t->count++] = c->found[c->found_at++];
	return err;
}

int
gateway_cursor_next(struct cli *cli, struct gateway_cursor *c, uint64_t *serials,
    size_t max, size_t *count)
{
	struct taking t = {.cli = cli, .cursor = c, .serials = serials, .max = max};
	int err = c->choice.filter.word != NULL ? next_found(cli, c, &t)
						: next_some(cli, c, &t);

	*count = t.count;
	return cli_fail(cli, err);
}

void
gateway_cursor_clear(struct gateway_cursor *c)
{
	free(c->found);
	*c = (struct gateway_cursor){.end = true};
}
