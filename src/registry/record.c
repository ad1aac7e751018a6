#include "registry/record.h"

#include "base/crc.h"
#include "base/wire.h"

#define ENVELOPE 5 /* version and checksum */

/* How a type is written: as a varint, or as a length and bytes. */
static bool
is_number(enum field_type type)
{
	switch (type) {
	case FIELD_BOOL:
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_TIME:
	case FIELD_EUI:
	case FIELD_REF:
	case FIELD_ENUM:
	case FIELD_FLAGS:
		return true;
	default:
		return false;
	}
}

static uint64_t
zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t
unzigzag(uint64_t v)
{
	return (int64_t)(v >> 1 ^ (0 - (v & 1)));
}

/* A number field as the varint that stands for it; 0 is the zero value of each. */
static uint64_t
number_get(const struct field *f, const void *record)
{
	const void *at = field_at(f, record);

	switch (f->type) {
	case FIELD_BOOL:
		return *(const bool *)at;
	case FIELD_ENUM:
		return (uint64_t) * (const int *)at;
	case FIELD_INT:
	case FIELD_TIME:
		return zigzag(*(const int64_t *)at);
	default:
		return *(const uint64_t *)at;
	}
}

static size_t
words_count(const struct field *f)
{
	size_t n = 0;

	while (f->words[n] != NULL)
		n++;
	return n;
}

static int
number_set(const struct field *f, void *record, uint64_t v)
{
	void *at = field_at(f, record);

	switch (f->type) {
	case FIELD_BOOL:
		*(bool *)at = v != 0;
		break;
	case FIELD_ENUM:
		if (v >= words_count(f))
			return E_CORRUPT;
		*(int *)at = (int)v;
		break;
	case FIELD_INT:
	case FIELD_TIME:
		*(int64_t *)at = unzigzag(v);
		break;
	default:
		*(uint64_t *)at = v;
	}
	return E_OK;
}

bool
text_list_has(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

const struct field *
field_by_name(const struct record_kind *kind, const char *name)
{
	for (const struct field *f = kind->fields; f->number != 0; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

const struct field *
field_by_number(const struct record_kind *kind, unsigned number)
{
	for (const struct field *f = kind->fields; f->number != 0; f++)
		if (f->number == number)
			return f;
	return NULL;
}

bool
field_is_zero(const struct field *f, const void *record)
{
	const void *at = field_at(f, record);

	switch (f->type) {
	case FIELD_TEXT:
		return *(const char *const *)at == NULL ||
		       **(const char *const *)at == '\0';
	case FIELD_BYTES:
	case FIELD_SEALED:
		return ((const struct span *)at)->len == 0;
	case FIELD_DOUBLE: {
		static const double zero = 0;

		return memcmp(at, &zero, sizeof zero) == 0;
	}
	case FIELD_LIST:
		return ((const struct text_list *)at)->count == 0;
	case FIELD_MAP:
		return ((const struct text_map *)at)->count == 0;
	case FIELD_ROWS:
		return ((const struct record_rows *)at)->count == 0;
	default:
		return number_get(f, record) == 0;
	}
}

void
record_init(const struct record_kind *kind, void *record)
{
	memset(record, 0, kind->size);
	for (const struct field *f = kind->fields; f->number != 0; f++)
		if (f->type == FIELD_TEXT)
			*(const char **)field_at(f, record) = "";
}

/* ---- writing ---------------------------------------------------------------------- */

static void encode_fields(const struct record_kind *, const void *, struct strbuf *);

static void
put_text(struct strbuf *out, const char *s)
{
	strbuf_put(out, s, strlen(s) + 1);
}

/* The bytes of a field of form 1. */
static void
encode_bytes(const struct field *f, const void *record, struct strbuf *out)
{
	const void *at = field_at(f, record);
	uint64_t bits;

	switch (f->type) {
	case FIELD_TEXT:
		put_text(out, *(const char *const *)at);
		break;
	case FIELD_DOUBLE:
		memcpy(&bits, at, sizeof bits);
		wire_put_u64le(out, bits);
		break;
	case FIELD_LIST: {
		const struct text_list *list = at;

		for (size_t i = 0; i < list->count; i++)
			put_text(out, list->items[i]);
		break;
	}
	case FIELD_MAP: {
		const struct text_map *map = at;

		for (size_t i = 0; i < map->count; i++) {
			put_text(out, map->pairs[i].key);
			put_text(out, map->pairs[i].value);
		}
		break;
	}
	case FIELD_ROWS: {
		const struct record_rows *rows = at;

		for (size_t i = 0; i < rows->count; i++) {
			encode_fields(f->of, (char *)rows->rows + i * f->of->size, out);
			wire_put_varint(out, 0);
		}
		break;
	}
	default: {
		const struct span *s = at;

		strbuf_put(out, s->data, s->len);
	}
	}
}

/* Bytes are written behind a length that is not known before: into a buffer of their own. */
static void
encode_fields(const struct record_kind *kind, const void *record, struct strbuf *out)
{
	struct strbuf bytes;

	strbuf_init(&bytes, out->max);
	for (const struct field *f = kind->fields; f->number != 0; f++) {
		if (field_is_zero(f, record))
			continue;
		if (is_number(f->type)) {
			wire_put_varint(out, f->number * 2);
			wire_put_varint(out, number_get(f, record));
			continue;
		}
		strbuf_reset(&bytes);
		encode_bytes(f, record, &bytes);
		if (bytes.err != E_OK)
			out->err = bytes.err;
		wire_put_varint(out, f->number * 2 + 1);
		wire_put_varint(out, bytes.len);
		strbuf_put(out, bytes.data, bytes.len);
	}
	strbuf_clear(&bytes);
}

static uint32_t
checksum(uint64_t serial, struct span fields)
{
	uint8_t key[8];

	wire_key64(key, serial);
	return crc32_more(crc32_of(span_of(key, 8)), fields);
}

void
record_encode(const struct record_kind *kind, const void *record, struct strbuf *out)
{
	size_t start = out->len;
	struct span fields;
	uint32_t crc;

	wire_put_u8(out, RECORD_VERSION);
	wire_put_u32le(out, 0);
	encode_fields(kind, record, out);
	if (kind->unknown != 0) {
		const struct span *unknown =
		    (const void *)((const char *)record + kind->unknown);

		strbuf_put(out, unknown->data, unknown->len);
	}
	if (out->err != E_OK)
		return;
	fields = span_from(strbuf_span(out), start + ENVELOPE);
	crc = checksum(*(const uint64_t *)record, fields);
	for (int i = 0; i < 4; i++, crc >>= 8)
		out->data[start + 1 + (size_t)i] = (char)crc;
}

/* ---- reading ---------------------------------------------------------------------- */

/* Number of NUL-terminated strings that fill the bytes, or -1. */
static long
count_texts(struct span s)
{
	long n = 0;

	if (s.len == 0 || s.data[s.len - 1] != '\0')
		return -1;
	for (size_t i = 0; i < s.len; i++)
		n += s.data[i] == '\0';
	return n;
}

/* Lists and maps are both runs of strings. */
static int
decode_texts(struct span s, struct arena *arena, const char ***out, size_t *count)
{
	long n = count_texts(s);
	const char **items;

	if (n < 0)
		return E_CORRUPT;
	if ((items = arena_alloc(arena, (size_t)n * sizeof *items)) == NULL)
		return E_NOMEM;
	for (long i = 0; i < n; i++) {
		items[i] = (const char *)s.data;
		s = span_from(s, strlen(items[i]) + 1);
	}
	*out = items;
	*count = (size_t)n;
	return E_OK;
}

static int decode_fields(
    const struct record_kind *, struct wire_in *, struct arena *, void *, bool);

static int
decode_rows(
    const struct field *f, struct span s, struct arena *arena, struct record_rows *out)
{
	struct wire_in in;
	size_t size = f->of->size, cap = 4;
	char *rows = arena_alloc(arena, cap * size);

	out->count = 0;
	wire_in_init(&in, s);
	while (rows != NULL && wire_left(&in) > 0) {
		int err;

		if (out->count == cap) {
			char *more = arena_alloc(arena, cap * 2 * size);

			if (more == NULL)
				return E_NOMEM;
			memcpy(more, rows, cap * size);
			rows = more;
			cap *= 2;
		}
		record_init(f->of, rows + out->count * size);
		err = decode_fields(f->of, &in, arena, rows + out->count * size, true);
		if (err != E_OK)
			return err;
		out->count++;
	}
	out->rows = rows;
	return rows != NULL ? E_OK : E_NOMEM;
}

static int
decode_bytes(const struct field *f, struct span s, struct arena *arena, void *record)
{
	void *at = field_at(f, record);
	const char **items;
	size_t count;
	int err;

	switch (f->type) {
	case FIELD_TEXT:
		if (count_texts(s) != 1)
			return E_CORRUPT;
		*(const char **)at = (const char *)s.data;
		return E_OK;
	case FIELD_DOUBLE: {
		struct wire_in in;
		uint64_t bits;

		wire_in_init(&in, s);
		bits = wire_get_u64le(&in);
		memcpy(at, &bits, sizeof bits);
		return in.err != E_OK || wire_left(&in) != 0 ? E_CORRUPT : E_OK;
	}
	case FIELD_LIST:
		if ((err = decode_texts(s, arena, &items, &count)) == E_OK)
			*(struct text_list *)at = (struct text_list){items, count};
		return err;
	case FIELD_MAP:
		if ((err = decode_texts(s, arena, &items, &count)) != E_OK)
			return err;
		if (count % 2 != 0)
			return E_CORRUPT;
		/* A pair is laid out as two items of the run. */
		_Static_assert(sizeof(struct text_pair) == 2 * sizeof(char *), "pair");
		*(struct text_map *)at = (struct text_map){
		    (const struct text_pair *)(void *)items, count / 2};
		return E_OK;
	case FIELD_ROWS:
		return decode_rows(f, s, arena, at);
	default:
		*(struct span *)at = s;
		return E_OK;
	}
}

/* Keeps a field of a newer version, tag and all. */
static int
keep_unknown(const struct record_kind *kind, struct span field, struct arena *arena,
    void *record)
{
	struct span *kept;
	char *joined;

	if (kind->unknown == 0)
		return E_OK;
	kept = (void *)((char *)record + kind->unknown);
	if ((joined = arena_alloc(arena, kept->len + field.len)) == NULL)
		return E_NOMEM;
	if (kept->len > 0)
		memcpy(joined, kept->data, kept->len);
	memcpy(joined + kept->len, field.data, field.len);
	*kept = span_of(joined, kept->len + field.len);
	return E_OK;
}

/* Up to the end of the input, or in a row up to its tag 0. */
static int
decode_fields(const struct record_kind *kind, struct wire_in *in, struct arena *arena,
    void *record, bool row)
{
	const struct field *f = kind->fields;
	int err = E_OK;

	while (err == E_OK && wire_left(in) > 0) {
		const uint8_t *start = in->at;
		uint64_t tag = wire_get_varint(in), value = 0;
		struct span bytes = {0};

		if (row && tag == 0 && in->err == E_OK)
			return E_OK;
		if (tag & 1)
			bytes = wire_get_bytes(in, wire_get_varint(in));
		else
			value = wire_get_varint(in);
		if (in->err != E_OK || tag < 2)
			return E_CORRUPT;
		/* Written in ascending order, so the next one is not far. */
		if (f->number > tag / 2)
			f = kind->fields;
		while (f->number != 0 && f->number < tag / 2)
			f++;
		if (f->number == 0 || f->number != tag / 2)
			err = keep_unknown(kind,
			    span_of(start, (size_t)(in->at - start)), arena, record);
		else if (is_number(f->type) != !(tag & 1))
			err = E_CORRUPT;
		else if (tag & 1)
			err = decode_bytes(f, bytes, arena, record);
		else
			err = number_set(f, record, value);
		if (f->number == 0)
			f = kind->fields;
	}
	return err == E_OK && row ? E_CORRUPT : err;
}

int
record_decode(const struct record_kind *kind, uint64_t serial, struct span stored,
    struct arena *arena, void *record)
{
	struct wire_in in;
	uint8_t version;
	uint32_t crc;
	struct span fields;
	char *copy;

	wire_in_init(&in, stored);
	version = wire_get_u8(&in);
	crc = wire_get_u32le(&in);
	if (in.err != E_OK || version == 0)
		return E_CORRUPT;
	if (version > RECORD_VERSION)
		return E_VERSION;
	fields = span_from(stored, ENVELOPE);
	if (crc != checksum(serial, fields))
		return E_CORRUPT;
	if ((copy = arena_dup(arena, fields)) == NULL)
		return E_NOMEM;
	record_init(kind, record);
	*(uint64_t *)record = serial;
	wire_in_init(&in, span_of(copy, fields.len));
	return decode_fields(kind, &in, arena, record, false);
}

bool
record_peek(struct span stored, unsigned number, uint64_t *value, struct span *bytes)
{
	struct wire_in in;

	*value = 0;
	*bytes = span_of(NULL, 0);
	if (stored.len < ENVELOPE || stored.data[0] != RECORD_VERSION)
		return false;
	wire_in_init(&in, span_from(stored, ENVELOPE));
	while (wire_left(&in) > 0 && in.err == E_OK) {
		uint64_t tag = wire_get_varint(&in), n = wire_get_varint(&in);

		if ((tag & 1) == 0) {
			if (tag >> 1 == number)
				*value = n;
		} else {
			struct span s = n <= wire_left(&in)
					    ? wire_get_bytes(&in, (size_t)n)
					    : span_of(NULL, 0);

			if (n > 0 && s.len == 0)
				return false;
			if (tag >> 1 == number)
				*bytes = s;
		}
		/* Fields are in ascending order. */
		if (tag >> 1 >= number)
			break;
	}
	return in.err == E_OK;
}

int
record_copy(
    const struct record_kind *kind, const void *from, struct arena *arena, void *to)
{
	struct strbuf bytes;
	int err;

	strbuf_init(&bytes, SIZE_MAX / 2);
	record_encode(kind, from, &bytes);
	err = bytes.err != E_OK ? bytes.err
				: record_decode(kind, *(const uint64_t *)from,
				      strbuf_span(&bytes), arena, to);
	strbuf_clear(&bytes);
	return err;
}

bool
field_equal(const struct field *f, const void *a, const void *b)
{
	struct strbuf x, y;
	bool same;

	if (is_number(f->type))
		return number_get(f, a) == number_get(f, b);
	if (field_is_zero(f, a) || field_is_zero(f, b))
		return field_is_zero(f, a) && field_is_zero(f, b);
	if (f->type == FIELD_TEXT)
		return strcmp(*(const char *const *)field_at(f, a),
			   *(const char *const *)field_at(f, b)) == 0;
	strbuf_init(&x, SIZE_MAX / 2);
	strbuf_init(&y, SIZE_MAX / 2);
	encode_bytes(f, a, &x);
	encode_bytes(f, b, &y);
	same =
	    x.err == E_OK && y.err == E_OK && span_eq(strbuf_span(&x), strbuf_span(&y));
	strbuf_clear(&x);
	strbuf_clear(&y);
	return same;
}
