/* Memory that runs out and disks that fail at a chosen place. A program that is linked with
 * $(refuse_flags) (tests/fault/local.mk) asks here for what our own code asks the system or an
 * arena for, with $(refuse_tls_flags) also for what it asks GnuTLS for; what libraries do by
 * themselves is not refused. */
#ifndef GH_TESTS_REFUSE_H
#define GH_TESTS_REFUSE_H

#include <stdbool.h>

/* From now on the nth request (1: the next) for memory is refused, once; with `disk` also
 * requests that concern files count, and fail with EIO. */
void refuse_at(unsigned long nth, bool disk);

/* Stops that. Whether a request was refused. */
bool refuse_end(void);

/* For what stands in the place of a function: is this request for memory refused? */
bool refuse_this(void);

#endif
