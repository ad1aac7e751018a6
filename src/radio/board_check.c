#include "radio/band.h"
#include "radio/check.h"

static void
check_variant(
    const struct board *b, const struct board_variant *v, struct findings *findings)
{
	const char *type = v->chip_type;

	for (uint32_t i = 0; i < v->band_count; i++)
		if (band_find(v->bands[i]) == NULL)
			finding_error(findings, "band", v->part.at,
			    "there is no band %s", v->bands[i]);
	if (type != NULL && !check_chip_type(b->chip, type))
		finding_error(findings, "radio-type", v->part.at,
		    "%s does not work with radios of type %s", chip_name(b->chip),
		    type);
	if (type == NULL && b->chip != CHIP_SX1301)
		finding_error(
		    findings, "radio-type", v->part.at, "the variant has no chip-type");
	if (v->gain_count == 0)
		finding_error(findings, "gain-table", v->part.at,
		    "the variant has no gain-table");
	check_gains(v->gains, v->gain_count, b->chip, type, v->part.at, findings);
}

static void
check_interface(const struct board *b, struct findings *findings)
{
	if (b->chip == CHIP_SX1301)
		return;
	if (!part_has(&b->part, BOARD_HAL))
		finding_error(findings, "missing", b->part.at, "a board has no hal");
	if (b->com_path == NULL)
		finding_error(
		    findings, "missing", b->part.at, "a board has no com-path");
	if (!part_has(&b->part, BOARD_COM_TYPE))
		finding_error(
		    findings, "missing", b->part.at, "a board has no com-type");
	if (b->hal == 1 && b->com_type != COM_SPI)
		finding_error(
		    findings, "hal", b->part.at, "version 1 of the HAL knows SPI only");
	if (b->hal == 1 && b->sx1261 != NULL)
		finding_error(findings, "hal", b->sx1261->part.at,
		    "version 1 of the HAL knows no SX1261");
	if (b->fine_timestamp != NULL && b->chip != CHIP_SX1303)
		finding_error(findings, "fine-timestamp", b->fine_timestamp->part.at,
		    "only an SX1303 has fine timestamps");
}

bool
board_check(const struct board *board, struct findings *findings)
{
	size_t before = findings->errors;

	if (!part_has(&board->part, BOARD_CHIP))
		finding_error(
		    findings, "missing", board->part.at, "a board has no chip");
	if (board->variant_count == 0)
		finding_error(
		    findings, "missing", board->part.at, "a board has no variants");
	check_interface(board, findings);
	for (uint32_t i = 0; i < board->variant_count; i++)
		check_variant(board, &board->variants[i], findings);
	return findings->errors == before;
}
