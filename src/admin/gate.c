#include "admin/gate.h"

#include <stdio.h>

#include "admin/layout.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "web/client.h"
#include "web/cookie.h"

#define TEXT_MAX (256 << 10) /* of a form without its files */

/* ---- cookies ------------------------------------------------------------------------------ */

/* Browsers keep a __Host- cookie only from https, for the whole host, set by no neighbour. */
static const char *
session_cookie(const struct visit *v)
{
	return v->secure ? "__Host-gatehouse" : "gatehouse";
}

static const char *
visitor_cookie(const struct visit *v)
{
	return v->secure ? "__Host-gatehouse-visitor" : "gatehouse-visitor";
}

static void
put_cookie(struct visit *v, const char *name, const char *value, int64_t max_age)
{
	cookie_set(v->res, &(struct cookie){.name = name,
			       .value = value,
			       .path = "/",
			       .max_age = max_age,
			       .secure = v->secure});
}

/* ---- where we are --------------------------------------------------------------------------- */

bool
origin_of(struct span url, char out[ORIGIN_MAX])
{
	struct span scheme, rest, port;
	const uint8_t *colon = NULL;
	size_t n = 0;

	if (span_begins_nocase(url, "https://"))
		scheme = span_of(url.data, 5);
	else if (span_begins_nocase(url, "http://"))
		scheme = span_of(url.data, 4);
	else
		return false;
	rest = span_from(url, scheme.len + 3);
	while (n < rest.len && strchr("/?#", rest.data[n]) == NULL) {
		if (rest.data[n] <= ' ' || rest.data[n] > '~' || rest.data[n] == '@' ||
		    rest.data[n] == '\\')
			return false;
		if (rest.data[n] == ':' && colon == NULL)
			colon = rest.data + n;
		if (rest.data[n] == ']')
			colon = NULL;
		n++;
	}
	rest.len = n;
	if (colon != NULL) {
		port = span_from(rest, (size_t)(colon - rest.data) + 1);
		if (port.len == 0 || span_is(port, scheme.len == 5 ? "443" : "80"))
			rest.len = (size_t)(colon - rest.data);
	}
	if (rest.len == 0 || scheme.len + 3 + rest.len >= ORIGIN_MAX)
		return false;
	snprintf(out, ORIGIN_MAX, "%.*s://%.*s", (int)scheme.len,
	    (const char *)scheme.data, (int)rest.len, (const char *)rest.data);
	for (char *p = out; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return true;
}

bool
origin_is_loopback(const char *origin)
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
	const char *host = origin + strlen("http://");

	if (strncmp(origin, "http://", 7) != 0)
		return false;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		size_t n = strlen(hosts[i]);

		if (strncmp(host, hosts[i], n) == 0 &&
		    (host[n] == '\0' || host[n] == ':'))
			return true;
	}
	return false;
}

/* The configured address, else what the request itself names. */
static int
find_origin(struct visit *v)
{
	char *out = arena_alloc(v->arena, ORIGIN_MAX);
	const char *url = v->admin->settings.public_url;
	struct span host = client_host(v->req);

	if (out == NULL)
		return E_NOMEM;
	if (url[0] == '\0' && host.len > 0)
		url = arena_printf(v->arena, "%s://%.*s",
		    client_is_https(v->req) ? "https" : "http", (int)host.len,
		    (const char *)host.data);
	if (url == NULL)
		return E_NOMEM;
	v->origin = origin_of(span_str(url), out) ? out : "";
	v->secure = !origin_is_loopback(v->origin);
	return E_OK;
}

static bool
has_our_origin(const struct visit *v)
{
	const char *origin = request_header(v->req, "Origin");
	char theirs[ORIGIN_MAX];

	if (request_header_count(v->req, "Origin") > 1)
		return false;
	if (origin == NULL)
		origin = request_header(v->req, "Referer");
	return origin != NULL && v->origin[0] != '\0' &&
	       origin_of(span_str(origin), theirs) && strcmp(theirs, v->origin) == 0;
}

/* ---- tokens ------------------------------------------------------------------------------------- */

/* What forms of somebody without a session are signed with: only who has the cookie can. */
static bool
visitor_secret(const char *visitor, uint8_t out[SESSION_SECRET])
{
	uint8_t digest[SHA256_SIZE];
	char text[100];

	snprintf(text, sizeof text, "gatehouse sign-in %s", visitor);
	if (sha256(span_str(text), digest) != E_OK)
		return false;
	memcpy(out, digest, SESSION_SECRET);
	return true;
}

static bool
form_secret(const struct visit *v, uint8_t out[SESSION_SECRET])
{
	if (v->signed_in && !(v->page->flags & PAGE_SIGN_IN)) {
		memcpy(out, v->session.csrf.data, SESSION_SECRET);
		return true;
	}
	return v->visitor[0] != '\0' && visitor_secret(v->visitor, out);
}

/* Random bytes and the secret under them: another text on each page, so that it cannot be
 * found out from the length of compressed answers. */
static bool
make_token(const uint8_t secret[SESSION_SECRET], char out[VISIT_TOKEN])
{
	uint8_t bytes[2 * SESSION_SECRET];

	if (random_bytes(bytes, SESSION_SECRET) != E_OK)
		return false;
	for (size_t i = 0; i < SESSION_SECRET; i++)
		bytes[SESSION_SECRET + i] = bytes[i] ^ secret[i];
	hex_encode(bytes, sizeof bytes, out);
	return true;
}

static bool
token_is(const uint8_t secret[SESSION_SECRET], const char *token)
{
	uint8_t bytes[2 * SESSION_SECRET];

	if (token == NULL || !hex_decode(span_str(token), bytes, sizeof bytes))
		return false;
	for (size_t i = 0; i < SESSION_SECRET; i++)
		bytes[i] ^= bytes[SESSION_SECRET + i];
	return equal_secret(
	    span_of(bytes, SESSION_SECRET), span_of(secret, SESSION_SECRET));
}

static void
make_visitor(struct visit *v)
{
	uint8_t bytes[32];

	if (random_bytes(bytes, sizeof bytes) != E_OK)
		return;
	base32_encode(bytes, sizeof bytes, v->visitor);
	put_cookie(v, visitor_cookie(v), v->visitor, 0);
}

const char *
gate_token(struct visit *v)
{
	uint8_t secret[SESSION_SECRET];

	if (v->token[0] != '\0')
		return v->token;
	if ((!v->signed_in || v->page->flags & PAGE_SIGN_IN) && v->visitor[0] == '\0')
		make_visitor(v);
	if (!form_secret(v, secret) || !make_token(secret, v->token))
		v->token[0] = '\0';
	explicit_bzero(secret, sizeof secret);
	return v->token;
}

static int
check_token(const struct visit *v, const struct form *form, struct fault *fault)
{
	uint8_t secret[SESSION_SECRET];
	bool right =
	    form_secret(v, secret) && token_is(secret, form_value(form, "token"));

	explicit_bzero(secret, sizeof secret);
	return right ? E_OK
		     : fault_set(fault, E_DENIED, NULL,
			   "the form is too old, or not of this site: open its page "
			   "again");
}

/* ---- forms ---------------------------------------------------------------------------------------- */

static int
allow_files(void *arg, const struct form *form, struct fault *fault)
{
	return check_token(arg, form, fault);
}

static int
read_form(struct visit *v)
{
	struct form_limits limits = {.text = TEXT_MAX,
	    .file = v->page->flags & PAGE_FILES ? v->admin->settings.upload_limit : 0,
	    .folder = v->admin->data.path,
	    .allow_files = allow_files,
	    .arg = v};
	int err;

	if (!has_our_origin(v))
		return fault_set(&v->m.fault, E_DENIED, NULL,
		    "the form does not come from a page of this site%s%s%s",
		    v->origin[0] != '\0' ? " (" : "", v->origin,
		    v->origin[0] != '\0' ? "; see admin_public_url)" : "");
	err = form_read(v->req, &limits, &v->form, &v->m.fault);
	return err == E_OK ? check_token(v, &v->form, &v->m.fault) : err;
}

/* ---- who is there ------------------------------------------------------------------------------------ */

const char *
gate_remote_user(const struct visit *v)
{
	const char *name = v->admin->settings.remote_user
			       ? request_variable(v->req, "REMOTE_USER")
			       : NULL;

	return name != NULL ? name : "";
}

/* A session that the web server began ends when it speaks of somebody else. */
static bool
remote_is_gone(const struct visit *v)
{
	return v->session.remote &&
	       strcmp(gate_remote_user(v), v->account.account_id) != 0;
}

static int
find_session(struct visit *v)
{
	const struct session_rules *rules = &v->admin->settings.session;
	struct span token, visitor;
	int err;

	if (cookie_get(v->req, visitor_cookie(v), &visitor) &&
	    visitor.len == SESSION_TOKEN - 1) {
		memcpy(v->visitor, visitor.data, visitor.len);
		v->visitor[visitor.len] = '\0';
	}
	if (!cookie_get(v->req, session_cookie(v), &token))
		return E_OK;
	err = session_find(&v->admin->data, rules, token, v->now, v->arena, v->digest,
	    &v->session, &v->account);
	if (err == E_NOAUTH || (err == E_OK && remote_is_gone(v)))
		return E_OK;
	if (err != E_OK)
		return err;
	v->signed_in = true;
	v->m.actor = arena_printf(v->arena, "account:%s", v->account.account_id);
	if (v->m.actor == NULL)
		return E_NOMEM;
	request_note(v->req, "account", span_str(v->account.account_id));
	/* That it is in use may wait when the store is busy. */
	session_touch(&v->admin->data, rules, v->digest, &v->session, v->now);
	return E_OK;
}

const char *
gate_next(const char *next)
{
	if (next[0] != '/' || next[1] == '/' || strchr(next, '\\') != NULL)
		return "/";
	for (const char *p = next; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return "/";
	return next;
}

static int
ask_to_sign_in(struct visit *v)
{
	struct strbuf to;
	struct span path = v->req->path;
	const char *next = "/";

	if (v->req->method != METHOD_POST)
		next = arena_dup(v->arena, path);
	strbuf_init(&to, RESPONSE_HEAD_MAX);
	/* What a form wanted cannot be done after it, which is to be said. */
	if (v->req->method == METHOD_POST && strcmp(v->page->path, "/sign-out") != 0)
		html_path(&to, v->html.prefix, "/sign-in?undone=1");
	else if (next == NULL || strcmp(gate_next(next), "/") == 0)
		html_path(&to, v->html.prefix, "/sign-in");
	else
		html_path(&to, v->html.prefix, "/sign-in?next={}", next);
	response_redirect(v->res, 303, strbuf_str(&to));
	strbuf_clear(&to);
	return GATE_ANSWERED;
}

bool
visit_may(const struct visit *v, enum page_access access)
{
	static const int needed[] = {[PAGE_VIEWER] = ROLE_VIEWER,
	    [PAGE_OPERATOR] = ROLE_OPERATOR,
	    [PAGE_ADMIN] = ROLE_ADMIN};

	return access == PAGE_OPEN ||
	       (v->signed_in && v->account.role >= needed[access]);
}

int
gate_pass(struct visit *v)
{
	const struct page *p = v->page;
	int err;

	if ((err = find_origin(v)) != E_OK || (err = find_session(v)) != E_OK)
		return err;
	if (p->access != PAGE_OPEN && !v->signed_in)
		return ask_to_sign_in(v);
	if (!visit_may(v, p->access))
		return fault_set(&v->m.fault, E_DENIED, NULL,
		    "this is for the role %s; you are %s",
		    role_names[(int)p->access - (int)PAGE_VIEWER],
		    role_names[v->account.role]);
	return v->req->method == METHOD_POST ? read_form(v) : E_OK;
}

/* ---- in and out ------------------------------------------------------------------------------------------ */

int
gate_sign_in(struct visit *v, const struct account *account, bool remote)
{
	const struct session_rules *rules = &v->admin->settings.session;
	struct session_start start = {.account = account,
	    .remote = remote,
	    .agent = request_header(v->req, "User-Agent")};
	char token[SESSION_TOKEN], address[ADDRESS_TEXT];
	int err;

	start.address = client_address_text(v->req, address);
	if (v->signed_in)
		session_end(&v->admin->data, rules, v->digest);
	v->signed_in = false;
	err = session_begin(
	    &v->admin->data, rules, &start, v->now, v->arena, token, &v->session);
	if (err != E_OK)
		return manage_failed(&v->m, err);
	put_cookie(v, session_cookie(v), token, 0);
	put_cookie(v, visitor_cookie(v), "", -1);
	sha256(span_str(token), v->digest);
	v->account = *account;
	v->signed_in = true;
	explicit_bzero(token, sizeof token);
	return E_OK;
}

int
gate_sign_out(struct visit *v)
{
	int err = session_end(&v->admin->data, &v->admin->settings.session, v->digest);

	put_cookie(v, session_cookie(v), "", -1);
	v->signed_in = false;
	return manage_failed(&v->m, err);
}
