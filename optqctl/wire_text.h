/* SPDX-License-Identifier: GPL-2.0 */
/* What of a packet is counted, in words: policy and views share them. */
#ifndef OPTQCTL_WIRE_TEXT_H
#define OPTQCTL_WIRE_TEXT_H

#include "core/wire.h"

/* The word for one of OPTQ_WIRE_*, or NULL: not given, or of a newer kernel. */
const char *wire_layer_name(uint8_t layer);
/* The layer of that name, or OPTQ_WIRE_UNSPEC. */
uint8_t wire_layer_find(const char *name);
/* "raw", "overhead 30 ptm", "overhead 38 mpu 84 noatm"; to be freed. */
char *wire_text(const struct optq_wire *wire);

#endif
