/*
 * Keys that sign firmware: registered with their public part, and asked for signatures
 * where their private part is. This program never sees that part: it runs gatehouse-sign or
 * asks its service, and believes only a signature that it has verified itself.
 *
 * They are changed and removed as any record, by manage_set() and manage_delete(); the
 * latter refuses while an indexed FIELD_REF of another kind names the key.
 */
#ifndef GH_MANAGE_SIGNING_KEY_H
#define GH_MANAGE_SIGNING_KEY_H

#include "crypto/sign.h"
#include "manage/manage.h"
#include "registry/signing_key.h"

/* How gatehouse-sign is run or asked; NULL or zeros: as usual. */
struct signing_options {
	const char *pin_file; /* of a token; read by gatehouse-sign alone */
	const char *module;   /* PKCS#11 module */
	const char
	    *program;	   /* its path, absolute; else beside this program, or where it
			       * is installed */
	int wait_ms;	   /* 0: 15 seconds */
	bool service_only; /* never run a program (for web-facing ones) */
};

/* How long a page or a request of the API waits for the signing service, in ms: its process
 * answers nobody else meanwhile. */
#define SIGNING_WEB_WAIT 5000

struct signing_key_request {
	const char *id, *name; /* name may be NULL */
	const char *signer;    /* as the record's; NULL: "" */
	uint32_t crc;	       /* which key of a service; 0: the only one */
};

/*
 * Registers a key whose public part is here (crypto/sign.h: sign_point_read()), or, when
 * `public_key` is empty, one whose signer is asked for it. E_EXISTS: the id or the key;
 * E_INVALID, E_NOTFOUND, E_DENIED, E_NET as the signer says.
 */
int manage_signing_key_add(struct manage *m, const struct signing_key_request *request,
    struct span public_key, const struct signing_options *options,
    struct signing_key *stored);

/* What manage_signing_key_file() made. */
struct signing_key_made {
	const char *signer; /* "file:/PATH" */
	uint8_t point[SIGN_POINT];
};

/*
 * Lets gatehouse-sign make a key file, before the data are opened: as root it shall be
 * root's. It may not be inside the data folder `data`: E_INVALID. It is registered by
 * manage_signing_key_add(). E_EXISTS, E_NOTFOUND (no such folder), E_PERM.
 */
int manage_signing_key_file(const char *path, const char *data,
    const struct signing_options *options, struct arena *arena,
    struct signing_key_made *made, struct fault *fault);

/* No new signatures by it from now on, or (false) again. E_STATE: it is so already. */
int manage_signing_key_retire(struct manage *m, const char *id, bool retired);

/*
 * A signature of the digest by a registered key, verified against its public part. E_STATE:
 * the key is retired or has no signer; E_DENIED: the signer refused; E_CRYPTO: what it gave
 * is no signature by this key; E_BUSY: it took too long; E_NOTFOUND, E_NET.
 */
int manage_sign_digest(struct manage *m, const char *id,
    const uint8_t digest[SHA512_SIZE], const struct signing_options *options,
    struct sign_der *out);

/* Takes a signature that was made elsewhere: verified as above, and E_STATE when the key is
 * retired. E_INVALID, E_DENIED. */
int manage_signature_accept(struct manage *m, const char *id,
    const uint8_t digest[SHA512_SIZE], struct span der);

/*
 * Before the data are opened, by a command that may call the above: as root a small process
 * stays behind as root, which runs gatehouse-sign with the key files and tokens that are
 * root's, while this one becomes the owner of the data. Nothing to do for others.
 */
int manage_signer_start(struct fault *fault);

#endif
