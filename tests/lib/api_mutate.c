/*
 *	api_mutate SOCKET COUNT SEED KEY
 *
 * sends so many requests to the API, each with a body that is a real one changed somehow. Every
 * answer must be one that a client can take: a status that is meant for clients, and JSON, which
 * tells code and message unless it is 200. The same seed gives the same bodies.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "json/reader.h"
#include "tests/lib/fcgi_client.h"

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

#define GATEWAY                                                                        \
	"{\"gateway\":{\"ids\":{\"gateway_id\":\"gtw-1\",\"eui\":"                     \
	"\"00800000A00009EF\"},"                                                       \
	"\"name\":\"Test\",\"description\":\"a\\nb\",\"attributes\":{\"room\":\"12\"}" \
	","                                                                            \
	"\"version_ids\":{\"brand_id\":\"b\"},\"gateway_server_address\":\"eu1."       \
	"example.com\","                                                               \
	"\"frequency_plan_ids\":[\"EU_863_870\"],\"antennas\":[{\"gain\":2.5,"         \
	"\"location\":{"                                                               \
	"\"latitude\":47.5,\"longitude\":8.25,\"altitude\":400},\"placement\":"        \
	"\"INDOOR\"}],"                                                                \
	"\"auto_update\":true,\"lbs_lns_secret\":{\"key_id\":\"k\",\"value\":"         \
	"\"TlNTWFMuQS5C\"},\"target_cups_uri\":\"https://c.example.com:443\","         \
	"\"target_cups_key\":{\"value\":\"Tk5TWFMuS0VZMS5TRUNSRVQ=\"},"                \
	"\"groups\":[\"g-1\"],\"overrides\":\"{}\",\"udp_address\":[\"u:1700\"],"      \
	"\"provisioning_until\":\"2031-01-01T00:00:00Z\"}"

static const struct {
	const char *method, *path, *body;
} requests[] = {
    {"POST", "/gateways", GATEWAY "}"},
    {"PUT", "/gateways/gtw-1",
	GATEWAY
	",\"field_mask\":{\"paths\":[\"name\",\"antennas\",\"lbs_lns_secret\"]}}"},
    {"PUT", "/gateways/gtw-1", GATEWAY "}"},
    {"POST", "/gateways/gtw-1/api-keys",
	"{\"name\":\"n\",\"rights\":[\"RIGHT_GATEWAY_INFO\"],\"expires_at\":\"+7d\"}"},
    {"POST", "/gateways/gtw-1/provisioning-window", "{\"until\":\"+1h\"}"},
    {"POST", "/gateways/gtw-1/bundle", "{\"lns\":true,\"der\":false}"},
    {"POST", "/gatehouse/network-servers",
	"{\"lns_id\":\"lns-1\",\"uri\":\"wss://l.example.com:8887\",\"credentials\":"
	"\"token\"}"},
    {"PUT", "/gatehouse/network-servers/lns-1",
	"{\"network_server\":{\"name\":\"x\"},\"field_mask\":\"name\"}"},
    {"POST", "/gatehouse/templates",
	"{\"template_id\":\"t-1\",\"eui_prefixes\":[\"58a0\"],\"window_until\":\"+1d\","
	"\"lbs_lns_secret\":{\"value\":\"TlNTWFMuQS5C\"}}"},
    {"POST", "/gatehouse/unknown-gateways/58A0CBFFFE800001/adopt",
	"{\"gateway_id\":\"a-1\",\"digest\":\"00112233\",\"unbound\":true}"},
    {"POST", "/gatehouse/trusts",
	"{\"trust_id\":\"t-1\",\"certificate\":\"MIIB\",\"addresses\":[\"h:1\"]}"},
    {"POST", "/gatehouse/frequency-plans",
	"{\"plan_id\":\"P\",\"yaml\":\"band-id: EU_863_870\\nradios:\\n- enable: "
	"true\\n\"}"},
    {"POST", "/gatehouse/import",
	"{\"ids\":{\"gateway_id\":\"i-1\"},\"name\":\"x\"}\n{\"ids\":{\"gateway_id\":"
	"\"i-2\"}}"},
    {"POST", "/gatehouse/import", "id;eui;antenna_gain\ni-1;;2,5\n\"i-2\";x;\n"},
};

static const char *const pieces[] = {"null", "true", "-1", "1.5", "1e999",
    "18446744073709551616", "\"\"", "\"x\"", "[]", "{}", "[[]]", "{\"a\":{}}",
    "\"\\u0000\"", "\"\\ud800\"", "\"\\u202e\"", "\xff", "\xc0\xaf", "\xed\xa0\x80",
    "\xf0\x9f\x98\x80", "\x01", "\t", "\n", "\\", "\"", ",", ":", "{", "}", "[", "]",
    "<script>", "../", "%00", "'", ";", "\"gateway\":1,", "\"serial\":5,",
    "\"ids\":null,", "\"unknown\":\"\",", "\"created_at\":0,", "\"__proto__\":{},"};

static void
insert(struct strbuf *b, size_t at, const char *bytes, size_t len)
{
	if (strbuf_extend(b, len) == NULL)
		return;
	memmove(b->data + at + len, b->data + at, b->len - len - at);
	memcpy(b->data + at, bytes, len);
}

static void
remove_bytes(struct strbuf *b, size_t at, size_t n)
{
	memmove(b->data + at, b->data + at + n, b->len - at - n);
	b->len -= n;
}

/* Another value, where a value begins. */
static void
change_value(struct strbuf *b)
{
	size_t at = below(b->len), end;
	const char *piece = pieces[below(COUNT_OF(pieces))];

	while (at < b->len && b->data[at] != ':' && b->data[at] != ';')
		at++;
	if (at >= b->len)
		return;
	at++;
	for (end = at; end < b->len && strchr(",}];\n", b->data[end]) == NULL;)
		end++;
	remove_bytes(b, at, end - at);
	insert(b, at, piece, strlen(piece));
}

static void
insert_many(struct strbuf *b)
{
	size_t at = below(b->len + 1), n = 1 + below(below(50) == 0 ? 200000 : 3000);
	char *many = malloc(n);

	if (many == NULL)
		return;
	memset(many, "[{9a\" "[below(6)], n);
	insert(b, at, many, n);
	free(many);
}

static void
change(struct strbuf *b)
{
	size_t at = below(b->len), n = below(b->len - at);
	const char *piece = pieces[below(COUNT_OF(pieces))];

	switch (below(8)) {
	case 0:
		b->data[at] ^= (char)(1 << below(8));
		break;
	case 1:
		b->len = at;
		break;
	case 2:
		insert(b, at, piece, strlen(piece));
		break;
	case 3:
		remove_bytes(b, at, n);
		break;
	case 4:
		insert_many(b);
		break;
	default:
		change_value(b);
	}
}

/* Is it an answer for a client? Else why not. */
static const char *
judge(const struct fcgi_answer *a)
{
	static const int fine[] = {200, 400, 403, 404, 409, 413};
	struct json *root = NULL;
	const char *why = NULL;
	bool known = false;
	struct span text;
	int64_t code;

	if (a->status == 0)
		return a->wrong;
	for (size_t i = 0; i < COUNT_OF(fine); i++)
		known |= a->status == fine[i];
	if (!known)
		return "another status";
	if (json_parse(a->body, &root, NULL) != E_OK || json_type(root) != JSON_OBJECT)
		why = "no JSON object";
	else if (a->status != 200 &&
		 (!json_as_int(json_get(root, "code"), &code) ||
		     !json_as_text(json_get(root, "message"), &text) || text.len == 0))
		why = "no code and message";
	json_free(root);
	return why;
}

static int
one(const char *socket, char *authorization, struct strbuf *body, struct strbuf *buffer,
    unsigned long *good)
{
	size_t which = below(COUNT_OF(requests));
	char method[40], uri[120], script[120], query[] = "QUERY_STRING=dry_run=1",
						plain[] = "QUERY_STRING=";
	bool import = strstr(requests[which].path, "/import") != NULL;
	char *variables[] = {
	    method, uri, script, import ? query : plain, authorization, NULL};
	struct fcgi_request request;
	struct fcgi_answer answer = {0};
	const char *why;

	snprintf(method, sizeof method, "REQUEST_METHOD=%s", requests[which].method);
	snprintf(uri, sizeof uri, "REQUEST_URI=/api/v3%s%s", requests[which].path,
	    import ? "?dry_run=1" : "");
	snprintf(script, sizeof script, "SCRIPT_NAME=/api/v3%s", requests[which].path);
	strbuf_reset(body);
	strbuf_puts(body, requests[which].body);
	for (size_t i = below(4); i > 0 && body->len > 0; i--)
		change(body);
	fcgi_post(&request, variables, strbuf_span(body));
	fcgi_ask(socket, &request, buffer, &answer);
	fcgi_clear(&request);
	*good += answer.status == 200;
	if ((why = judge(&answer)) == NULL)
		return 0;
	printf("%s: %s %s (%d): %.*s\n%.*s\n", why, requests[which].method,
	    requests[which].path, answer.status, (int)body->len, strbuf_str(body),
	    (int)answer.body.len, (const char *)answer.body.data);
	return 1;
}

int
main(int argc, char **argv)
{
	char authorization[300];
	struct strbuf body, buffer;
	unsigned long good = 0;
	uint64_t count;
	int wrong = 0;

	if (argc != 5 || !number_u64(span_str(argv[2]), 1, UINT32_MAX, &count) ||
	    !number_u64(span_str(argv[3]), 0, UINT64_MAX, &random_state)) {
		fputs("usage: api_mutate SOCKET COUNT SEED KEY\n", stderr);
		return 2;
	}
	snprintf(authorization, sizeof authorization, "HTTP_AUTHORIZATION=Bearer %s",
	    argv[4]);
	strbuf_init(&body, 1 << 22);
	strbuf_init(&buffer, 32 << 20);
	for (uint64_t i = 0; i < count && wrong < 5; i++)
		wrong += one(argv[1], authorization, &body, &buffer, &good);
	printf("%llu asked, %lu answered with 200\n", (unsigned long long)count, good);
	strbuf_clear(&body);
	strbuf_clear(&buffer);
	/* Something must have been taken, and something refused. */
	return wrong != 0 || good == 0 || good == count;
}
