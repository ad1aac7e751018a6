/* Sealed value: version (u8), key id (u32le), nonce (12), cipher text, tag (16). */
#include "crypto/seal.h"

#include <gnutls/crypto.h>

#include "base/wire.h"
#include "crypto/random.h"
#include "crypto/ring.h"

#define VERSION 1
#define NONCE 12
#define TAG 16
#define BEFORE (1 + 4 + NONCE)
#define OVERHEAD (BEFORE + TAG)
#define PLAIN_MAX (1 << 20)
#define PLACE_MAX 160

struct place {
	uint8_t bytes[PLACE_MAX];
	size_t len;
};

/* "table\0" serial (u64be) "field". */
static int
place_bytes(struct seal_place from, struct place *out)
{
	size_t table = strlen(from.table) + 1, field = strlen(from.field);

	if (table > PLACE_MAX - 8 || field > PLACE_MAX - 8 - table)
		return E_INVALID;
	memcpy(out->bytes, from.table, table);
	wire_key64(out->bytes + table, from.serial);
	memcpy(out->bytes + table + 8, from.field, field);
	out->len = table + 8 + field;
	return E_OK;
}

static int
begin(const struct ring_key *key, gnutls_aead_cipher_hd_t *cipher)
{
	gnutls_datum_t bytes = {(unsigned char *)key->bytes, RING_KEY};
	int rc = gnutls_aead_cipher_init(cipher, GNUTLS_CIPHER_AES_256_GCM, &bytes);

	return rc == 0 ? E_OK : rc == GNUTLS_E_MEMORY_ERROR ? E_NOMEM : E_CRYPTO;
}

int
seal_value(const struct seal_ring *ring, struct seal_place place, struct span plain,
    struct arena *arena, struct span *sealed)
{
	const struct ring_key *key;
	gnutls_aead_cipher_hd_t cipher;
	struct place where;
	size_t room = plain.len + TAG;
	uint8_t *out;
	int err;

	if (ring == NULL)
		return E_NOTFOUND;
	if (plain.len > PLAIN_MAX)
		return E_TOOBIG;
	if ((err = place_bytes(place, &where)) != E_OK)
		return err;
	if ((out = arena_alloc(arena, plain.len + OVERHEAD)) == NULL)
		return E_NOMEM;
	key = &ring->keys[ring->count - 1];
	out[0] = VERSION;
	for (int i = 0; i < 4; i++)
		out[1 + i] = (uint8_t)(key->id >> 8 * i);
	if ((err = random_bytes(out + 5, NONCE)) != E_OK ||
	    (err = begin(key, &cipher)) != E_OK)
		return err;
	if (gnutls_aead_cipher_encrypt(cipher, out + 5, NONCE, where.bytes, where.len,
		TAG, plain.data, plain.len, out + BEFORE, &room) != 0)
		err = E_CRYPTO;
	gnutls_aead_cipher_deinit(cipher);
	*sealed = span_of(out, plain.len + OVERHEAD);
	return err;
}

bool
seal_key_of(struct span sealed, uint32_t *id)
{
	struct wire_in in;

	wire_in_init(&in, sealed);
	if (sealed.len < OVERHEAD || wire_get_u8(&in) != VERSION)
		return false;
	*id = wire_get_u32le(&in);
	return true;
}

/* Room for at least one byte, since an empty value has a place too. */
static int
open_with(const struct ring_key *key, const struct place *where, struct span sealed,
    struct arena *arena, struct span *plain)
{
	size_t len = sealed.len - OVERHEAD;
	gnutls_aead_cipher_hd_t cipher;
	uint8_t *out = arena_alloc(arena, len + 1);
	int err, rc;

	if (out == NULL)
		return E_NOMEM;
	if ((err = begin(key, &cipher)) != E_OK)
		return err;
	rc = gnutls_aead_cipher_decrypt(cipher, sealed.data + 5, NONCE, where->bytes,
	    where->len, TAG, sealed.data + BEFORE, len + TAG, out, &len);
	gnutls_aead_cipher_deinit(cipher);
	if (rc != 0)
		return rc == GNUTLS_E_MEMORY_ERROR ? E_NOMEM : E_CORRUPT;
	out[len] = '\0';
	*plain = span_of(out, len);
	return E_OK;
}

int
seal_open_value(const struct seal_ring *ring, struct seal_place place,
    struct span sealed, struct arena *arena, struct span *plain, struct fault *fault)
{
	const struct ring_key *key;
	struct place where;
	uint32_t id;
	int err;

	if (!seal_key_of(sealed, &id))
		return fault_set(
		    fault, E_CORRUPT, place.field, "this is not a sealed value");
	if (ring == NULL || (key = ring_find(ring, id)) == NULL)
		return fault_set(fault, E_NOTFOUND, place.field,
		    "sealed with key %u, which is not in the key ring: bring back the "
		    "ring file that has it",
		    (unsigned)id);
	if ((err = place_bytes(place, &where)) == E_OK)
		err = open_with(key, &where, sealed, arena, plain);
	if (err == E_CORRUPT)
		fault_set(fault, err, place.field,
		    "the sealed value was changed, or is that of another record");
	else if (err != E_OK)
		fault_set(fault, err, place.field, "cannot open the sealed value");
	return err;
}
