#include "web/client.h"

#include <ctype.h>

/* The peer's address, read once. */
static const struct address *
peer_of(struct request *req)
{
	const char *text;

	if (req->peer.family == 0 &&
	    (text = request_variable(req, "REMOTE_ADDR")) != NULL)
		address_parse(span_str(text), &req->peer);
	return &req->peer;
}

static bool
is_proxy(const struct request_rules *rules, const struct address *a)
{
	for (size_t i = 0; i < rules->proxy_count; i++)
		if (network_has(&rules->proxies[i], a))
			return true;
	return false;
}

bool
client_peer_is_proxy(struct request *req)
{
	return req->rules->proxy_count > 0 && is_proxy(req->rules, peer_of(req));
}

/* Takes the last entry off a list with commas; false when there is none left. */
static bool
take_last(struct span *list, struct span *entry)
{
	size_t at = list->len;

	if (list->data == NULL)
		return false;
	while (at > 0 && list->data[at - 1] != ',')
		at--;
	*entry = span_from(*list, at);
	*list = at > 0 ? span_of(list->data, at - 1) : span_of(NULL, 0);
	return true;
}

static struct address
find_client(struct request *req)
{
	struct address found = *peer_of(req), hop;
	struct span list, entry;

	if (!client_peer_is_proxy(req) ||
	    request_header_count(req, "X-Forwarded-For") != 1)
		return found;
	list = span_str(request_header(req, "X-Forwarded-For"));
	while (is_proxy(req->rules, &found) && take_last(&list, &entry) &&
	       address_parse_hop(entry, &hop))
		found = hop;
	return found;
}

const struct address *
client_address(struct request *req)
{
	if (!req->client_known)
		req->client = find_client(req);
	req->client_known = true;
	return &req->client;
}

const char *
client_address_text(struct request *req, char out[ADDRESS_TEXT])
{
	const char *peer;

	/* Nearly always nobody is in between, and this is wanted for every request. */
	if (req->rules->proxy_count == 0) {
		peer = request_variable(req, "REMOTE_ADDR");
		return peer != NULL && peer[0] != '\0' ? peer : "-";
	}
	address_format(client_address(req), out);
	return out[0] != '\0' ? out : "-";
}

/* A header that only a trusted proxy may set; its last entry when it is a list. */
static struct span
proxy_header(struct request *req, const char *name)
{
	struct span list, entry;

	if (!client_peer_is_proxy(req) || request_header_count(req, name) != 1)
		return span_of(NULL, 0);
	list = span_str(request_header(req, name));
	return take_last(&list, &entry) ? span_trim(entry) : span_of(NULL, 0);
}

static bool
is_word(struct span s, const char *word)
{
	return s.len == strlen(word) && span_begins_nocase(s, word);
}

bool
client_is_https(struct request *req)
{
	struct span said = proxy_header(req, "X-Forwarded-Proto");
	struct span https = span_str(request_variable(req, "HTTPS"));

	if (said.len > 0)
		return is_word(said, "https");
	if (https.len > 0)
		return is_word(https, "on") || is_word(https, "1");
	return is_word(span_str(request_variable(req, "REQUEST_SCHEME")), "https");
}

static bool
is_host(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum(s.data[i]) && strchr(".-_:[]", s.data[i]) == NULL)
			return false;
	return s.len > 0 && s.len <= 255 + 6;
}

struct span
client_host(struct request *req)
{
	struct span host = proxy_header(req, "X-Forwarded-Host");

	if (host.len == 0)
		host = span_str(request_header(req, "Host"));
	return is_host(host) ? host : span_str("");
}
