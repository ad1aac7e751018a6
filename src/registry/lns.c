#include "registry/lns.h"

#include "registry/checks.h"
#include "registry/mqtt.h"
#include "registry/tables.h"
#include "registry/trust.h"

#define AT(member) .offset = offsetof(struct lns, member)

static const char *const credentials[] = {"token", "certificate", "server_only", NULL};
static const char *const token_forms[] = {"bearer", "bare", NULL};

static const struct field fields[] = {
    {LNS_ID, "lns_id", FIELD_TEXT, FIELD_UNIQUE, AT(lns_id), 36, .check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {2, "name", FIELD_TEXT, 0, AT(name), 50, .check = check_line,
	.help = "a name for people"},
    {3, "uri", FIELD_TEXT, 0, AT(uri), 127, .check = check_lns_uri,
	.help =
	    "wss://host:port, exactly as gateways with LoRa Basics Station store it"},
    {LNS_TRUST, "trust", FIELD_REF, FIELD_INDEXED, AT(trust), .of = &trust_kind,
	.help =
	    "its trust certificate; without one, the one registered for its address"},
    {5, "credentials", FIELD_ENUM, 0, AT(credentials), .words = credentials,
	.help = "what gateways show to it: token, certificate or server_only"},
    {6, "token_form", FIELD_ENUM, 0, AT(token_form), .words = token_forms,
	.help = "what goes before a bare key: bearer (Authorization: Bearer ) or bare "
		"(Authorization: )"},
    {7, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {8, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {9, "udp_address", FIELD_TEXT, 0, AT(udp_address), 262, .check = check_udp_address,
	.help = "host[:port] for UDP packet forwarders"},
    {20, "mqtt_address", FIELD_TEXT, 0, AT(mqtt_address), 255,
	.check = check_mqtt_address,
	.help = "mqtts://host:port for The Things Kickstarter Gateway"},
    {0},
};

static int
check_lns(const void *record, struct fault *fault)
{
	const struct lns *l = record;

	if (l->lns_id[0] == '\0')
		return fault_set(fault, E_INVALID, "lns_id", "is required");
	if (l->uri[0] == '\0' && l->udp_address[0] == '\0' &&
	    l->mqtt_address[0] == '\0')
		return fault_set(fault, E_INVALID, "uri",
		    "is required, or udp_address or mqtt_address");
	return E_OK;
}

const struct record_kind lns_kind = {.name = "lns",
    .table = TABLE_LNS,
    .size = sizeof(struct lns),
    .fields = fields,
    .unknown = offsetof(struct lns, unknown),
    .check = check_lns};
