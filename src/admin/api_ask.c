/* What handlers of the API have in common. */
#include "admin/api_ask.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/number.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "registry/checks.h"
#include "web/conditional.h"

/* ---- rights ------------------------------------------------------------------------------- */

bool
api_may(const struct api_ask *a, uint64_t rights)
{
	return (a->key.rights & RIGHT_ALL) != 0 || (a->key.rights & rights) == rights;
}

int
api_must(struct api_ask *a, uint64_t rights)
{
	const struct field *f = field_by_name(&key_kind, "rights");
	char names[240] = "";
	size_t n = 0;

	if (api_may(a, rights))
		return E_OK;
	for (size_t i = 0; f->words[i] != NULL; i++)
		if ((rights & ~a->key.rights) >> i & 1 && n < sizeof names)
			n += (size_t)snprintf(names + n, sizeof names - n, "%s%s",
			    n > 0 ? ", " : "", f->words[i]);
	return fault_set(
	    &a->m.fault, E_DENIED, NULL, "the key does not have %.200s", names);
}

uint64_t
api_cups_rights(const struct gateway *g)
{
	return g->kickstarter ? RIGHTS_DEVICE : RIGHTS_CUPS;
}

/* ---- what was asked ----------------------------------------------------------------------- */

const char *
api_segment(struct api_ask *a, const char *name)
{
	const char *text = arena_dup(a->m.arena, request_capture(a->req, name));

	return text != NULL ? text : "";
}

int
api_gateway(struct api_ask *a, struct gateway *g)
{
	static const struct field f = {.name = "gateway_id"};
	const char *id = api_segment(a, "gateway_id");
	int err = check_id(&f, &id, &a->m.fault);

	return err == E_OK ? manage_get(&a->m, &gateway_kind, id, g) : err;
}

int
api_live_gateway(struct api_ask *a, struct gateway *g)
{
	int err = api_gateway(a, g);

	if (err == E_OK && g->deleted_at != 0)
		return fault_set(&a->m.fault, E_NOTFOUND, NULL,
		    "the gateway %s is deleted; it can be restored or purged",
		    g->gateway_id);
	return err;
}

int
api_expected_gateway(struct api_ask *a, struct gateway *g)
{
	int err = api_live_gateway(a, g);

	return err == E_OK ? api_expect(a, &gateway_kind, g) : err;
}

const char *
api_query(struct api_ask *a, const char *name)
{
	struct span value;

	/* A NUL byte follows it. */
	return request_query(a->req, name, &value) && value.len > 0
		   ? (const char *)value.data
		   : NULL;
}

int
api_flag(struct api_ask *a, const char *name, bool *out)
{
	struct span value;

	if (!request_query(a->req, name, &value) || number_bool(value, out))
		return E_OK;
	return fault_set(&a->m.fault, E_INVALID, name, "must be true or false");
}

struct names {
	struct arena *arena;
	const char **items;
	size_t count;
	int err;
};

#define NAMES_MAX 100

static void
add_name(struct names *n, struct span name)
{
	name = span_trim(name);
	if (name.len == 0 || n->err != E_OK)
		return;
	if (n->count == NAMES_MAX) {
		n->err = E_INVALID;
		return;
	}
	if ((n->items[n->count++] = arena_dup(n->arena, name)) == NULL)
		n->err = E_NOMEM;
}

static void
add_names(struct names *n, struct span text)
{
	while (text.len > 0) {
		const uint8_t *comma = memchr(text.data, ',', text.len);
		size_t len = comma != NULL ? (size_t)(comma - text.data) : text.len;

		add_name(n, span_of(text.data, len));
		text = span_from(text, len + 1);
	}
}

static int
body_names(struct api_ask *a, struct names *n)
{
	const struct json *mask = json_get(a->body, "field_mask");
	const struct json *paths = json_get(mask, "paths");
	struct span text;

	if (mask == NULL)
		return E_OK;
	if (json_as_text(mask, &text)) {
		add_names(n, text);
		return E_OK;
	}
	if (json_type(mask) != JSON_OBJECT || json_type(paths) != JSON_ARRAY)
		return json_type(mask) == JSON_OBJECT && json_count(mask) == 0
			   ? E_OK
			   : fault_set(&a->m.fault, E_INVALID, "field_mask",
				 "must be {\"paths\":[\"name\",…]}");
	for (size_t i = 0; i < json_count(paths); i++) {
		if (!json_as_text(json_at(paths, i), &text))
			return fault_set(&a->m.fault, E_INVALID, "field_mask",
			    "must be a list of texts");
		add_name(n, text);
	}
	return E_OK;
}

int
api_mask_names(struct api_ask *a, struct text_list *names)
{
	struct names n = {.arena = a->m.arena};
	const struct pair *pairs;
	size_t count = request_pairs(a->req, &pairs);
	int err;

	n.items = arena_alloc(n.arena, NAMES_MAX * sizeof *n.items);
	if (n.items == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < count; i++)
		if (span_is(pairs[i].name, "field_mask") ||
		    span_is(pairs[i].name, "field_mask.paths"))
			add_names(&n, pairs[i].value);
	err = body_names(a, &n);
	if (err == E_OK && n.err == E_INVALID)
		err = fault_set(
		    &a->m.fault, E_INVALID, "field_mask", "has too many names");
	*names = (struct text_list){n.items, n.count};
	return err != E_OK ? err : n.err;
}

int
api_paging(struct api_ask *a, uint64_t *limit, uint64_t *page)
{
	const char *text = api_query(a, "limit");

	*limit = 1000;
	*page = 1;
	if (text != NULL && !number_u64(span_str(text), 0, 1000, limit))
		return fault_set(&a->m.fault, E_INVALID, "limit",
		    "must be a number of at most 1000");
	if (*limit == 0)
		*limit = 1000;
	text = api_query(a, "page");
	if (text != NULL && !number_u64(span_str(text), 0, 1000000000, page))
		return fault_set(&a->m.fault, E_INVALID, "page", "must be a number");
	*page += *page == 0;
	return E_OK;
}

/* ---- the body ------------------------------------------------------------------------------ */

static int
wrong_type(struct api_ask *a, const char *name, const char *expected)
{
	return fault_set(&a->m.fault, E_INVALID, name, "must be %s", expected);
}

int
api_text(struct api_ask *a, const char *name, const char **out)
{
	const struct json *v = json_get(a->body, name);
	struct span text;

	if (v == NULL)
		return E_OK;
	if (!json_as_text(v, &text) || memchr(text.data, '\0', text.len) != NULL)
		return wrong_type(a, name, "a text");
	*out = arena_dup(a->m.arena, text);
	return *out != NULL ? E_OK : E_NOMEM;
}

int
api_filled(struct api_ask *a, const char *name, const char **out)
{
	const char *text = NULL;
	int err = api_text(a, name, &text);

	if (err != E_OK || text == NULL)
		return err;
	*out = text;
	return span_trim(span_str(text)).len > 0
		   ? E_OK
		   : wrong_type(a, name, "filled or left out");
}

int
api_bool(struct api_ask *a, const char *name, bool *out)
{
	const struct json *v = json_get(a->body, name);

	return v == NULL || json_as_bool(v, out) ? E_OK
						 : wrong_type(a, name, "true or false");
}

int
api_time(struct api_ask *a, const char *name, int64_t *out)
{
	const char *text = NULL;
	int err = api_text(a, name, &text);

	if (err != E_OK || text == NULL)
		return err;
	return clock_parse_from(span_str(text), a->m.now, out)
		   ? E_OK
		   : wrong_type(a, name, "a time like 2026-11-22T13:05:00Z or +7d");
}

int
api_list(struct api_ask *a, const char *name, struct text_list *out)
{
	const struct json *v = json_get(a->body, name);
	size_t n = json_count(v);
	const char **items;
	struct span text;

	if (v == NULL)
		return E_OK;
	if (json_type(v) != JSON_ARRAY)
		return wrong_type(a, name, "a list of texts");
	if ((items = arena_alloc(a->m.arena, n * sizeof *items)) == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if (!json_as_text(json_at(v, i), &text) ||
		    memchr(text.data, '\0', text.len) != NULL)
			return wrong_type(a, name, "a list of texts");
		if ((items[i] = arena_dup(a->m.arena, text)) == NULL)
			return E_NOMEM;
	}
	*out = (struct text_list){items, n};
	return E_OK;
}

struct naming {
	struct api_ask *a;
	const char *const *names;
};

static int
check_member(void *arg, const char *key, const struct json *v)
{
	struct naming *n = arg;

	(void)v;
	for (size_t i = 0; n->names[i] != NULL; i++)
		if (strcmp(n->names[i], key) == 0)
			return E_OK;
	return fault_set(&n->a->m.fault, E_INVALID, key, "is not known here");
}

int
api_members(struct api_ask *a, const char *const *names)
{
	struct naming n = {a, names};

	if (a->body == NULL)
		return E_OK;
	if (json_type(a->body) != JSON_OBJECT)
		return fault_set(
		    &a->m.fault, E_INVALID, NULL, "the body must be a JSON object");
	return json_each(a->body, check_member, &n);
}

int
api_certificate(struct api_ask *a, const char *name, struct span *out)
{
	const char *text = NULL;
	int err = api_filled(a, name, &text);

	if (err != E_OK || text == NULL)
		return err;
	*out = span_trim(span_str(text));
	if (out->data[0] != '-' &&
	    (base64_decode(*out, a->m.arena, out) != E_OK || out->len == 0))
		return wrong_type(a, name, "PEM, or base64 of DER");
	return E_OK;
}

/* ---- answers ------------------------------------------------------------------------------- */

/* The ETag of a record as it is now. */
static void
api_etag(const struct record_kind *kind, const void *record, char etag[API_ETAG])
{
	uint8_t digest[SHA256_SIZE] = {0};
	struct strbuf bytes;

	strbuf_init(&bytes, 1 << 20);
	record_encode(kind, record, &bytes);
	if (bytes.err == E_OK)
		sha256(strbuf_span(&bytes), digest);
	strbuf_clear(&bytes);
	etag[0] = '"';
	hex_encode(digest, 12, etag + 1);
	memcpy(etag + 25, "\"", 2);
}

int
api_precondition(struct api_ask *a, const struct record_kind *kind, const void *record)
{
	const char *want = request_header(a->req, "If-Match");
	char etag[API_ETAG];

	if (want == NULL)
		return E_OK;
	if (record != NULL) {
		api_etag(kind, record, etag);
		if (strcmp(want, "*") == 0 || strstr(want, etag) != NULL)
			return E_OK;
	}
	return fault_set(&a->m.fault, E_STALE, NULL,
	    "it was changed by somebody else meanwhile: get it again");
}

int
api_expect(struct api_ask *a, const struct record_kind *kind, const void *record)
{
	const char *want = request_header(a->req, "If-Match");
	int err = api_precondition(a, kind, record);
	char *version;

	if (err != E_OK || want == NULL || strcmp(want, "*") == 0)
		return err;
	if ((version = arena_alloc(a->m.arena, MANAGE_VERSION)) == NULL)
		return E_NOMEM;
	a->m.expected = version;
	return manage_version(kind, record, version);
}

bool
api_unchanged(struct api_ask *a, const struct record_kind *kind, const void *record)
{
	char etag[API_ETAG];

	api_etag(kind, record, etag);
	response_header(a->res, "ETag", etag);
	if (a->row->method != METHOD_GET ||
	    request_header(a->req, "If-None-Match") == NULL ||
	    !request_has_current(a->req, etag, 0, a->m.now))
		return false;
	a->res->status = 304;
	return true;
}

void
api_total(struct api_ask *a, uint64_t total)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)total);
	response_header(a->res, "X-Total-Count", text);
}

int
api_nothing(struct api_ask *a)
{
	json_object(&a->j);
	json_object_end(&a->j);
	return E_OK;
}

void
api_record(struct api_ask *a, struct store_txn *txn, const struct record_kind *kind,
    const void *record)
{
	struct record_view view = manage_view(&a->m, txn, false);

	record_to_json(kind, record, &view, NULL, &a->j);
}

int
api_read(struct api_ask *a, int (*fn)(struct api_ask *, struct store_txn *, void *),
    void *arg)
{
	struct store_txn *txn;
	int err = store_read_begin(a->m.data->registry, &txn);

	if (err != E_OK)
		return err;
	err = fn(a, txn, arg);
	store_read_end(txn);
	return err;
}
