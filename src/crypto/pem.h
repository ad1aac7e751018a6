/* The blocks of a PEM file. Only for this folder. */
#ifndef GH_CRYPTO_PEM_H
#define GH_CRYPTO_PEM_H

#include "base/arena.h"

/* No certificate, key or file of anchors is larger. */
#define PEM_MAX (4 << 20)
#define DER_MAX 65535

struct pem_block {
	struct span label; /* "CERTIFICATE", "EC PRIVATE KEY", … */
	struct span whole; /* from the dashes before BEGIN to those after END */
	bool encrypted;	   /* by the old way of OpenSSL, or by its label */
};

/* Is there any PEM block in it? DER never is taken for text. */
bool pem_is(struct span bytes);

/* The next block of the text, which is cut behind it. False when there is no more. */
bool pem_next(struct span *text, struct pem_block *block);

/* Does its label say so, the old one too? */
bool pem_is_certificate(const struct pem_block *block);

/* The bytes of a block, in the arena. E_INVALID when it is damaged. */
int pem_decode(const struct pem_block *block, struct arena *arena, struct span *der);

/* The text of a block, in the arena. */
int pem_encode(
    const char *label, struct span der, struct arena *arena, struct span *text);

#endif
