/* Acting as a LoRa Basics Station towards a CUPS: what it sends, and what it makes of the
 * answer (the rules are those of the reference client, release 2.0.6). */
#ifndef GH_CLI_PROBE_H
#define GH_CLI_PROBE_H

#include "cli/cli.h"
#include "crypto/digest.h"
#include "crypto/sign.h"
#include "crypto/stream.h"
#include "cups/update_info.h"

#define PROBE_BUFFER 8192 /* the client's: the header and both URIs must fit */
#define PROBE_FINDINGS 32
#define PROBE_ANSWER_MAX (1u << 20) /* without the update, which is not kept */
#define PROBE_SIG_KEYS 4	    /* as many as the client looks for */

/* Something to be said about the answer. */
struct probe_finding {
	bool fatal; /* the gateway does not take the answer for this reason */
	const char *text;
};

struct probe {
	struct cli *cli;
	/* Where to, and who. */
	bool tls;
	char host[128];
	uint16_t port;
	uint64_t eui;
	/* The gateway's files; empty when it has none. */
	struct span trust, certificate, key;
	struct span lns_trust, lns_certificate, lns_key;
	uint8_t sig_keys[PROBE_SIG_KEYS][SIGN_POINT];
	size_t sig_key_count;
	/* The request. */
	struct update_info info;
	struct strbuf request;
	/* The answer as it came, and how many bytes of an update came after that: they are
	 * digested, not kept. */
	struct strbuf raw;
	struct digests_state *digesting; /* NULL: there is no update */
	struct digests digests;
	uint64_t update_bytes;
	struct stream_peer peer;
	/* …and as the client reads it. */
	int status;
	bool has_length;
	uint64_t length;
	size_t header_len;
	struct span body, reason;
	struct update_answer answer;
	bool decoded;
	struct probe_finding findings[PROBE_FINDINGS];
	size_t finding_count;
};

/* Takes note of something. */
void probe_say(struct probe *p, bool fatal, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool probe_rejected(const struct probe *p);

/* The file that --key-file or --key names, "" for none. NULL with a fault when --key is no
 * file that can be read: keys are never arguments. */
const char *probe_key_file(struct cli *cli);

/* Reads the options and builds the exact bytes of the request. */
int probe_request(struct probe *p);

/* Takes note of what came. Once the answer is known up to its update, that is digested. The
 * bytes are those behind the ones of the call before. E_NOMEM, E_TOOBIG, E_CRYPTO. */
int probe_take(struct probe *p, struct span bytes);

/* Has all of it come that was promised? */
bool probe_is_whole(struct probe *p);

/* How many bytes of the body came. */
uint64_t probe_body_bytes(const struct probe *p);

/* Judges the answer, which has come whole, and takes it apart. */
void probe_judge(struct probe *p);

/* Prints everything. */
void probe_show(struct probe *p);

#endif
