/*
 * Credentials. Input is a blob, which is split as a gateway would split it: here once more,
 * by a few lines of our own that must agree. The same bytes as a secret that somebody enters:
 * when it is taken, the blob that is made of it must be one that gateways take, with the CRC
 * that was told without building it.
 */
#include "fuzz.h"

#include "base/crc.h"
#include "cups/credentials.h"

static const uint8_t zeros[4];

/* Length of a DER element as the reference client reckons it; 0: it would reject it. */
static size_t
element(const uint8_t *p, size_t left)
{
	size_t n = 0;

	if (left >= 2 && p[0] == 0x30 && p[1] < 0x80)
		n = 2u + p[1];
	else if (left >= 4 && p[0] == 0x30 && p[1] == 0x82)
		n = 4u + ((size_t)p[2] << 8 | p[3]);
	return n <= left ? n : 0;
}

static bool
is(struct span part, const uint8_t *p, size_t n)
{
	return n == 0 ? part.len == 0 : part.data == p && part.len == n;
}

/* What is accepted lies in the blob as that client would cut it. */
static void
compare(struct span blob, const struct credentials_parts *parts)
{
	const uint8_t *p = blob.data, *end = p + blob.len;
	size_t n = element(p, blob.len);

	must(n > 0 && is(parts->trust, p, n));
	p += n;
	must(end - p >= 4);
	if (memcmp(p, zeros, 4) == 0) {
		must(parts->certificate.len == 0);
		n = 4;
	} else {
		n = element(p, (size_t)(end - p));
		must(n > 0 && is(parts->certificate, p, n));
	}
	p += n;
	must(p < end);
	if (end - p == 4 && memcmp(p, zeros, 4) == 0) {
		must(parts->key.len == 0 && parts->certificate.len == 0);
		return;
	}
	must(is(parts->key, p, (size_t)(end - p)));
	must(parts->token == (*p != 0x30));
	/* A token alone, or a certificate and all of its key. */
	must(parts->token == (parts->certificate.len == 0));
	if (parts->token)
		must(end - p > 4 && end[-1] == '\n' && end[-2] == '\r');
	else
		must(element(p, (size_t)(end - p)) == (size_t)(end - p));
}

static void
split(struct span blob)
{
	struct credentials_parts parts;
	struct fault fault = {0};
	int err = credentials_split(blob, &parts, &fault);

	must(err == E_OK || (err == E_INVALID && fault.text[0] != '\0'));
	if (err == E_OK)
		compare(blob, &parts);
}

/* A token made of the input. */
static void
build(struct span text, int token_form)
{
	static const uint8_t der[] = {0x30, 3, 2, 1, 5};
	struct trust trust = {.der = span_of(der, sizeof der)};
	struct secret secret = {0};
	struct credentials c = {.kind = CREDENTIALS_TOKEN,
	    .trust = &trust,
	    .secret = &secret,
	    .token_form = token_form};
	struct fault fault = {0};
	struct arena arena;
	struct span blob;

	trust.crc = crc32_of(trust.der);
	if (secret_describe(text, false, &secret, &fault) != E_OK) {
		must(fault.text[0] != '\0');
		return;
	}
	arena_init(&arena, 1 << 20);
	must(credentials_build(&c, text, &arena, &blob, &fault) == E_OK);
	must(crc32_of(blob) == credentials_crc(&c));
	split(blob);
	arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_of(data, size);

	split(bytes);
	build(bytes, TOKEN_BEARER);
	build(bytes, TOKEN_BARE);
	return 0;
}
