// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/optq.h>

#include "link_layer.h"

/* The names and figures of tc-cake(8). */
static const struct link_layer link_layers[] = {
	/* more than any line below needs */
	{ .name = "conservative", .layer = OPTQ_WIRE_ATM, .overhead = 48,
	  .whole = true },

	/* ADSL */
	{ .name = "ipoa-vcmux", .layer = OPTQ_WIRE_ATM, .overhead = 8 },
	{ .name = "ipoa-llcsnap", .layer = OPTQ_WIRE_ATM, .overhead = 16 },
	{ .name = "bridged-vcmux", .layer = OPTQ_WIRE_ATM, .overhead = 24 },
	{ .name = "bridged-llcsnap", .layer = OPTQ_WIRE_ATM, .overhead = 32 },
	{ .name = "pppoa-vcmux", .layer = OPTQ_WIRE_ATM, .overhead = 10 },
	{ .name = "pppoa-llc", .layer = OPTQ_WIRE_ATM, .overhead = 14 },
	{ .name = "pppoe-vcmux", .layer = OPTQ_WIRE_ATM, .overhead = 32 },
	{ .name = "pppoe-llcsnap", .layer = OPTQ_WIRE_ATM, .overhead = 40 },

	/* VDSL2: the frame with its check sequence, and four bytes of PTM */
	{ .name = "pppoe-ptm", .layer = OPTQ_WIRE_PTM, .overhead = 30 },
	{ .name = "bridged-ptm", .layer = OPTQ_WIRE_PTM, .overhead = 22 },

	/* with preamble and gap between frames */
	{ .name = "ethernet", .layer = OPTQ_WIRE_NOATM, .overhead = 38,
	  .mpu = 84 },
	/* without: a cable modem's shaper does not count them */
	{ .name = "docsis", .layer = OPTQ_WIRE_NOATM, .overhead = 18,
	  .mpu = 64 },

	{ .name = "ether-vlan", .overhead = 4 },
};

#define LINK_LAYERS	(sizeof(link_layers) / sizeof(link_layers[0]))

const struct link_layer *link_layer_find(const char *word)
{
	size_t i;

	for (i = 0; i < LINK_LAYERS; i++)
		if (!strcmp(link_layers[i].name, word))
			return &link_layers[i];
	return NULL;
}

static const char *layer_name(const struct keyword_set *set, __u8 layer)
{
	unsigned int i;

	for (i = 0; i < set->len; i++)
		if (set->table[i].kind == KW_LAYER &&
		    set->table[i].flag == layer)
			return set->table[i].name;
	return "";
}

void link_layer_help(const struct keyword_set *set)
{
	const struct link_layer *ll;

	fprintf(stderr, "\nLINK-LAYER is one of\n");
	for (ll = link_layers; ll < link_layers + LINK_LAYERS; ll++) {
		fprintf(stderr, " %-16s", ll->name);
		if (!ll->layer)
			fprintf(stderr, "%d more bytes of overhead; may be repeated\n",
				ll->overhead);
		else if (ll->mpu)
			fprintf(stderr, "overhead %d mpu %u %s\n", ll->overhead,
				ll->mpu, layer_name(set, ll->layer));
		else
			fprintf(stderr, "overhead %d %s\n", ll->overhead,
				layer_name(set, ll->layer));
	}
}

/* `ethernet noatm` is said often; what contradicts itself is a mistake. */
int wire_set_layer(struct wire *w, const char *word, __u8 layer)
{
	if (w->layer && w->layer != layer) {
		fprintf(stderr, "optq: %s after %s: give one link layer\n",
			word, w->word);
		return -1;
	}
	w->given = true;
	w->layer = layer;
	w->word = word;
	return 0;
}

int wire_set_named(struct wire *w, const struct link_layer *ll)
{
	if (ll->layer) {
		if (w->name) {
			fprintf(stderr, "optq: %s after %s: give one link layer\n",
				ll->name, w->name);
			return -1;
		}
		if (wire_set_layer(w, ll->name, ll->layer))
			return -1;
		w->name = ll->name;
	}
	w->given = true;
	w->named = true;
	w->overhead = ll->overhead + (ll->whole ? 0 : w->overhead);
	if (ll->mpu)
		w->mpu = ll->mpu;
	if (w->overhead <= OPTQ_OVERHEAD_MAX)
		return 0;
	fprintf(stderr, "optq: %s makes overhead %lld: expected a number from %d to %d\n",
		ll->name, (long long)w->overhead, OPTQ_OVERHEAD_MIN,
		OPTQ_OVERHEAD_MAX);
	return -1;
}

int wire_check(const struct wire *w)
{
	if (w->layer != OPTQ_WIRE_RAW || (!w->overhead && !w->mpu))
		return 0;
	fprintf(stderr, "optq: %s %lld with raw: raw is the device's length, with nothing on top\n",
		w->overhead ? "overhead" : "mpu",
		w->overhead ? (long long)w->overhead : (long long)w->mpu);
	return -1;
}
