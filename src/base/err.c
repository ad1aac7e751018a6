#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

struct err_row {
	const char *text;
	short http, grpc, exit;
};

static const struct err_row rows[E_COUNT] = {
    [E_OK] = {"ok", 200, 0, 0},
    [E_INVALID] = {"not valid", 400, 3, 2},
    [E_NOAUTH] = {"not authenticated", 401, 16, 5},
    [E_DENIED] = {"not allowed", 403, 7, 5},
    [E_NOTFOUND] = {"not found", 404, 5, 3},
    [E_METHOD] = {"method not allowed here", 405, 12, 2},
    [E_EXISTS] = {"already exists", 409, 6, 4},
    [E_STALE] = {"changed by somebody else meanwhile", 412, 9, 4},
    [E_TOOBIG] = {"too large", 413, 11, 2},
    [E_TYPE] = {"content type not understood", 415, 3, 2},
    [E_THROTTLED] = {"too many failures, try again later", 429, 8, 6},
    [E_STATE] = {"not possible now", 409, 9, 1},
    [E_BUSY] = {"busy, try again", 503, 14, 6},
    [E_FULL] = {"no space left", 503, 8, 6},
    [E_NOMEM] = {"out of memory", 503, 8, 6},
    [E_IO] = {"input/output error", 500, 13, 1},
    [E_PERM] = {"permission denied by the file system", 503, 14, 5},
    [E_CORRUPT] = {"stored data are damaged", 503, 15, 7},
    [E_VERSION] = {"the database is of a newer version of Gatehouse", 503, 14, 7},
    [E_REMOTEFS] = {"the data folder is on a network file system", 503, 14, 7},
    [E_CONFIG] = {"the configuration is wrong", 500, 13, 2},
    [E_CRYPTO] = {"a cryptographic operation failed", 500, 13, 1},
    [E_NET] = {"the remote server could not be reached or verified", 502, 14, 1},
    [E_AGAIN] = {"changed while deciding, try again", 503, 10, 6},
    [E_INTERNAL] = {"internal error", 500, 13, 1},
};

static const struct err_row *
row(int err)
{
	return &rows[err >= 0 && err < E_COUNT ? err : E_INTERNAL];
}

const char *
err_text(int err)
{
	return row(err)->text;
}

int
err_http(int err)
{
	return row(err)->http;
}

int
err_grpc(int err)
{
	return row(err)->grpc;
}

int
err_exit(int err)
{
	return row(err)->exit;
}

int
fault_set(struct fault *f, int err, const char *field, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL)
		return err;
	f->err = err;
	snprintf(f->field, sizeof f->field, "%s", field != NULL ? field : "");
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	return err;
}

const char *
fault_text(const struct fault *f, char *buf, unsigned long size)
{
	const char *text = f->text[0] != '\0' ? f->text : err_text(f->err);

	if (f->field[0] != '\0')
		snprintf(buf, size, "%s: %s", f->field, text);
	else
		snprintf(buf, size, "%s", text);
	return buf;
}
