/*
 * What the firmware of The Things Kickstarter Gateway sends, and what it does with an
 * answer: pure functions, for `gatehouse probe --kickstarter` and the simulated device of
 * the tests. They are written from what the firmware was seen to do, and share nothing with
 * the code that makes answers, so that each can find the other wrong.
 */
#ifndef GH_KICKSTARTER_DEVICE_H
#define GH_KICKSTARTER_DEVICE_H

#include "base/strbuf.h"

#define DEVICE_ANSWER_MAX 6199
#define DEVICE_FIRMWARE_MAX 8372223 /* bytes of firmware.hex */

/* ---- addresses --------------------------------------------------------------------------- */

/* A URL as the device takes it apart: it looks for `//`, the first colon after that, and the
 * first slash. */
struct device_url {
	char host[256], path[256]; /* the path without its leading slash */
	uint16_t port;
	bool tls;
	bool has_path; /* without one the device crashes when it makes its request */
};

/* False when the device finds no `//` in it, or it is longer than its buffer. */
bool device_url_read(struct span url, struct device_url *u);

struct device_broker {
	char host[256]; /* "" when there is none */
	uint16_t port;
	bool tls;
};

/* The address of its network server, likewise; whatever it is, something comes of it. */
void device_broker_read(struct span address, struct device_broker *b);

/* ---- requests ------------------------------------------------------------------------------ */

enum device_request {
	DEVICE_ACTIVATE,
	DEVICE_CONFIGURE,
	DEVICE_PLAN,
	DEVICE_CHECKSUMS,
	DEVICE_FIRMWARE
};

/* Appends the request, byte for byte. `to`: where the account server is, or the URL that the
 * configuration named (plan, firmware). `id` and `key` for the first two. `old`: as before
 * 2019, Host without port. */
void device_request_write(enum device_request what, const struct device_url *to,
    const char *id, const char *key, bool old, struct strbuf *out);

const char *device_request_name(enum device_request what);

/* ---- answers -------------------------------------------------------------------------------- */

enum device_effect {
	DEVICE_GOES_ON,	       /* it took the answer */
	DEVICE_KEEPS_FIRMWARE, /* no firmware for it, or the one that it has */
	DEVICE_RETRIES,	       /* after some seconds */
	DEVICE_DROPS_KEY,      /* and activates again */
	DEVICE_WAITS,	       /* for a human */
	DEVICE_DROPS_ID,       /* ID and key, and waits for a human */
	DEVICE_HANGS,	       /* it waits for the end of the answer, for ever */
	DEVICE_REBOOTS	       /* and does the same again */
};

const char *device_effect_name(enum device_effect e);
const char *device_effect_text(enum device_effect e);

/* What came, until the connection was closed. */
struct device_received {
	struct span bytes;
	size_t first; /* how many of them came in the first piece; 0: not known */
	uint64_t
	    unkept; /* bytes that came behind these and were not kept: of firmware */
	bool open;  /* the connection was never closed */
	bool reset; /* it was closed by a reset */
};

#define DEVICE_RADIOS 2
#define DEVICE_CHANNELS 10 /* eight multi-SF ones, LoRa standard, FSK */

struct device_channel {
	bool stated, enable; /* `enable` was there, and true */
	int radio, offset, bandwidth, spread_factor, datarate;
};

struct device_sx1301 {
	bool has_public, lorawan_public;
	struct {
		bool there, stated, enable;
		long long freq;
	} radios[DEVICE_RADIOS];
	struct device_channel channels[DEVICE_CHANNELS];
};

/* What it keeps of answers. */
struct device_memory {
	char key[200];
	char frequency_plan[65], plan_url[256], firmware_url[256];
	struct device_broker broker;
	bool auto_update;
	struct device_sx1301 sx1301;
	char checksum[65]; /* of the firmware that it has, lower case; "" unknown */
	char wanted[65];   /* that it was told to fetch */
};

#define DEVICE_FINDINGS 16

struct device_finding {
	bool bad; /* against a rule, even if the device gets over it */
	char text[160];
};

struct device_verdict {
	enum device_effect effect;
	unsigned wait;		   /* seconds, with DEVICE_RETRIES */
	int status;		   /* HTTP; 0: none */
	char code[10], error[200]; /* of an error that it understood */
	size_t header;		   /* bytes */
	uint64_t body;
	struct device_finding findings[DEVICE_FINDINGS];
	size_t finding_count;
};

/* Lets it take an answer: changes its memory and tells the effect. */
void device_take(enum device_request what, const struct device_received *received,
    struct device_memory *memory, struct device_verdict *v);

/* ---- the firmware itself ----------------------------------------------------------------------- */

/* Intel HEX as the flash is written from it, in pieces of any size. */
struct device_hex {
	unsigned digits;   /* of the record so far */
	unsigned bytes[5]; /* count, address, type, then only the sum counts */
	unsigned sum;
	bool ended;	 /* the end record was there */
	bool open;	 /* inside a record */
	uint64_t record; /* which one it is */
	char wrong[100]; /* what is wrong; "" */
};

void device_hex_begin(struct device_hex *h);
void device_hex_add(struct device_hex *h, struct span bytes);
/* What is wrong with all of it; NULL: nothing. */
const char *device_hex_end(struct device_hex *h);

/* The body of firmware.hex as it comes, however large it is. */
struct device_image {
	struct sha256_state *sha256;
	struct device_hex hex;
	uint64_t size;
};

/* E_NOMEM, E_CRYPTO; the same of adding. */
int device_image_begin(struct device_image *image);
int device_image_add(struct device_image *image, struct span bytes);
/*
 * After device_take(): compares it with what was announced. When it is right the device has
 * it from now on and starts again with it; else it downloads without end. `memory` may be
 * NULL: to throw it away.
 */
void device_image_end(
    struct device_image *image, struct device_memory *memory, struct device_verdict *v);

/* Is any finding bad? */
bool device_is_bad(const struct device_verdict *v);

/* ---- for its own files ------------------------------------------------------------------------ */

void device_say(struct device_verdict *v, bool bad, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

enum device_token_type { DEVICE_OBJECT, DEVICE_ARRAY, DEVICE_STRING, DEVICE_PRIMITIVE };

struct device_token {
	enum device_token_type type;
	size_t start, end; /* in the text, without quotes */
	bool closed;
};

#define DEVICE_TOKENS_ERROR 5
#define DEVICE_TOKENS_CONFIGURATION 255
#define DEVICE_TOKENS_PLAN 1024

/* The tokens of a text, names and values alike; their number, or -1 when it is no JSON, is
 * cut off, or has more than `max`. */
int device_tokens(struct span text, struct device_token *tokens, size_t max);

static inline struct span
device_text(struct span json, const struct device_token *t)
{
	return span_of(json.data + t->start, t->end - t->start);
}

/* Takes a configuration or a plan in one line; false when the device does not parse it. */
bool device_take_settings(
    struct span line, struct device_memory *m, struct device_verdict *v);
bool device_take_plan(
    struct span line, struct device_sx1301 *s, struct device_verdict *v);

#endif
