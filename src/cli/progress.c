#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define WORTH (8u << 20) /* smaller files are done before anybody has read it */

void
progress_show(void *arg, uint64_t done, uint64_t total)
{
	const char *doing = arg;

	if ((total > 0 && total < WORTH) || !isatty(STDERR_FILENO))
		return;
	if (total > 0 && done >= total)
		fprintf(stderr, "\r\033[K");
	else if (total > 0)
		fprintf(stderr, "\r%s %" PRIu64 " of %" PRIu64 " MB (%u %%)\033[K\r",
		    doing, done >> 20, total >> 20, (unsigned)(done * 100 / total));
	else
		fprintf(stderr, "\r%s %" PRIu64 " MB\033[K\r", doing, done >> 20);
}
