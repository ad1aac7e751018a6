#include "crypto/password.h"

#include <crypt.h>
#include <errno.h>
#include <stdlib.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/random.h"

#define SALT_BYTES 16

/* The library works in 32 KiB that hold the password for a while. */
static int
run(struct span password, const char *setting, char out[PASSWORD_HASH])
{
	char text[PASSWORD_MAX + 1];
	struct crypt_data *work = calloc(1, sizeof *work);
	const char *made;
	int err = E_CRYPTO;

	if (work == NULL)
		return E_NOMEM;
	memcpy(text, password.data, password.len);
	text[password.len] = '\0';
	errno = 0;
	made = crypt_rn(text, setting, work, (int)sizeof *work);
	if (made != NULL && made[0] == '$' && strlen(made) < PASSWORD_HASH) {
		memcpy(out, made, strlen(made) + 1);
		err = E_OK;
	} else if (errno == ENOMEM) {
		err = E_NOMEM;
	}
	explicit_bzero(text, sizeof text);
	explicit_bzero(work, sizeof *work);
	free(work);
	return err;
}

static bool
is_possible(struct span password)
{
	return password.len > 0 && password.len <= PASSWORD_MAX &&
	       memchr(password.data, '\0', password.len) == NULL;
}

static int
make_setting(unsigned cost, char out[CRYPT_GENSALT_OUTPUT_SIZE])
{
	uint8_t salt[SALT_BYTES];
	int err;

	if (cost < 1 || cost > PASSWORD_COST_MAX)
		return E_INVALID;
	if ((err = random_bytes(salt, sizeof salt)) != E_OK)
		return err;
	return crypt_gensalt_rn("$y$", cost, (const char *)salt, (int)sizeof salt, out,
		   CRYPT_GENSALT_OUTPUT_SIZE) != NULL
		   ? E_OK
		   : E_CRYPTO;
}

int
password_hash(struct span password, unsigned cost, char out[PASSWORD_HASH])
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	int err;

	if (!is_possible(password))
		return E_INVALID;
	err = make_setting(cost, setting);
	return err == E_OK ? run(password, setting, out) : err;
}

bool
password_verify(struct span password, const char *hash)
{
	char made[PASSWORD_HASH] = "";
	bool same;

	if (!is_possible(password) || hash[0] == '\0' ||
	    run(password, hash, made) != E_OK)
		return false;
	same = equal_secret(span_str(made), span_str(hash));
	explicit_bzero(made, sizeof made);
	return same;
}

void
password_verify_nobody(struct span password, unsigned cost)
{
	char made[PASSWORD_HASH];

	if (is_possible(password))
		password_hash(password, cost, made);
}

/* "$y$j9T$salt$hash": the parameters stand between the second and the third dollar. */
bool
password_is_outdated(const char *hash, unsigned cost)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *end;

	if (make_setting(cost, setting) != E_OK ||
	    (end = strchr(setting + 3, '$')) == NULL)
		return false;
	return strncmp(hash, setting, (size_t)(end - setting) + 1) != 0;
}

int
password_make(char out[PASSWORD_MADE])
{
	uint8_t bytes[15];
	char text[25];
	int err = random_bytes(bytes, sizeof bytes);

	if (err != E_OK)
		return err;
	base32_encode(bytes, sizeof bytes, text);
	for (size_t i = 0, n = 0; i < 24; i++) {
		char c = text[i];

		if (i > 0 && i % 6 == 0)
			out[n++] = '-';
		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		out[n] = '\0';
	}
	explicit_bzero(bytes, sizeof bytes);
	explicit_bzero(text, sizeof text);
	return E_OK;
}
