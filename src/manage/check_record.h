/* A check of the data under way, and what it says of one record; internal to src/manage. */
#ifndef GH_MANAGE_CHECK_RECORD_H
#define GH_MANAGE_CHECK_RECORD_H

#include "manage/report.h"

#define CHECK_ADDRESSES 512 /* distinct addresses without trust that are told once */

struct checking {
	struct manage *m;
	const struct check_options *options;
	struct report report;
	struct store_txn *registry, *ledger;
	const struct record_kind *kind;
	const void *record; /* the one that is looked at */
	struct arena *work; /* of this record */
	struct arena kept;  /* of the whole check */
	const char *told[CHECK_ADDRESSES];
	size_t told_count;
	uint64_t orphans;
};

/* The identifier of the record that is looked at, or the number of one that has none. */
const char *check_name(struct checking *c);

/* Tells something of it, and the command that mends it ("": none). */
void check_found(struct checking *c, enum check_severity severity, const char *fix,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Its fields, and what its kind asks for beyond them. Only errors of reading: E_IO, … */
int check_record(struct checking *c);

#endif
