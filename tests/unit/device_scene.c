#include "tests/unit/device_scene.h"

#include <stdio.h>

struct device_memory memory;
struct device_verdict verdict;

enum device_effect
take(enum device_request what, const char *answer)
{
	struct device_received r = {.bytes = span_str(answer)};

	device_take(what, &r, &memory, &verdict);
	return verdict.effect;
}

enum device_effect
answer(enum device_request what, const char *status, const char *body)
{
	char text[8192];

	snprintf(text, sizeof text,
	    "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", status,
	    strlen(body), body);
	return take(what, text);
}

int
fresh(void **state)
{
	(void)state;
	memset(&memory, 0, sizeof memory);
	return 0;
}

void
said(const char *words)
{
	for (size_t i = 0; i < verdict.finding_count; i++)
		if (strstr(verdict.findings[i].text, words) != NULL)
			return;
	fail_msg("'%s' was not found", words);
}
