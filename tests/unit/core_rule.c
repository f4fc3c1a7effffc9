// SPDX-License-Identifier: GPL-2.0
/* Rules: every prefix length, ports, DSCP, mark, and what is not IP. */
#include "core_util.h"
#include "../../sch_optq/core/rule.h"

static struct optq_key key_of(u8 family, u64 *seed)
{
	struct optq_key k = { .family = family, .proto = 6, .dscp = 46,
			      .has_ports = true, .sport = 1000, .dport = 443,
			      .mark = 0x1234 };
	int i;

	for (i = 0; i < (family == 4 ? 4 : 16); i++) {
		k.src[i] = (u8)rnd(seed);
		k.dst[i] = (u8)rnd(seed);
	}
	return k;
}

/* A prefix matches exactly while no bit within it is flipped. */
static void prefixes(u8 family, u32 field)
{
	u32 bits = family == 4 ? 32 : 128, len, bit;
	u64 seed = family;

	for (len = 0; len <= bits; len++) {
		struct optq_key k = key_of(family, &seed);
		struct optq_rule r = { .fields = field | OPTQ_RULE_FAMILY,
				       .family = family };
		u8 *addr = field == OPTQ_RULE_SRC ? k.src : k.dst;

		r.src_len = field == OPTQ_RULE_SRC ? (u8)len : 0;
		r.dst_len = field == OPTQ_RULE_DST ? (u8)len : 0;
		memcpy(r.src, k.src, 16);
		memcpy(r.dst, k.dst, 16);
		assert_true(optq_rule_matches(&r, &k));
		for (bit = 0; bit < bits; bit++) {
			addr[bit / 8] ^= (u8)(0x80 >> bit % 8);
			assert_int_equal(optq_rule_matches(&r, &k), bit >= len);
			addr[bit / 8] ^= (u8)(0x80 >> bit % 8);
		}
	}
}

static void every_prefix(void **state)
{
	(void)state;
	prefixes(4, OPTQ_RULE_SRC);
	prefixes(4, OPTQ_RULE_DST);
	prefixes(6, OPTQ_RULE_SRC);
	prefixes(6, OPTQ_RULE_DST);
}

static void families_stay_apart(void **state)
{
	u64 seed = 3;
	struct optq_key k4 = key_of(4, &seed), k6 = key_of(6, &seed);
	struct optq_rule r = { .fields = OPTQ_RULE_FAMILY, .family = 4 };

	(void)state;
	assert_true(optq_rule_matches(&r, &k4));
	assert_false(optq_rule_matches(&r, &k6));
	r.family = 6;
	assert_false(optq_rule_matches(&r, &k4));
	assert_true(optq_rule_matches(&r, &k6));
}

static void port_ranges(void **state)
{
	u64 seed = 4;
	struct optq_key k = key_of(6, &seed);
	struct optq_rule r = { .fields = OPTQ_RULE_SPORT, .sport_min = 1000,
			       .sport_max = 2000 };
	u32 p;

	(void)state;
	for (p = 0; p < 65536; p++) {
		k.sport = (u16)p;
		assert_int_equal(optq_rule_matches(&r, &k),
				 p >= 1000 && p <= 2000);
	}
	r.fields = OPTQ_RULE_DPORT;
	r.dport_min = 65535;
	r.dport_max = 65535;
	for (p = 0; p < 65536; p++) {
		k.dport = (u16)p;
		assert_int_equal(optq_rule_matches(&r, &k), p == 65535);
	}
	r.dport_min = 0;
	assert_true(optq_rule_matches(&r, &k));
	/* A fragment has none, whatever stands where they would be. */
	k.has_ports = false;
	assert_false(optq_rule_matches(&r, &k));
}

static void marks_and_masks(void **state)
{
	u64 seed = 5;
	struct optq_key k = key_of(4, &seed), other = { .mark = 0x1200 };
	struct optq_rule r = { .fields = OPTQ_RULE_MARK, .mark = 0x1200,
			       .mark_mask = 0xff00 };

	(void)state;
	assert_true(optq_rule_matches(&r, &k));
	/* A mark alone is asked of any packet, IP or not. */
	assert_true(optq_rule_matches(&r, &other));
	r.mark_mask = ~0U;
	assert_false(optq_rule_matches(&r, &k));
	assert_true(optq_rule_matches(&r, &other));
	r.fields |= OPTQ_RULE_DSCP;
	assert_false(optq_rule_matches(&r, &other));
}

static void all_must_match(void **state)
{
	u64 seed = 6;
	struct optq_key k = key_of(4, &seed);
	struct optq_rule r = { .fields = OPTQ_RULE_PROTO | OPTQ_RULE_DSCP |
					 OPTQ_RULE_DPORT | OPTQ_RULE_MARK,
			       .proto = 6, .dscp = 46, .dport_min = 443,
			       .dport_max = 443, .mark = 0x1234,
			       .mark_mask = ~0U };
	struct optq_rule any = { 0 };
	struct optq_key not_ip = { 0 };

	(void)state;
	assert_true(optq_rule_matches(&r, &k));
	k.dscp = 0;
	assert_false(optq_rule_matches(&r, &k));
	k.dscp = 46;
	k.proto = 17;
	assert_false(optq_rule_matches(&r, &k));
	k.proto = 6;
	k.dport = 80;
	assert_false(optq_rule_matches(&r, &k));
	k.dport = 443;
	k.mark = 0;
	assert_false(optq_rule_matches(&r, &k));
	assert_true(optq_rule_matches(&any, &not_ip));
	/* DSCP 0 is a value to ask for; what is not IP has none. */
	r.fields = OPTQ_RULE_DSCP;
	r.dscp = 0;
	assert_false(optq_rule_matches(&r, &not_ip));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(families_stay_apart),
		cmocka_unit_test(port_ranges),
		cmocka_unit_test(marks_and_masks),
		cmocka_unit_test(all_must_match),
	};

	return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
