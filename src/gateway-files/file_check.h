/*
 * Judges a finished configuration file as the forwarder's parser and its HAL would: an
 * error for all that makes it exit or crash, that it silently ignores, or that it reads
 * as something else than what stands there. It looks at nothing but the text, so that it
 * finds what settings, writers or a gateway's overrides did wrong. Keys that it does not
 * know are let through: vendors have their own.
 */
#ifndef GH_GATEWAY_FILES_FILE_CHECK_H
#define GH_GATEWAY_FILES_FILE_CHECK_H

#include "json/reader.h"
#include "radio/finding.h"
#include "radio/limits.h"

enum forwarder {
	FORWARDER_SX1301,      /* packet_forwarder 4.0.1 */
	FORWARDER_SX1302_HAL1, /* sx1302_hal 1.x */
	FORWARDER_SX1302_HAL2, /* sx1302_hal 2.x */
	FORWARDER_LORAD	       /* Kerlink, SX1301 */
};

/* True when there are no errors. `chip` tells an SX1303 from an SX1302. */
bool file_check(struct span text, enum forwarder forwarder, enum chip chip,
    struct findings *findings);

/* ---- for the parts of the checker -------------------------------------------- */

struct file_checker {
	struct findings *findings;
	enum forwarder forwarder;
	enum chip chip;
};

enum limit_kind {
	LIMIT_WHOLE,  /* a number without a fraction */
	LIMIT_NUMBER, /* any number */
	LIMIT_TRUTH,
	LIMIT_TEXT /* min and max are its length */
};

/* What may stand under a key; a table of these ends with a NULL key. */
struct limit {
	const char *key;
	enum limit_kind kind;
	bool required;
	double min, max;
	const double *one_of; /* ends with 0; instead of min and max */
};

/* An error among the findings, under the name of a rule. */
void check_error(const struct file_checker *c, const char *rule, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Checks the members of an object by a table; `path` names the object. */
void check_members(const struct file_checker *c, const char *path, const struct json *v,
    const struct limit *limits);

/* The member if it is an object; anything else but absence is an error. */
const struct json *check_object(const struct file_checker *c, const char *path,
    const struct json *v, const char *key);

/* Whether a member is `true`. */
bool check_is_on(const struct json *v, const char *key);

/* A whole number, or `other` when the member is none. */
int64_t check_whole(const struct json *v, const char *key, int64_t other);

/* Keys like tx_lut_7: an error for numbers from `end` on. Gives how many there are without
 * a gap, an error for those after one when `contiguous`. */
unsigned check_numbered(const struct file_checker *c, const char *path,
    const struct json *v, const char *prefix, unsigned end, bool contiguous);

/* The channels chan_…, the same for all chips but for their limits. */
void check_file_channels(
    const struct file_checker *c, const char *path, const struct json *conf);

/* What the concentrator's object has for these chips. */
void check_sx1301_conf(
    const struct file_checker *c, const char *path, const struct json *conf);
void check_sx130x_conf(
    const struct file_checker *c, const char *path, const struct json *conf);

/* False with an error for a byte order mark or a key that stands twice in an object. The
 * text is JSON. */
bool check_keys(const struct file_checker *c, struct span text);

#endif
