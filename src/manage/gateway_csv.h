/*
 * Gateways as rows of a table. Columns are named as the fields (`ids.eui`, `name`), with
 * `antennas.0.gain` for what is in lists of objects and `attributes.KEY` for one attribute;
 * short names that people use (`id`, `eui`, `latitude`, `frequency_plan_id`) and the form of
 * The Things Stack's command line (`gateway-server-address`) will do.
 *
 * Lists have commas between (or are a JSON array), maps are key=value with commas (or a JSON
 * object), secrets base64 as in JSON, or plain where they say what they are (`NNSXS.…`).
 */
#ifndef GH_MANAGE_GATEWAY_CSV_H
#define GH_MANAGE_GATEWAY_CSV_H

#include "manage/csv.h"
#include "manage/gateway_json.h"

enum column_sort {
	COLUMN_UNKNOWN,	  /* there is no such field */
	COLUMN_READONLY,  /* set by Gatehouse alone: passed over */
	COLUMN_FIELD,	  /* of a gateway */
	COLUMN_ANTENNA,	  /* of its antenna `index` */
	COLUMN_ATTRIBUTE, /* the attribute `name` */
	COLUMN_PLAN,	  /* frequency_plan_id, the old single form */
	COLUMN_KEY_ID,	  /* target_cups_key.key_id… */
	COLUMN_KEY_VALUE  /* …and .value */
};

struct gateway_column {
	enum column_sort sort;
	const struct field *field;
	size_t index;
	const char *name; /* as it is called here */
};

struct gateway_columns {
	struct gateway_column list[CSV_COLUMNS_MAX];
	size_t count;
	char separator; /* with `;` numbers may have a decimal comma */
	/* In the list; count where there is none. */
	size_t id, eui;
};

/* Reads the header. E_INVALID: a column is there twice, or neither ID nor EUI. */
int gateway_columns_read(struct arena *arena, const struct csv_row *header,
    struct gateway_columns *columns, struct fault *fault);

/* Sets what the row has; empty cells change nothing unless `clear`. E_INVALID with the
 * column's name. */
int gateway_columns_apply(const struct gateway_columns *columns,
    const struct csv_row *row, bool clear, struct gateway_json *v, struct gateway *g);

/* The header and one gateway, each with its line end (CRLF, as RFC 4180 has it). All fields
 * that can be set; secrets have columns only with `secrets` (or v->secrets). */
void gateway_csv_header(bool secrets, struct strbuf *out);
void gateway_csv_row(
    struct gateway_json *v, const struct gateway *g, struct strbuf *out);

#endif
