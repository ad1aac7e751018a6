#include "base/log.h"

#include <stdarg.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* A facility there, a target here. */
#undef LOG_SYSLOG

#include "base/utf8.h"

#define LINE 1000

static const char *log_program = "gatehouse";
static enum log_target log_to = LOG_STDERR;
static enum log_level log_max = LOG_NOTE;
static bool log_journal; /* standard error is the journal: it wants to know the level */

/* syslog.h has macros of its own for the level names; these are ours by number. */
static const char *const level_names[] = {"error: ", "warning: ", "", "detail: "};
static const int level_syslog[] = {3, 4, 6, 7};

/* systemd tells which file is the journal's, so that it is not taken for a redirected one. */
static bool
is_journal(int fd)
{
	const char *told = getenv("JOURNAL_STREAM");
	char number[48];
	struct stat st;

	if (told == NULL || fstat(fd, &st) != 0)
		return false;
	snprintf(number, sizeof number, "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(told, number) == 0;
}

void
log_open(const char *program, enum log_target target, enum log_level level)
{
	log_program = program;
	log_to = target;
	log_max = level;
	log_journal = target == LOG_STDERR && is_journal(STDERR_FILENO);
	if (target == LOG_SYSLOG)
		openlog(program, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/* The character at the beginning may be shown as it is: no control character of ASCII
 * (with DEL) or of Latin-1 (which some terminals obey too), no broken UTF-8. */
static bool
harmless(struct span text)
{
	uint8_t c = text.data[0];

	if (c < 0x80)
		return c >= 32 && c != 127;
	return utf8_length(text) > 0 && (c != 0xc2 || text.data[1] >= 0xa0);
}

/* Length of the plain ASCII text at the beginning: nearly always all of it. */
static size_t
plain(struct span text)
{
	size_t n = 0;

	while (n < text.len && text.data[n] >= 32 && text.data[n] < 127)
		n++;
	return n;
}

/* Copies with \xHH for what is not harmless; cuts what does not fit. */
static size_t
clean(const char *from, char *to, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	struct span text = span_str(from);
	size_t n = 0, step;

	for (; text.len > 0; text = span_from(text, step)) {
		bool keep;

		if ((step = plain(text)) > 0) {
			if (step > size - n - 1)
				step = size - n - 1;
			if (step == 0)
				break;
			memcpy(to + n, text.data, step);
			n += step;
			continue;
		}
		keep = harmless(text);
		step = keep ? utf8_length(text) : 1;
		if (n + (keep ? step : 4) >= size)
			break;
		if (keep) {
			memcpy(to + n, text.data, step);
			n += step;
			continue;
		}
		to[n++] = '\\';
		to[n++] = 'x';
		to[n++] = digits[text.data[0] >> 4];
		to[n++] = digits[text.data[0] & 15];
	}
	to[n] = '\0';
	return n;
}

static size_t
append(char *line, size_t n, const char *text, size_t max)
{
	size_t len = strnlen(text, max);

	memcpy(line + n, text, len);
	return n + len;
}

void
log_text(enum log_level level, const char *text)
{
	char line[LINE];
	size_t n = 0;

	if (level > log_max || log_to == LOG_NOWHERE)
		return;
	if (log_to == LOG_SYSLOG) {
		clean(text, line, sizeof line);
		syslog(level_syslog[level], "%s%s", level_names[level], line);
		return;
	}
	if (log_journal)
		n = (size_t)snprintf(line, sizeof line, "<%d>", level_syslog[level]);
	n = append(line, n, log_program, 80);
	n = append(line, n, ": ", 2);
	n = append(line, n, level_names[level], 20);
	n += clean(text, line + n, sizeof line - n);
	line[n++] = '\n';
	/* One write, so that lines of several workers do not mix. */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}

void
log_line(enum log_level level, const char *fmt, ...)
{
	char text[LINE];
	va_list ap;

	if (level > log_max || log_to == LOG_NOWHERE)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	log_text(level, text);
}
