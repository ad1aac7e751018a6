#include "crypto/pem.h"

#include <stdio.h>

#include <gnutls/gnutls.h>

#include "crypto/x509.h"

static const char begin_mark[] = "-----BEGIN ", end_mark[] = "-----END ",
		  dashes[] = "-----";

/* Where `mark` begins in the text, or NULL. */
static const uint8_t *
find(struct span text, const char *mark)
{
	return text.len > 0 ? memmem(text.data, text.len, mark, strlen(mark)) : NULL;
}

/* What follows `at` in the text. */
static struct span
rest(struct span text, const uint8_t *at)
{
	return span_from(text, (size_t)(at - text.data));
}

bool
pem_is(struct span bytes)
{
	bool der = bytes.len > 1 && bytes.data[0] == 0x30 && bytes.data[1] >= 0x80;

	return !der && find(bytes, begin_mark) != NULL;
}

/* Reads "label-----" at the start of the text; labels are short and on one line. */
static bool
read_label(struct span text, struct span *label)
{
	const uint8_t *end;

	if (text.len > 80)
		text.len = 80;
	if ((end = find(text, dashes)) == NULL)
		return false;
	*label = span_of(text.data, (size_t)(end - text.data));
	return memchr(label->data, '\n', label->len) == NULL;
}

/*
 * The block whose label begins the text. Its end is the next run of dashes, so that no
 * text is searched twice, however many beginnings it has. The text is cut behind what was
 * looked at.
 */
static bool
read_block(struct span *text, const uint8_t *begin, struct pem_block *block)
{
	struct span label;
	const uint8_t *at;

	if (!read_label(*text, &block->label))
		return false;
	*text = span_from(*text, block->label.len + strlen(dashes));
	if ((at = find(*text, dashes)) == NULL) {
		*text = span_of(NULL, 0);
		return false;
	}
	*text = rest(*text, at);
	if (!span_begins(*text, span_str(end_mark)) ||
	    !read_label(span_from(*text, strlen(end_mark)), &label) ||
	    !span_eq(label, block->label))
		return false;
	*text = rest(*text, label.data + label.len + strlen(dashes));
	block->whole = span_of(begin, (size_t)(label.data + label.len - begin));
	block->whole.len += strlen(dashes);
	block->encrypted = find(block->whole, "Proc-Type:") != NULL ||
			   span_begins(block->label, span_str("ENCRYPTED "));
	return true;
}

bool
pem_next(struct span *text, struct pem_block *block)
{
	const uint8_t *begin;

	while ((begin = find(*text, begin_mark)) != NULL) {
		*text = span_from(rest(*text, begin), strlen(begin_mark));
		if (read_block(text, begin, block))
			return true;
	}
	*text = span_of(NULL, 0);
	return false;
}

bool
pem_is_certificate(const struct pem_block *block)
{
	return span_is(block->label, "CERTIFICATE") ||
	       span_is(block->label, "X509 CERTIFICATE");
}

int
pem_decode(const struct pem_block *block, struct arena *arena, struct span *der)
{
	gnutls_datum_t raw, in = x509_datum(block->whole);
	char label[81];
	int rc;

	snprintf(label, sizeof label, "%.*s", (int)block->label.len,
	    (const char *)block->label.data);
	rc = gnutls_pem_base64_decode2(label, &in, &raw);
	if (rc != 0)
		return rc == GNUTLS_E_MEMORY_ERROR ? E_NOMEM : E_INVALID;
	return x509_keep(&raw, arena, der);
}

int
pem_encode(const char *label, struct span der, struct arena *arena, struct span *text)
{
	gnutls_datum_t raw, in = x509_datum(der);
	int rc = gnutls_pem_base64_encode2(label, &in, &raw);

	if (rc != 0)
		return rc == GNUTLS_E_MEMORY_ERROR ? E_NOMEM : E_CRYPTO;
	return x509_keep(&raw, arena, text);
}
