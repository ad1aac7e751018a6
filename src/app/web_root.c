#include "app/web_root.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define HTACCESS_MAX 65536

/* Has a line that denies all, in the words of Apache 2.4 or 2.2? */
static bool
denies_all(struct span text)
{
	static const char *const words[] = {"Require all denied", "Deny from all"};

	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t n = end != NULL ? (size_t)(end - text.data) : text.len;
		struct span line = span_trim(span_of(text.data, n));

		for (size_t i = 0; i < COUNT(words); i++)
			if (line.len == strlen(words[i]) &&
			    span_begins_nocase(line, words[i]))
				return true;
		text = span_from(text, n + (end != NULL));
	}
	return false;
}

static bool
is_closed(const char *folder)
{
	char path[PATH_MAX + 16];
	struct strbuf text;
	bool closed;

	snprintf(path, sizeof path, "%s/.htaccess", folder);
	strbuf_init(&text, HTACCESS_MAX);
	closed = file_read(path, &text, NULL) == E_OK && denies_all(strbuf_span(&text));
	strbuf_clear(&text);
	return closed;
}

static bool
knows_htaccess(const char *software)
{
	return software != NULL && (strncmp(software, "Apache", 6) == 0 ||
				       strncmp(software, "LiteSpeed", 9) == 0);
}

int
web_root_check(
    const char *data, const char *root, const char *software, struct fault *fault)
{
	char folder[PATH_MAX], top[PATH_MAX];
	size_t len;

	if (root == NULL || root[0] == '\0' || realpath(root, top) == NULL ||
	    realpath(data, folder) == NULL)
		return E_OK;
	len = strlen(top);
	if (strncmp(folder, top, len) != 0 ||
	    (folder[len] != '/' && folder[len] != '\0' && len > 1))
		return E_OK;
	/* The folder itself, then upwards. */
	while (knows_htaccess(software) && strlen(folder) > len) {
		if (is_closed(folder))
			return E_OK;
		*strrchr(folder, '/') = '\0';
	}
	return fault_set(fault, E_STATE, "data",
	    "%s is inside of the web server's folder %s, which hands out what is in "
	    "it; move it elsewhere%s",
	    data, root,
	    knows_htaccess(software)
		? ", or put an .htaccess with the line `Require all denied` into it"
		: "");
}
