#include "tests/fault/deed.h"

#include <dirent.h>

#include "tests/fault/store_tools.h"
#include "tests/lib/refuse.h"

struct arena deed_arena, deed_kept;
struct fault deed_fault;
const char *deed_folder;
char deed_place[300];

int
deed_begin(void **state)
{
	(void)state;
	arena_init(&deed_arena, 8 << 20);
	arena_init(&deed_kept, 8 << 20);
	deed_folder = tools_folder();
	return 0;
}

int
deed_end(void **state)
{
	(void)state;
	tools_remove(deed_folder);
	arena_clear(&deed_arena);
	arena_clear(&deed_kept);
	return 0;
}

/* Once for each request, and once without a refusal. */
static void
goes_wrong_everywhere(const struct deed *d)
{
	bool was_refused = true;
	unsigned long n;
	int err;

	for (n = 1; was_refused; n++) {
		if (d->before != NULL)
			d->before();
		arena_reset(&deed_arena);
		memset(&deed_fault, 0, sizeof deed_fault);
		refuse_at(n, d->disk);
		err = d->fn();
		was_refused = refuse_end();
		if (err != E_OK &&
		    (!was_refused || (err != E_NOMEM && err != E_CRYPTO &&
					 (!d->disk || err != E_IO))))
			fail_msg("%s, request %lu: %s (%s)", d->name, n, err_text(err),
			    deed_fault.text);
		if (err != E_OK && !d->wordless && deed_fault.text[0] == '\0')
			fail_msg("%s, request %lu: no words", d->name, n);
		if (d->after != NULL)
			d->after(err == E_OK);
		assert_true(n < 2000);
	}
	/* The last time nothing was refused. */
	if (n - 2 < d->least)
		fail_msg("%s: only %lu requests were refused", d->name, n - 2);
}

void
deeds_go_wrong(const struct deed *deeds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		goes_wrong_everywhere(&deeds[i]);
}

unsigned
deed_count_in(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned n = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}
