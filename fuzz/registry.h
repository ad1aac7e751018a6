/* An empty registry in memory, for targets whose parsers look things up. */
#ifndef GH_FUZZ_REGISTRY_H
#define GH_FUZZ_REGISTRY_H

#include "fuzz.h"

#include "registry/registry.h"

/* Made by the first call, and kept. */
static inline struct store *
memory_registry(void)
{
	static struct store *registry;
	struct store_options options = {.tables = registry_table_names};

	if (registry == NULL)
		must(store_open_memory(&options, &registry) == E_OK);
	return registry;
}

#endif
