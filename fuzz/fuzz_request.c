/*
 * What a web server hands over: the input is its variables, one a line; a line that begins
 * with a blank goes on with the one before. Whatever comes, the path is one that means the
 * same to everybody, only a trusted proxy speaks for others, and what was taken apart gives
 * the same again when it is put together.
 */
#include "fuzz.h"

#include <ctype.h>

#include "web/client.h"
#include "web/conditional.h"
#include "web/cookie.h"
#include "web/credential.h"
#include "web/html.h"
#include "web/path.h"
#include "web/route.h"

#define VARIABLES 40
#define NOW 1893456000
#define ETAG "\"a1\""

static const struct network proxy = {.base = {4, {10}}, .bits = 8};
static const char *const key_headers[] = {"X-Api-Key"};
static struct request_rules rules = {.proxies = &proxy,
    .proxy_count = 1,
    .certificate_header = "X-Client-Cert",
    .key_headers = key_headers,
    .key_header_count = 1};

static const struct route routes[] = {
    {METHOD_GET, "/api/v2/gateways/{id}", NULL, 0, 0},
    {METHOD_PUT, "/api/v2/gateways/{id}/activate", NULL, 10, 0},
    {METHOD_GET | METHOD_POST, "/{format}/{eui}", NULL, 10, 0},
    {METHOD_POST, "/update-info", NULL, 10, 0},
};

/* Splits the input in place. */
static void
split(char *text, char **variables)
{
	size_t n = 0;
	char *at = text;

	while (*at != '\0' && n < VARIABLES) {
		variables[n++] = at;
		while ((at = strchr(at, '\n')) != NULL && isblank((uint8_t)at[1]))
			at++;
		if (at == NULL)
			break;
		*at++ = '\0';
	}
	variables[n] = NULL;
}

/* ---- path and query ------------------------------------------------------------------ */

static void
put_segments(struct strbuf *to, struct span path)
{
	for (size_t i = 0; i < path.len; i++)
		if (path.data[i] == '/')
			strbuf_putc(to, '/');
		else
			html_percent(to, span_of(path.data + i, 1));
}

static void
look_at_path(struct request *req)
{
	struct strbuf text;
	struct span again;

	for (size_t i = 0; i < req->path.len; i++)
		must(req->path.data[i] >= ' ' && req->path.data[i] != 127);
	must(req->path.len > 0 && req->path.data[0] == '/');
	must(memmem(req->path.data, req->path.len, "/../", 4) == NULL);
	must(memmem(req->path.data, req->path.len, "/./", 3) == NULL);
	strbuf_init(&text, 1 << 20);
	put_segments(&text, req->path);
	must(path_decode(req->arena, strbuf_span(&text), &again, NULL) == E_OK);
	must(span_eq(again, req->path));
	strbuf_clear(&text);
}

static void
look_at_query(struct request *req)
{
	const struct pair *pairs;
	struct pair *again;
	struct strbuf text;
	size_t n = request_pairs(req, &pairs), count;

	strbuf_init(&text, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		must(pairs[i].name.data[pairs[i].name.len] == '\0');
		must(strlen((const char *)pairs[i].value.data) == pairs[i].value.len);
		html_percent(&text, pairs[i].name);
		strbuf_putc(&text, '=');
		html_percent(&text, pairs[i].value);
		strbuf_putc(&text, '&');
	}
	must(urlencoded_parse(req->arena, strbuf_span(&text), REQUEST_PAIRS + 1, &again,
		 &count) == E_OK);
	must(count == n);
	for (size_t i = 0; i < n; i++)
		must(span_eq(again[i].name, pairs[i].name) &&
		     span_eq(again[i].value, pairs[i].value));
	strbuf_clear(&text);
}

/* The pattern with the captures in it is the path. */
static void
look_at_route(struct request *req)
{
	const char *p;
	unsigned allow = 0;
	size_t at = 0, n = 0;
	int err = route_request(req, routes, COUNT(routes), &allow);

	must(err == E_OK || err == E_NOTFOUND || (err == E_METHOD && allow != 0));
	if (err != E_OK)
		return;
	for (p = req->route->pattern; *p != '\0'; p++) {
		struct span whole = span_from(req->path, at);

		if (*p != '{') {
			must(whole.len > 0 && whole.data[0] == (uint8_t)*p);
			at++;
			continue;
		}
		must(req->captures[n].len > 0);
		must(memchr(req->captures[n].data, '/', req->captures[n].len) == NULL);
		must(span_begins(whole, req->captures[n]));
		at += req->captures[n++].len;
		p = strchr(p, '}');
	}
	must(at == req->path.len);
}

/* ---- headers --------------------------------------------------------------------------- */

static void
look_at_key(struct request *req)
{
	struct span key;

	if (request_key(req, &key) != E_OK) {
		must(key.len == 0);
		return;
	}
	must(key.len > 0);
	for (size_t i = 0; i < key.len; i++)
		must(key.data[i] != ' ' && key.data[i] != '\t');
	must(span_eq(span_trim(key), key));
}

/* One that was taken is taken again as it is; nobody but a proxy may show one in a header. */
static void
look_at_certificate(struct request *req)
{
	static const char name[] = "SSL_CLIENT_CERT=";
	struct strbuf text;
	char *variables[] = {NULL, NULL};
	struct request other = {
	    .rules = &rules, .variables = variables, .arena = req->arena};
	struct span pem, again;
	int err = request_client_certificate(req, &pem);

	must(err == E_OK || err == E_NOTFOUND || err == E_INVALID);
	if (request_variable(req, "SSL_CLIENT_CERT") == NULL &&
	    !client_peer_is_proxy(req))
		must(err == E_NOTFOUND);
	if (err != E_OK)
		return;
	must(span_begins(pem, span_str("-----BEGIN CERTIFICATE-----\n")));
	must(pem.data[pem.len - 1] == '\n');
	strbuf_init(&text, 1 << 20);
	strbuf_puts(&text, name);
	strbuf_put(&text, pem.data, pem.len);
	variables[0] = text.data;
	must(request_client_certificate(&other, &again) == E_OK);
	must(span_eq(again, pem));
	strbuf_clear(&text);
}

static void
look_at_cookie(struct request *req)
{
	struct span value, header = span_str(request_header(req, "Cookie"));

	if (!cookie_get(req, "gh", &value)) {
		must(!span_is(header, "gh=1") ||
		     request_header_count(req, "Cookie") > 1);
		return;
	}
	must(value.len == 0 || (memchr(value.data, ';', value.len) == NULL &&
				   span_eq(span_trim(value), value)));
	must(request_header_count(req, "Cookie") == 1);
}

static void
look_at_conditions(struct request *req)
{
	char text[HTTP_DATE];
	const char *date = request_header(req, "If-Modified-Since");
	const char *tags = request_header(req, "If-None-Match");
	bool current = request_has_current(req, ETAG, NOW - 100, NOW);
	int64_t t, again;

	if (tags != NULL)
		must(!current || strstr(tags, ETAG) != NULL ||
		     strchr(tags, '*') != NULL);
	if (tags != NULL && strcmp(tags, ETAG) == 0)
		must(current);
	if (date == NULL) {
		must(!current || tags != NULL);
		return;
	}
	if (!http_date_parse(date, &t)) {
		must(!current || tags != NULL);
		return;
	}
	must(tags != NULL || current == (t <= NOW && t >= NOW - 100));
	http_date_format(t, text);
	if (text[0] != '\0')
		must(http_date_parse(text, &again) && again == t);
}

/* ---- who is there -------------------------------------------------------------------------- */

static bool
is_https(const struct request *req)
{
	const char *https = request_variable(req, "HTTPS");
	const char *scheme = request_variable(req, "REQUEST_SCHEME");

	if (https != NULL && *https != '\0')
		return strcasecmp(https, "on") == 0 || strcmp(https, "1") == 0;
	return scheme != NULL && strcasecmp(scheme, "https") == 0;
}

static void
look_at_client(struct request *req)
{
	char text[ADDRESS_TEXT];
	const struct address *client = client_address(req);
	struct address peer = {0}, again;
	struct span host = client_host(req);

	address_parse(span_str(request_variable(req, "REMOTE_ADDR")), &peer);
	must(client_peer_is_proxy(req) == network_has(&proxy, &peer));
	if (!network_has(&proxy, &peer)) {
		must(memcmp(client, &peer, sizeof peer) == 0);
		must(client_is_https(req) == is_https(req));
	}
	address_format(client, text);
	must((client->family == 0) == (text[0] == '\0'));
	if (client->family != 0)
		must(address_parse(span_str(text), &again) &&
		     memcmp(&again, client, sizeof again) == 0);
	for (size_t i = 0; i < host.len; i++)
		must(isalnum(host.data[i]) || strchr(".-_:[]", host.data[i]) != NULL);
}

/* No header is ever taken for a variable of the web server. */
static void
look_at_names(struct request *req)
{
	for (char **v = req->variables; *v != NULL; v++) {
		char name[100];
		size_t n = strcspn(*v, "=");

		if (n >= sizeof name)
			continue;
		memcpy(name, *v, n);
		name[n] = '\0';
		if (strncmp(name, "HTTP_", 5) == 0 ||
		    strncmp(name, "REDIRECT_HTTP_", 14) == 0)
			must(request_variable(req, name) == NULL);
	}
}

static void
look_at(char **variables, struct arena *arena, struct strbuf *note)
{
	struct request req;
	struct fault fault = {0};
	int err = request_begin(&req, &rules, NULL, variables, arena, note, &fault);

	must(err == E_OK || (err == E_INVALID && fault.text[0] != '\0'));
	must(request_raw_path(&req).len > 0);
	must(req.path.len > 0 && req.path.data[0] == '/');
	if (err == E_OK) {
		look_at_path(&req);
		look_at_query(&req);
		look_at_route(&req);
	}
	look_at_names(&req);
	look_at_key(&req);
	look_at_certificate(&req);
	look_at_cookie(&req);
	look_at_conditions(&req);
	look_at_client(&req);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *variables[VARIABLES + 1], *text;
	struct arena arena;
	struct strbuf note;

	if (size > 20000 || (size > 0 && memchr(data, '\0', size) != NULL))
		return 0;
	rules.prefix = span_str("/gw");
	arena_init(&arena, 8 << 20);
	strbuf_init(&note, 1000);
	must((text = arena_dup(&arena, span_of(data, size))) != NULL);
	split(text, variables);
	look_at(variables, &arena, &note);
	strbuf_clear(&note);
	arena_clear(&arena);
	return 0;
}
