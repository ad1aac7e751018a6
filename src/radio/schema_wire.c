/* The encoded form of described structures; its layout stands in schema.h. */
#include "base/wire.h"
#include "radio/schema.h"

enum form { FORM_VARINT, FORM_REAL, FORM_BYTES };

static const uint8_t forms[] = {
    [MEMBER_BOOL] = FORM_VARINT,
    [MEMBER_U8] = FORM_VARINT,
    [MEMBER_U32] = FORM_VARINT,
    [MEMBER_I32] = FORM_VARINT,
    [MEMBER_REAL] = FORM_REAL,
    [MEMBER_NANO] = FORM_VARINT,
    [MEMBER_TEXT] = FORM_BYTES,
    [MEMBER_CHOICE] = FORM_VARINT,
    [MEMBER_TEXTS] = FORM_BYTES,
    [MEMBER_OBJECT] = FORM_BYTES,
    [MEMBER_LIST] = FORM_BYTES,
};

static const void *
load_pointer(const void *at)
{
	const void *p;

	memcpy(&p, at, sizeof p);
	return p;
}

static void
store_pointer(void *at, const void *p)
{
	memcpy(at, &p, sizeof p);
}

/* Reserves the four bytes of a length and remembers where its bytes begin. */
static size_t
open_bytes(struct strbuf *out)
{
	wire_put_u32le(out, 0);
	return out->len;
}

static void
close_bytes(struct strbuf *out, size_t start)
{
	size_t n = out->len - start;

	if (out->err != E_OK)
		return;
	for (size_t i = 0; i < 4; i++, n >>= 8)
		out->data[start - 4 + i] = (char)(n & 0xff);
}

static void
put_text(struct strbuf *out, const char *text)
{
	size_t n = strlen(text);

	wire_put_u32le(out, (uint32_t)n);
	strbuf_put(out, text, n);
}

static uint64_t
zigzag(int32_t v)
{
	return v < 0 ? 2 * (uint64_t)(-(int64_t)v) - 1 : 2 * (uint64_t)v;
}

static uint64_t
whole(const struct member *m, const void *at)
{
	switch (m->type) {
	case MEMBER_BOOL:
		return *(const bool *)at;
	case MEMBER_U32:
		return *(const uint32_t *)at;
	case MEMBER_I32:
		return zigzag(*(const int32_t *)at);
	case MEMBER_NANO:
		return *(const uint64_t *)at;
	default:
		return *(const uint8_t *)at;
	}
}

static void
put_list(const struct member *m, const char *items, uint32_t count, struct strbuf *out)
{
	size_t start = open_bytes(out);

	wire_put_varint(out, count);
	for (uint32_t i = 0; i < count; i++) {
		size_t one = open_bytes(out);

		schema_encode(m->of, items + i * m->of->size, out);
		close_bytes(out, one);
	}
	close_bytes(out, start);
}

static void
put_texts(const char *const *texts, uint32_t count, struct strbuf *out)
{
	size_t start = open_bytes(out);

	wire_put_varint(out, count);
	for (uint32_t i = 0; i < count; i++)
		put_text(out, texts[i]);
	close_bytes(out, start);
}

static void
put_member(const struct member *m, const void *structure, struct strbuf *out)
{
	const void *at = (const char *)structure + m->at;
	uint32_t count;
	uint64_t bits;
	size_t start;

	wire_put_u8(out, (uint8_t)(m->number << 2 | forms[m->type]));
	memcpy(&count, (const char *)structure + m->count_at, sizeof count);
	switch (m->type) {
	case MEMBER_REAL:
		memcpy(&bits, at, sizeof bits);
		wire_put_u64le(out, bits);
		return;
	case MEMBER_TEXT:
		put_text(out, load_pointer(at));
		return;
	case MEMBER_TEXTS:
		put_texts(load_pointer(at), count, out);
		return;
	case MEMBER_LIST:
		put_list(m, load_pointer(at), count, out);
		return;
	case MEMBER_OBJECT:
		start = open_bytes(out);
		schema_encode(m->of, load_pointer(at), out);
		close_bytes(out, start);
		return;
	default:
		wire_put_varint(out, whole(m, at));
	}
}

void
schema_encode(const struct schema *s, const void *in, struct strbuf *out)
{
	const struct part *part = in;

	for (size_t i = 0; i < s->count; i++)
		if (part_has(part, s->members[i].number))
			put_member(&s->members[i], in, out);
}

/* ---- back ------------------------------------------------------------------ */

static bool
store_whole(const struct member *m, uint64_t v, void *at)
{
	switch (m->type) {
	case MEMBER_BOOL:
		*(bool *)at = v != 0;
		return v <= 1;
	case MEMBER_U32:
		*(uint32_t *)at = (uint32_t)v;
		return v <= UINT32_MAX;
	case MEMBER_I32:
		*(int32_t *)at =
		    (int32_t)((v & 1) != 0 ? -(int64_t)(v / 2) - 1 : (int64_t)(v / 2));
		return v <= UINT32_MAX;
	case MEMBER_NANO:
		*(uint64_t *)at = v;
		return true;
	default:
		*(uint8_t *)at = (uint8_t)v;
		return v <= UINT8_MAX;
	}
}

static bool
is_choice(const struct member *m, uint8_t v)
{
	unsigned n = 0;

	while (m->names[n] != NULL)
		n++;
	return v < n;
}

/* Most numbers are below 128 and stand in one byte. */
static inline uint64_t
get_varint(struct wire_in *in)
{
	if (in->at < in->end && *in->at < 0x80)
		return *in->at++;
	return wire_get_varint(in);
}

static inline struct span
get_bytes(struct wire_in *in)
{
	uint32_t n = wire_get_u32le(in);
	const uint8_t *at = in->at;

	if (n > wire_left(in))
		return wire_get_bytes(in, n);
	in->at += n;
	return span_of(at, n);
}

static int
get_text(struct arena *arena, struct span bytes, void *at)
{
	const char *text;

	if (memchr(bytes.data != NULL ? bytes.data : (const uint8_t *)"", '\0',
		bytes.len) != NULL)
		return E_CORRUPT;
	if ((text = arena_dup(arena, bytes)) == NULL)
		return E_NOMEM;
	store_pointer(at, text);
	return E_OK;
}

/* The count of a list; an element takes at least its length, four bytes. */
static int
get_count(struct wire_in *in, const struct member *m, uint32_t *count)
{
	uint64_t n = get_varint(in);

	if (in->err != E_OK || n > wire_left(in) / 4 ||
	    (m->max != 0 && (double)n > m->max))
		return E_CORRUPT;
	*count = (uint32_t)n;
	return E_OK;
}

static int
get_list(const struct member *m, struct arena *arena, struct span bytes, void *at,
    uint32_t *count)
{
	struct wire_in in;
	char *items;
	int err;

	wire_in_init(&in, bytes);
	if ((err = get_count(&in, m, count)) != E_OK)
		return err;
	if ((items = arena_alloc(arena, *count * m->of->size)) == NULL)
		return E_NOMEM;
	for (uint32_t i = 0; i < *count && err == E_OK; i++)
		err = schema_decode(
		    m->of, arena, get_bytes(&in), items + i * m->of->size);
	store_pointer(at, items);
	return err == E_OK && in.err != E_OK ? E_CORRUPT : err;
}

static int
get_texts(const struct member *m, struct arena *arena, struct span bytes, void *at,
    uint32_t *count)
{
	struct wire_in in;
	const char **texts;
	int err;

	wire_in_init(&in, bytes);
	if ((err = get_count(&in, m, count)) != E_OK)
		return err;
	if ((texts = arena_zalloc(arena, *count, sizeof *texts)) == NULL)
		return E_NOMEM;
	store_pointer(at, texts);
	for (uint32_t i = 0; i < *count && err == E_OK; i++)
		err = get_text(arena, get_bytes(&in), &texts[i]);
	return err == E_OK && in.err != E_OK ? E_CORRUPT : err;
}

static int
get_object(const struct member *m, struct arena *arena, struct span bytes, void *at)
{
	void *object = arena_alloc(arena, m->of->size);

	if (object == NULL)
		return E_NOMEM;
	store_pointer(at, object);
	return schema_decode(m->of, arena, bytes, object);
}

static int
get_member(
    const struct member *m, struct arena *arena, struct wire_in *in, void *structure)
{
	void *at = (char *)structure + m->at;
	uint32_t *count = (uint32_t *)(void *)((char *)structure + m->count_at);
	uint64_t bits;

	switch (m->type) {
	case MEMBER_REAL:
		bits = wire_get_u64le(in);
		memcpy(at, &bits, sizeof bits);
		return E_OK;
	case MEMBER_TEXT:
		return get_text(arena, get_bytes(in), at);
	case MEMBER_TEXTS:
		return get_texts(m, arena, get_bytes(in), at, count);
	case MEMBER_LIST:
		return get_list(m, arena, get_bytes(in), at, count);
	case MEMBER_OBJECT:
		return get_object(m, arena, get_bytes(in), at);
	case MEMBER_CHOICE:
		if (!store_whole(m, get_varint(in), at))
			return E_CORRUPT;
		return is_choice(m, *(uint8_t *)at) ? E_OK : E_CORRUPT;
	default:
		return store_whole(m, get_varint(in), at) ? E_OK : E_CORRUPT;
	}
}

static int
skip(struct wire_in *in, unsigned form)
{
	switch (form) {
	case FORM_VARINT:
		get_varint(in);
		return E_OK;
	case FORM_REAL:
		wire_get_u64le(in);
		return E_OK;
	case FORM_BYTES:
		get_bytes(in);
		return E_OK;
	default:
		return E_CORRUPT;
	}
}

/* Members come in order, so the search goes on where it stood. */
static const struct member *
member_numbered(const struct schema *s, size_t *i, unsigned number)
{
	while (*i < s->count && s->members[*i].number < number)
		++*i;
	if (*i < s->count && s->members[*i].number == number)
		return &s->members[*i];
	return NULL;
}

int
schema_decode(const struct schema *s, struct arena *arena, struct span bytes, void *out)
{
	struct part *part = out;
	struct wire_in in;
	unsigned last = 0;
	size_t i = 0;
	int err = E_OK;

	memset(out, 0, s->size);
	wire_in_init(&in, bytes);
	while (err == E_OK && wire_left(&in) > 0) {
		unsigned head = *in.at++, number = head >> 2;
		const struct member *m = member_numbered(s, &i, number);

		if (number <= last)
			return E_CORRUPT;
		last = number;
		if (m == NULL) {
			err = skip(&in, head & 3);
		} else if (forms[m->type] != (head & 3)) {
			return E_CORRUPT;
		} else {
			err = get_member(m, arena, &in, out);
			part->has |= 1u << number;
		}
		if (err == E_OK && in.err != E_OK)
			err = E_CORRUPT;
	}
	return err;
}

/* ---- records ------------------------------------------------------------------- */

#define VERSION 1

void
schema_encode_record(const struct schema *s, const void *in, struct strbuf *out)
{
	wire_put_u8(out, VERSION);
	schema_encode(s, in, out);
}

int
schema_decode_record(
    const struct schema *s, struct arena *arena, struct span bytes, void **out)
{
	if (bytes.len == 0)
		return E_CORRUPT;
	if (bytes.data[0] != VERSION)
		return E_VERSION;
	if ((*out = arena_alloc(arena, s->size)) == NULL)
		return E_NOMEM;
	return schema_decode(s, arena, span_from(bytes, 1), *out);
}
