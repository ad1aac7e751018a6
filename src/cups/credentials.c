#include "cups/credentials.h"

#include "base/crc.h"
#include "base/strbuf.h"
#include "registry/checks.h"

static const uint8_t zeros[8];

const char *
credentials_prefix(const struct secret *secret, int token_form)
{
	if (secret->form == SECRET_BARE)
		return token_form == TOKEN_BEARER ? "Authorization: Bearer "
						  : "Authorization: ";
	return secret->form == SECRET_SCHEME ? "Authorization: " : "";
}

uint32_t
credentials_crc(const struct credentials *c)
{
	uint32_t crc = (uint32_t)c->trust->crc;

	switch (c->kind) {
	case CREDENTIALS_TOKEN: {
		struct span prefix =
		    span_str(credentials_prefix(c->secret, c->token_form));

		crc = crc32_more(crc32_more(crc, span_of(zeros, 4)), prefix);
		break;
	}
	case CREDENTIALS_CERTIFICATE:
		crc = crc32_join(crc, (uint32_t)c->certificate_crc, c->certificate.len);
		break;
	default:
		return crc32_more(crc, span_of(zeros, 8));
	}
	return crc32_join(crc, (uint32_t)c->secret->crc, c->secret->length);
}

static void
append(struct strbuf *b, struct span s)
{
	strbuf_put(b, s.data, s.len);
}

int
credentials_build(const struct credentials *c, struct span opened, struct arena *arena,
    struct span *blob, struct fault *fault)
{
	struct credentials_parts parts;
	struct strbuf b;
	int err;

	strbuf_init(&b, UINT16_MAX);
	append(&b, c->trust->der);
	if (c->kind == CREDENTIALS_CERTIFICATE) {
		append(&b, c->certificate);
		append(&b, opened);
	} else if (c->kind == CREDENTIALS_TOKEN) {
		append(&b, span_of(zeros, 4));
		strbuf_puts(&b, credentials_prefix(c->secret, c->token_form));
		append(&b, opened);
		strbuf_puts(&b, "\r\n");
	} else {
		append(&b, span_of(zeros, 8));
	}
	if ((err = b.err) == E_OK)
		err = credentials_split(strbuf_span(&b), &parts, fault);
	if (err == E_OK && crc32_of(strbuf_span(&b)) != credentials_crc(c))
		err = fault_set(fault, E_CORRUPT, NULL,
		    "the credentials do not have the CRC that was computed");
	if (err == E_OK)
		return strbuf_keep(&b, arena, blob);
	strbuf_clear(&b);
	return err;
}

/* ---- splitting ------------------------------------------------------------------------ */

static int
bad(struct fault *fault, const char *part, const char *text)
{
	return fault_set(fault, E_INVALID, part, "%s", text);
}

/* Whole length of the DER element at the beginning, as the client reckons it. */
static int
der_length(struct span s, const char *part, size_t *length, struct fault *fault)
{
	size_t n;

	if (s.len < 2)
		return bad(fault, part, "is cut off");
	if (s.data[1] < 0x80)
		n = 2 + (size_t)s.data[1];
	else if (s.data[1] == 0x82 && s.len >= 4)
		n = 4 + ((size_t)s.data[2] << 8 | s.data[3]);
	else
		return bad(fault, part,
		    "its ASN.1 length is written in a form that gateways misread");
	if (n > s.len)
		return bad(fault, part, "its ASN.1 length is beyond the end");
	*length = n;
	return E_OK;
}

/* Header lines: `Name: value` and CRLF each (a bare LF overruns a buffer in the client). */
static int
check_lines_of(struct span s, struct fault *fault)
{
	while (s.len > 0) {
		const uint8_t *lf = memchr(s.data, '\n', s.len);
		size_t n = lf != NULL ? (size_t)(lf - s.data) : 0;
		const uint8_t *colon;

		if (lf == NULL || n < 1 || s.data[n - 1] != '\r')
			return bad(fault, "key", "each line must end with CR LF");
		if (!check_header_text(span_of(s.data, n - 1)))
			return bad(fault, "key", "has characters that no header has");
		colon = memchr(s.data, ':', n);
		if (colon == NULL || colon == s.data || colon + 1 == s.data + n - 1)
			return bad(fault, "key", "must be `Name: value`");
		s = span_from(s, n + 1);
	}
	return E_OK;
}

int
credentials_split(
    struct span blob, struct credentials_parts *parts, struct fault *fault)
{
	struct span rest = blob;
	size_t n;
	int err;

	memset(parts, 0, sizeof *parts);
	if (blob.len == 0 || blob.data[0] != 0x30)
		return bad(fault, "trust", "must be one DER certificate");
	if ((err = der_length(rest, "trust", &n, fault)) != E_OK)
		return err;
	parts->trust = span_of(rest.data, n);
	rest = span_from(rest, n);
	if (rest.len >= 4 && memcmp(rest.data, zeros, 4) == 0) {
		n = 4;
	} else {
		if (rest.len == 0 || rest.data[0] != 0x30)
			return bad(fault, "certificate",
			    "must be one DER certificate or 4 zero bytes");
		if ((err = der_length(rest, "certificate", &n, fault)) != E_OK)
			return err;
		parts->certificate = span_of(rest.data, n);
	}
	rest = span_from(rest, n);
	if (rest.len == 0)
		return bad(fault, "key", "must not be missing");
	if (rest.len == 4 && memcmp(rest.data, zeros, 4) == 0)
		return parts->certificate.len == 0
			   ? E_OK
			   : bad(fault, "key", "a certificate needs its key");
	parts->key = rest;
	parts->token = rest.data[0] != 0x30;
	if (parts->token)
		return parts->certificate.len == 0
			   ? check_lines_of(rest, fault)
			   : bad(fault, "key",
				 "a token and a certificate cannot be combined");
	if (parts->certificate.len == 0)
		return bad(fault, "key", "a private key needs its certificate");
	if ((err = der_length(rest, "key", &n, fault)) != E_OK)
		return err;
	return n == rest.len ? E_OK : bad(fault, "key", "has bytes behind its end");
}

/* ---- describing ------------------------------------------------------------------------ */

/* `Name: value`: a header name has letters, digits and dashes. Some write no blank; a key may
 * have a colon too, so then only the usual name counts. */
static bool
has_header_name(struct span s)
{
	size_t n = 0;

	while (n < s.len &&
	       (((s.data[n] | 32) >= 'a' && (s.data[n] | 32) <= 'z') ||
		   (s.data[n] >= '0' && s.data[n] <= '9') || s.data[n] == '-'))
		n++;
	return n > 0 && n + 1 < s.len && s.data[n] == ':' &&
	       (s.data[n + 1] == ' ' || span_begins_nocase(s, "authorization:"));
}

int
secret_describe(
    struct span plain, bool private_key, struct secret *secret, struct fault *fault)
{
	const char *blank;

	if (plain.len == 0 || plain.len > 8192)
		return bad(fault, "secret", "must have 1 to 8192 bytes");
	if (private_key) {
		secret->form = SECRET_KEY_DER;
		secret->length = plain.len;
		secret->crc = crc32_of(plain);
		return E_OK;
	}
	if (!check_header_text(plain))
		return bad(fault, "secret",
		    "must be one line of visible ASCII characters and blanks");
	if (plain.data[0] == ' ' || plain.data[plain.len - 1] == ' ')
		return bad(fault, "secret", "must not begin or end with a blank");
	/* 0x30 is also what a private key begins with. */
	if (has_header_name(plain) && plain.data[0] == '0')
		return bad(fault, "secret",
		    "gateways would take a header whose name begins with 0 for a key");
	blank = memchr(plain.data, ' ', plain.len);
	secret->form = has_header_name(plain) ? SECRET_HEADER
		       : blank != NULL	      ? SECRET_SCHEME
					      : SECRET_BARE;
	secret->length = plain.len + 2;
	secret->crc = crc32_more(crc32_of(plain), span_str("\r\n"));
	return E_OK;
}
