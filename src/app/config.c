#include "app/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/config_key.h"
#include "base/file.h"

#define MEMORY (4 << 20)
#define KEYS_MAX 256

/* Where the parser is. */
struct reader {
	struct config *c;
	const char *file;
	unsigned line;
	unsigned seen[KEYS_MAX]; /* line on which each key was set, 0: not yet */
	struct fault *fault;
};

static int bad_line(struct reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
bad_line(struct reader *r, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return fault_set(r->fault, E_CONFIG, NULL, "%s:%u: %s", r->file, r->line, text);
}

/* Least number of letters to insert, delete or change. Long words are never near. */
static unsigned
distance(struct span a, struct span b)
{
	unsigned row[64], diagonal, keep;

	if (a.len >= 64 || b.len >= 64)
		return 64;
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned best = diagonal + (a.data[i - 1] != b.data[j - 1]);

			keep = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			diagonal = keep;
		}
	}
	return row[b.len];
}

static const struct config_key *
find_key(struct span name)
{
	for (size_t i = 0; i < config_key_count; i++)
		if (span_is(name, config_keys[i].name))
			return &config_keys[i];
	return NULL;
}

static int
unknown_key(struct reader *r, struct span name)
{
	unsigned best = (unsigned)name.len / 3 + 2;
	const char *near = NULL;
	int shown = name.len < 60 ? (int)name.len : 60;

	for (size_t i = 0; i < config_key_count; i++) {
		unsigned d = distance(name, span_str(config_keys[i].name));

		if (d < best) {
			best = d;
			near = config_keys[i].name;
		}
	}
	if (near == NULL)
		return bad_line(
		    r, "unknown key \"%.*s\"", shown, (const char *)name.data);
	return bad_line(r, "unknown key \"%.*s\"; did you mean \"%s\"?", shown,
	    (const char *)name.data, near);
}

/* Cuts a comment and takes off quotes. */
static int
clean_value(struct reader *r, struct span in, struct span *out)
{
	const uint8_t *end;
	struct span rest;

	*out = span_trim(in);
	if (out->len == 0 || out->data[0] != '"') {
		for (size_t i = 0; i < out->len; i++)
			if (out->data[i] == '#' && (i == 0 || out->data[i - 1] == ' ' ||
						       out->data[i - 1] == '\t')) {
				out->len = i;
				break;
			}
		*out = span_trim(*out);
		return E_OK;
	}
	if ((end = memchr(out->data + 1, '"', out->len - 1)) == NULL)
		return bad_line(r, "the closing quote is missing");
	rest = span_trim(span_from(*out, (size_t)(end - out->data) + 1));
	if (rest.len > 0 && rest.data[0] != '#')
		return bad_line(r, "there is something after the closing quote");
	*out = span_of(out->data + 1, (size_t)(end - out->data) - 1);
	return E_OK;
}

static int
read_line(struct reader *r, struct span line)
{
	const struct config_key *key;
	struct span name, value;
	struct fault why = {0};
	const uint8_t *eq;
	unsigned *seen;
	int err;

	line = span_trim(line);
	if (line.len == 0 || line.data[0] == '#')
		return E_OK;
	if ((eq = memchr(line.data, '=', line.len)) == NULL)
		return bad_line(r, "expected KEY = VALUE");
	name = span_trim(span_of(line.data, (size_t)(eq - line.data)));
	if ((key = find_key(name)) == NULL)
		return unknown_key(r, name);
	seen = &r->seen[key - config_keys];
	if (*seen != 0)
		return bad_line(
		    r, "\"%s\" was set before, on line %u", key->name, *seen);
	*seen = r->line;
	err = clean_value(r, span_from(line, (size_t)(eq - line.data) + 1), &value);
	if (err != E_OK)
		return err;
	if ((err = config_set(r->c, key, value, &why)) == E_CONFIG)
		return bad_line(r, "%s: %s", key->name, why.text);
	if (err == E_OK &&
	    (r->c->texts[key - config_keys] = arena_dup(&r->c->arena, value)) == NULL)
		err = E_NOMEM;
	return err;
}

static int
read_lines(struct reader *r, struct span text)
{
	static const char bom[] = "\xef\xbb\xbf";
	int err;

	if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL)
		return fault_set(
		    r->fault, E_CONFIG, NULL, "%s: this is not a text file", r->file);
	if (span_begins(text, span_str(bom)))
		text = span_from(text, 3);
	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t n = end != NULL ? (size_t)(end - text.data) : text.len;

		r->line++;
		if ((err = read_line(r, span_of(text.data, n))) != E_OK)
			return err;
		text = span_from(text, n + 1);
	}
	return E_OK;
}

static int
set_defaults(struct config *c, struct fault *fault)
{
	int err;

	c->texts = arena_zalloc(&c->arena, config_key_count, sizeof *c->texts);
	if (c->texts == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < config_key_count; i++) {
		err = config_set(
		    c, &config_keys[i], span_str(config_keys[i].initial), fault);
		if (err != E_OK)
			return err;
	}
	return E_OK;
}

/* A path that is not absolute is one beside the configuration file, so that a folder can be
 * moved with all that is in it. */
static int
complete_path(struct reader *r, const struct config_key *key)
{
	const char **path = (const char **)((char *)r->c + key->offset);
	const char *slash = strrchr(r->file, '/');

	if ((*path)[0] == '\0' || (*path)[0] == '/')
		return E_OK;
	if (slash == NULL)
		return fault_set(r->fault, E_CONFIG, NULL,
		    "%s: %s must begin with /, as the file's own folder is not known",
		    r->file, key->name);
	*path = arena_printf(
	    &r->c->arena, "%.*s/%s", (int)(slash - r->file), r->file, *path);
	return *path != NULL ? E_OK : E_NOMEM;
}

/* What depends on more than one key. */
static int
complete(struct reader *r)
{
	struct config *c = r->c;
	struct span path;
	int err;

	for (size_t i = 0; i < config_key_count; i++)
		if (config_keys[i].type == CONFIG_PATH &&
		    (err = complete_path(r, &config_keys[i])) != E_OK)
			return err;
	if (c->data[0] == '\0')
		return fault_set(
		    r->fault, E_CONFIG, NULL, "%s: data is empty", r->file);
	if (c->seal_keys[0] == '\0' &&
	    (c->seal_keys = arena_printf(&c->arena, "%s/seal.keys", c->data)) == NULL)
		return E_NOMEM;
	path = config_prefix(c);
	c->admin_path = arena_printf(
	    &c->arena, "%.*s/admin", (int)path.len, (const char *)path.data);
	if (c->admin_path == NULL)
		return E_NOMEM;
	if (c->client_certificate_header[0] != '\0' && c->trusted_proxies.count == 0)
		return fault_set(r->fault, E_CONFIG, NULL,
		    "%s: client_certificate_header needs trusted_proxies", r->file);
	return E_OK;
}

int
config_parse(struct span text, const char *name, struct config *c, struct fault *fault)
{
	struct reader r = {.c = c, .file = name, .fault = fault};
	int err;

	memset(c, 0, sizeof *c);
	arena_init(&c->arena, MEMORY);
	c->path = "";
	if (config_key_count > KEYS_MAX)
		err = E_INTERNAL;
	else if ((err = set_defaults(c, fault)) == E_OK &&
		 (err = read_lines(&r, text)) == E_OK)
		err = complete(&r);
	if (err == E_NOMEM)
		fault_set(fault, err, NULL, "%s: out of memory", name);
	if (err != E_OK)
		config_clear(c);
	return err;
}

int
config_load(const char *path, struct config *c, struct fault *fault)
{
	bool must = true;
	struct strbuf text;
	int err;

	if (path == NULL)
		path = secure_getenv("GATEHOUSE_CONF");
	if (path == NULL || path[0] == '\0') {
		path = GH_SYSCONFDIR "/gatehouse.conf";
		must = false;
	}
	memset(c, 0, sizeof *c);
	strbuf_init(&text, CONFIG_FILE_MAX);
	err = file_read(path, &text, fault);
	if (err == E_NOTFOUND && !must)
		err = config_parse(span_str(""), path, c, fault);
	else if (err == E_OK &&
		 (err = config_parse(strbuf_span(&text), path, c, fault)) == E_OK &&
		 (c->path = arena_strdup(&c->arena, path)) == NULL)
		err = E_NOMEM;
	strbuf_clear(&text);
	if (err != E_OK)
		config_clear(c);
	return err;
}

void
config_clear(struct config *c)
{
	arena_clear(&c->arena);
	memset(c, 0, sizeof *c);
}

static struct span
path_of(const char *url)
{
	const char *p = strstr(url, "://");

	p = p != NULL ? strchr(p + 3, '/') : NULL;
	return span_str(p != NULL ? p : "");
}

struct span
config_prefix(const struct config *c)
{
	return path_of(c->public_url);
}

struct span
config_admin_prefix(const struct config *c)
{
	return c->admin_public_url[0] != '\0' ? path_of(c->admin_public_url)
					      : span_str(c->admin_path);
}

struct config_line *
config_lines(const struct config *c, struct arena *arena, size_t *count)
{
	struct config_line *lines =
	    arena_zalloc(arena, config_key_count, sizeof *lines);
	const char *section = "";

	*count = lines != NULL ? config_key_count : 0;
	for (size_t i = 0; i < *count; i++) {
		const struct config_key *key = &config_keys[i];
		const char *text = c->texts != NULL ? c->texts[i] : NULL;

		section = key->section != NULL ? key->section : section;
		lines[i] = (struct config_line){.section = section,
		    .name = key->name,
		    .value = text != NULL	  ? text
			     : key->shown != NULL ? key->shown
						  : key->initial,
		    .help = key->help,
		    .set = text != NULL};
	}
	return lines;
}
