#include "crypto/encode.h"

#include <limits.h>

#include <gnutls/crypto.h>

#include "base/err.h"

/* What goes through here may be a key: nothing of it is left behind. */
static void
wipe_datum(gnutls_datum_t *datum)
{
	gnutls_memset(datum->data, 0, datum->size);
	gnutls_free(datum->data);
}

void
base64_encode(struct span bytes, struct strbuf *out)
{
	gnutls_datum_t text, in = {(unsigned char *)bytes.data, (unsigned)bytes.len};

	if (bytes.len == 0 || out->err != E_OK)
		return;
	if (bytes.len > INT_MAX / 2) {
		out->err = E_TOOBIG;
		return;
	}
	if (gnutls_base64_encode2(&in, &text) != 0) {
		out->err = E_NOMEM;
		return;
	}
	strbuf_put(out, text.data, text.size);
	wipe_datum(&text);
}

static bool
is_base64(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* GnuTLS skips white space and takes other liberties: the form is checked here. */
static bool
well_formed(struct span text)
{
	size_t n = text.len;

	if (n % 4 != 0 || n > INT_MAX / 2)
		return false;
	if (n > 0 && text.data[n - 1] == '=')
		n -= text.data[n - 2] == '=' ? 2 : 1;
	for (size_t i = 0; i < n; i++)
		if (!is_base64(text.data[i]))
			return false;
	return true;
}

int
base64_decode(struct span text, struct arena *arena, struct span *bytes)
{
	gnutls_datum_t raw, in = {(unsigned char *)text.data, (unsigned)text.len};
	const char *kept;

	*bytes = span_of("", 0);
	if (!well_formed(text))
		return E_INVALID;
	if (text.len == 0)
		return E_OK;
	switch (gnutls_base64_decode2(&in, &raw)) {
	case 0:
		break;
	case GNUTLS_E_MEMORY_ERROR:
		return E_NOMEM;
	default:
		return E_INVALID;
	}
	kept = arena_dup(arena, span_of(raw.data, raw.size));
	*bytes = span_of(kept, kept != NULL ? raw.size : 0);
	wipe_datum(&raw);
	return kept != NULL ? E_OK : E_NOMEM;
}
