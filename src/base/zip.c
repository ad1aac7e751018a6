#include "base/zip.h"

#include <time.h>

#include "base/crc.h"
#include "base/err.h"
#include "base/wire.h"

#define LOCAL 0x04034b50
#define CENTRAL 0x02014b50
#define END 0x06054b50
#define VERSION 20
#define UTF8_NAMES 0x0800
#define MADE_ON_UNIX (3 << 8 | VERSION)
#define REGULAR_FILE 0100000u

struct dos_time {
	uint16_t date, time;
};

/* Days since 1980 as bits of year, month and day; hours, minutes and half seconds. */
static struct dos_time
dos_time(int64_t now)
{
	time_t t = (time_t)now;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || tm.tm_year < 80 || tm.tm_year > 207)
		return (struct dos_time){1 << 5 | 1, 0};
	return (struct dos_time){
	    (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday),
	    (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2)};
}

/* What local headers and the directory have in common. */
static void
put_common(struct strbuf *out, const struct zip_file *f, struct dos_time at)
{
	wire_put_u16le(out, VERSION);
	wire_put_u16le(out, UTF8_NAMES);
	wire_put_u16le(out, 0); /* stored */
	wire_put_u16le(out, at.time);
	wire_put_u16le(out, at.date);
	wire_put_u32le(out, crc32_of(f->bytes));
	wire_put_u32le(out, (uint32_t)f->bytes.len);
	wire_put_u32le(out, (uint32_t)f->bytes.len);
	wire_put_u16le(out, (uint16_t)strlen(f->name));
	wire_put_u16le(out, 0); /* extra field */
}

static void
put_local(struct strbuf *out, const struct zip_file *f, struct dos_time at)
{
	wire_put_u32le(out, LOCAL);
	put_common(out, f, at);
	strbuf_puts(out, f->name);
	strbuf_put(out, f->bytes.data, f->bytes.len);
}

static void
put_entry(
    struct strbuf *out, const struct zip_file *f, struct dos_time at, size_t offset)
{
	wire_put_u32le(out, CENTRAL);
	wire_put_u16le(out, MADE_ON_UNIX);
	put_common(out, f, at);
	wire_put_u16le(out, 0); /* comment */
	wire_put_u16le(out, 0); /* disk */
	wire_put_u16le(out, 0); /* internal attributes */
	wire_put_u32le(out, (REGULAR_FILE | f->mode) << 16);
	wire_put_u32le(out, (uint32_t)offset);
	strbuf_puts(out, f->name);
}

void
zip_write(struct strbuf *out, const struct zip_file *files, size_t count, int64_t now)
{
	struct dos_time at = dos_time(now);
	size_t start = out->len, offset = 0, directory;

	for (size_t i = 0; i < count; i++)
		put_local(out, &files[i], at);
	directory = out->len;
	for (size_t i = 0; i < count; i++) {
		put_entry(out, &files[i], at, offset);
		offset += 30 + strlen(files[i].name) + files[i].bytes.len;
	}
	offset = out->len - directory;
	wire_put_u32le(out, END);
	wire_put_u16le(out, 0); /* disk */
	wire_put_u16le(out, 0); /* disk of the directory */
	wire_put_u16le(out, (uint16_t)count);
	wire_put_u16le(out, (uint16_t)count);
	wire_put_u32le(out, (uint32_t)offset);
	wire_put_u32le(out, (uint32_t)(directory - start));
	wire_put_u16le(out, 0); /* comment */
}
