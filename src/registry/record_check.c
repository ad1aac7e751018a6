/* The limits of one field, then what the field and the kind say themselves. */
#include "registry/record.h"

static int
too_long(const struct field *f, size_t max, struct fault *fault)
{
	return fault_set(fault, E_INVALID, f->name, "longer than %zu characters", max);
}

static int
too_many(const struct field *f, struct fault *fault)
{
	return fault_set(fault, E_INVALID, f->name, "more than %zu entries", f->max);
}

static int
check_limits(const struct field *f, const void *at, struct fault *fault)
{
	switch (f->type) {
	case FIELD_TEXT:
		if (f->max != 0 && strlen(*(const char *const *)at) > f->max)
			return too_long(f, f->max, fault);
		break;
	case FIELD_BYTES:
	case FIELD_SEALED:
		if (f->max != 0 && ((const struct span *)at)->len > f->max)
			return too_long(f, f->max, fault);
		break;
	case FIELD_LIST: {
		const struct text_list *list = at;

		if (f->max != 0 && list->count > f->max)
			return too_many(f, fault);
		for (size_t i = 0; i < list->count; i++)
			if (f->item_max != 0 && strlen(list->items[i]) > f->item_max)
				return too_long(f, f->item_max, fault);
		break;
	}
	case FIELD_MAP: {
		const struct text_map *map = at;

		if (f->max != 0 && map->count > f->max)
			return too_many(f, fault);
		for (size_t i = 0; i < map->count; i++)
			if (f->item_max != 0 &&
			    strlen(map->pairs[i].value) > f->item_max)
				return too_long(f, f->item_max, fault);
		break;
	}
	case FIELD_ROWS:
		if (f->max != 0 && ((const struct record_rows *)at)->count > f->max)
			return too_many(f, fault);
		break;
	default:
		break;
	}
	return E_OK;
}

int
record_check(const struct record_kind *kind, const void *record, struct fault *fault)
{
	int err;

	for (const struct field *f = kind->fields; f->number != 0; f++) {
		const void *at = field_at(f, record);

		if ((err = check_limits(f, at, fault)) != E_OK)
			return err;
		if (f->check != NULL && !field_is_zero(f, record) &&
		    (err = f->check(f, at, fault)) != E_OK)
			return err;
		if (f->type != FIELD_ROWS)
			continue;
		for (size_t i = 0; i < ((const struct record_rows *)at)->count; i++) {
			const char *rows = ((const struct record_rows *)at)->rows;

			err = record_check(f->of, rows + i * f->of->size, fault);
			if (err != E_OK)
				return err;
		}
	}
	return kind->check != NULL ? kind->check(record, fault) : E_OK;
}
