#include "cups/update_info.h"

#include "base/eui.h"
#include "base/wire.h"
#include "json/reader.h"

static int
bad(struct fault *fault, const char *member, const char *text)
{
	return fault_set(fault, E_INVALID, member, "%s", text);
}

/* The root goes before the request does, so texts are copied. */
static int
read_text(const struct json *root, const char *name, struct arena *arena,
    struct span *out, struct fault *fault)
{
	const struct json *v = json_get(root, name);
	struct span text;
	char *copy;

	if (v == NULL)
		return E_OK;
	if (!json_as_text(v, &text))
		return bad(fault, name, "must be text or null");
	if ((copy = arena_dup(arena, text)) == NULL)
		return E_NOMEM;
	*out = span_of(copy, text.len);
	return E_OK;
}

static int
read_crc(const struct json *root, const char *name, uint32_t *out, bool *has,
    struct fault *fault)
{
	const struct json *v = json_get(root, name);
	uint64_t n;

	*has = v != NULL;
	if (v == NULL)
		return E_OK;
	if (!json_as_uint(v, &n) || n > UINT32_MAX)
		return bad(fault, name, "must be a whole number below 2^32 or null");
	*out = (uint32_t)n;
	return E_OK;
}

static int
read_router(const struct json *root, struct update_info *info, struct fault *fault)
{
	const struct json *v = json_get(root, "router");
	struct span text;

	if (v == NULL)
		return bad(fault, "router", "is missing");
	if (json_as_text(v, &text) ? !eui_parse(text, &info->eui)
				   : !json_as_uint(v, &info->eui))
		return bad(fault, "router", "is not an EUI");
	if (info->eui == 0)
		return bad(fault, "router", "the EUI is zero");
	return E_OK;
}

static int
read_keys(const struct json *root, struct update_info *info, struct fault *fault)
{
	const struct json *list = json_get(root, "keys");
	uint64_t n;

	if (list == NULL)
		return E_OK;
	if (json_type(list) != JSON_ARRAY)
		return bad(fault, "keys", "must be a list or null");
	for (size_t i = 0; i < json_count(list); i++) {
		if (!json_as_uint(json_at(list, i), &n) || n > UINT32_MAX)
			return bad(fault, "keys",
			    "must be a list of whole numbers below 2^32");
		if (info->key_count < CUPS_KEYS_MAX)
			info->keys[info->key_count++] = (uint32_t)n;
	}
	return E_OK;
}

int
update_info_parse(struct span body, struct arena *arena, struct update_info *info,
    struct fault *fault)
{
	struct json *root = NULL;
	int err;

	memset(info, 0, sizeof *info);
	if ((err = json_parse(body, &root, fault)) != E_OK)
		return err;
	if (json_type(root) != JSON_OBJECT)
		err = bad(fault, "body", "must be a JSON object");
	if (err == E_OK)
		err = read_router(root, info, fault);
	if (err == E_OK)
		err = read_text(root, "cupsUri", arena, &info->cups_uri, fault);
	if (err == E_OK)
		err = read_text(root, "tcUri", arena, &info->lns_uri, fault);
	if (err == E_OK)
		err = read_crc(
		    root, "cupsCredCrc", &info->cups_crc, &info->has_cups_crc, fault);
	if (err == E_OK)
		err = read_crc(
		    root, "tcCredCrc", &info->lns_crc, &info->has_lns_crc, fault);
	if (err == E_OK)
		err = read_text(root, "station", arena, &info->station, fault);
	if (err == E_OK)
		err = read_text(root, "model", arena, &info->model, fault);
	if (err == E_OK)
		err = read_text(root, "package", arena, &info->package, fault);
	if (err == E_OK)
		err = read_keys(root, info, fault);
	json_free(root);
	return err;
}

int
update_info_read(struct span body, struct arena *arena, struct update_info *info,
    struct fault *fault)
{
	if (body.len > CUPS_BODY_MAX)
		return fault_set(fault, E_INVALID, "body",
		    "longer than %d bytes: not a request of a station", CUPS_BODY_MAX);
	if (update_info_scan(body, info))
		return E_OK;
	return update_info_parse(body, arena, info, fault);
}

/* ---- the answer ----------------------------------------------------------------------- */

int
update_answer_write(const struct update_answer *a, struct strbuf *out)
{
	if (a->cups_uri.len > 127 || a->lns_uri.len > 127 ||
	    a->cups_credentials.len > UINT16_MAX ||
	    a->lns_credentials.len > UINT16_MAX || a->signature.len > 128 ||
	    (a->signature.len > 0 && a->signature.len < 4) ||
	    a->update_length > INT32_MAX)
		return E_TOOBIG;
	wire_put_u8(out, (uint8_t)a->cups_uri.len);
	strbuf_put(out, a->cups_uri.data, a->cups_uri.len);
	wire_put_u8(out, (uint8_t)a->lns_uri.len);
	strbuf_put(out, a->lns_uri.data, a->lns_uri.len);
	wire_put_u16le(out, (uint16_t)a->cups_credentials.len);
	strbuf_put(out, a->cups_credentials.data, a->cups_credentials.len);
	wire_put_u16le(out, (uint16_t)a->lns_credentials.len);
	strbuf_put(out, a->lns_credentials.data, a->lns_credentials.len);
	if (a->signature.len > 0) {
		wire_put_u32le(out, (uint32_t)a->signature.len + 4);
		wire_put_u32le(out, a->signature_key_crc);
		strbuf_put(out, a->signature.data, a->signature.len);
	} else {
		wire_put_u32le(out, 0);
	}
	wire_put_u32le(out, a->update_length);
	return out->err;
}

int
update_answer_head(
    struct span body, struct update_answer *a, size_t *used, struct fault *fault)
{
	struct wire_in in;
	uint32_t signature;

	memset(a, 0, sizeof *a);
	wire_in_init(&in, body);
	a->cups_uri = wire_get_bytes(&in, wire_get_u8(&in));
	a->lns_uri = wire_get_bytes(&in, wire_get_u8(&in));
	a->cups_credentials = wire_get_bytes(&in, wire_get_u16le(&in));
	a->lns_credentials = wire_get_bytes(&in, wire_get_u16le(&in));
	signature = wire_get_u32le(&in);
	if (in.err == E_OK && signature > 0 && (signature < 8 || signature > 132))
		return bad(fault, "signature", "segment must have 8 to 132 bytes");
	if (signature > 0) {
		a->signature_key_crc = wire_get_u32le(&in);
		a->signature = wire_get_bytes(&in, signature - 4);
	}
	a->update_length = wire_get_u32le(&in);
	if (in.err != E_OK)
		return E_AGAIN;
	*used = body.len - wire_left(&in);
	if (a->cups_uri.len > 127 || a->lns_uri.len > 127)
		return bad(fault, "uri", "longer than 127 characters");
	if (a->update_length > INT32_MAX)
		return bad(fault, "update", "longer than 2^31 bytes");
	return E_OK;
}

int
update_answer_read(
    struct span body, struct update_answer *a, struct span *rest, struct fault *fault)
{
	size_t used;
	int err = update_answer_head(body, a, &used, fault);

	if (err == E_AGAIN)
		return bad(fault, "answer", "ends in the middle of a segment");
	if (err != E_OK)
		return err;
	if (body.len - used != a->update_length)
		return bad(fault, "update", "length and bytes do not agree");
	*rest = span_from(body, used);
	return E_OK;
}
