#include "tests/lib/crypto_fixture.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/certificate.h"

static char folder[64], path[128];

struct span
data_file(const char *name, struct arena *arena)
{
	const char *top = getenv("top_srcdir");
	struct strbuf bytes;
	struct fault fault = {0};
	struct span kept;
	char file[512];

	snprintf(file, sizeof file, "%s/tests/data/crypto/%s", top != NULL ? top : ".",
	    name);
	strbuf_init(&bytes, 1 << 20);
	if (file_read(file, &bytes, &fault) != E_OK)
		fail_msg("%s", fault.text);
	kept = span_of(arena_dup(arena, strbuf_span(&bytes)), bytes.len);
	strbuf_clear(&bytes);
	assert_non_null(kept.data);
	return kept;
}

struct span
data_certificate(const char *name, struct arena *arena)
{
	struct fault fault = {0};
	struct span der;

	if (certificate_der(data_file(name, arena), arena, &der, NULL, &fault) != E_OK)
		fail_msg("%s: %s", name, fault.text);
	return der;
}

void
refused(int err, int expected, const struct fault *fault, const char *words)
{
	if (err != expected)
		fail_msg("expected \"%s\", got \"%s\" (%s)", err_text(expected),
		    err_text(err), fault->text);
	if (strstr(fault->text, words) == NULL)
		fail_msg("expected words with \"%s\", got \"%s\"", words, fault->text);
	assert_int_equal(fault->err, expected);
}

void
folder_make(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(
	    folder, sizeof folder, "%.40s/gh-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(folder));
}

/* The folder is flat. */
void
folder_remove(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	assert_int_equal(system(command), 0);
}

const char *
folder_path(const char *name)
{
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

void
folder_write(const char *name, struct span bytes, unsigned mode)
{
	FILE *f = fopen(folder_path(name), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.data, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(folder_path(name), mode), 0);
}
