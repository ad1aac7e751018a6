/*
 * Configuration files of packet forwarders. Each format is one file and one row of the
 * table in formats.c; all write from the neutral settings and the facts of a gateway.
 *
 * A file is written in two steps: what describes the concentrator (large, the same for
 * all gateways with the same plan and board), then the file around it.
 */
#ifndef GH_GATEWAY_FILES_FORMAT_H
#define GH_GATEWAY_FILES_FORMAT_H

#include "gateway-files/file_check.h"
#include "gateway-files/server.h"
#include "json/writer.h"
#include "radio/settings.h"

/* What a file needs to know of a gateway; borrowed, nothing is kept. */
struct gateway_facts {
	bool has_eui;
	uint64_t eui;
	const struct span
	    *servers; /* addresses as entered, the first one is the main one */
	size_t server_count;
	double antenna_gain; /* dBi */
	bool has_position;
	double latitude, longitude, altitude; /* degrees, m */
	bool beacon;			      /* Class B beacons are wanted */
	struct span overrides; /* JSON merge patch for JSON files; empty: none */
	bool reference;	       /* as The Things Stack writes it (?compat=tts) */
	bool compact;	       /* JSON on one line */
};

struct file_format;

/* What depends on plan and board alone. */
struct file_parts {
	const struct file_format *format;
	struct span conf; /* the value that describes the concentrator, as JSON */
	enum forwarder forwarder; /* who reads the file */
	enum chip chip;
	struct settings_beacon beacon;
	const char *gps_path; /* NULL: not known */
};

/* What a writer is given. */
struct file_input {
	const struct gateway_facts *gateway;
	const struct file_parts *parts;
	const struct server *servers; /* at least one */
	size_t server_count;
};

enum chip_family { FAMILY_ANY, FAMILY_SX1301, FAMILY_SX1302 };

struct file_format {
	const char *path; /* below the gateway: "semtechudp/global_conf.json" */
	const char *content_type;
	const char *what; /* for people */
	enum chip_family family;
	enum forwarder forwarder; /* whose limits a JSON file keeps; HAL 2 for 1 too */
	bool several;	      /* can say none or several plans, as the reference does */
	bool semtech_servers; /* names of at most 63 characters, no IPv6 */
	bool real_gain;	      /* the reference gives the antenna gain here, else 0 */
	bool json;	      /* overrides apply */
	const char *key; /* of the concentrator's description; NULL: there is none */
	/* Writes the value of `key` from the settings of one or several plans. */
	void (*conf)(
	    struct json_out *j, const struct settings *s, size_t count, bool reference);
	/* Appends the whole file to `out`, where errors stick. */
	void (*write)(const struct file_input *in, struct strbuf *out);
};

/* The i-th row, NULL after the last. */
const struct file_format *format_at(size_t i);

/* The row of a path for a chip, NULL when there is none. */
const struct file_format *format_find(struct span path, enum chip chip);

/* E_NOTFOUND, with the paths that there are in `fault`. */
int format_missing(struct fault *fault);

/* ---- the writers, one file each --------------------------------------------- */

/* NAME_conf writes the value of the key, NAME_write the file; see struct file_format. */
void semtech_sx1301_conf(
    struct json_out *j, const struct settings *s, size_t count, bool reference);
void semtech_sx1302_conf(
    struct json_out *j, const struct settings *s, size_t count, bool reference);
void semtech_write(const struct file_input *in, struct strbuf *out);
void kerlink_lorad_conf(
    struct json_out *j, const struct settings *s, size_t count, bool reference);
void kerlink_lorad_write(const struct file_input *in, struct strbuf *out);
void kerlink_lorafwd_write(const struct file_input *in, struct strbuf *out);

#endif
