/* A frequency plan, whole: what it stands on is merged in. Gateways name it by its ID. */
#ifndef GH_REGISTRY_PLAN_H
#define GH_REGISTRY_PLAN_H

#include "registry/record.h"

/* Whose it is. What came with Gatehouse is replaced by what comes with a later version;
 * what an operator imported is theirs. */
enum record_source { SOURCE_UNKNOWN, SOURCE_SHIPPED, SOURCE_IMPORTED };

struct plan_record {
	uint64_t serial;
	struct span unknown;
	const char *plan_id, *name, *description, *band_id;
	uint64_t base_frequency; /* MHz */
	bool for_gateways;	 /* the index offers it for gateways */
	struct text_list country_codes;
	struct span encoded; /* radio/plan.h: plan_encode() */
	int source;	     /* enum record_source */
	const char *origin;  /* the file that it was read from */
	struct text_list warnings;
	int64_t created_at, updated_at;
};

extern const struct record_kind plan_kind;

enum plan_field { PLAN_RECORD_ID = 1 };

/* The words of enum record_source, NULL at the end. */
extern const char *const record_sources[];

#endif
