/* What the commands on gateways share. */
#ifndef GH_CLI_GATEWAY_H
#define GH_CLI_GATEWAY_H

#include "cli/record.h"
#include "manage/explain_show.h"
#include "registry/gateway.h"
#include "registry/sighting.h"

/* Which gateways are meant: by their records, and by when and where they were seen. */
struct gateway_choice {
	struct gateway_filter filter;
	int64_t unseen;	     /* not within this many seconds; 0: any */
	const char *at_cups; /* reported this CUPS address last; NULL: any */
	bool given;	     /* one of the options was there, or --all */
};

#define OPTIONS_GATEWAY_CHOICE                                                        \
	OPTION(                                                                       \
	    "word", "WORDS", "words that begin some of the ID, name or description"), \
	    OPTION("group", "GROUP", "those of a group"),                             \
	    OPTION("lns", "LNS", "those of a network server"),                        \
	    OPTION("plan", "PLAN", "those with a frequency plan"),                    \
	    OPTION("unseen", "TIME", "those not seen for so long, e.g. 2d"),          \
	    OPTION("at-cups", "URI", "those that reported this CUPS address last")

/* Reads those options. E_INVALID for a time that is none. */
int gateway_choice_read(struct cli *cli, struct gateway_choice *choice);

/*
 * The serials of the chosen gateways in their order, some at a time, each time in a read of
 * its own, so that nothing long holds back the database. Begin with a zeroed struct but for
 * `choice` and `after`; end with gateway_cursor_clear().
 */
struct gateway_cursor {
	struct gateway_choice choice;
	uint64_t after; /* go on after this serial */
	bool end;
	uint64_t *found; /* of a word, which are found all at once */
	size_t found_count, found_room, found_at;
};

/* At most `max` of them; *count is 0 at the end. */
int gateway_cursor_next(struct cli *cli, struct gateway_cursor *c, uint64_t *serials,
    size_t max, size_t *count);
void gateway_cursor_clear(struct gateway_cursor *c);

/* Explains for a command; ex.files is still to be set for all of an explanation. */
struct explainer cli_explainer(struct cli *cli);

/* The commands that have files of their own. */
command_fn gateway_list, gateway_set, gateway_show, gateway_activation, gateway_import,
    gateway_export, gateway_move, gateway_left;

#endif
