/*
 * What the reader takes, json-c takes too; written by our writer, with and without lines,
 * it is read as the same value.
 */
#include "fuzz.h"

#include "json/reader.h"
#include "json/writer.h"

static void write_value(struct json_out *j, const struct json *v);

static int
write_member(void *arg, const char *key, const struct json *v)
{
	json_key(arg, key);
	write_value(arg, v);
	return E_OK;
}

static void
write_number(struct json_out *j, const struct json *v)
{
	uint64_t u;
	int64_t i;
	double d;

	if (json_as_int(v, &i))
		json_int(j, i);
	else if (json_as_uint(v, &u))
		json_uint(j, u);
	else if (json_as_double(v, &d))
		json_double(j, d);
}

static void
write_value(struct json_out *j, const struct json *v)
{
	struct span text;
	bool b;

	if (json_as_bool(v, &b)) {
		json_bool(j, b);
	} else if (json_as_text(v, &text)) {
		json_text(j, text);
	} else if (json_type(v) == JSON_ARRAY) {
		json_array(j);
		for (size_t i = 0; i < json_count(v); i++)
			write_value(j, json_at(v, i));
		json_array_end(j);
	} else if (json_type(v) == JSON_OBJECT) {
		json_object(j);
		must(json_each(v, write_member, j) == E_OK);
		json_object_end(j);
	} else if (v == NULL) {
		json_null(j);
	} else {
		write_number(j, v);
	}
}

static bool same(const struct json *a, const struct json *b);

static int
has_same(void *arg, const char *key, const struct json *v)
{
	return json_has(arg, key) && same(json_get(arg, key), v) ? E_OK : E_INVALID;
}

/* Numbers may change between whole and not (1.0 is written as 1). */
static bool
same(const struct json *a, const struct json *b)
{
	struct span ta, tb;
	double da, db;
	bool ba, bb;

	if (json_as_double(a, &da))
		return json_as_double(b, &db) && da == db;
	if (json_type(a) != json_type(b) || json_count(a) != json_count(b))
		return false;
	if (json_as_text(a, &ta))
		return json_as_text(b, &tb) && span_eq(ta, tb);
	if (json_as_bool(a, &ba))
		return json_as_bool(b, &bb) && ba == bb;
	for (size_t i = 0; json_type(a) == JSON_ARRAY && i < json_count(a); i++)
		if (!same(json_at(a, i), json_at(b, i)))
			return false;
	return json_each(b, has_same, (void *)(uintptr_t)a) == E_OK;
}

static void
comes_back(const struct json *v, const char *indent)
{
	struct json_out j;
	struct json *back;
	struct strbuf b;

	strbuf_init(&b, 64 << 20);
	json_init(&j, &b, indent);
	write_value(&j, v);
	must(b.err == E_OK);
	must(json_parse(strbuf_span(&b), &back, NULL) == E_OK);
	must(same(v, back));
	json_free(back);
	strbuf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault;
	struct json *v;
	int err = json_parse(span_of(data, size), &v, &fault);

	must(err == E_OK || (err == E_INVALID && fault.text[0] != '\0'));
	if (err == E_OK) {
		comes_back(v, NULL);
		comes_back(v, "\t");
		json_free(v);
	}
	return 0;
}
