// SPDX-License-Identifier: GPL-2.0
/* The key "wire" of a policy: names, maps, and what is wrong with either. */
#include "ctl_help.h"
#include "mem.h"

/* A link and a leaf of it that both say "wire: @value". */
static void assert_wire(const char *value, int overhead, int mpu, int layer)
{
	char *text = mem_printf("optq: 1\nlinks:\n  w:\n    egress:\n      wire: %s\n"
				"      default: a\n      classes:\n        a: {wire: %s}\n        b: {match: tcp}\n",
				value, value);
	const struct optq_wire wire = {
		.overhead = (int16_t)overhead, .mpu = (uint16_t)mpu,
		.layer = (uint8_t)layer,
	};
	struct reading r;
	struct link *link;

	read_text(&r, text);
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	link = &r.policy.links[0];
	assert_true(optq_wire_valid(&wire));
	if (!optq_wire_same(&link->wire, &wire) ||
	    !optq_wire_same(&link->classes[0].wire, &wire))
		fail_msg("%s: overhead %d, mpu %u, layer %u", value,
			 link->wire.overhead, link->wire.mpu, link->wire.layer);
	assert_int_equal(link->classes[1].wire.layer, OPTQ_WIRE_UNSPEC);
	reading_free(&r);
	free(text);
}

/* The figures of tc-cake(8). */
static void names_stand_for_figures(void **state)
{
	(void)state;
	assert_wire("raw", 0, 0, OPTQ_WIRE_RAW);
	assert_wire("conservative", 48, 0, OPTQ_WIRE_ATM);
	assert_wire("ipoa-vcmux", 8, 0, OPTQ_WIRE_ATM);
	assert_wire("ipoa-llcsnap", 16, 0, OPTQ_WIRE_ATM);
	assert_wire("bridged-vcmux", 24, 0, OPTQ_WIRE_ATM);
	assert_wire("bridged-llcsnap", 32, 0, OPTQ_WIRE_ATM);
	assert_wire("pppoa-vcmux", 10, 0, OPTQ_WIRE_ATM);
	assert_wire("pppoa-llc", 14, 0, OPTQ_WIRE_ATM);
	assert_wire("pppoe-vcmux", 32, 0, OPTQ_WIRE_ATM);
	assert_wire("pppoe-llcsnap", 40, 0, OPTQ_WIRE_ATM);
	assert_wire("pppoe-ptm", 30, 0, OPTQ_WIRE_PTM);
	assert_wire("bridged-ptm", 22, 0, OPTQ_WIRE_PTM);
	assert_wire("ethernet", 38, 84, OPTQ_WIRE_NOATM);
	assert_wire("ethernet ether-vlan", 42, 84, OPTQ_WIRE_NOATM);
	assert_wire("pppoe-ptm ether-vlan ether-vlan", 38, 0, OPTQ_WIRE_PTM);
	assert_wire("conservative ether-vlan", 52, 0, OPTQ_WIRE_ATM);
	assert_wire("raw ether-vlan", 4, 0, OPTQ_WIRE_RAW);
	assert_wire("ether-vlan", 4, 0, OPTQ_WIRE_NOATM);
	assert_wire("ether-vlan  ether-vlan", 8, 0, OPTQ_WIRE_NOATM);
	assert_wire("docsis", 18, 64, OPTQ_WIRE_NOATM);
	assert_wire("\"pppoe-ptm\"", 30, 0, OPTQ_WIRE_PTM);
}

static void maps_give_figures(void **state)
{
	(void)state;
	assert_wire("{layer: ptm, overhead: 22, mpu: 68}", 22, 68, OPTQ_WIRE_PTM);
	assert_wire("{mpu: 256, overhead: 256}", 256, 256, OPTQ_WIRE_NOATM);
	assert_wire("{overhead: -64, layer: atm}", -64, 0, OPTQ_WIRE_ATM);
	assert_wire("{layer: atm}", 0, 0, OPTQ_WIRE_ATM);
	assert_wire("{layer: noatm, overhead: 0, mpu: 0}", 0, 0, OPTQ_WIRE_NOATM);
	assert_wire("{layer: raw}", 0, 0, OPTQ_WIRE_RAW);
	assert_wire("{layer: raw, overhead: 4, mpu: 64}", 4, 64, OPTQ_WIRE_RAW);
	assert_wire("{layer: raw-atm, overhead: -2}", -2, 0, OPTQ_WIRE_RAW_ATM);
	assert_wire("{layer: raw-ptm}", 0, 0, OPTQ_WIRE_RAW_PTM);
}

static void without_it_nothing_is_given(void **state)
{
	struct reading r;

	(void)state;
	read_classes_text(&r, "a", "        a:\n");
	assert_good(&r);
	assert_int_equal(r.policy.links[0].wire.layer, OPTQ_WIRE_UNSPEC);
	assert_int_equal(r.policy.links[0].classes[0].wire.layer,
			 OPTQ_WIRE_UNSPEC);
	reading_free(&r);
}

/* Of an inner class; the value begins in column 19. */
static void wrong_wire(const char *value, size_t column, const char *why)
{
	char *text = mem_printf("        a: {wire: %s, classes: {b: }}\n", value);

	wrong("a/b", text, 8, column, why);
	free(text);
}

static void wrong_names_are_told(void **state)
{
	(void)state;
	wrong_wire("pppoe-ptn", 19, "wire: unknown name \"pppoe-ptn\": did you mean \"pppoe-ptm\"?");
	wrong_wire("Ethernet", 19, "did you mean \"ethernet\"?");
	wrong_wire("ethernet-vlan", 19, "wire: unknown name \"ethernet-vlan\": did you mean \"ether-vlan\"?");
	wrong_wire("ethernet vlan", 19, "wire: \"vlan\" behind another name: only \"ether-vlan\" can be");
	wrong_wire("pppoe-ptm ethernet", 19, "wire: \"ethernet\" behind another name");
	wrong_wire("fibre ether-vlan", 19, "wire: unknown name \"fibre\": there are");
	wrong_wire("fibre", 19, "wire: unknown name \"fibre\": there are raw conservative ipoa-vcmux");
	wrong_wire("atm", 19, "wire: \"atm\" is a layer only: write it with the line's overhead, as in \"{ layer: atm, overhead: 22 }\"");
	wrong_wire("38", 19, "wire: what is 38? write for example \"{ overhead: 38 }\"");
	wrong_wire("-4", 19, "wire: what is -4? write");
	wrong_wire("\"\"", 19, "wire: unknown name \"\": there are raw");
	wrong_wire("", 17, "wire: no value: a name such as pppoe-ptm, or { layer: ptm, overhead: 22 }, is needed");
	wrong_wire("[ethernet]", 19, "wire: a list: a name such as");
}

static void wrong_maps_are_told(void **state)
{
	(void)state;
	wrong_wire("{}", 19, "wire: an empty map says nothing");
	wrong_wire("{overhed: 5}", 20, "unknown key \"overhed\": did you mean \"overhead\"?");
	wrong_wire("{linklayer: atm}", 20, "unknown key \"linklayer\": did you mean \"layer\"?");
	wrong_wire("{cells: 48}", 20, "unknown key \"cells\": wire takes layer overhead mpu");
	wrong_wire("{layer: atn}", 27, "layer: unknown layer \"atn\": did you mean \"atm\"?");
	wrong_wire("{layer: adsl}", 27, "layer: unknown layer \"adsl\": noatm, atm, ptm, raw, raw-atm or raw-ptm is possible");
	wrong_wire("{layer: docsis}", 27, "layer: \"docsis\" says overhead and mpu too: write \"wire: docsis\"");
	wrong_wire("{layer: [atm]}", 27, "layer: a list: noatm, atm, ptm, raw, raw-atm or raw-ptm is needed");
	wrong_wire("{overhead: 257}", 30, "overhead: out of range: -64 to 256 bytes is possible");
	wrong_wire("{overhead: -65}", 30, "overhead: out of range");
	wrong_wire("{mpu: 257}", 25, "mpu: out of range: 0 to 256 bytes is possible");
	wrong_wire("{mpu: -1}", 25, "mpu: out of range");
	wrong_wire("{overhead: 4294967318}", 30, "overhead: out of range");
	wrong_wire("{overhead: --5}", 30, "overhead: a whole number of bytes is needed");
	wrong_wire("{overhead: 22b}", 30, "overhead: a whole number of bytes is needed");
	wrong_wire("{overhead: 2.5}", 30, "overhead: a whole number of bytes is needed");
	wrong_wire("{overhead: {a: 1}}", 30, "overhead: a map: a number of bytes is needed");
	wrong_wire("{layer: raw, overhead: 257}", 42, "overhead: out of range: -64 to 256 bytes is possible");
	wrong_wire("{layer: plain}", 27, "layer: unknown layer \"plain\"");
	wrong("a", "        a: {overhead: 5}\n", 8, 13,
	      "unknown key \"overhead\": did you mean \"wire\"?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stand_for_figures),
		cmocka_unit_test(maps_give_figures),
		cmocka_unit_test(without_it_nothing_is_given),
		cmocka_unit_test(wrong_names_are_told),
		cmocka_unit_test(wrong_maps_are_told),
	};

	return cmocka_run_group_tests_name("ctl_wire", tests, NULL, NULL);
}
