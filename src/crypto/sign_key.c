/* Private keys that sign: files, and what all of them have in common. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/certificate.h"
#include "crypto/pem.h"
#include "crypto/sign_private.h"

/* ---- files ---------------------------------------------------------------------------- */

static int
check_private(int fd, const char *path, struct fault *fault)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return file_fault(fault, path, "look at");
	if (!S_ISREG(st.st_mode))
		return fault_set(
		    fault, E_INVALID, NULL, "%.200s: is not a regular file", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fault_set(fault, E_PERM, NULL,
		    "%.150s: belongs to somebody else (uid %u)", path,
		    (unsigned)st.st_uid);
	if (st.st_mode & 07777 & ~0600)
		return fault_set(fault, E_PERM, NULL,
		    "%.90s: mode %04o lets others at it; say: chmod 600 %.90s", path,
		    (unsigned)(st.st_mode & 07777), path);
	return E_OK;
}

static int
read_fd(int fd, const char *path, struct strbuf *out, struct fault *fault)
{
	char buf[4096];
	ssize_t n = 1;

	while (out->err == E_OK && n != 0) {
		if ((n = read(fd, buf, sizeof buf)) > 0)
			strbuf_put(out, buf, (size_t)n);
		else if (n < 0 && errno != EINTR)
			break;
	}
	explicit_bzero(buf, sizeof buf);
	if (n < 0)
		return file_fault(fault, path, "read");
	return out->err == E_OK
		   ? E_OK
		   : fault_set(fault, out->err, NULL, "%.200s: %s", path,
			 out->err == E_TOOBIG ? "is too large" : "out of memory");
}

int
sign_read_private(const char *path, struct strbuf *out, struct fault *fault)
{
	int err, fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0 && errno == ELOOP)
		return fault_set(fault, E_PERM, NULL,
		    "%.150s: is a symbolic link; name the file itself", path);
	if (fd < 0)
		return file_fault(fault, path, "open");
	if ((err = check_private(fd, path, fault)) == E_OK)
		err = read_fd(fd, path, out, fault);
	close(fd);
	return err;
}

static int
import_file(struct sign_key *key, struct span bytes, struct fault *fault)
{
	gnutls_x509_privkey_t x509 = NULL;
	struct arena arena;
	int err;

	arena_init(&arena, 4 * DER_MAX);
	err = x509_read_key(bytes, &arena, &x509, fault);
	arena_clear(&arena);
	if (err == E_OK &&
	    gnutls_x509_privkey_get_pk_algorithm(x509) == GNUTLS_PK_ECDSA &&
	    gnutls_x509_privkey_verify_params(x509) != 0)
		err = fault_set(fault, E_INVALID, NULL,
		    "the private key is damaged: its numbers do not fit together");
	if (err == E_OK && gnutls_privkey_import_x509(key->private, x509,
			       GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE) == 0)
		return E_OK;
	gnutls_x509_privkey_deinit(x509);
	return err != E_OK ? err
			   : fault_set(fault, E_CRYPTO, NULL,
				 "the private key cannot be taken");
}

static int
open_file(const char *path, struct sign_key *key, struct fault *fault)
{
	gnutls_pubkey_t public;
	struct fault why = {0};
	struct strbuf bytes;
	int err;

	strbuf_init(&bytes, DER_MAX);
	if ((err = sign_read_private(path, &bytes, fault)) == E_OK &&
	    (err = import_file(key, strbuf_span(&bytes), &why)) != E_OK)
		fault_set(fault, err, NULL, "%.100s: %.150s", path, why.text);
	strbuf_clear(&bytes);
	if (err != E_OK)
		return err;
	if (gnutls_pubkey_init(&public) != 0)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	if (gnutls_pubkey_import_privkey(public, key->private, 0, 0) != 0)
		err = fault_set(
		    fault, E_INVALID, NULL, "%.150s: has no public half", path);
	else if ((err = sign_export(public, key->point, &why)) != E_OK)
		fault_set(fault, err, NULL, "%.100s: %.150s", path, why.text);
	gnutls_pubkey_deinit(public);
	return err;
}

/* ---- any key -------------------------------------------------------------------------- */

int
sign_key_open(const char *where, const struct sign_token *token, struct sign_key **out,
    struct fault *fault)
{
	struct sign_key *key = calloc(1, sizeof *key);
	int err;

	*out = NULL;
	if (key == NULL || gnutls_privkey_init(&key->private) != 0) {
		free(key);
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	}
	if (strncmp(where, "pkcs11:", 7) == 0)
		err = sign_token_open(where, token, key, fault);
	else
		err = open_file(where, key, fault);
	if (err != E_OK) {
		sign_key_close(key);
		return err;
	}
	*out = key;
	return E_OK;
}

void
sign_key_close(struct sign_key *key)
{
	if (key == NULL)
		return;
	gnutls_privkey_deinit(key->private);
	explicit_bzero(key, sizeof *key);
	free(key);
}

const uint8_t *
sign_key_point(const struct sign_key *key)
{
	return key->point;
}

uint32_t
sign_key_crc(const struct sign_key *key)
{
	return sign_point_crc(key->point);
}

int
sign_digest(struct sign_key *key, const uint8_t digest[SHA512_SIZE],
    struct sign_der *out, struct fault *fault)
{
	gnutls_datum_t hash = x509_datum(span_of(digest, SHA512_SIZE)), der = {0};
	int err = E_OK, rc;

	out->len = 0;
	rc = gnutls_privkey_sign_hash2(
	    key->private, GNUTLS_SIGN_ECDSA_SHA512, 0, &hash, &der);
	if (rc != 0)
		return fault_set(fault, E_CRYPTO, NULL, "the key does not sign: %s",
		    key->pin_fault != NULL ? key->pin_fault : gnutls_strerror(rc));
	if (sign_verify(key->point, digest, span_of(der.data, der.size), NULL) != E_OK)
		err = fault_set(fault, E_CRYPTO, NULL,
		    "the key gave something that is no signature by it");
	else
		memcpy(out->bytes, der.data, out->len = der.size);
	gnutls_free(der.data);
	return err;
}

/* ---- a new one ------------------------------------------------------------------------ */

static int
write_synced(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			bytes = span_from(bytes, (size_t)n);
	}
	return fsync(fd);
}

static int
sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd, bad;

	snprintf(copy, sizeof copy, "%s", path);
	if ((fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -1;
	bad = fsync(fd);
	close(fd);
	return bad;
}

static int
write_new(const char *path, struct span pem, struct fault *fault)
{
	int fd = open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
	bool bad;

	if (fd < 0)
		return file_fault(fault, path, "create");
	bad = fchmod(fd, 0600) != 0 || write_synced(fd, pem) != 0;
	if (close(fd) != 0 || bad || sync_folder(path) != 0) {
		int err = file_fault(fault, path, "write");

		unlink(path);
		return err;
	}
	return E_OK;
}

int
sign_key_create(const char *path, uint8_t point[SIGN_POINT], struct fault *fault)
{
	struct span der, pem;
	struct arena arena;
	int err;

	arena_init(&arena, 65536);
	if ((err = private_key_new(&arena, &der)) != E_OK ||
	    (err = private_key_pem(der, &arena, &pem)) != E_OK)
		fault_set(fault, err, NULL, "a key cannot be made");
	else if ((err = sign_point_read(der, point, fault)) == E_OK)
		err = write_new(path, pem, fault);
	arena_clear(&arena);
	return err;
}
