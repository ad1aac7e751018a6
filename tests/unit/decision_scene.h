/* A poll of one gateway, as the CUPS decision gets to see it. */
#ifndef GH_TESTS_DECISION_SCENE_H
#define GH_TESTS_DECISION_SCENE_H

#include "tests/unit/unit.h"

#include "cups/decision.h"

#define NOW 1000000

/* A gateway that has everything: a CUPS key of generation 2, a token LNS, both trusts. */
struct scene {
	struct arena arena;
	struct update_info request;
	struct principal principal;
	struct gateway gateway;
	struct gateway_state state;
	struct cups_policy policy;
	struct trust lns_trust, cups_trust, here_trust;
	struct key key;
	struct cups_inputs in;
	struct cups_decision d;
};

/* The CRCs that the gateway reports when it has what is wanted. */
#define CUPS_CRC                \
	crc_of_token("\x30\x01" \
		     "C",       \
	    "Authorization: Bearer cups-key-2\r\n")
#define LNS_CRC crc_of_token("\x30\x01L", "Authorization: Bearer lns-key\r\n")

/* For cmocka: *state is the scene. */
int setup(void **state);
int teardown(void **state);

/* As the record has a secret of this text. */
struct secret secret_of(const char *text);
/* Of a trust certificate and a header line, without client certificate. */
uint32_t crc_of_token(const char *trust, const char *line);

/* Has confirmed its key before: nothing at all is left to do. */
void settle(struct scene *s);

/* Decides. */
void decide(struct scene *s);
/* The next request finds the ledger as the last decision left it. */
void next(struct scene *s);

/* Whether this reason is among those of the decision. */
bool said(const struct scene *s, enum cups_part part, enum cups_why why);
/* Fails unless the gateway gets these URIs (NULL: none) and credentials, and no refusal. */
void expect(
    struct scene *s, const char *cups_uri, bool cups, const char *lns_uri, bool lns);

#endif
