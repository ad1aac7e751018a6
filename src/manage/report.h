/* How findings of the check are reported; internal to src/manage. */
#ifndef GH_MANAGE_REPORT_H
#define GH_MANAGE_REPORT_H

#include "manage/check.h"

struct report {
	check_fn *fn;
	void *arg;
	struct check_result *result;
};

/* What is found, where; the fix is a command or "". */
struct place_found {
	const char *area, *subject, *fix;
};

/* Counts it and tells it to whoever asked for the check. */
void report_finding(const struct report *r, enum check_severity severity,
    struct place_found where, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
