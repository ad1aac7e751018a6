/* The 64-bit identifier of a gateway (EUI-64), in all the ways people and gateways write
 * it. Held as a number whose highest byte is the first one written. */
#ifndef GH_BASE_EUI_H
#define GH_BASE_EUI_H

#include "base/span.h"

#define EUI_TEXT 17 /* 16 digits and a NUL */
#define EUI_ID6 20  /* "ffff:ffff:ffff:ffff" and a NUL */

/*
 * Reads 16 hex digits plain or as eight pairs with `-` or `:` between, and ID6 (four
 * groups of up to four digits with `:`, one `::` for zero groups, as the station writes).
 * Either case. False for everything else; EUI 0 is well-formed here, whoever may not
 * take it refuses it.
 */
bool eui_parse(struct span text, uint64_t *eui);

/* As Gatehouse shows it: 16 upper-case digits. */
void eui_format(uint64_t eui, char out[EUI_TEXT]);

/* 16 lower-case digits, as in the names of gateways that registered themselves. */
void eui_format_lower(uint64_t eui, char out[EUI_TEXT]);

/* As the LoRa Basics Station writes it. */
void eui_format_id6(uint64_t eui, char out[EUI_ID6]);

#endif
