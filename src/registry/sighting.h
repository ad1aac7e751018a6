/*
 * What was seen of gateways: disposable (rule 4 of the architecture: CUPS answers the same
 * without it). Slots of a file; the slot of a gateway is its serial number.
 */
#ifndef GH_REGISTRY_SIGHTING_H
#define GH_REGISTRY_SIGHTING_H

#include "store/slots.h"

#define SIGHTING_POLLS 4

struct sighting {
	uint64_t serial;
	int64_t seen_at[SIGHTING_POLLS]; /* the latest polls, newest first, 0: none */
	uint64_t polls;
	uint32_t status; /* HTTP status of the last answer */
	uint32_t pushed; /* bits of what the last answer carried (enum push_part) */
	uint32_t cups_crc, lns_crc;
	uint32_t keys[4];    /* CRCs of its firmware-signing keys */
	uint32_t key_count;  /* that it listed; only four are kept */
	uint32_t credential; /* enum credential of its last poll */
	uint64_t key_serial; /* the key that it came with */
	int64_t refused_at;  /* somebody came in its name and was refused */
	uint64_t refused;
	uint32_t refused_status;
	uint32_t stopped; /* 1: the last answer held back what was sent too often */
	char address[46];
	char cups_uri[128], lns_uri[128];	  /* "" when it has none */
	char station[48], model[32], package[48]; /* cut to what fits */
};

/* The same of the gateway's polls for configuration files; in slots of their own, so that
 * a gateway that asks in both ways keeps both. */
struct file_sighting {
	uint64_t serial;
	int64_t seen_at[SIGHTING_POLLS]; /* the latest answered polls, newest first */
	uint64_t polls;
	int64_t
	    changed_at;	 /* when an answer last carried another content than before */
	uint32_t status; /* of the last answer: 200 or 304 */
	uint32_t credential; /* enum credential of its last poll */
	uint64_t key_serial;
	int64_t refused_at; /* of a poll that was refused */
	uint64_t refused;
	uint32_t refused_status, reserved;
	char address[46];
	char agent[48], path[48], etag[36]; /* cut to what fits */
};

/* What was seen of a gateway. False, and all zero, when that is nothing: another one's entry
 * does not count, and there may be no slots (NULL). */
bool sighting_get(struct slots *s, uint64_t serial, struct sighting *out);
bool file_sighting_get(struct slots *s, uint64_t serial, struct file_sighting *out);

/* Has it polled? Else false, and all zero, even if somebody was refused in its name. */
bool sighting_came(struct slots *s, uint64_t serial, struct sighting *out);

/* When it came last, for CUPS, a Kickstarter's configuration or a file; 0: never. */
int64_t sighting_last(struct slots *sightings, struct slots *files, uint64_t serial);

/* A gateway that nobody has registered, with what it presented. */
struct unknown_sighting {
	uint64_t eui;
	int64_t first_at, last_at;
	uint64_t count;
	uint8_t digest[32];  /* SHA-256 of the key, or of the certificate */
	uint32_t credential; /* what the digest is of: enum credential */
	char address[46];
	char cups_uri[128], station[48], model[32];
};

#define UNKNOWN_SETS \
	256 /* each address has one set of this size, so that one that sprays */
#define UNKNOWN_WAYS 16 /* EUIs pushes out only its own */

/* Copies text that a gateway sent into a slot's fixed field: cut, control characters as
 * '?'. */
void sighting_text(char *to, size_t size, struct span text);

/*
 * Notes an unknown gateway. When its set is full only entries make room that were seen once
 * and not within ten minutes, or not for a week; else it is not noted (E_FULL).
 */
int unknown_note(struct slots *s, const struct unknown_sighting *seen, int64_t now);

/* Calls fn for each entry until it returns something else than E_OK. */
typedef int unknown_fn(void *arg, uint64_t slot, const struct unknown_sighting *u);
int unknown_each(struct slots *s, unknown_fn *fn, void *arg);

/* Forgets the entries of an EUI. */
int unknown_forget(struct slots *s, uint64_t eui);

#endif
