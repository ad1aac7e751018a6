/*
 * Runs a fuzz target over the files (and the files of the folders) given, or over the
 * seed corpus of its name, and prints TAP: what `make check` does with fuzz_X.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"

#define MOST (16 << 20)

static unsigned done, failed;

/* libFuzzer's inputs end where the memory ends; so do these. */
static int
run_bytes(struct span bytes)
{
	uint8_t *exact = malloc(bytes.len);

	if (exact == NULL && bytes.len > 0)
		return E_NOMEM;
	if (bytes.len > 0)
		memcpy(exact, bytes.data, bytes.len);
	LLVMFuzzerTestOneInput(exact, bytes.len);
	free(exact);
	return E_OK;
}

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void
run_file(const char *path)
{
	struct fault fault = {0};
	struct strbuf b;
	int err;

	/* The name first, in case the target does not come back. */
	printf("# %s\n", path);
	fflush(stdout);
	strbuf_init(&b, MOST);
	if ((err = file_read(path, &b, &fault)) == E_OK)
		err = run_bytes(strbuf_span(&b));
	else
		printf("# %s\n", fault.text);
	strbuf_clear(&b);
	failed += err != E_OK;
	printf("%s %u - %s\n", err == E_OK ? "ok" : "not ok", ++done, last_name(path));
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
run_folder(const char *folder)
{
	struct dirent **names;
	char path[4096];
	int n = scandir(folder, &names, visible, by_name);

	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		run_file(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void
run(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		run_folder(path);
	else
		run_file(path);
}

/* fuzz/fuzz_X → SOURCE/fuzz/corpus/X */
static void
run_seeds(const char *program)
{
	const char *top = getenv("top_srcdir"), *name = last_name(program);
	char path[4096];

	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(path, sizeof path, "%s/fuzz/corpus/%s", top != NULL ? top : ".", name);
	run(path);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run(argv[i]);
	if (argc == 1)
		run_seeds(argv[0]);
	if (done == 0)
		printf("not ok %u - no inputs found\n", ++done);
	printf("1..%u\n", done);
	return failed > 0;
}
