/* Checks of single values, for the `check` column of field tables and for protocols that
 * must not send what a gateway cannot take. */
#ifndef GH_REGISTRY_CHECKS_H
#define GH_REGISTRY_CHECKS_H

#include "registry/record.h"

/* An identifier as in The Things Stack: lower-case letters, digits and single dashes
 * between them, 3 to 36 characters. */
field_check_fn check_id;

/* The same for each item of a list and each key of a map. */
field_check_fn check_ids;

/* Valid UTF-8 without control characters (line breaks and tabs are allowed in the
 * description-like second form). */
field_check_fn check_line;
field_check_fn check_lines; /* each item of a list */
field_check_fn check_prose;

/* `[scheme://]host[:port]`: the address of a network server as The Things Stack has it. */
field_check_fn check_address;

/* `[udp://]host[:port]`: a server of UDP packet forwarders; the second for each item. */
field_check_fn check_udp_address;
field_check_fn check_udp_addresses;

/* `host:port` for each item: addresses that one trust certificate serves. */
field_check_fn check_host_ports;

/* The beginnings of EUIs, 0 to 16 hex digits each; "" means any. */
field_check_fn check_eui_prefixes;

/* A URI that the LoRa Basics Station takes as its CUPS or LNS; see station_uri_check(). */
field_check_fn check_cups_uri;
field_check_fn check_lns_uri;

/* A JSON object, for merge patches. */
field_check_fn check_json_object;

/* A header line value: visible ASCII and blanks, no line break. */
bool check_header_text(struct span text);

enum station_uri { STATION_CUPS, STATION_LNS };

struct station_address {
	bool tls;
	char host[128]; /* name or IPv4, as it was written */
	uint16_t port;
};

/*
 * Is this a URI that a station stores and can start with again: `scheme://host:port` and
 * nothing else, at most 127 characters, https/http for CUPS, wss/ws for an LNS, no IPv6
 * literal (the reference client loses its last character)? E_INVALID with the reason.
 * `address` may be NULL.
 */
int station_uri_check(enum station_uri kind, struct span uri,
    struct station_address *address, struct fault *fault);

/*
 * The station URI of `[scheme://]host[:port]`: without scheme `wss` (LNS) or `https`
 * (CUPS), without port the default (wss 8887, ws 1887, https 443, http 80). Writes at most
 * 127 characters and a NUL; E_INVALID when the result is none that a station takes.
 */
int station_uri_complete(
    enum station_uri kind, struct span address, char out[128], struct fault *fault);

#endif
