/* Private keys in tokens, through PKCS#11. */
#include <stdio.h>

#include <gnutls/pkcs11.h>

#include "base/hex.h"
#include "crypto/sign_private.h"

#define URI_MAX 1000
#define PATH_LEN 500

/* A `pkcs11:` URI taken apart. */
struct token_uri {
	char object[URI_MAX]; /* without its query */
	char module[PATH_LEN], pin_file[PATH_LEN];
};

/* ---- the URI -------------------------------------------------------------------------- */

/* Undoes %XX; false when it is damaged or does not fit. */
static bool
unescape(struct span from, char *to, size_t size)
{
	size_t n = 0;

	while (from.len > 0 && n + 1 < size) {
		uint8_t c = from.data[0];
		size_t step = 1;

		if (c == '%') {
			if (from.len < 3 ||
			    !hex_decode(span_of(from.data + 1, 2), &c, 1) || c == 0)
				return false;
			step = 3;
		}
		to[n++] = (char)c;
		from = span_from(from, step);
	}
	to[n] = '\0';
	return from.len == 0;
}

static int
take_attribute(struct token_uri *u, struct span item, struct fault *fault)
{
	static const char module[] = "module-path=", pin[] = "pin-source=";
	bool good = true;

	if (span_begins(item, span_str(module)))
		good = unescape(
		    span_from(item, strlen(module)), u->module, sizeof u->module);
	else if (span_begins(item, span_str(pin)))
		good = unescape(
		    span_from(item, strlen(pin)), u->pin_file, sizeof u->pin_file);
	else if (item.len > 0)
		return fault_set(fault, E_INVALID, "key",
		    "only module-path and pin-source may follow the question mark");
	if (!good)
		return fault_set(
		    fault, E_INVALID, "key", "a value in the URI is damaged");
	if (strncmp(u->pin_file, "file:", 5) == 0)
		memmove(u->pin_file, u->pin_file + 5, strlen(u->pin_file + 5) + 1);
	return E_OK;
}

static int
take_apart(const char *uri, struct token_uri *u, struct fault *fault)
{
	size_t n = strcspn(uri, "?");
	struct span query = span_str(uri[n] != '\0' ? uri + n + 1 : "");
	int err = E_OK;

	memset(u, 0, sizeof *u);
	if (n >= sizeof u->object)
		return fault_set(fault, E_TOOBIG, "key", "the URI is too long");
	if (strstr(uri, "pin-value") != NULL)
		return fault_set(fault, E_INVALID, "key",
		    "a PIN in the URI is for all to see; name a file with "
		    "pin-source=/PATH");
	memcpy(u->object, uri, n);
	if (strstr(u->object, "pin-source") != NULL)
		return fault_set(fault, E_INVALID, "key",
		    "pin-source belongs behind a question mark: pkcs11:...?pin-source="
		    "/PATH");
	while (err == E_OK && query.len > 0) {
		const uint8_t *and = memchr(query.data, '&', query.len);
		size_t len = and != NULL ? (size_t)(and-query.data) : query.len;

		err = take_attribute(u, span_of(query.data, len), fault);
		query = span_from(query, len + 1);
	}
	return err;
}

/* ---- the PIN -------------------------------------------------------------------------- */

static int
read_pin(const char *path, struct sign_key *key, struct fault *fault)
{
	struct strbuf text;
	struct span pin;
	int err;

	strbuf_init(&text, 2 * SIGN_PIN_MAX);
	if ((err = sign_read_private(path, &text, fault)) == E_OK) {
		pin = strbuf_span(&text);
		while (pin.len > 0 && strchr("\r\n", pin.data[pin.len - 1]) != NULL)
			pin.len--;
		if (pin.len == 0 || pin.len >= sizeof key->pin ||
		    memchr(pin.data, '\n', pin.len) != NULL ||
		    memchr(pin.data, '\0', pin.len) != NULL)
			err = fault_set(fault, E_INVALID, NULL,
			    "%.150s: must hold one line, the PIN", path);
		else
			memcpy(key->pin, pin.data, pin.len);
	}
	strbuf_clear(&text);
	return err;
}

/* Tokens lock themselves after a few wrong PINs, so it is tried once and not to the last. */
static int
give_pin(void *arg, int attempt, const char *url, const char *label, unsigned flags,
    char *pin, size_t size)
{
	struct sign_key *key = arg;

	(void)url;
	(void)label;
	key->pin_fault = NULL;
	if (flags & GNUTLS_PIN_SO)
		key->pin_fault = "the token asks for its security officer";
	else if (key->pin[0] == '\0')
		key->pin_fault = "the token wants a PIN: name a file that holds it";
	else if (attempt > 0 || flags & GNUTLS_PIN_WRONG)
		key->pin_fault = "the PIN is wrong";
	else if (flags & GNUTLS_PIN_FINAL_TRY)
		key->pin_fault =
		    "the token allows one more PIN only, so none was tried; "
		    "unlock it with its own tools";
	else if (strlen(key->pin) >= size)
		key->pin_fault = "the PIN is too long for the token";
	if (key->pin_fault != NULL)
		return GNUTLS_E_PKCS11_PIN_ERROR;
	memcpy(pin, key->pin, strlen(key->pin) + 1);
	return 0;
}

/* ---- modules -------------------------------------------------------------------------- */

/* Those of p11-kit's configuration, or named ones alone. */
static int
load(const char *module, struct fault *fault)
{
	static enum { NONE, USUAL, NAMED } loaded;
	int rc = 0;

	if (loaded == NAMED && module[0] == '\0')
		return fault_set(fault, E_INVALID, "key",
		    "name the module of each key in a token, or of none");
	if (loaded == NONE) {
		rc = gnutls_pkcs11_init(module[0] != '\0' ? GNUTLS_PKCS11_FLAG_MANUAL
							  : GNUTLS_PKCS11_FLAG_AUTO,
		    NULL);
		loaded = module[0] != '\0' ? NAMED : USUAL;
	}
	if (rc == 0 && module[0] != '\0') {
		rc = gnutls_pkcs11_add_provider(module, NULL);
		if (rc == GNUTLS_E_INT_RET_0) /* it is there already */
			rc = 0;
	}
	return rc == 0 ? E_OK
		       : fault_set(fault, E_NOTFOUND, NULL,
			     "the PKCS#11 module %.120s cannot be loaded: %s", module,
			     gnutls_strerror(rc));
}

/* ---- the key -------------------------------------------------------------------------- */

static int
token_fault(const struct sign_key *key, int rc, struct fault *fault)
{
	if (key->pin_fault != NULL)
		return fault_set(fault, E_DENIED, NULL, "%s", key->pin_fault);
	if (rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ||
	    rc == GNUTLS_E_PKCS11_REQUESTED_OBJECT_NOT_AVAILBLE)
		return fault_set(fault, E_NOTFOUND, NULL,
		    "no such key in a token that is here; `p11tool --list-tokens` "
		    "shows them");
	if (rc == GNUTLS_E_PARSING_ERROR)
		return fault_set(
		    fault, E_INVALID, "key", "is not a URI as RFC 7512 has it");
	if (rc == GNUTLS_E_PKCS11_PIN_ERROR)
		return fault_set(fault, E_DENIED, NULL, "the token refuses the PIN");
	if (rc == GNUTLS_E_MEMORY_ERROR)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	return fault_set(fault, E_CRYPTO, NULL, "the token: %s", gnutls_strerror(rc));
}

/* The URI of the same object as another type, for the public key beside the private. */
static bool
as_public(const char *uri, char *out, size_t size)
{
	static const char type[] = "type=private";
	const char *at = strstr(uri, type);
	int n;

	if (at == NULL)
		n = snprintf(out, size, "%s;type=public", uri);
	else
		n = snprintf(out, size, "%.*stype=public%s", (int)(at - uri), uri,
		    at + strlen(type));
	return n > 0 && (size_t)n < size;
}

/* Tokens that keep no public part in the private key have it as an object beside it. */
static int
find_point(struct sign_key *key, const char *uri, struct fault *fault)
{
	char public_uri[URI_MAX + 20];
	gnutls_pubkey_t public;
	int rc, err;

	if (gnutls_pubkey_init(&public) != 0)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	gnutls_pubkey_set_pin_function(public, give_pin, key);
	rc = gnutls_pubkey_import_privkey(public, key->private, 0, 0);
	if (rc != 0 && as_public(uri, public_uri, sizeof public_uri)) {
		gnutls_pubkey_deinit(public);
		if (gnutls_pubkey_init(&public) != 0)
			return fault_set(fault, E_NOMEM, NULL, "out of memory");
		gnutls_pubkey_set_pin_function(public, give_pin, key);
		rc = gnutls_pubkey_import_url(
		    public, public_uri, GNUTLS_PKCS11_OBJ_FLAG_LOGIN);
	}
	if (rc != 0)
		err = fault_set(fault, E_NOTFOUND, NULL,
		    "the token has no public key beside the private one (%s)",
		    gnutls_strerror(rc));
	else
		err = sign_export(public, key->point, fault);
	gnutls_pubkey_deinit(public);
	return err;
}

int
sign_token_open(const char *uri, const struct sign_token *token, struct sign_key *key,
    struct fault *fault)
{
	const char *module, *pin_file;
	struct token_uri u;
	int err, rc;

	if ((err = take_apart(uri, &u, fault)) != E_OK)
		return err;
	module = token != NULL && token->module != NULL ? token->module : u.module;
	pin_file =
	    token != NULL && token->pin_file != NULL ? token->pin_file : u.pin_file;
	if (pin_file[0] != '\0' && (err = read_pin(pin_file, key, fault)) != E_OK)
		return err;
	if ((err = load(module, fault)) != E_OK)
		return err;
	gnutls_privkey_set_pin_function(key->private, give_pin, key);
	rc = gnutls_privkey_import_url(
	    key->private, u.object, GNUTLS_PKCS11_OBJ_FLAG_LOGIN);
	if (rc != 0)
		return token_fault(key, rc, fault);
	return find_point(key, u.object, fault);
}
