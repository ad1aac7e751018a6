#include "web/address.h"

#include <arpa/inet.h>

#include "base/number.h"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool
is_mapped(const struct address *a)
{
	return a->family == 6 && memcmp(a->bytes, mapped, sizeof mapped) == 0;
}

static void
unmap(struct address *a)
{
	memcpy(a->bytes, a->bytes + sizeof mapped, 4);
	memset(a->bytes + 4, 0, sizeof a->bytes - 4);
	a->family = 4;
}

/* As it is written, also an IPv4 address in IPv6's clothes. */
static bool
parse_plain(struct span text, struct address *a)
{
	char buf[ADDRESS_TEXT];

	memset(a, 0, sizeof *a);
	if (text.len == 0 || text.len >= sizeof buf ||
	    memchr(text.data, '\0', text.len) != NULL)
		return false;
	memcpy(buf, text.data, text.len);
	buf[text.len] = '\0';
	if (inet_pton(AF_INET, buf, a->bytes) == 1)
		a->family = 4;
	else if (inet_pton(AF_INET6, buf, a->bytes) == 1)
		a->family = 6;
	return a->family != 0;
}

bool
address_parse(struct span text, struct address *a)
{
	if (!parse_plain(text, a))
		return false;
	if (is_mapped(a))
		unmap(a);
	return true;
}

bool
address_parse_hop(struct span text, struct address *a)
{
	const uint8_t *end, *colon;
	uint64_t port;

	text = span_trim(text);
	if (text.len >= 2 && text.data[0] == '"' && text.data[text.len - 1] == '"')
		text = span_of(text.data + 1, text.len - 2);
	if (text.len > 0 && text.data[0] == '[') {
		if ((end = memchr(text.data, ']', text.len)) == NULL)
			return false;
		colon = end + 1;
		if (colon != text.data + text.len && *colon != ':')
			return false;
		return address_parse(
		    span_of(text.data + 1, (size_t)(end - text.data) - 1), a);
	}
	if (address_parse(text, a))
		return true;
	/* What is left is IPv4 with a port. */
	if (text.len == 0 || (colon = memchr(text.data, ':', text.len)) == NULL ||
	    !number_u64(
		span_from(text, (size_t)(colon - text.data) + 1), 0, 65535, &port))
		return false;
	text.len = (size_t)(colon - text.data);
	return address_parse(text, a) && a->family == 4;
}

void
address_format(const struct address *a, char out[ADDRESS_TEXT])
{
	out[0] = '\0';
	if (a->family != 0)
		inet_ntop(
		    a->family == 4 ? AF_INET : AF_INET6, a->bytes, out, ADDRESS_TEXT);
}

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, whole) == 0 &&
	       (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

bool
network_parse(struct span text, struct network *n)
{
	const uint8_t *slash = text.len > 0 ? memchr(text.data, '/', text.len) : NULL;
	struct span base = text;
	uint64_t bits, most;

	if (slash != NULL)
		base.len = (size_t)(slash - text.data);
	if (!parse_plain(base, &n->base))
		return false;
	bits = most = n->base.family == 4 ? 32 : 128;
	if (slash != NULL && !number_u64(span_from(text, base.len + 1), 0, most, &bits))
		return false;
	if (is_mapped(&n->base) && bits >= 96) {
		unmap(&n->base);
		bits -= 96;
	}
	n->bits = (uint8_t)bits;
	return true;
}

bool
network_has(const struct network *n, const struct address *a)
{
	return a->family == n->base.family && a->family != 0 &&
	       same_bits(n->base.bytes, a->bytes, n->bits);
}
