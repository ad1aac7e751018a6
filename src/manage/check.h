/* Is everything as it should be? Looks at every record, index, sealed value and file;
 * changes nothing. */
#ifndef GH_MANAGE_CHECK_H
#define GH_MANAGE_CHECK_H

#include "manage/manage.h"

enum check_severity {
	CHECK_NOTE,    /* worth knowing */
	CHECK_WARNING, /* something will not work as wished, now or soon */
	CHECK_ERROR    /* damaged, or wrong so that gateways are not served */
};

struct check_finding {
	enum check_severity severity;
	const char *area;    /* "registry", "ledger", "seal", "files", "trust", "ca",
			     "gateway", "sightings", "firmware", "rollout" */
	const char *subject; /* identifier or path; "" */
	const char *text;    /* one sentence */
	const char *fix;     /* the command that mends it; "" when there is none */
};

typedef void check_fn(void *arg, const struct check_finding *finding);

/* What the check may leave out, and whom it tells how far it is with large files. */
struct check_options {
	bool sizes_only; /* of firmware images: do not read their bytes */
	void (*progress)(void *arg, uint64_t done, uint64_t total); /* may be NULL */
	void *progress_arg;
};

struct check_result {
	uint64_t errors, warnings, notes;
	uint64_t records[REGISTRY_TABLES]; /* by table, from TABLE_GATEWAY on */
	uint64_t states;		   /* rows of the ledger */
	uint64_t sealed;		   /* values that were opened */
	struct store_info registry, ledger;
};

/*
 * Calls fn for each finding, in no particular order. The texts are only valid during the
 * call. The answer is E_OK when the check itself could be made, whatever it found; E_IO,
 * E_NOMEM. Reads one snapshot: a long one with a million gateways.
 */
int manage_check(struct manage *m, const struct check_options *options, check_fn *fn,
    void *arg, struct check_result *result);

/* The part of it that takes no time: files, sealing keys, room in the stores. */
int manage_check_basics(
    struct manage *m, check_fn *fn, void *arg, struct check_result *result);

/* Ownership and modes alone, without opening anything: also for a folder that does not
 * open. Worse than a note is whatever keeps the owner or group from working. */
int check_files(const char *path, const char *seal_path, check_fn *fn, void *arg,
    struct check_result *result);

const char *check_severity_name(enum check_severity s);

#endif
