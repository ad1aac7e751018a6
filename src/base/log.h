/*
 * Lines for the operator, to standard error or syslog. Text that came from outside is
 * made harmless here: control characters and what is not UTF-8 are written as \xHH, lines
 * are cut at 1,000 bytes. No secret may be handed to these functions. Where standard error is
 * the journal of systemd, a line has its level in front as sd-daemon(3) says.
 */
#ifndef GH_BASE_LOG_H
#define GH_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTE, LOG_DETAIL };
enum log_target { LOG_STDERR, LOG_SYSLOG, LOG_NOWHERE };

/* `program` must stay valid. Lines above `level` are left out. Default: stderr, NOTE. */
void log_open(const char *program, enum log_target target, enum log_level level);

/* Writes "program: level: text" as one line; no "level: " before LOG_NOTE. */
void log_line(enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with a text that is ready. */
void log_text(enum log_level level, const char *text);

#endif
