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

static const char *const layer_names[] = {
	[OPTQ_WIRE_RAW] = "raw", [OPTQ_WIRE_NOATM] = "noatm",
	[OPTQ_WIRE_ATM] = "atm", [OPTQ_WIRE_PTM] = "ptm",
	[OPTQ_WIRE_RAW_ATM] = "raw-atm", [OPTQ_WIRE_RAW_PTM] = "raw-ptm",
};

const char *link_layer_name(__u64 layer)
{
	if (layer < sizeof(layer_names) / sizeof(layer_names[0]) &&
	    layer_names[layer])
		return layer_names[layer];
	return "unknown";
}

void link_layer_help(void)
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
				ll->mpu, link_layer_name(ll->layer));
		else
			fprintf(stderr, "overhead %d %s\n", ll->overhead,
				link_layer_name(ll->layer));
	}
}

static int one_layer(const char *word, const char *before)
{
	fprintf(stderr, "optq: %s after %s: give one link layer\n", word, before);
	return -1;
}

/* In CAKE it takes back the bytes that were said before it, which nobody means. */
static int set_raw(struct wire *w)
{
	const char *before = w->cells ? w->word : w->overhead ? "overhead" : NULL;

	if (before) {
		fprintf(stderr, "optq: raw after %s: give raw first\n", before);
		return -1;
	}
	w->raw = true;
	return 0;
}

/* `ethernet noatm` is said often; what contradicts itself is a mistake. */
int wire_set_layer(struct wire *w, const char *word, __u8 layer)
{
	if (w->htb || (w->cells && layer > OPTQ_WIRE_RAW && w->cells != layer))
		return one_layer(word, w->word);
	if (layer == OPTQ_WIRE_RAW && set_raw(w))
		return -1;
	if (layer == OPTQ_WIRE_UNSPEC)
		w->inherit = true;
	else if (layer != OPTQ_WIRE_RAW)
		w->cells = layer;
	w->cake = true;
	w->word = word;
	return 0;
}

int wire_set_named(struct wire *w, const struct link_layer *ll)
{
	if (w->htb || (w->name && ll->layer))
		return one_layer(ll->name, w->htb ? w->word : w->name);
	if (ll->layer) {
		if (wire_set_layer(w, ll->name, ll->layer))
			return -1;
		w->name = ll->name;
	}
	w->cake = true;
	w->figures = true;
	w->from_ip = true;
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

int wire_set_htb(struct wire *w, const char *type)
{
	if (w->cake)
		return one_layer("linklayer", w->word ?: "ether-vlan");
	w->htb = true;
	w->word = "linklayer";
	w->cells = strcmp(type, "ethernet") ? OPTQ_WIRE_ATM : OPTQ_WIRE_NOATM;
	return 0;
}

int wire_check(const struct wire *w)
{
	if (!w->inherit || !(w->figures || w->raw || w->cells))
		return 0;
	fprintf(stderr, "optq: inherit is the parent's link layer: leave out the other words for one\n");
	return -1;
}

bool wire_given(const struct wire *w)
{
	return w->figures || w->cake || w->htb;
}

__u8 wire_layer(const struct wire *w, bool htb)
{
	if (w->inherit)
		return OPTQ_WIRE_UNSPEC;
	if (w->from_ip && !w->raw && !w->htb && (w->cake || !htb))
		return w->cells ?: OPTQ_WIRE_NOATM;
	if (w->cells == OPTQ_WIRE_ATM)
		return OPTQ_WIRE_RAW_ATM;
	return w->cells == OPTQ_WIRE_PTM ? OPTQ_WIRE_RAW_PTM : OPTQ_WIRE_RAW;
}
