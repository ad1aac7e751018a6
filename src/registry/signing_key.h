/*
 * A key that signs firmware: its public point, and where its private part is. That part
 * itself is never in a store; only the program gatehouse-sign reads it.
 */
#ifndef GH_REGISTRY_SIGNING_KEY_H
#define GH_REGISTRY_SIGNING_KEY_H

#include "registry/record.h"

struct signing_key {
	uint64_t serial;
	struct span unknown;
	const char *key_id, *name;
	struct span point; /* 64 bytes, X and Y */
	uint64_t crc;	   /* of the point: what gateways list and keyCRC carries */
	/* "": signatures are imported; file:PATH, pkcs11:...: the command gatehouse-sign,
	 * socket:PATH: its service. */
	const char *signer;
	bool retired; /* makes no new signatures; those that there are stay good */
	int64_t created_at, updated_at;
};

extern const struct record_kind signing_key_kind;

enum signing_key_field {
	SIGNING_KEY_ID = 1,
	SIGNING_KEY_POINT = 2,
	SIGNING_KEY_CRC = 3,
	SIGNING_KEY_SIGNER = 4
};

enum signer { SIGNER_NONE, SIGNER_FILE, SIGNER_PKCS11, SIGNER_SOCKET };

/* Which sort a `signer` is; *where is its path, or the whole pkcs11 URI. -1: none of them. */
int signer_sort(const char *signer, const char **where);

#endif
