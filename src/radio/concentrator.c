#include "radio/concentrator.h"

#include "radio/schema_table.h"

#define DB .type = MEMBER_REAL, .min = -300, .max = 300

static const struct member gain_members[] = {
    {.key = "rf-power",
	.number = GAIN_RF_POWER,
	.type = MEMBER_I32,
	.min = -128,
	.max = 127,
	.required = true,
	AT(gain, rf_power)},
    {.key = "pa-gain", .number = GAIN_PA_GAIN, .type = MEMBER_U8, AT(gain, pa_gain)},
    {.key = "pwr-idx", .number = GAIN_PWR_IDX, .type = MEMBER_U8, AT(gain, pwr_idx)},
    {.key = "dac-gain", .number = GAIN_DAC_GAIN, .type = MEMBER_U8, AT(gain, dac_gain)},
    {.key = "mix-gain", .number = GAIN_MIX_GAIN, .type = MEMBER_U8, AT(gain, mix_gain)},
    {.key = "dig-gain", .number = GAIN_DIG_GAIN, .type = MEMBER_U8, AT(gain, dig_gain)},
};
static const struct schema gain_schema = SCHEMA("gain", gain, gain_members);

static const struct member tcomp_members[] = {
    {.key = "a", .number = 1, .type = MEMBER_REAL, AT(rssi_tcomp, a)},
    {.key = "b", .number = 2, .type = MEMBER_REAL, AT(rssi_tcomp, b)},
    {.key = "c", .number = 3, .type = MEMBER_REAL, AT(rssi_tcomp, c)},
    {.key = "d", .number = 4, .type = MEMBER_REAL, AT(rssi_tcomp, d)},
    {.key = "e", .number = 5, .type = MEMBER_REAL, AT(rssi_tcomp, e)},
};
static const struct schema tcomp_schema =
    SCHEMA("rssi-tcomp", rssi_tcomp, tcomp_members);

static const struct member variant_members[] = {
    {.key = "bands",
	.number = VARIANT_BANDS,
	.type = MEMBER_TEXTS,
	.max = 40,
	AT(board_variant, bands),
	COUNT_AT(board_variant, band_count)},
    {.key = "chip-type",
	.number = VARIANT_CHIP_TYPE,
	.type = MEMBER_TEXT,
	.max = 31,
	AT(board_variant, chip_type)},
    {.key = "rssi-offset",
	.number = VARIANT_RSSI_OFFSET,
	DB,
	AT(board_variant, rssi_offset)},
    {.key = "rssi-tcomp",
	.number = VARIANT_RSSI_TCOMP,
	.type = MEMBER_OBJECT,
	.of = &tcomp_schema,
	AT(board_variant, rssi_tcomp)},
    {.key = "single-input",
	.number = VARIANT_SINGLE_INPUT,
	.type = MEMBER_BOOL,
	AT(board_variant, single_input)},
    {.key = "gain-table",
	.number = VARIANT_GAINS,
	.type = MEMBER_LIST,
	.of = &gain_schema,
	.max = LIMIT_GAINS,
	AT(board_variant, gains),
	COUNT_AT(board_variant, gain_count)},
};
static const struct schema variant_schema =
    SCHEMA("variant", board_variant, variant_members);

static const char *const fine_modes[] = {
    [FINE_ALL_SF] = "all_sf", [FINE_HIGH_CAPACITY] = "high_capacity", NULL};

static const struct member fine_members[] = {
    {.key = "enable",
	.number = 1,
	.type = MEMBER_BOOL,
	AT(board_fine_timestamp, enable)},
    {.key = "mode",
	.number = 2,
	.type = MEMBER_CHOICE,
	.names = fine_modes,
	.required = true,
	AT(board_fine_timestamp, mode)},
};
static const struct schema fine_schema =
    SCHEMA("fine-timestamp", board_fine_timestamp, fine_members);

static const struct member sx1261_members[] = {
    {.key = "spi-path",
	.number = 1,
	.type = MEMBER_TEXT,
	.max = LIMIT_PATH,
	AT(board_sx1261, spi_path)},
    {.key = "rssi-offset",
	.number = 2,
	.type = MEMBER_I32,
	.min = -128,
	.max = 127,
	AT(board_sx1261, rssi_offset)},
};
static const struct schema sx1261_schema =
    SCHEMA("sx1261", board_sx1261, sx1261_members);

static const char *const chips[] = {
    [CHIP_SX1301] = "SX1301", [CHIP_SX1302] = "SX1302", [CHIP_SX1303] = "SX1303", NULL};
static const char *const com_types[] = {[COM_SPI] = "SPI", [COM_USB] = "USB", NULL};

static const struct member board_members[] = {
    {.key = "id",
	.number = BOARD_ID,
	.type = MEMBER_TEXT,
	.max = BOARD_ID_MAX,
	.required = true,
	AT(board, id)},
    {.key = "name",
	.number = BOARD_NAME,
	.type = MEMBER_TEXT,
	.max = 100,
	AT(board, name)},
    {.key = "base",
	.number = BOARD_BASE,
	.type = MEMBER_TEXT,
	.max = BOARD_ID_MAX,
	AT(board, base)},
    {.key = "chip",
	.number = BOARD_CHIP,
	.type = MEMBER_CHOICE,
	.names = chips,
	AT(board, chip)},
    {.key = "hal",
	.number = BOARD_HAL,
	.type = MEMBER_U8,
	.min = 1,
	.max = 2,
	AT(board, hal)},
    {.key = "com-type",
	.number = BOARD_COM_TYPE,
	.type = MEMBER_CHOICE,
	.names = com_types,
	AT(board, com_type)},
    {.key = "com-path",
	.number = BOARD_COM_PATH,
	.type = MEMBER_TEXT,
	.max = LIMIT_PATH,
	AT(board, com_path)},
    {.key = "clock-source",
	.number = BOARD_CLOCK_SOURCE,
	.type = MEMBER_U8,
	.max = 1,
	AT(board, clock_source)},
    {.key = "full-duplex",
	.number = BOARD_FULL_DUPLEX,
	.type = MEMBER_BOOL,
	AT(board, full_duplex)},
    {.key = "several-plans",
	.number = BOARD_SEVERAL_PLANS,
	.type = MEMBER_BOOL,
	AT(board, several_plans)},
    {.key = "fine-timestamp",
	.number = BOARD_FINE_TIMESTAMP,
	.type = MEMBER_OBJECT,
	.of = &fine_schema,
	AT(board, fine_timestamp)},
    {.key = "sx1261",
	.number = BOARD_SX1261,
	.type = MEMBER_OBJECT,
	.of = &sx1261_schema,
	AT(board, sx1261)},
    {.key = "gps-path",
	.number = BOARD_GPS_PATH,
	.type = MEMBER_TEXT,
	.max = LIMIT_PATH,
	AT(board, gps_path)},
    {.key = "insertion-loss",
	.number = BOARD_INSERTION_LOSS,
	DB,
	AT(board, insertion_loss)},
    {.key = "variants",
	.number = BOARD_VARIANTS,
	.type = MEMBER_LIST,
	.of = &variant_schema,
	.max = 20,
	AT(board, variants),
	COUNT_AT(board, variant_count)},
};
static const struct schema board_schema = SCHEMA("board", board, board_members);

static bool
is_board_id(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n >= 3 && id[n] == '\0';
}

int
board_load(struct arena *arena, struct span yaml, const char *file,
    struct findings *findings, struct board **out)
{
	void *made = NULL;
	int err = schema_load(&board_schema, arena, yaml, file, findings, &made);

	*out = made;
	if (err != E_OK)
		return err;
	if (made == NULL)
		finding_error(findings, "empty", (struct place){file, 1},
		    "there is no board in the file");
	else if (!is_board_id((*out)->id))
		finding_error(findings, "board-id", (*out)->part.at,
		    "an id has at least three of a-z, 0-9 and -");
	else
		return E_OK;
	return E_INVALID;
}

void
board_merge(const struct board *base, const struct board *own, struct board *out)
{
	schema_merge(&board_schema, base, own, out);
	out->base = NULL;
	out->part.has &= ~(1u << BOARD_BASE);
}

const struct board_variant *
board_variant(const struct board *board, const char *band_id)
{
	const struct board_variant *other = NULL;

	for (uint32_t i = 0; i < board->variant_count; i++) {
		const struct board_variant *v = &board->variants[i];

		if (v->band_count == 0 && other == NULL)
			other = v;
		for (uint32_t k = 0; k < v->band_count; k++)
			if (strcmp(v->bands[k], band_id) == 0)
				return v;
	}
	return other;
}

void
board_encode(const struct board *board, struct strbuf *out)
{
	schema_encode_record(&board_schema, board, out);
}

int
board_decode(struct arena *arena, struct span bytes, struct board **out)
{
	void *made = NULL;
	int err = schema_decode_record(&board_schema, arena, bytes, &made);

	*out = made;
	return err;
}
