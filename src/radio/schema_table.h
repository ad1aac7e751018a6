/* For files that describe structures: how their tables of members are written. */
#ifndef GH_RADIO_SCHEMA_TABLE_H
#define GH_RADIO_SCHEMA_TABLE_H

#include "radio/schema.h"

#define AT(structure, member) .at = offsetof(struct structure, member)
#define COUNT_AT(structure, member) .count_at = offsetof(struct structure, member)
#define SCHEMA(what, structure, members)                                    \
	{                                                                   \
		(what), sizeof(struct structure), (members), COUNT(members) \
	}

#endif
