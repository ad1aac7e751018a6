#include "app/test_clock.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

static const char *file;
static char folder[PATH_MAX];

static void
set(struct span text)
{
	int64_t now;

	if (clock_parse(span_trim(text), &now))
		clock_set(now);
	else
		log_line(LOG_ERROR, "GATEHOUSE_TEST_NOW is no time: %.*s",
		    (int)(text.len < 40 ? text.len : 40), (const char *)text.data);
}

void
test_clock_open(void)
{
	const char *value = secure_getenv("GATEHOUSE_TEST_NOW");

	if (value == NULL)
		return;
	log_line(LOG_WARN, "the clock is set by GATEHOUSE_TEST_NOW=%s", value);
	if (value[0] == '@')
		file = value + 1;
	else
		set(span_str(value));
}

void
test_clock_read(void)
{
	struct fault fault = {0};
	struct strbuf text;

	if (file == NULL)
		return;
	strbuf_init(&text, 100);
	if (file_read(file, &text, &fault) == E_OK)
		set(strbuf_span(&text));
	else
		log_line(LOG_ERROR, "GATEHOUSE_TEST_NOW: %s", fault.text);
	strbuf_clear(&text);
}

const char *
test_clock_folder(void)
{
	char *slash;

	if (file == NULL)
		return NULL;
	snprintf(folder, sizeof folder, "%s", file);
	if ((slash = strrchr(folder, '/')) == NULL)
		return ".";
	*slash = '\0';
	return folder;
}
