/* A concentrator board, whole: its base is merged in. Gateways name it by its ID. */
#ifndef GH_REGISTRY_BOARD_H
#define GH_REGISTRY_BOARD_H

#include "registry/plan.h"

struct board_record {
	uint64_t serial;
	struct span unknown;
	const char *board_id, *name, *chip;
	struct text_list bands; /* that it is made for; none: all */
	struct span encoded;	/* radio/concentrator.h: board_encode() */
	int source;		/* enum record_source */
	const char *origin;	/* the file that it was read from */
	struct text_list warnings;
	int64_t created_at, updated_at;
};

extern const struct record_kind board_kind;

enum board_field { BOARD_RECORD_ID = 1 };

#endif
