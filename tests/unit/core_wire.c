// SPDX-License-Identifier: GPL-2.0
/* What packets take on the wire, worked out by hand, and who inherits what. */
#include "core_util.h"

#define WIRE(o, m, l)	((struct optq_wire){ .overhead = (o), .mpu = (m), \
					     .layer = OPTQ_WIRE_##l })

static void frames(void **state)
{
	/* Ethernet with preamble and gap: 38 bytes, 84 at least. */
	struct optq_wire w = WIRE(38, 84, NOATM);

	(void)state;
	assert_int_equal(optq_wire_len(&w, 1500), 1538);
	assert_int_equal(optq_wire_len(&w, 46), 84);
	assert_int_equal(optq_wire_len(&w, 20), 84);
	assert_int_equal(optq_wire_len(&w, 47), 85);
	/* More may be taken off than there is. */
	w = WIRE(-64, 0, NOATM);
	assert_int_equal(optq_wire_len(&w, 40), 0);
	assert_int_equal(optq_wire_len(&w, 65), 1);
	w = WIRE(256, 256, NOATM);
	assert_int_equal(optq_wire_len(&w, 0), 256);
}

static void cells(void **state)
{
	/* PPPoE over LLC/SNAP: 40 bytes, and all in cells. */
	struct optq_wire w = WIRE(40, 0, ATM);

	(void)state;
	assert_int_equal(optq_wire_len(&w, 8), 53);
	assert_int_equal(optq_wire_len(&w, 9), 106);
	/* 1540 bytes are 32.08 cells. */
	assert_int_equal(optq_wire_len(&w, 1500), 33 * 53);
	w = WIRE(30, 0, PTM);
	assert_int_equal(optq_wire_len(&w, 34), 65);
	assert_int_equal(optq_wire_len(&w, 35), 67);
	/* 1530 bytes in 24 words of 64. */
	assert_int_equal(optq_wire_len(&w, 1500), 1530 + 24);
}

/* As HTB and CAKE's raw have it: the same sum, on what the device counts. */
static void on_top_of_the_device(void **state)
{
	struct optq_wire w = WIRE(4, 64, RAW);

	(void)state;
	assert_true(optq_wire_on(&w) && optq_wire_raw(&w));
	assert_int_equal(optq_wire_len(&w, 1514), 1518);
	assert_int_equal(optq_wire_len(&w, 54), 64);
	w = WIRE(10, 0, RAW_ATM);
	assert_true(optq_wire_on(&w) && optq_wire_raw(&w));
	assert_int_equal(optq_wire_len(&w, 86), 2 * 53);
	assert_int_equal(optq_wire_len(&w, 87), 3 * 53);
	w = WIRE(0, 0, RAW_PTM);
	assert_true(optq_wire_on(&w) && optq_wire_raw(&w));
	assert_int_equal(optq_wire_len(&w, 128), 130);
	w = WIRE(0, 0, RAW);
	assert_false(optq_wire_on(&w));
	assert_int_equal(optq_wire_len(&w, 1514), 1514);
	w = WIRE(0, 0, PTM);
	assert_true(optq_wire_on(&w));
	assert_false(optq_wire_raw(&w));
	w = WIRE(0, 0, NOATM);
	assert_true(optq_wire_on(&w));
	assert_false(optq_wire_raw(&w));
}

static void every_segment_counts(void **state)
{
	struct optq_wire w = WIRE(40, 0, ATM);

	(void)state;
	/* 40 bytes of headers, 1448 of payload each: 1528 bytes are 32 cells. */
	assert_int_equal(optq_wire_super_len(&w, 40, 1448, 1448, 1), 32 * 53);
	assert_int_equal(optq_wire_super_len(&w, 40, 10 * 1448, 1448, 10),
			 320 * 53);
	/* The last has one byte: 81 with all, in two cells. */
	assert_int_equal(optq_wire_super_len(&w, 40, 10 * 1448 + 1, 1448, 11),
			 322 * 53);
	w = WIRE(38, 84, NOATM);
	assert_int_equal(optq_wire_super_len(&w, 28, 3000, 1, 3000), 3000 * 84);
	/* Long headers and short segments are more than 32 bits hold. */
	assert_int_equal(optq_wire_super_len(&w, 1 << 20, 1 << 20, 1, 1 << 20),
			 ~0U);
}

static void ranges(void **state)
{
	struct optq_class_conf conf = CONF(.rate = 1000);

	(void)state;
#define CHECK(fault, ...) do { \
		conf.wire = WIRE(__VA_ARGS__); \
		assert_int_equal(optq_conf_check(&conf), fault); \
	} while (0)
	CHECK(OPTQ_OK, 0, 0, UNSPEC);
	CHECK(OPTQ_OK, 0, 0, RAW);
	CHECK(OPTQ_OK, 1, 1, RAW);
	CHECK(OPTQ_OK, 256, 256, PTM);
	CHECK(OPTQ_OK, -64, 256, RAW_PTM);
	CHECK(OPTQ_OK, -64, 0, ATM);
	CHECK(OPTQ_FAULT_WIRE, 257, 0, NOATM);
	CHECK(OPTQ_FAULT_WIRE, -65, 0, NOATM);
	CHECK(OPTQ_FAULT_WIRE, 0, 257, NOATM);
	CHECK(OPTQ_FAULT_WIRE, 257, 0, RAW);
	CHECK(OPTQ_FAULT_WIRE, 1, 0, UNSPEC);
	CHECK(OPTQ_FAULT_WIRE, 0, 1, UNSPEC);
	conf.wire.layer = OPTQ_WIRE_RAW_PTM + 1;
	assert_int_equal(optq_conf_check(&conf), OPTQ_FAULT_WIRE);
}

static void classes_inherit(void **state)
{
	struct optq_class site, voice, bulk;
	struct optq_wire ptm = WIRE(30, 0, PTM), atm = WIRE(40, 0, ATM);
	struct optq_wire none = WIRE(0, 0, UNSPEC);
	struct world w;

	(void)state;
	world_init(&w, 16);
	world_add(&w, &site, &w.t.root, CONF(.rate = 10000));
	world_add(&w, &voice, &site, CONF(.rate = 5000));
	world_add(&w, &bulk, &site,
		  CONF(.rate = 5000, .wire = WIRE(0, 0, RAW)));
	assert_false(optq_wire_on(&voice.leaf.wire));
	optq_tree_set_wire(&w.t, &ptm);
	assert_true(optq_wire_same(&voice.leaf.wire, &ptm));
	assert_true(optq_wire_same(&w.t.direct.leaf.wire, &ptm));
	assert_int_equal(bulk.leaf.wire.layer, OPTQ_WIRE_UNSPEC);
	/* Another rate of the link leaves it as it is. */
	optq_tree_set_link(&w.t, 100000, 0, w.now);
	assert_true(optq_wire_same(&voice.leaf.wire, &ptm));
	optq_class_configure(&w.t, &site, &CONF(.rate = 10000, .wire = atm),
			     w.now);
	assert_true(optq_wire_same(&voice.leaf.wire, &atm));
	optq_class_detach(&w.t, &voice, w.now);
	optq_class_attach(&w.t, &voice, &w.t.root, w.now);
	assert_true(optq_wire_same(&voice.leaf.wire, &ptm));
	optq_tree_set_wire(&w.t, &none);
	assert_false(optq_wire_on(&voice.leaf.wire));
	world_verify(&w);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames),
		cmocka_unit_test(cells),
		cmocka_unit_test(on_top_of_the_device),
		cmocka_unit_test(every_segment_counts),
		cmocka_unit_test(ranges),
		cmocka_unit_test(classes_inherit),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
