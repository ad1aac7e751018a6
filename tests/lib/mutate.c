/*
 *	mutate SOCKET COUNT SEED BLOB [NAME=VALUE...]
 *
 * sends so many bodies of `POST /update-info`, each a real one that was changed somehow, and
 * compares every answer with what the oracle says. The gateway is 58A0CBFFFE800001, whose
 * key the variables present; it has the network server wss://lns.example.com:8887 and there
 * the credentials in the file BLOB, and nothing is wanted of its CUPS. 58A0CBFFFE800002 is
 * another registered gateway. The same seed gives the same bodies.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/crc.h"
#include "base/file.h"
#include "base/number.h"
#include "tests/lib/fcgi_client.h"
#include "tests/lib/oracle.h"

#define OURS 0x58a0cbfffe800001
#define OTHER 0x58a0cbfffe800002
#define LNS_URI "wss://lns.example.com:8887"
#define MEMBERS_MAX 12
#define BODY_MAX 65536
#define READ_MAX (2 << 20)
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t random_state;

static uint64_t
next_random(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t
below(size_t n)
{
	return n > 0 ? (size_t)(next_random() % n) : 0;
}

/* ---- changes of members ---------------------------------------------------------------- */

struct members {
	const char *names[MEMBERS_MAX], *values[MEMBERS_MAX];
	size_t n;
};

static char lns_crc[16];
static struct span blob;

static const struct members real = {
    {"router", "cupsUri", "tcUri", "cupsCredCrc", "tcCredCrc", "station", "model",
	"package", "keys"},
    {"\"58a0:cbff:fe80:1\"", "\"https://cups.example.com:443\"", "\"" LNS_URI "\"",
	"695230052", lns_crc, "\"2.0.6(linux/std) 2022-01-18 10:22:16\"", "\"linux\"",
	"\"v1.2.3\"", "[3912465528,1445978646]"},
    9};

static const char *const wild[] = {"null", "true", "false", "0", "-0", "-1", "1", "1.5",
    "1.0", "1e3", "1E+2", "4294967295", "4294967296", "9223372036854775807",
    "9223372036854775808", "18446744073709551615", "18446744073709551616",
    "-9223372036854775808", "-9223372036854775809", "1e999", "-1e999", "1e-999", "01",
    "1.", ".5", "+1", "0x10", "NaN", "-NaN", "Infinity", "-Infinity", "nan", "\"\"",
    "\"x\"", "'x'", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u00\"",
    "\"\\x41\"", "\"\\/\"", "\"\\\"\"", "[]", "{}", "[0]", "[null]", "[\"1\"]", "[1,]",
    "[4294967295]", "[4294967296]", "[[1]]",
    "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]", "{\"router\":1}",
    "{\"a\\u0000b\":1}", "True", "NULL", "nul", "/**/1", ""};

static const char *const routers[] = {"\"58-A0-CB-FF-FE-80-00-01\"",
    "\"58:a0:cb:ff:fe:80:00:01\"", "\"58a0cbfffe800001\"", "\"58A0CBFFFE800001\"",
    "6386328571958263809", "\"58A0:CBFF:FE80:0001\"", "\"58a0:cbff:fe80:2\"",
    "6386328571958263810", "\"58-A0:CB-FF-FE-80-00-01\"", "\"58a0cbfffe80001\"",
    "\"58a0cbfffe8000011\"", "\"58a0:cbff:fe80\"", "\"58a0:cbff::1\"", "\"::1\"",
    "\"1::\"", "\"::\"", "\"::0\"", "\"0:0:0:0\"", "\"1::2::3\"", "\"1:2:3:4:5\"",
    "\"1::2:3:4\"", "\"12345::1\"", "\":1:2:3\"", "\"1:2:3:\"", "\"g::1\"",
    "\" 58a0cbfffe800001\"", "\"58a0cbfffe800001 \"", "\"0x58a0cbfffe80001\"",
    "\"58\\u0061\\u0030cbfffe800001\"", "\"58a0cbfffe800001\\u0000\"", "0",
    "6386328571958263809.0", "-6386328571958263809", "\"6386328571958263809\""};

static const char *const uris[] = {"\"wss:\\/\\/lns.example.com:8887\"",
    "\"wss://lns.example.com:8887/\"", "\"wss://LNS.example.com:8887\"", "\"\"",
    "\"ws://lns.example.com:1887\"", "\"wss://lns.example.com:888\"",
    "\"\\u0077ss://lns.example.com:8887\"", "\"wss://lns.example.com:8887\\u0000\""};

static void
swap_members(struct members *m, size_t a, size_t b)
{
	const char *name = m->names[a], *value = m->values[a];

	m->names[a] = m->names[b];
	m->values[a] = m->values[b];
	m->names[b] = name;
	m->values[b] = value;
}

static void
append_member(struct members *m, const char *name, const char *value)
{
	m->names[m->n] = name;
	m->values[m->n++] = value;
	swap_members(m, m->n - 1, below(m->n));
}

static void
change_members(struct members *m)
{
	size_t i = below(m->n);

	switch (below(8)) {
	case 0:
		swap_members(m, i, --m->n);
		break;
	case 1:
		m->values[i] = "null";
		break;
	case 2:
		m->values[i] = wild[below(COUNT_OF(wild))];
		break;
	case 3:
		append_member(m, m->names[i], wild[below(COUNT_OF(wild))]);
		break;
	case 4:
		append_member(m, m->names[i], real.values[below(real.n)]);
		break;
	case 5:
		m->values[0] = routers[below(COUNT_OF(routers))];
		break;
	case 6:
		m->values[2] = uris[below(COUNT_OF(uris))];
		break;
	default:
		append_member(m, "other", wild[below(COUNT_OF(wild))]);
	}
}

static void
put_blanks(struct strbuf *b)
{
	while (below(10) == 0)
		strbuf_putc(b, " \t\r\n"[below(4)]);
}

static void
write_members(const struct members *m, struct strbuf *b)
{
	bool loose = below(4) == 0;

	strbuf_putc(b, '{');
	for (size_t i = 0; i < m->n; i++) {
		strbuf_printf(b, "%s\"%s\"", i > 0 ? "," : "", m->names[i]);
		if (loose)
			put_blanks(b);
		strbuf_putc(b, ':');
		if (loose)
			put_blanks(b);
		strbuf_puts(b, m->values[i]);
	}
	strbuf_putc(b, '}');
}

/* ---- changes of bytes ------------------------------------------------------------------- */

static const struct {
	const char *bytes;
	size_t len;
} pieces[] = {{"\0", 1}, {"\1", 1}, {"\x1f", 1}, {"\x7f", 1}, {"\x80", 1}, {"\xff", 1},
    {"\xc3\xa9", 2}, {"\xc0\xaf", 2}, {"\xc1\xbf", 2}, {"\xe0\x80\xaf", 3},
    {"\xed\x9f\xbf", 3}, {"\xed\xa0\x80", 3}, {"\xef\xbf\xbf", 3}, {"\xef\xbb\xbf", 3},
    {"\xf0\x9f\x98\x80", 4}, {"\xf0\x80\x80\x80", 4}, {"\xf4\x8f\xbf\xbf", 4},
    {"\xf4\x90\x80\x80", 4}, {"\xf0\x9f\x98", 3}, {"\n", 1}, {"\t", 1}, {"\v", 1},
    {"\f", 1}, {" ", 1}, {"\"", 1}, {"\\", 1}, {"'", 1}, {",", 1}, {":", 1}, {"{", 1},
    {"}", 1}, {"[", 1}, {"]", 1}, {"//x\n", 4}, {"/*x*/", 5}, {"#", 1}, {"0", 1},
    {"-", 1}, {"\\u0000", 6}, {"\\ud800", 6}, {"\\u00e9", 6}, {"NaN", 3}, {"null", 4}};

/* Puts bytes into the middle. */
static void
insert(struct strbuf *b, size_t at, const void *bytes, size_t len)
{
	if (strbuf_extend(b, len) == NULL)
		return;
	memmove(b->data + at + len, b->data + at, b->len - len - at);
	memcpy(b->data + at, bytes, len);
}

static void
insert_digits(struct strbuf *b)
{
	static char digits[1 << 20];
	size_t n = 1 + below(30), at = below(b->len);

	if (below(20) == 0)
		n = 1000 + below(100000);
	if (below(400) == 0)
		n = sizeof digits;
	memset(digits, '0' + (int)below(10), n);
	insert(b, at, digits, n);
}

/* Arrays and objects inside each other, up to a thousand, as a new first member. */
static void
insert_nest(struct strbuf *b)
{
	static const char object[] = "{\"a\":";
	size_t deep = below(3) > 0 ? 28 + below(8) : 1 + below(1000);
	bool objects = below(2) == 0;
	struct strbuf nest;

	strbuf_init(&nest, 1 << 20);
	strbuf_puts(&nest, "\"nest\":");
	for (size_t i = 0; i < deep; i++)
		strbuf_puts(&nest, objects ? object : "[");
	strbuf_puts(&nest, objects ? "1" : "");
	for (size_t i = 0; i < deep; i++)
		strbuf_putc(&nest, objects ? '}' : ']');
	strbuf_putc(&nest, ',');
	insert(b, 1, nest.data, nest.len);
	strbuf_clear(&nest);
}

static void
pad(struct strbuf *b, size_t to)
{
	char *at;

	if (to > b->len && (at = strbuf_extend(b, to - b->len)) != NULL)
		memset(at, ' ', (size_t)(b->data + b->len - at));
}

static void
change_bytes(struct strbuf *b)
{
	size_t at = below(b->len), n = below(b->len - at), piece;

	switch (below(8)) {
	case 0:
		for (size_t i = below(4) + 1; i > 0; i--)
			b->data[below(b->len)] ^= (char)(1 << below(8));
		break;
	case 1:
		b->len = at;
		break;
	case 2:
	case 3:
		piece = below(COUNT_OF(pieces));
		insert(b, at, pieces[piece].bytes, pieces[piece].len);
		break;
	case 4:
		memmove(b->data + at, b->data + at + n, b->len - at - n);
		b->len -= n;
		break;
	case 5:
		insert_nest(b);
		break;
	case 6:
		insert_digits(b);
		break;
	default:
		b->data[at] = (char)below(256);
	}
}

static void
make_body(struct strbuf *b)
{
	struct members m = real;

	strbuf_reset(b);
	for (size_t i = below(3); i > 0; i--)
		change_members(&m);
	write_members(&m, b);
	if (below(2) == 0)
		change_bytes(b);
	if (below(200) == 0)
		pad(b, BODY_MAX - 1 + below(3));
	if (below(2000) == 0)
		pad(b, READ_MAX - 1 + below(3));
}

/* ---- comparing ------------------------------------------------------------------------------ */

struct tally {
	unsigned long good, pushes, invalid, denied, unknown, large;
};

static void
expect_answer(const struct oracle_request *r, struct strbuf *out)
{
	bool uri = r->lns_uri_len != strlen(LNS_URI) ||
		   memcmp(r->lns_uri, LNS_URI, r->lns_uri_len) != 0;
	bool credentials = !r->has_lns_crc || r->lns_crc != crc32_of(blob);

	strbuf_reset(out);
	strbuf_putc(out, 0);
	strbuf_putc(out, uri ? (char)strlen(LNS_URI) : 0);
	strbuf_puts(out, uri ? LNS_URI : "");
	strbuf_put(out, "\0", 2);
	strbuf_putc(out, credentials ? (char)blob.len : 0);
	strbuf_putc(out, credentials ? (char)(blob.len >> 8) : 0);
	if (credentials)
		strbuf_put(out, blob.data, blob.len);
	strbuf_put(out, "\0\0\0\0\0\0\0", 8);
}

static int
expect(struct span body, struct strbuf *answer, struct tally *t)
{
	static struct oracle_request r;

	if (body.len > READ_MAX) {
		t->large++;
		return 413;
	}
	if (body.len > BODY_MAX || !oracle_read(body, &r)) {
		t->invalid++;
		return 400;
	}
	if (r.eui != OURS) {
		*(r.eui == OTHER ? &t->denied : &t->unknown) += 1;
		return r.eui == OTHER ? 403 : 404;
	}
	expect_answer(&r, answer);
	t->good++;
	t->pushes += answer->len > 14;
	return 200;
}

static void
show(const char *what, struct span s)
{
	fprintf(stderr, "%s (%zu bytes): ", what, s.len);
	for (size_t i = 0; i < s.len && i < 600; i++)
		if (s.data[i] >= 32 && s.data[i] < 127)
			fputc(s.data[i], stderr);
		else
			fprintf(stderr, "<%02x>", s.data[i]);
	fputc('\n', stderr);
}

static bool
compare(const struct fcgi_answer *a, int status, struct span body, struct span wanted)
{
	const char *wrong = a->wrong;

	if (wrong == NULL && a->status != status)
		wrong = "another status";
	else if (wrong == NULL && status == 200 && !span_eq(a->body, wanted))
		wrong = "another answer";
	else if (wrong == NULL && status != 200 && a->head.len + a->body.len > 512)
		wrong = "a long error";
	if (wrong == NULL)
		return true;
	fprintf(stderr, "mutate: %s: %d, wanted %d\n", wrong, a->status, status);
	show("request", body);
	show("answer", a->body);
	if (status == 200)
		show("wanted", wanted);
	return false;
}

static bool
try_one(const char *socket_path, char *const *variables, struct tally *t)
{
	static struct strbuf body, wanted, buffer;
	struct fcgi_request request;
	struct fcgi_answer answer;
	int status;
	bool fine;

	body.max = wanted.max = buffer.max = 16 << 20;
	make_body(&body);
	status = expect(strbuf_span(&body), &wanted, t);
	fcgi_post(&request, variables, strbuf_span(&body));
	fcgi_ask(socket_path, &request, &buffer, &answer);
	fine = compare(&answer, status, strbuf_span(&body), strbuf_span(&wanted));
	fcgi_clear(&request);
	return fine;
}

int
main(int argc, char **argv)
{
	struct fault fault = {0};
	struct tally t = {0};
	struct strbuf file;
	unsigned long count, wrong = 0;

	strbuf_init(&file, 65535);
	if (argc < 5 || file_read(argv[4], &file, &fault) != E_OK) {
		fprintf(stderr, "usage: mutate SOCKET COUNT SEED BLOB [NAME=VALUE]\n");
		return 2;
	}
	blob = strbuf_span(&file);
	snprintf(lns_crc, sizeof lns_crc, "%lu", (unsigned long)crc32_of(blob));
	count = strtoul(argv[2], NULL, 10);
	random_state = strtoull(argv[3], NULL, 10);
	for (unsigned long i = 0; i < count && wrong < 10; i++)
		wrong += !try_one(argv[1], argv + 5, &t);
	printf("%lu valid (%lu with something to send), %lu invalid, %lu of another "
	       "gateway, %lu of none, %lu too large; %lu wrong\n",
	    t.good, t.pushes, t.invalid, t.denied, t.unknown, t.large, wrong);
	strbuf_clear(&file);
	/* Bodies that are all refused would prove little. */
	return wrong > 0 || t.good < count / 10 || t.pushes == 0 || t.invalid == 0 ||
	       t.denied == 0 || t.unknown == 0;
}
