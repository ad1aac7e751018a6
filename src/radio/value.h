/* YAML scalars as values. */
#ifndef GH_RADIO_VALUE_H
#define GH_RADIO_VALUE_H

#include "radio/tree.h"

/* Each is false when the node is no such value; quoted texts are never numbers. */

/* A decimal or 0x… number, `_` between digits allowed; 868.1e6 counts as whole too. */
bool value_whole(const struct node *n, double *out);
bool value_real(const struct node *n, double *out);
/* true/false, yes/no, on/off. */
bool value_bool(const struct node *n, bool *out);
/* A number of nanoseconds, or numbers with the units ns us µs ms s m h: "400ms". */
bool value_nano(const struct node *n, uint64_t *out);

#endif
