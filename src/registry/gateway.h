/* A gateway: what its operator wants it to be. Fields are named as The Things Stack names
 * them, so that its exports can be imported. */
#ifndef GH_REGISTRY_GATEWAY_H
#define GH_REGISTRY_GATEWAY_H

#include "registry/record.h"

/*
 * One secret that is sent to a gateway as the last part of its credentials, kept so that
 * the CRC-32 of the whole can be told without opening it: `sealed` opens to the bytes, and
 * crc/length are those of the bytes as they end up on the gateway *without* the beginning
 * that `form` adds (cups.md: the token line).
 */
enum secret_form {
	SECRET_NONE, /* no secret */
	SECRET_BARE, /* a bare key: `Authorization: ` or more goes before it */
	SECRET_SCHEME, /* has its scheme (`Bearer …`): `Authorization: ` goes before it */
	SECRET_HEADER, /* has its header name: is sent as it is */
	SECRET_KEY_DER /* a private key: is sent as it is, without CRLF */
};

struct secret {
	struct span sealed;
	uint64_t crc;	 /* of the text and CRLF, or of the DER */
	uint64_t length; /* of the same */
	uint64_t form;	 /* enum secret_form */
};

struct client_certificate {
	struct span der;
	struct secret key; /* form SECRET_KEY_DER */
	uint64_t crc;	   /* of der */
};

struct antenna {
	double gain; /* dBi */
	double latitude, longitude;
	int64_t altitude; /* metres */
	int64_t accuracy;
	const char *source;
	int placement;
};

/* What a gateway should show to us. AUTO: its certificate when it has one here, else the
 * key that target_cups_key names, else whatever it has now. */
enum cups_credentials { CUPS_AUTO, CUPS_TOKEN, CUPS_CERTIFICATE, CUPS_SERVER_ONLY };

struct gateway {
	uint64_t serial;
	struct span unknown;
	const char *gateway_id;
	uint64_t eui;
	const char *name, *description;
	struct text_map attributes;
	const char *brand_id, *model_id, *hardware_version, *firmware_version,
	    *runtime_version;
	const char *gateway_server_address;
	uint64_t lns; /* a named network server; goes before gateway_server_address */
	struct text_list frequency_plan_ids;
	struct record_rows antennas; /* of struct antenna */
	bool auto_update;
	const char *update_channel;
	bool status_public, location_public, require_authenticated_connection;
	const char *lns_key_id;
	struct secret lns_secret;
	struct client_certificate lns_certificate;
	const char *target_cups_uri;
	uint64_t target_cups_key; /* the generation that the gateway should have */
	int cups_credentials;	  /* enum cups_credentials */
	struct client_certificate cups_certificate;
	bool allow_unauthenticated;
	int64_t provisioning_until; /* an open window for one answer with secrets */
	const char *concentrator;
	const char *overrides; /* JSON merge patch for configuration files */
	struct text_list groups;
	int64_t created_at, updated_at, deleted_at;
	struct text_list udp_address; /* servers of its UDP packet forwarder */
	bool class_b_beacons;
	/* The Things Kickstarter Gateway: its limits are held when something is entered, and
	 * it may be activated. */
	bool kickstarter;
	uint64_t
	    activation_window;	/* names the last one that was opened; 0: the first */
	bool activation_closed; /* by an operator: no activation whatever it is */
	/* The window's bounds, 0: none. A beginning that is not before the end is that of
	 * a second time in which it is open. */
	int64_t activation_from, activation_until;
};

extern const struct record_kind gateway_kind;

/* Numbers of fields that others find or list gateways by. */
enum gateway_field {
	GATEWAY_ID = 1,
	GATEWAY_EUI = 2,
	GATEWAY_NAME = 3,
	GATEWAY_DESCRIPTION = 4,
	GATEWAY_LNS = 12,
	GATEWAY_PLANS = 13,
	GATEWAY_GROUPS = 39,
	GATEWAY_CONCENTRATOR = 41
};

#endif
