/* Records of any kind on the command line: edited, shown, listed by their field tables. */
#ifndef GH_CLI_RECORD_H
#define GH_CLI_RECORD_H

#include "cli/cli.h"

struct edits {
	struct edit *list;
	size_t count;
};

/*
 * Reads FIELD=VALUE from the words after the first `skip` ones, and --secret FIELD=FILE.
 * The last part of a name will do where it is the only one (`eui`, `gateway_id`), and `id`
 * for the identifier. Secrets among the words are refused. E_INVALID with the field's name,
 * and with the nearest one where there is no such field.
 */
int record_edits(
    struct cli *cli, const struct record_kind *kind, size_t skip, struct edits *edits);

/* One more edit, before those of record_edits(). */
int record_edit_add(
    struct cli *cli, const char *field, const char *value, struct edits *edits);

/* All fields with their values; in JSON the record as its members. */
void record_show(struct cli *cli, struct store_txn *txn, const struct record_kind *kind,
    const void *record);

/* Those that the words name; all of the kind when there is none. */
int record_ids(struct cli *cli, const struct record_kind *kind, struct text_list *ids);

/* One record: reads it by its identifier and shows it. */
int record_get_show(struct cli *cli, const struct record_kind *kind, const char *id);

/* Opens the data and lists all of them: a table with the columns; in JSON the records. */
int record_list(struct cli *cli, const struct record_table *records);

/* One cell: as text, times as their age. */
void record_cell(
    struct cli *cli, struct store_txn *txn, const struct field *f, const void *record);

/* "added lns ttn"; in JSON the record. */
int record_done(
    struct cli *cli, const char *done, const struct record_kind *kind, const char *id);

/* Opens the data and makes the edits to the record that the first word names; *id is what
 * it is called afterwards. E_INVALID when there is no edit. */
int record_set(struct cli *cli, const struct record_kind *kind,
    const struct edits *edits, const char **id);

/* The end of every `add`: the first word is the identifier. */
int record_run_add(
    struct cli *cli, const struct record_kind *kind, struct edits *edits);

/* Whole commands, for the records of their group. */
command_fn record_run_set, record_run_show, record_run_list, record_run_delete;

#define OPTION_SECRET                       \
	OPTION_MANY("secret", "FIELD=FILE", \
	    "read a secret field from a file, or - for standard input")

#endif
