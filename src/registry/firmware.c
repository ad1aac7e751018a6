#include "registry/firmware.h"

#include "registry/checks.h"
#include "registry/tables.h"

/* ---- image ------------------------------------------------------------------------------ */

#define AT(member) .offset = offsetof(struct firmware, member)
#define SIGNATURE(member) .offset = offsetof(struct firmware_signature, member)

static const char *const families[] = {"station", "kickstarter", NULL};

static const struct field signature_fields[] = {
    {1, "key_crc", FIELD_UINT, FIELD_READONLY, SIGNATURE(crc)},
    {2, "key_point", FIELD_BYTES, FIELD_READONLY, SIGNATURE(point), 64},
    {3, "der", FIELD_BYTES, FIELD_READONLY, SIGNATURE(der), 128},
    {4, "signed_at", FIELD_TIME, FIELD_READONLY, SIGNATURE(signed_at)},
    {0},
};

static const struct record_kind signature_kind = {.name = "signature",
    .size = sizeof(struct firmware_signature),
    .fields = signature_fields};

static const struct field firmware_fields[] = {
    {FIRMWARE_ID, "firmware_id", FIELD_TEXT, FIELD_UNIQUE, AT(firmware_id), 36,
	.check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {2, "description", FIELD_TEXT, 0, AT(description), 2000, .check = check_prose,
	.help = "anything worth knowing about it"},
    {3, "family", FIELD_ENUM, FIELD_READONLY, AT(family), .words = families,
	.help = "what it is made for: station or kickstarter"},
    {FIRMWARE_SHA256, "sha256", FIELD_BYTES, FIELD_INDEXED | FIELD_READONLY, AT(sha256),
	32},
    {5, "sha512", FIELD_BYTES, FIELD_READONLY, AT(sha512), 64},
    {6, "size", FIELD_UINT, FIELD_READONLY, AT(size)},
    {7, "file_name", FIELD_TEXT, FIELD_READONLY, AT(file_name), 255},
    {8, "signatures", FIELD_ROWS, FIELD_READONLY, AT(signatures),
	FIRMWARE_SIGNATURES_MAX, .of = &signature_kind},
    {9, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {10, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

#undef AT

const struct record_kind firmware_kind = {.name = "firmware",
    .table = TABLE_FIRMWARE,
    .size = sizeof(struct firmware),
    .fields = firmware_fields,
    .unknown = offsetof(struct firmware, unknown)};

const struct firmware_signature *
firmware_signature_by(
    const struct firmware *firmware, const uint32_t *keys, size_t count)
{
	const struct firmware_signature *rows = firmware->signatures.rows;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < firmware->signatures.count; j++)
			if (rows[j].crc == keys[i])
				return &rows[j];
	return NULL;
}

/* ---- release ---------------------------------------------------------------------------- */

#define AT(member) .offset = offsetof(struct release, member)

static const char *const shown_by[] = {"package", "station", NULL};

static const struct field release_fields[] = {
    {RELEASE_ID, "release_id", FIELD_TEXT, FIELD_UNIQUE, AT(release_id), 36,
	.check = check_id,
	.help = "identifier: 3 to 36 lower-case letters, digits and single dashes"},
    {2, "description", FIELD_TEXT, 0, AT(description), 2000, .check = check_prose,
	.help = "anything worth knowing about it"},
    {RELEASE_FIRMWARE, "firmware", FIELD_REF, FIELD_INDEXED, AT(firmware),
	.of = &firmware_kind, .help = "the image"},
    {4, "version", FIELD_TEXT, 0, AT(version), 127, .check = check_line,
	.help = "exactly as a gateway reports it once it runs this release"},
    {5, "shown_by", FIELD_ENUM, 0, AT(shown_by), .words = shown_by,
	.help = "where a station reports it: package (version.txt) or station"},
    {6, "models", FIELD_LIST, 0, AT(models), 64, 64, .check = check_lines,
	.help = "models that it may be applied to; none: any"},
    {7, "from", FIELD_LIST, 0, AT(from), 64, 127, .check = check_lines,
	.help =
	    "versions that it may be applied to, * at the end for any rest; none: any"},
    {8, "downgrade", FIELD_BOOL, 0, AT(downgrade),
	.help = "also for gateways that report a later version"},
    {9, "unsigned", FIELD_BOOL, 0, AT(unsigned_ok),
	.help = "may go without a signature to gateways that list no signing key"},
    {10, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {11, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

#undef AT

static int
check_release(const void *record, struct fault *fault)
{
	const struct release *r = record;

	if (r->release_id[0] == '\0')
		return fault_set(fault, E_INVALID, "release_id", "is required");
	if (r->firmware == 0)
		return fault_set(fault, E_INVALID, "firmware", "is required");
	if (r->version[0] == '\0')
		return fault_set(fault, E_INVALID, "version", "is required");
	return E_OK;
}

const struct record_kind release_kind = {.name = "release",
    .table = TABLE_RELEASE,
    .size = sizeof(struct release),
    .fields = release_fields,
    .unknown = offsetof(struct release, unknown),
    .check = check_release};

/* ---- channel ---------------------------------------------------------------------------- */

#define AT(member) .offset = offsetof(struct channel, member)

static const struct field channel_fields[] = {
    {CHANNEL_ID, "channel_id", FIELD_TEXT, FIELD_UNIQUE, AT(channel_id), 128,
	.check = check_line, .help = "as in the gateways' update_channel"},
    {2, "description", FIELD_TEXT, 0, AT(description), 2000, .check = check_prose,
	.help = "anything worth knowing about it"},
    {CHANNEL_RELEASE, "release", FIELD_REF, FIELD_INDEXED, AT(release),
	.of = &release_kind, .help = "that its LoRa Basics Stations should run"},
    {CHANNEL_KICKSTARTER, "kickstarter", FIELD_REF, FIELD_INDEXED, AT(kickstarter),
	.of = &release_kind,
	.help = "the release that its Kickstarter gateways should run"},
    {5, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {6, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

#undef AT

static int
check_channel(const void *record, struct fault *fault)
{
	const struct channel *c = record;

	if (c->channel_id[0] == '\0')
		return fault_set(fault, E_INVALID, "channel_id", "is required");
	return E_OK;
}

const struct record_kind channel_kind = {.name = "channel",
    .table = TABLE_CHANNEL,
    .size = sizeof(struct channel),
    .fields = channel_fields,
    .unknown = offsetof(struct channel, unknown),
    .check = check_channel};
