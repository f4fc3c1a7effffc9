// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_keys.h"
#include "policy_wire.h"
#include "suggest.h"
#include "units.h"
#include "wire_text.h"

/* What follows "layer", which takes no more than these. */
#define LAYERS_NEEDED	"noatm, atm, ptm, raw, raw-atm or raw-ptm"

/* As tc-cake(8) has them, whose figures people know: overhead, mpu, layer. */
static const struct { const char *name; struct optq_wire wire; } names[] = {
	{ "raw", { .layer = OPTQ_WIRE_RAW } },
	{ "conservative", { 48, 0, OPTQ_WIRE_ATM } },
	{ "ipoa-vcmux", { 8, 0, OPTQ_WIRE_ATM } },
	{ "ipoa-llcsnap", { 16, 0, OPTQ_WIRE_ATM } },
	{ "bridged-vcmux", { 24, 0, OPTQ_WIRE_ATM } },
	{ "bridged-llcsnap", { 32, 0, OPTQ_WIRE_ATM } },
	{ "pppoa-vcmux", { 10, 0, OPTQ_WIRE_ATM } },
	{ "pppoa-llc", { 14, 0, OPTQ_WIRE_ATM } },
	{ "pppoe-vcmux", { 32, 0, OPTQ_WIRE_ATM } },
	{ "pppoe-llcsnap", { 40, 0, OPTQ_WIRE_ATM } },
	{ "pppoe-ptm", { 30, 0, OPTQ_WIRE_PTM } },
	{ "bridged-ptm", { 22, 0, OPTQ_WIRE_PTM } },
	{ "ethernet", { 38, 84, OPTQ_WIRE_NOATM } },
	{ "docsis", { 18, 64, OPTQ_WIRE_NOATM } },
	{ "ether-vlan", { 4, 0, OPTQ_WIRE_NOATM } },
};

#define N_NAMES	(sizeof(names) / sizeof(*names))

static const struct key wire_keys[] = {
	{ "layer", KEY_OTHER }, { "overhead", KEY_OTHER }, { "mpu", KEY_OTHER },
	{ NULL }
};

const struct optq_wire *wire_find_name(const char *text)
{
	size_t i;

	for (i = 0; i < N_NAMES; i++)
		if (!strcmp(names[i].name, text))
			return &names[i].wire;
	return NULL;
}

static char *list_names(void)
{
	char *list = mem_strndup("", 0), *longer;
	size_t i;

	for (i = 0; i < N_NAMES; i++) {
		longer = mem_printf("%s %s", list, names[i].name);
		free(list);
		list = longer;
	}
	return list;
}

static void unknown_name(const struct ynode *value, const char *name,
			 struct diags *d)
{
	struct suggestion near;
	char *list;
	size_t i;

	suggest_begin(&near, name);
	for (i = 0; i < N_NAMES; i++)
		suggest_offer(&near, names[i].name);
	if (wire_layer_find(name)) {
		diag_error(d, value->at, "wire: \"%s\" is a layer only: write it with the line's overhead, as in \"{ layer: %s, overhead: 22 }\"",
			   name, name);
	} else if (isdigit((unsigned char)name[*name == '-'])) {
		diag_error(d, value->at, "wire: what is %s? write for example \"{ overhead: %s }\"",
			   name, name);
	} else if (suggest_end(&near)) {
		diag_error(d, value->at, "wire: unknown name \"%s\": did you mean \"%s\"?",
			   name, suggest_end(&near));
	} else {
		list = list_names();
		diag_error(d, value->at, "wire: unknown name \"%s\": there are%s, or write for example \"{ layer: ptm, overhead: 22 }\"",
			   name, list);
		free(list);
	}
}

/* What stands behind a name: tags, each of which the line sends as well. */
static bool add_tags(const struct ynode *value, char *tags,
		     struct optq_wire *wire, struct diags *d)
{
	const char *tag = "ether-vlan";
	char *word, *save = NULL;

	for (word = strtok_r(tags, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		if (strcmp(word, tag)) {
			diag_error(d, value->at, "wire: \"%s\" behind another name: only \"%s\" can be",
				   word, tag);
			return false;
		}
		wire->overhead = (int16_t)(wire->overhead +
					   wire_find_name(tag)->overhead);
		if (wire->overhead > OPTQ_OVERHEAD_MAX) {
			diag_error(d, value->at, "wire: overhead out of range: %d to %d bytes is possible",
				   OPTQ_OVERHEAD_MIN, OPTQ_OVERHEAD_MAX);
			return false;
		}
	}
	return true;
}

static bool read_name(const struct ynode *value, struct optq_wire *wire,
		      struct diags *d)
{
	const char *text = scalar_text(value, "wire", "a name such as pppoe-ptm, or { layer: ptm, overhead: 22 },",
				       d);
	const struct optq_wire *found;
	struct optq_wire read;
	bool good = false;
	char *name;
	size_t n;

	if (!text)
		return false;
	n = strcspn(text, " ");
	name = mem_strndup(text, strlen(text));
	name[n] = '\0';
	found = wire_find_name(name);
	if (!found) {
		unknown_name(value, name, d);
	} else {
		read = *found;
		good = add_tags(value, text[n] ? name + n + 1 : name + n, &read,
				d);
	}
	free(name);
	if (good)
		*wire = read;
	return good;
}

static void unknown_layer(const struct ynode *value, struct diags *d)
{
	struct suggestion near;
	uint8_t i;

	suggest_begin(&near, value->text);
	for (i = OPTQ_WIRE_RAW; i <= OPTQ_WIRE_RAW_PTM; i++)
		suggest_offer(&near, wire_layer_name(i));
	if (wire_find_name(value->text))
		diag_error(d, value->at, "layer: \"%s\" says overhead and mpu too: write \"wire: %s\"",
			   value->text, value->text);
	else if (suggest_end(&near))
		diag_error(d, value->at, "layer: unknown layer \"%s\": did you mean \"%s\"?",
			   value->text, suggest_end(&near));
	else
		diag_error(d, value->at, "layer: unknown layer \"%s\": " LAYERS_NEEDED " is possible",
			   value->text);
}

static uint8_t read_layer(const struct ynode *value, struct diags *d)
{
	const char *text = scalar_text(value, "layer", LAYERS_NEEDED, d);
	uint8_t layer = text ? wire_layer_find(text) : OPTQ_WIRE_UNSPEC;

	if (text && !layer)
		unknown_layer(value, d);
	return layer;
}

/* 0 when the key is not there, or wrong. */
static int read_bytes(const struct ynode *map, const char *key, int min,
		      int max, struct diags *d)
{
	const struct ynode *value = map_find(map, key);
	const char *text;
	int64_t bytes;
	uint64_t number;
	char *why;

	text = value ? scalar_text(value, key, "a number of bytes", d) : NULL;
	if (!text)
		return 0;
	/* The one sign in the language: what is below 0 is out of range or not. */
	why = parse_number(text + (*text == '-'), &number);
	bytes = why ? 0 : (int64_t)number;
	if (*text == '-')
		bytes = -bytes;
	if (why) {
		diag_error(d, value->at, "%s: a whole number of bytes is needed",
			   key);
		free(why);
	} else if (bytes < min || bytes > max) {
		diag_error(d, value->at, "%s: out of range: %d to %d bytes is possible",
			   key, min, max);
		bytes = 0;
	}
	return (int)bytes;
}

static bool read_map(const struct ynode *map, struct optq_wire *wire,
		     struct diags *d)
{
	const struct ynode *layer = map_find(map, "layer");
	struct optq_wire read = { .layer = OPTQ_WIRE_NOATM };
	size_t errors = d->errors, i;

	if (!map->n)
		diag_error(d, map->at, "wire: an empty map says nothing: give an overhead, or leave the key out");
	for (i = 0; i < map->n; i++)
		find_key(wire_keys, map->keys[i], "wire", d);
	if (layer)
		read.layer = read_layer(layer, d);
	read.overhead = (int16_t)read_bytes(map, "overhead", OPTQ_OVERHEAD_MIN,
					    OPTQ_OVERHEAD_MAX, d);
	read.mpu = (uint16_t)read_bytes(map, "mpu", 0, OPTQ_MPU_MAX, d);
	if (d->errors != errors)
		return false;
	*wire = read;
	return true;
}

bool read_wire(const struct ynode *value, struct optq_wire *wire,
	       struct diags *d)
{
	return value->kind == YNODE_MAP ? read_map(value, wire, d) :
					  read_name(value, wire, d);
}
