/* The files to put on a gateway so that it comes here: cups.uri, cups.trust, cups.crt,
 * cups.key, and on request tc.uri, tc.trust, tc.crt, tc.key. */
#ifndef GH_MANAGE_BUNDLE_H
#define GH_MANAGE_BUNDLE_H

#include "manage/manage.h"

#define BUNDLE_FILES_MAX 8

struct bundle_request {
	const char *gateway;
	const char *cups_uri; /* NULL: the gateway's target, else policy->cups_uri */
	bool lns;	      /* with the files of its network server */
	bool new_key; /* a new CUPS key even where one is here that can be used */
	bool no_key;  /* make none: E_DENIED where one would have to be made */
	/*
	 * Certificates and private keys as DER instead of PEM. PEM is what documents of
	 * gateway vendors show and what survives copying through a console, hence the
	 * default; the gateway then reports the CRC of the PEM text and is sent the DER files
	 * once. With DER its first request matches already.
	 */
	bool der;
};

struct bundle_file {
	const char *name;
	struct span bytes;
	unsigned mode; /* 0600 for keys, else 0644 */
};

enum bundle_key {
	BUNDLE_NO_KEY,	    /* server authentication only */
	BUNDLE_KEY_MADE,    /* a new generation was made for it */
	BUNDLE_KEY_SEALED,  /* the one that it should have, opened */
	BUNDLE_CERTIFICATE, /* its client certificate with the private key */
};

struct bundle {
	struct bundle_file files[BUNDLE_FILES_MAX];
	size_t count;
	enum bundle_key key_kind;
	struct key key; /* of BUNDLE_KEY_MADE and _SEALED */
	/* What the gateway will report as cupsCredCrc, and is that what it should have? */
	uint32_t cups_crc;
	bool cups_matches;
};

/*
 * Makes the files, in memory. A key that is handed out so counts as put there by hand from
 * now on (it may get into the backup set) and is noted in the audit log. E_STATE when
 * something is missing that the files need (trust certificate, sealing keys, LNS secret),
 * E_INVALID (URI), E_NOTFOUND.
 */
int manage_bundle(
    struct manage *m, const struct bundle_request *request, struct bundle *b);

const char *bundle_key_name(enum bundle_key k);

#endif
