#include "web/credential.h"

#include "web/client.h"

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_scheme(struct span word, const char *scheme)
{
	return word.len == strlen(scheme) && span_begins_nocase(word, scheme);
}

/* What stands before the first blank. */
static struct span
first_word(struct span text)
{
	const uint8_t *end = text.len > 0 ? memchr(text.data, ' ', text.len) : NULL;

	if (end != NULL)
		text.len = (size_t)(end - text.data);
	end = text.len > 0 ? memchr(text.data, '\t', text.len) : NULL;
	return end != NULL ? span_of(text.data, (size_t)(end - text.data)) : text;
}

/* One header's value: false when it holds no key, which is always one word. */
static bool
key_in(const char *value, struct span *key)
{
	struct span text = span_trim(span_str(value)), word = first_word(text);

	if (is_scheme(word, "Bearer") || is_scheme(word, "Key")) {
		text = span_trim(span_from(text, word.len));
		word = first_word(text);
	} else if (is_scheme(word, "Basic")) {
		return false;
	}
	*key = text;
	return text.len > 0 && word.len == text.len;
}

int
request_key(const struct request *req, struct span *key)
{
	const struct request_rules *rules = req->rules;

	if (key_in(request_header(req, "Authorization"), key))
		return E_OK;
	for (size_t i = 0; i < rules->key_header_count; i++)
		if (key_in(request_header(req, rules->key_headers[i]), key))
			return E_OK;
	*key = span_of(NULL, 0);
	return E_NOAUTH;
}

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

static bool
is_base64(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

/* Rewrites BEGIN … END with every run of white space as one line end. */
static int
tidy(struct span in, char *out, size_t *len)
{
	struct span inside = span_from(in, sizeof BEGIN - 1), end;
	size_t n;

	if (!span_begins(in, span_str(BEGIN)) || in.len < sizeof BEGIN + sizeof END - 2)
		return E_INVALID;
	inside.len -= sizeof END - 1;
	end = span_from(in, in.len - (sizeof END - 1));
	if (!span_is(end, END))
		return E_INVALID;
	memcpy(out, BEGIN "\n", sizeof BEGIN);
	n = sizeof BEGIN;
	for (size_t i = 0; i < inside.len; i++) {
		unsigned char c = inside.data[i];

		if (is_base64(c))
			out[n++] = (char)c;
		else if (!is_blank(c) && c != '\n' && c != '\r')
			return E_INVALID;
		else if (out[n - 1] != '\n')
			out[n++] = '\n';
	}
	if (n == sizeof BEGIN)
		return E_INVALID;
	if (out[n - 1] != '\n')
		out[n++] = '\n';
	memcpy(out + n, END "\n", sizeof END);
	*len = n + sizeof END;
	return E_OK;
}

static int
read_pem(struct arena *arena, const char *value, struct span *pem)
{
	struct span in = span_trim(span_str(value));
	char *plain, *out;
	size_t n = in.len;
	int err;

	if (in.len == 0)
		return E_NOTFOUND;
	if (in.len > CREDENTIAL_CERTIFICATE_MAX)
		return E_INVALID;
	if ((plain = arena_alloc(arena, in.len)) == NULL ||
	    (out = arena_alloc(arena, in.len + 3)) == NULL)
		return E_NOMEM;
	if (!percent_decode(in, false, plain, &n))
		return E_INVALID;
	err = tidy(span_trim(span_of(plain, n)), out, &n);
	*pem = span_of(out, n);
	return err;
}

int
request_client_certificate(struct request *req, struct span *pem)
{
	const char *header = req->rules->certificate_header;
	const char *value = request_variable(req, "SSL_CLIENT_CERT");

	*pem = span_of(NULL, 0);
	if (value != NULL && value[0] != '\0')
		return read_pem(req->arena, value, pem);
	if (header == NULL || header[0] == '\0' || !client_peer_is_proxy(req))
		return E_NOTFOUND;
	if (request_header_count(req, header) > 1)
		return E_INVALID;
	return read_pem(req->arena, request_header(req, header), pem);
}
