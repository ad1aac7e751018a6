/* The two messages of `POST /update-info`: reading the request, writing the answer. */
#ifndef GH_CUPS_UPDATE_INFO_H
#define GH_CUPS_UPDATE_INFO_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

#define CUPS_BODY_MAX 65536 /* bytes of a request; real ones have about 450 */
#define CUPS_KEYS_MAX 16    /* CRCs of signing keys that are kept of a request */

/*
 * What a gateway says of itself. Texts are borrowed from the body or the arena; empty when
 * the gateway sent null or nothing. The URIs and CRCs always describe the gateway's regular
 * credential set, even when it came with its backup or boot set.
 */
struct update_info {
	uint64_t eui; /* never 0 */
	struct span cups_uri, lns_uri;
	uint32_t cups_crc, lns_crc;
	bool has_cups_crc, has_lns_crc;
	struct span station, model, package;
	uint32_t keys[CUPS_KEYS_MAX];
	size_t key_count;
};

/*
 * Reads a request: a JSON object with `router` (any form of an EUI, or a whole number; not
 * 0), `cupsUri`, `tcUri`, `station`, `model`, `package` (text or null), `cupsCredCrc`,
 * `tcCredCrc` (0 … 2^32-1 or null) and `keys` (a list of such numbers or null). All but the
 * router may be missing, unknown members are passed over. Everything else is E_INVALID with
 * the member's name, as is a body above CUPS_BODY_MAX; E_NOMEM.
 *
 * A scanner of its own takes what stations really send; whatever is not as plain as that is
 * left to json-c, whose verdict both share.
 */
int update_info_read(struct span body, struct arena *arena, struct update_info *info,
    struct fault *fault);

/* The scanner alone: true when it took the body. For its tests. */
bool update_info_scan(struct span body, struct update_info *info);

/* json-c alone: the oracle. */
int update_info_parse(struct span body, struct arena *arena, struct update_info *info,
    struct fault *fault);

/*
 * The answer, integers little-endian:
 *	cupsUriLen u8, cupsUri; tcUriLen u8, tcUri
 *	cupsCredLen u16, cupsCred; tcCredLen u16, tcCred
 *	sigLen u32 (0, or 4 + length of the signature), keyCRC u32 and signature if sigLen
 *	updLen u32, update
 * An empty part is one that the gateway shall keep. "Nothing to do" is 14 zero bytes.
 */
struct update_answer {
	struct span cups_uri, lns_uri;		       /* at most 127 bytes each */
	struct span cups_credentials, lns_credentials; /* at most 65,535 bytes each */
	struct span signature; /* DER, 4 to 128 bytes; empty: no signature segment */
	uint32_t signature_key_crc;
	uint32_t update_length; /* the update itself is appended by the caller */
};

/* Appends the answer up to and including updLen. E_TOOBIG when a part does not fit. */
int update_answer_write(const struct update_answer *answer, struct strbuf *out);

/* Takes the beginning of an answer apart again, up to and including updLen, which are *used
 * bytes: borrowed from `body`. E_AGAIN when it does not end within `body`, E_INVALID as a real
 * gateway would misread it. */
int update_answer_head(
    struct span body, struct update_answer *answer, size_t *used, struct fault *fault);

/* The same for a whole one (for `gatehouse probe` and tests); *rest is what follows updLen. */
int update_answer_read(struct span body, struct update_answer *answer,
    struct span *rest, struct fault *fault);

#endif
