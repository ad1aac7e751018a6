#include "registry/board.h"

#include "registry/checks.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct board_record, member)

static const struct field fields[] = {
    {BOARD_RECORD_ID, "board_id", FIELD_TEXT, FIELD_UNIQUE | FIELD_READONLY,
	AT(board_id), 36, .check = check_id,
	.help = "as gateways name it, e.g. rak2287-spi"},
    {2, "name", FIELD_TEXT, FIELD_READONLY, AT(name), 200, .check = check_line},
    {3, "chip", FIELD_TEXT, FIELD_READONLY, AT(chip), 16, .check = check_line},
    {4, "bands", FIELD_LIST, FIELD_READONLY, AT(bands), 200, 31, .check = check_lines},
    {5, "encoded", FIELD_BYTES, FIELD_INTERNAL, AT(encoded), 65536},
    {6, "source", FIELD_ENUM, FIELD_READONLY, AT(source), .words = record_sources},
    {7, "origin", FIELD_TEXT, FIELD_READONLY, AT(origin), 1024, .check = check_line},
    {8, "warnings", FIELD_LIST, FIELD_READONLY, AT(warnings), 100, 1000},
    {9, "created_at", FIELD_TIME, FIELD_READONLY, AT(created_at)},
    {10, "updated_at", FIELD_TIME, FIELD_READONLY, AT(updated_at)},
    {0},
};

static int
check_board(const void *record, struct fault *fault)
{
	const struct board_record *b = record;

	if (b->board_id[0] == '\0')
		return fault_set(fault, E_INVALID, "board_id", "is required");
	if (b->encoded.len == 0)
		return fault_set(
		    fault, E_INVALID, "encoded", "there is no board in it");
	return E_OK;
}

const struct record_kind board_kind = {.name = "concentrator",
    .table = TABLE_BOARD,
    .size = sizeof(struct board_record),
    .fields = fields,
    .unknown = offsetof(struct board_record, unknown),
    .check = check_board};
