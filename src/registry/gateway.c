#include "registry/gateway.h"

#include "registry/checks.h"
#include "registry/lns.h"
#include "registry/key.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct gateway, member)
#define ANTENNA(member) .offset = offsetof(struct antenna, member)

static const char *const placements[] = {"UNKNOWN", "INDOOR", "OUTDOOR", NULL};
static const char *const cups_credentials[] = {
    "auto", "token", "certificate", "server_only", NULL};

static const struct field antenna_fields[] = {
    {1, "gain", FIELD_DOUBLE, 0, ANTENNA(gain), .help = "dBi"},
    {2, "location.latitude", FIELD_DOUBLE, 0, ANTENNA(latitude), .help = "degrees"},
    {3, "location.longitude", FIELD_DOUBLE, 0, ANTENNA(longitude), .help = "degrees"},
    {4, "location.altitude", FIELD_INT, 0, ANTENNA(altitude), .help = "metres"},
    {5, "location.accuracy", FIELD_INT, 0, ANTENNA(accuracy), .help = "metres"},
    {6, "location.source", FIELD_TEXT, 0, ANTENNA(source), 32, .check = check_line,
	.help = "e.g. SOURCE_GPS"},
    {7, "placement", FIELD_ENUM, 0, ANTENNA(placement), .words = placements},
    {0},
};

static int
check_antenna(const void *record, struct fault *fault)
{
	const struct antenna *a = record;

	if (!(a->gain >= -50 && a->gain <= 50))
		return fault_set(
		    fault, E_INVALID, "antennas.gain", "must be within -50 and 50 dBi");
	if (!(a->latitude >= -90 && a->latitude <= 90))
		return fault_set(fault, E_INVALID, "antennas.location.latitude",
		    "must be within -90 and 90 degrees");
	if (!(a->longitude >= -180 && a->longitude <= 180))
		return fault_set(fault, E_INVALID, "antennas.location.longitude",
		    "must be within -180 and 180 degrees");
	return E_OK;
}

static const struct record_kind antenna_kind = {.name = "antenna",
    .size = sizeof(struct antenna),
    .fields = antenna_fields,
    .check = check_antenna};

static const struct field fields[] = {
    {GATEWAY_ID, "ids.gateway_id", FIELD_TEXT, FIELD_UNIQUE | FIELD_WORDS,
	AT(gateway_id), 36, .check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {GATEWAY_EUI, "ids.eui", FIELD_EUI, FIELD_UNIQUE, AT(eui),
	.help = "EUI-64, 16 hex digits"},
    {GATEWAY_NAME, "name", FIELD_TEXT, FIELD_WORDS, AT(name), 50, .check = check_line,
	.help = "a name for people"},
    {GATEWAY_DESCRIPTION, "description", FIELD_TEXT, FIELD_WORDS, AT(description), 2000,
	.check = check_prose, .help = "notes"},
    {5, "attributes", FIELD_MAP, 0, AT(attributes), 10, 200, .check = check_ids,
	.help = "up to 10 key=value pairs"},
    {6, "version_ids.brand_id", FIELD_TEXT, 0, AT(brand_id), 36, .check = check_line},
    {7, "version_ids.model_id", FIELD_TEXT, 0, AT(model_id), 36, .check = check_line},
    {8, "version_ids.hardware_version", FIELD_TEXT, 0, AT(hardware_version), 32,
	.check = check_line},
    {9, "version_ids.firmware_version", FIELD_TEXT, 0, AT(firmware_version), 32,
	.check = check_line},
    {10, "version_ids.runtime_version", FIELD_TEXT, 0, AT(runtime_version), 32,
	.check = check_line},
    {11, "gateway_server_address", FIELD_TEXT, 0, AT(gateway_server_address), 262,
	.check = check_address, .help = "[scheme://]host[:port] of its network server"},
    {GATEWAY_LNS, "lns", FIELD_REF, FIELD_INDEXED, AT(lns), .of = &lns_kind,
	.help = "a registered network server; goes before gateway_server_address"},
    {GATEWAY_PLANS, "frequency_plan_ids", FIELD_LIST, FIELD_INDEXED,
	AT(frequency_plan_ids), 8, 64, .check = check_lines,
	.help = "frequency plans, e.g. EU_863_870_TTN"},
    {14, "antennas", FIELD_ROWS, 0, AT(antennas), 8, .of = &antenna_kind},
    {15, "auto_update", FIELD_BOOL, 0, AT(auto_update),
	.help = "may receive firmware of its update channel"},
    {16, "update_channel", FIELD_TEXT, 0, AT(update_channel), 128, .check = check_line,
	.help = "e.g. stable"},
    {17, "status_public", FIELD_BOOL, 0, AT(status_public)},
    {18, "location_public", FIELD_BOOL, 0, AT(location_public)},
    {19, "require_authenticated_connection", FIELD_BOOL, 0,
	AT(require_authenticated_connection)},
    {20, "lbs_lns_secret.key_id", FIELD_TEXT, 0, AT(lns_key_id), 200,
	.check = check_line},
    {21, "lbs_lns_secret.value", FIELD_SEALED, 0, AT(lns_secret.sealed),
	.help = "the key that the gateway shows to its network server"},
    {22, "lbs_lns_secret.crc", FIELD_UINT, FIELD_INTERNAL, AT(lns_secret.crc)},
    {23, "lbs_lns_secret.length", FIELD_UINT, FIELD_INTERNAL, AT(lns_secret.length)},
    {24, "lbs_lns_secret.form", FIELD_UINT, FIELD_INTERNAL, AT(lns_secret.form)},
    {25, "lns_certificate.der", FIELD_BYTES, FIELD_READONLY, AT(lns_certificate.der),
	8192, .help = "client certificate for its network server"},
    {26, "lns_certificate.key", FIELD_SEALED, FIELD_INTERNAL,
	AT(lns_certificate.key.sealed)},
    {27, "lns_certificate.key_crc", FIELD_UINT, FIELD_INTERNAL,
	AT(lns_certificate.key.crc)},
    {28, "lns_certificate.key_length", FIELD_UINT, FIELD_INTERNAL,
	AT(lns_certificate.key.length)},
    {29, "lns_certificate.crc", FIELD_UINT, FIELD_INTERNAL, AT(lns_certificate.crc)},
    {30, "target_cups_uri", FIELD_TEXT, 0, AT(target_cups_uri), 127,
	.check = check_cups_uri,
	.help = "https://host:port of the CUPS it should move to"},
    {31, "target_cups_key", FIELD_REF, 0, AT(target_cups_key), .of = &key_kind,
	.help = "the key that it should have for CUPS"},
    {32, "cups_credentials", FIELD_ENUM, 0, AT(cups_credentials),
	.words = cups_credentials,
	.help = "what it shows to us: auto, token, certificate or server_only"},
    {33, "cups_certificate.der", FIELD_BYTES, FIELD_READONLY, AT(cups_certificate.der),
	8192, .help = "client certificate for CUPS"},
    {34, "cups_certificate.key", FIELD_SEALED, FIELD_INTERNAL,
	AT(cups_certificate.key.sealed)},
    {35, "cups_certificate.key_crc", FIELD_UINT, FIELD_INTERNAL,
	AT(cups_certificate.key.crc)},
    {36, "cups_certificate.key_length", FIELD_UINT, FIELD_INTERNAL,
	AT(cups_certificate.key.length)},
    {37, "cups_certificate.crc", FIELD_UINT, FIELD_INTERNAL, AT(cups_certificate.crc)},
    {38, "allow_unauthenticated", FIELD_BOOL, 0, AT(allow_unauthenticated),
	.help = "answer it without a key (never with secrets)"},
    {GATEWAY_GROUPS, "groups", FIELD_LIST, FIELD_INDEXED, AT(groups), 16, 36,
	.check = check_ids, .help = "names to select gateways by"},
    {40, "provisioning_until", FIELD_TIME, 0, AT(provisioning_until),
	.help = "until then one answer without a key may carry its credentials"},
    {GATEWAY_CONCENTRATOR, "concentrator", FIELD_TEXT, FIELD_INDEXED, AT(concentrator),
	64, .check = check_line,
	.help = "board of its concentrator, e.g. rak2287-spi; without one an SX1301 as "
		"its plan describes it"},
    {42, "overrides", FIELD_TEXT, 0, AT(overrides), 16384, .check = check_json_object,
	.help = "JSON merge patch for its configuration files"},
    {43, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {44, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {45, "deleted_at", FIELD_TIME, FIELD_READONLY, AT(deleted_at)},
    {46, "udp_address", FIELD_LIST, 0, AT(udp_address), 8, 262,
	.check = check_udp_addresses,
	.help =
	    "servers of its UDP packet forwarder, host[:port], the main one first; go "
	    "before those of its network server"},
    {47, "class_b_beacons", FIELD_BOOL, 0, AT(class_b_beacons),
	.help = "its packet forwarder sends Class B beacons (with a GPS receiver)"},
    {60, "kickstarter", FIELD_BOOL, 0, AT(kickstarter),
	.help =
	    "is The Things Kickstarter Gateway: may be activated, and what it could "
	    "not take is refused"},
    {61, "activation_window", FIELD_UINT, FIELD_INTERNAL, AT(activation_window)},
    {62, "activation_closed", FIELD_BOOL, FIELD_READONLY, AT(activation_closed),
	.help = "it may not be activated: see `gatehouse gateway activation`"},
    {63, "activation_from", FIELD_TIME, FIELD_READONLY, AT(activation_from)},
    {64, "activation_until", FIELD_TIME, FIELD_READONLY, AT(activation_until)},
    {70, "lns_certificate.key_form", FIELD_UINT, FIELD_INTERNAL,
	AT(lns_certificate.key.form)},
    {71, "cups_certificate.key_form", FIELD_UINT, FIELD_INTERNAL,
	AT(cups_certificate.key.form)},
    {0},
};

static int
check_gateway(const void *record, struct fault *fault)
{
	const struct gateway *g = record;

	if (g->gateway_id[0] == '\0')
		return fault_set(fault, E_INVALID, "ids.gateway_id", "is required");
	return E_OK;
}

const struct record_kind gateway_kind = {.name = "gateway",
    .table = TABLE_GATEWAY,
    .size = sizeof(struct gateway),
    .fields = fields,
    .unknown = offsetof(struct gateway, unknown),
    .check = check_gateway};
