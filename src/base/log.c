#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define LINE 1000

static const char *log_program = "gatehouse";
static enum log_target log_to = LOG_STDERR;
static enum log_level log_max = LOG_NOTE;

/* syslog.h has macros of its own for the level names; these are ours by number. */
static const char *const level_names[] = {"error: ", "warning: ", "", "detail: "};
static const int level_syslog[] = {3, 4, 6, 7};

void
log_open(const char *program, enum log_target target, enum log_level level)
{
	log_program = program;
	log_to = target;
	log_max = level;
	if (target == LOG_SYSLOG)
		openlog(program, LOG_PID, LOG_DAEMON);
}

/* Copies with control characters (and DEL) as \xHH; cuts what does not fit. */
static size_t
clean(const char *from, char *to, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; *from != '\0'; from++) {
		unsigned char c = (unsigned char)*from;

		if (n + 5 > size)
			break;
		if (c >= 32 && c != 127) {
			to[n++] = (char)c;
			continue;
		}
		to[n++] = '\\';
		to[n++] = 'x';
		to[n++] = digits[c >> 4];
		to[n++] = digits[c & 15];
	}
	to[n] = '\0';
	return n;
}

void
log_line(enum log_level level, const char *fmt, ...)
{
	char raw[LINE], line[LINE + 100];
	va_list ap;
	size_t n;

	if (level > log_max || log_to == LOG_NOWHERE)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	if (log_to == LOG_SYSLOG) {
		clean(raw, line, sizeof line);
		syslog(level_syslog[level], "%s%s", level_names[level], line);
		return;
	}
	n = (size_t)snprintf(line, 100, "%s: %s", log_program, level_names[level]);
	n += clean(raw, line + n, sizeof line - n - 1);
	line[n++] = '\n';
	/* One write, so that lines of several workers do not mix. */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}
