// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "wire_text.h"

static const char *const layers[] = {
	[OPTQ_WIRE_RAW] = "raw", [OPTQ_WIRE_NOATM] = "noatm",
	[OPTQ_WIRE_ATM] = "atm", [OPTQ_WIRE_PTM] = "ptm",
	[OPTQ_WIRE_RAW_ATM] = "raw-atm", [OPTQ_WIRE_RAW_PTM] = "raw-ptm",
};

#define N_LAYERS	(sizeof(layers) / sizeof(*layers))

const char *wire_layer_name(uint8_t layer)
{
	return layer < N_LAYERS ? layers[layer] : NULL;
}

uint8_t wire_layer_find(const char *name)
{
	uint8_t i;

	for (i = OPTQ_WIRE_RAW; i < N_LAYERS; i++)
		if (!strcmp(layers[i], name))
			return i;
	return OPTQ_WIRE_UNSPEC;
}

/*
 * Figures rather than the names that a policy may use: some of those mean the
 * same, and which one was written is not known.
 */
char *wire_text(const struct optq_wire *wire)
{
	const char *layer = wire_layer_name(wire->layer);
	char *overhead = wire->overhead ?
		mem_printf("overhead %d ", wire->overhead) : NULL;
	char *mpu = wire->mpu ? mem_printf("mpu %u ", wire->mpu) : NULL;
	char *text = mem_printf("%s%s%s", overhead ? overhead : "",
				mpu ? mpu : "", layer ? layer : "unknown");

	free(overhead);
	free(mpu);
	return text;
}
