/* Gateways as a table or as JSON, in the form that gateway_import.h reads. */
#ifndef GH_MANAGE_GATEWAY_EXPORT_H
#define GH_MANAGE_GATEWAY_EXPORT_H

#include "manage/manage.h"

enum export_format { EXPORT_JSONL, EXPORT_CSV, EXPORT_JSON };
extern const char *const export_format_words[];

struct bulk_export {
	enum export_format format;
	struct gateway_filter filter;
	bool secrets; /* the network server's key and the CUPS key, opened */
	/* Counts gateways whose secrets cannot be read, which are written without; NULL: the
	 * first one ends it. As filter.damaged does with damaged ones. */
	uint64_t *unread;
	/* Takes the next bytes, while no transaction is open. */
	int (*write)(void *arg, struct span bytes, struct fault *fault);
	void *arg;
};

/* Writes all that fit the filter, in the order of their serial numbers, some at a time;
 * *count is how many. Client certificates and their private keys are not part of it. With
 * secrets it is noted in the audit log first, whoever asks. */
int manage_gateway_export(
    struct manage *m, const struct bulk_export *e, uint64_t *count);

#endif
