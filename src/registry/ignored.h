/* An EUI that nobody wants to hear of: left out of the list of unknown gateways and never
 * adopted automatically. It is refused as before. */
#ifndef GH_REGISTRY_IGNORED_H
#define GH_REGISTRY_IGNORED_H

#include "registry/record.h"

struct ignored {
	uint64_t serial;
	struct span unknown;
	const char *eui;  /* 16 upper-case hex digits */
	const char *note; /* why, for people */
	int64_t created_at, updated_at;
};

extern const struct record_kind ignored_kind;

enum ignored_field { IGNORED_EUI = 1 };

#endif
