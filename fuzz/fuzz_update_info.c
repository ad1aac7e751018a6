/*
 * The two readers of CUPS requests. What the scanner takes, json-c takes too, and both read
 * the same; what is refused is refused with words.
 */
#include "fuzz.h"

#include "cups/update_info.h"

static bool
same(const struct update_info *a, const struct update_info *b)
{
	return a->eui == b->eui && span_eq(a->cups_uri, b->cups_uri) &&
	       span_eq(a->lns_uri, b->lns_uri) && a->cups_crc == b->cups_crc &&
	       a->lns_crc == b->lns_crc && a->has_cups_crc == b->has_cups_crc &&
	       a->has_lns_crc == b->has_lns_crc && span_eq(a->station, b->station) &&
	       span_eq(a->model, b->model) && span_eq(a->package, b->package) &&
	       a->key_count == b->key_count &&
	       memcmp(a->keys, b->keys, a->key_count * sizeof a->keys[0]) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct update_info scanned, parsed, read;
	struct span body = span_of(data, size);
	struct fault fault = {0};
	struct arena arena;
	bool taken;
	int err;

	arena_init(&arena, 16 << 20);
	taken = update_info_scan(body, &scanned);
	err = update_info_parse(body, &arena, &parsed, &fault);
	must(err == E_OK || (err == E_INVALID && fault.text[0] != '\0'));
	must(err != E_OK || (parsed.eui != 0 && parsed.key_count <= CUPS_KEYS_MAX));
	if (taken)
		must(err == E_OK && same(&scanned, &parsed));
	if (size <= CUPS_BODY_MAX) {
		must(update_info_read(body, &arena, &read, NULL) == err);
		must(err != E_OK || same(&read, &parsed));
	}
	arena_clear(&arena);
	return 0;
}
