#include "radio/plan.h"

#include "radio/schema_table.h"

#define DATA_RATE .type = MEMBER_U8, .max = BAND_RATES - 1
#define DBM .type = MEMBER_REAL, .min = -300, .max = 300

static const struct member channel_dwell_members[] = {
    {.key = "enabled",
	.number = 1,
	.type = MEMBER_BOOL,
	AT(plan_channel_dwell, enabled)},
    {.key = "duration",
	.number = 2,
	.type = MEMBER_NANO,
	AT(plan_channel_dwell, duration)},
};
static const struct schema channel_dwell_schema =
    SCHEMA("dwell-time", plan_channel_dwell, channel_dwell_members);

static const struct member channel_members[] = {
    {.key = "frequency",
	.number = CHANNEL_FREQUENCY,
	.type = MEMBER_U32,
	.required = true,
	AT(plan_channel, frequency)},
    {.key = "min-data-rate",
	.number = CHANNEL_MIN_DATA_RATE,
	DATA_RATE,
	AT(plan_channel, min_data_rate)},
    {.key = "max-data-rate",
	.number = CHANNEL_MAX_DATA_RATE,
	DATA_RATE,
	AT(plan_channel, max_data_rate)},
    {.key = "data-rate",
	.number = CHANNEL_DATA_RATE,
	DATA_RATE,
	AT(plan_channel, data_rate)},
    {.key = "radio",
	.number = CHANNEL_RADIO,
	.type = MEMBER_U8,
	AT(plan_channel, radio)},
    {.key = "dwell-time",
	.number = CHANNEL_DWELL_TIME,
	.type = MEMBER_OBJECT,
	.of = &channel_dwell_schema,
	AT(plan_channel, dwell_time)},
};
static const struct schema channel_schema =
    SCHEMA("channel", plan_channel, channel_members);

static const struct member sub_band_members[] = {
    {.key = "min-frequency",
	.number = SUB_BAND_MIN_FREQUENCY,
	.type = MEMBER_U32,
	AT(plan_sub_band, min_frequency)},
    {.key = "max-frequency",
	.number = SUB_BAND_MAX_FREQUENCY,
	.type = MEMBER_U32,
	AT(plan_sub_band, max_frequency)},
    {.key = "duty-cycle",
	.number = SUB_BAND_DUTY_CYCLE,
	.type = MEMBER_REAL,
	.max = 1,
	AT(plan_sub_band, duty_cycle)},
    {.key = "max-eirp", .number = SUB_BAND_MAX_EIRP, DBM, AT(plan_sub_band, max_eirp)},
};
static const struct schema sub_band_schema =
    SCHEMA("sub-band", plan_sub_band, sub_band_members);

static const struct member tx_members[] = {
    {.key = "min-frequency",
	.number = TX_MIN_FREQUENCY,
	.type = MEMBER_U32,
	AT(plan_tx, min_frequency)},
    {.key = "max-frequency",
	.number = TX_MAX_FREQUENCY,
	.type = MEMBER_U32,
	AT(plan_tx, max_frequency)},
    {.key = "notch-frequency",
	.number = TX_NOTCH_FREQUENCY,
	.type = MEMBER_U32,
	AT(plan_tx, notch_frequency)},
};
static const struct schema tx_schema = SCHEMA("transmitter", plan_tx, tx_members);

static const struct member radio_members[] = {
    {.key = "enable",
	.number = RADIO_ENABLE,
	.type = MEMBER_BOOL,
	AT(plan_radio, enable)},
    {.key = "chip-type",
	.number = RADIO_CHIP_TYPE,
	.type = MEMBER_TEXT,
	.max = 31,
	AT(plan_radio, chip_type)},
    {.key = "frequency",
	.number = RADIO_FREQUENCY,
	.type = MEMBER_U32,
	AT(plan_radio, frequency)},
    {.key = "rssi-offset",
	.number = RADIO_RSSI_OFFSET,
	DBM,
	AT(plan_radio, rssi_offset)},
    {.key = "tx",
	.number = RADIO_TX,
	.type = MEMBER_OBJECT,
	.of = &tx_schema,
	AT(plan_radio, tx)},
};
static const struct schema radio_schema = SCHEMA("radio", plan_radio, radio_members);

static const struct member lbt_members[] = {
    {.key = "rssi-target", .number = 1, DBM, AT(plan_lbt, rssi_target)},
    {.key = "rssi-offset", .number = 2, DBM, AT(plan_lbt, rssi_offset)},
    {.key = "scan-time", .number = 3, .type = MEMBER_NANO, AT(plan_lbt, scan_time)},
};
static const struct schema lbt_schema =
    SCHEMA("listen-before-talk", plan_lbt, lbt_members);

static const struct member dwell_members[] = {
    {.key = "uplinks", .number = 1, .type = MEMBER_BOOL, AT(plan_dwell, uplinks)},
    {.key = "downlinks", .number = 2, .type = MEMBER_BOOL, AT(plan_dwell, downlinks)},
    {.key = "duration", .number = 3, .type = MEMBER_NANO, AT(plan_dwell, duration)},
};
static const struct schema dwell_schema =
    SCHEMA("dwell-time", plan_dwell, dwell_members);

static const struct member time_off_air_members[] = {
    {.key = "fraction",
	.number = 1,
	.type = MEMBER_REAL,
	AT(plan_time_off_air, fraction)},
    {.key = "duration",
	.number = 2,
	.type = MEMBER_NANO,
	AT(plan_time_off_air, duration)},
};
static const struct schema time_off_air_schema =
    SCHEMA("time-off-air", plan_time_off_air, time_off_air_members);

#define CHANNEL(name, num, member)                                     \
	{                                                              \
		.key = (name), .number = (num), .type = MEMBER_OBJECT, \
		.of = &channel_schema, AT(plan, member)                \
	}
#define CHANNELS(name, num, member, counter)                                       \
	{                                                                          \
		.key = (name), .number = (num), .type = MEMBER_LIST,               \
		.of = &channel_schema, .max = PLAN_CHANNELS_MAX, AT(plan, member), \
		COUNT_AT(plan, counter)                                            \
	}

static const struct member plan_members[] = {
    {.number = PLAN_ID, .type = MEMBER_TEXT, AT(plan, id)},
    {.number = PLAN_NAME, .type = MEMBER_TEXT, AT(plan, name)},
    {.number = PLAN_DESCRIPTION, .type = MEMBER_TEXT, AT(plan, description)},
    {.number = PLAN_BASE_FREQUENCY, .type = MEMBER_U32, AT(plan, base_frequency)},
    {.number = PLAN_FOR_GATEWAYS, .type = MEMBER_BOOL, AT(plan, for_gateways)},
    {.number = PLAN_COUNTRY_CODES,
	.type = MEMBER_TEXTS,
	AT(plan, country_codes),
	COUNT_AT(plan, country_code_count)},
    {.key = "band-id",
	.number = PLAN_BAND_ID,
	.type = MEMBER_TEXT,
	.max = BAND_ID_MAX - 1,
	AT(plan, band_id)},
    {.key = "sub-bands",
	.number = PLAN_SUB_BANDS,
	.type = MEMBER_LIST,
	.of = &sub_band_schema,
	.max = PLAN_SUB_BANDS_MAX,
	AT(plan, sub_bands),
	COUNT_AT(plan, sub_band_count)},
    CHANNELS("uplink-channels", PLAN_UPLINKS, uplinks, uplink_count),
    CHANNELS("downlink-channels", PLAN_DOWNLINKS, downlinks, downlink_count),
    CHANNEL("lora-standard-channel", PLAN_LORA_STANDARD, lora_standard),
    CHANNEL("fsk-channel", PLAN_FSK, fsk),
    {.key = "time-off-air",
	.number = PLAN_TIME_OFF_AIR,
	.type = MEMBER_OBJECT,
	.of = &time_off_air_schema,
	AT(plan, time_off_air)},
    {.key = "dwell-time",
	.number = PLAN_DWELL_TIME,
	.type = MEMBER_OBJECT,
	.of = &dwell_schema,
	AT(plan, dwell_time)},
    {.key = "listen-before-talk",
	.number = PLAN_LBT,
	.type = MEMBER_OBJECT,
	.of = &lbt_schema,
	AT(plan, lbt)},
    {.key = "radios",
	.number = PLAN_RADIOS,
	.type = MEMBER_LIST,
	.of = &radio_schema,
	.max = PLAN_RADIOS_MAX,
	AT(plan, radios),
	COUNT_AT(plan, radio_count)},
    {.key = "clock-source",
	.number = PLAN_CLOCK_SOURCE,
	.type = MEMBER_U8,
	AT(plan, clock_source)},
    CHANNEL("rx2-channel", PLAN_RX2, rx2),
    {.key = "rx2-default-data-rate",
	.number = PLAN_RX2_DATA_RATE,
	DATA_RATE,
	AT(plan, rx2_data_rate)},
    CHANNEL("ping-slot", PLAN_PING_SLOT, ping_slot),
    {.key = "ping-slot-default-data-rate",
	.number = PLAN_PING_SLOT_DATA_RATE,
	DATA_RATE,
	AT(plan, ping_slot_data_rate)},
    {.key = "max-eirp", .number = PLAN_MAX_EIRP, DBM, AT(plan, max_eirp)},
};
static const struct schema plan_schema = SCHEMA("plan", plan, plan_members);

int
plan_load(struct arena *arena, struct span yaml, const char *file,
    struct findings *findings, struct plan **out)
{
	void *made = NULL;
	int err = schema_load(&plan_schema, arena, yaml, file, findings, &made);

	*out = made;
	if (err != E_OK || made != NULL)
		return err;
	if ((*out = arena_zalloc(arena, 1, sizeof **out)) == NULL)
		return E_NOMEM;
	(*out)->part.at = (struct place){file, 1};
	finding_warning(
	    findings, "empty", (*out)->part.at, "there is nothing in the file");
	return E_OK;
}

void
plan_merge(const struct plan *base, const struct plan *own, struct plan *out)
{
	const struct plan *clock = part_has(&own->part, PLAN_RADIOS) ? own : base;

	schema_merge(&plan_schema, base, own, out);
	out->clock_source = clock->clock_source;
	out->part.has &= ~(1u << PLAN_CLOCK_SOURCE);
	out->part.has |= clock->part.has & 1u << PLAN_CLOCK_SOURCE;
}

void
plan_encode(const struct plan *plan, struct strbuf *out)
{
	schema_encode_record(&plan_schema, plan, out);
}

int
plan_decode(struct arena *arena, struct span bytes, struct plan **out)
{
	void *made = NULL;
	int err = schema_decode_record(&plan_schema, arena, bytes, &made);

	*out = made;
	return err;
}
