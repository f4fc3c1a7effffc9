// SPDX-License-Identifier: GPL-2.0
/*
 * Meters: vectors worked out by hand from the RFCs, to the byte; the RFCs' own
 * wording, token by token; and exact arithmetic without bounds at any rate and time.
 */
#include "core_util.h"
#include "../../sch_optq/core/meter.h"
#include "../../sch_optq/uapi/linux/optq.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

#define G	OPTQ_GREEN
#define Y	OPTQ_YELLOW
#define R	OPTQ_RED

static enum optq_colour mark(struct optq_meter *m,
			     const struct optq_meter_rates *r, u32 len,
			     enum optq_colour in, u64 now)
{
	enum optq_colour out;

	optq_meter_refill(m, r, now);
	out = optq_meter_judge(m, r, len, in);
	optq_meter_spend(m, r, len, out);
	return out;
}

static struct optq_meter meter(struct optq_meter_rates *r,
			       struct optq_meter_conf conf, u64 now)
{
	struct optq_meter m;

	assert_int_equal(optq_meter_check(&conf), OPTQ_METER_OK);
	optq_meter_rates_set(r, &conf);
	optq_meter_init(&m, r, now);
	return m;
}

/* A packet, its colour, and what is in the two buckets after it. */
struct vector {
	u64 ms;
	u32 len;
	u8 in, out;
	u32 c, x;
};

static void run_vectors(struct optq_meter_conf conf, const struct vector *v,
			size_t n, u64 start)
{
	struct optq_meter_rates r;
	struct optq_meter m = meter(&r, conf, start);
	size_t i;

	for (i = 0; i < n; i++) {
		enum optq_colour out = mark(&m, &r, v[i].len, v[i].in,
					    start + v[i].ms * MSEC);

		if (out != v[i].out || m.c != v[i].c * OPTQ_METER_BYTE ||
		    m.x != v[i].x * OPTQ_METER_BYTE)
			fail_msg("vector %zu: colour %d, Tc %f, Te or Tp %f", i,
				 out, (double)m.c / 1e9, (double)m.x / 1e9);
	}
}

/* The same wherever the clock stands, its end too. */
#define VECTORS(conf, v) do {						\
	run_vectors(conf, v, N(v), 0);					\
	run_vectors(conf, v, N(v), 123456789);				\
	run_vectors(conf, v, N(v), (1ULL << 63) - SEC);			\
	run_vectors(conf, v, N(v), ~0ULL - SEC);			\
} while (0)

/*
 * RFC 2697, section 2: CIR is a byte a millisecond, and goes to C as long as Tc < CBS,
 * else to E as long as Te < EBS.
 */
static const struct optq_meter_conf conf_2697 = {
	.kind = OPTQ_METER_2697, .cir = 1000, .cbs = 1000, .xbs = 500,
};

static void blind_2697(void **state)
{
	static const struct vector v[] = {
		/* "Tc(t)-B >= 0: green, Tc is decremented by B": down to 0 */
		{ 0, 600, G, G, 400, 500 },
		{ 0, 400, G, G, 0, 500 },
		/* "else Te(t)-B >= 0: yellow, Te is decremented by B" */
		{ 0, 1, G, Y, 0, 499 },
		/* 100 ms are 100 bytes, and all go to C; 101 do not fit */
		{ 100, 101, G, Y, 100, 398 },
		{ 100, 100, G, G, 0, 398 },
		/* "else red, and neither is decremented" */
		{ 100, 399, G, R, 0, 398 },
		{ 100, 398, G, Y, 0, 0 },
		/* 1200 bytes: 1000 fill C, 200 are left for E */
		{ 1300, 201, G, G, 799, 200 },
		{ 1300, 800, G, R, 799, 200 },
		{ 1300, 799, G, G, 0, 200 },
		{ 1300, 200, G, Y, 0, 0 },
		{ 1300, 1, G, R, 0, 0 },
		/* 1500 fill both, to the byte */
		{ 2800, 1000, G, G, 0, 500 },
		{ 2800, 500, G, Y, 0, 0 },
		/* 1499 leave one out */
		{ 4299, 1000, G, G, 0, 499 },
		{ 4299, 500, G, R, 0, 499 },
		{ 4299, 499, G, Y, 0, 0 },
		/* a day: full, and no fuller; longer than either burst is red */
		{ 86404299, 1001, G, R, 1000, 500 },
		{ 86404299, 1000, G, G, 0, 500 },
	};

	(void)state;
	VECTORS(conf_2697, v);
}

static void aware_2697(void **state)
{
	static const struct vector v[] = {
		/* yellow never takes from C, whatever is in it */
		{ 0, 100, Y, Y, 1000, 400 },
		/* red takes nothing */
		{ 0, 1, R, R, 1000, 400 },
		{ 0, 900, G, G, 100, 400 },
		/* green that does not fit C is yellow */
		{ 0, 101, G, Y, 100, 299 },
		{ 0, 300, Y, R, 100, 299 },
		{ 0, 299, Y, Y, 100, 0 },
		{ 0, 1, Y, R, 100, 0 },
		{ 0, 100, G, G, 0, 0 },
		/* 1000 bytes fill C and leave nothing for E, 1001 leave one */
		{ 1000, 1, Y, R, 1000, 0 },
		{ 1001, 1, Y, Y, 1000, 0 },
	};

	(void)state;
	VECTORS(conf_2697, v);
}

/* RFC 2698, section 2: a byte a millisecond for C, two for P. */
static const struct optq_meter_conf conf_2698 = {
	.kind = OPTQ_METER_2698, .cir = 1000, .cbs = 1000, .xir = 2000,
	.xbs = 1500,
};

static void blind_2698(void **state)
{
	static const struct vector v[] = {
		/* green takes from both */
		{ 0, 1000, G, G, 0, 500 },
		/* "else Tc(t)-B < 0: yellow, and Tp is decremented" */
		{ 0, 1, G, Y, 0, 499 },
		/* "Tp(t)-B < 0: red", before anything else, and takes nothing */
		{ 0, 500, G, R, 0, 499 },
		{ 0, 499, G, Y, 0, 0 },
		/* one byte for C, two for P */
		{ 1, 1, G, G, 0, 1 },
		{ 1, 1, G, Y, 0, 0 },
		{ 1, 1, G, R, 0, 0 },
		/* 100 and 200; 101 do not fit C */
		{ 101, 101, G, Y, 100, 99 },
		/* 100 would fit C, but P has 99 */
		{ 101, 100, G, R, 100, 99 },
		{ 101, 99, G, G, 1, 0 },
		/* 750 and 1500: P is full, C is not */
		{ 851, 752, G, Y, 751, 748 },
		{ 851, 748, G, G, 3, 0 },
		/* what P has no room for is lost: 2000 and 4000 */
		{ 2851, 1501, G, R, 1000, 1500 },
		{ 2851, 1001, G, Y, 1000, 499 },
	};

	(void)state;
	VECTORS(conf_2698, v);
}

static void aware_2698(void **state)
{
	static const struct vector v[] = {
		/* yellow stays yellow, with a full C */
		{ 0, 500, Y, Y, 1000, 1000 },
		{ 0, 1, R, R, 1000, 1000 },
		{ 0, 1001, Y, R, 1000, 1000 },
		{ 0, 600, G, G, 400, 400 },
		{ 0, 400, G, G, 0, 0 },
		{ 0, 1, G, R, 0, 0 },
		{ 10, 11, G, Y, 10, 9 },
		{ 10, 9, Y, Y, 10, 0 },
	};

	(void)state;
	VECTORS(conf_2698, v);
}

/* RFC 4115, figure 1: a byte a millisecond for C, one in two for E. */
static const struct optq_meter_conf conf_4115 = {
	.kind = OPTQ_METER_4115, .cir = 1000, .cbs = 1000, .xir = 500,
	.xbs = 600,
};

static void blind_4115(void **state)
{
	static const struct vector v[] = {
		/* "B <= Tc(t-)": green, and E keeps what it has */
		{ 0, 1000, G, G, 0, 600 },
		/* "B <= Te(t-)": yellow */
		{ 0, 600, G, Y, 0, 0 },
		{ 0, 1, G, R, 0, 0 },
		{ 2, 2, G, G, 0, 1 },
		{ 2, 1, G, Y, 0, 0 },
		/* 1000 and 500 */
		{ 1002, 1001, G, R, 1000, 500 },
		{ 1002, 501, G, G, 499, 500 },
		{ 1002, 500, G, Y, 499, 0 },
		{ 1002, 499, G, G, 0, 0 },
		/* 1100 and 550: the 100 that C has no room for are lost */
		{ 2102, 551, G, G, 449, 550 },
		{ 2102, 550, G, Y, 449, 0 },
		/* 8000 and 4000: both full */
		{ 10102, 601, G, G, 399, 600 },
		{ 10102, 600, G, Y, 399, 0 },
	};

	(void)state;
	VECTORS(conf_4115, v);
}

static void aware_4115(void **state)
{
	static const struct vector v[] = {
		{ 0, 599, Y, Y, 1000, 1 },
		{ 0, 2, Y, R, 1000, 1 },
		{ 0, 1, R, R, 1000, 1 },
		/* unlike RFC 2698's, green does not need what yellow has taken */
		{ 0, 1000, G, G, 0, 1 },
		{ 0, 1, G, Y, 0, 0 },
		{ 0, 1, G, R, 0, 0 },
		{ 4, 3, Y, R, 4, 2 },
		{ 4, 4, G, G, 0, 2 },
		{ 4, 2, Y, Y, 0, 0 },
	};

	(void)state;
	VECTORS(conf_4115, v);
}

/* Three bytes a second: the first is there 333,333,333.3 ns after the last. */
static void a_byte_comes_in_parts(void **state)
{
	struct optq_meter_conf conf = {
		.kind = OPTQ_METER_2697, .cir = 3, .cbs = 10,
	};
	struct optq_meter_rates r;
	struct optq_meter m = meter(&r, conf, 7);

	(void)state;
	assert_int_equal(mark(&m, &r, 10, G, 7), G);
	assert_int_equal(mark(&m, &r, 1, G, 7 + 333333333), R);
	assert_int_equal(mark(&m, &r, 1, G, 7 + 333333334), G);
	assert_int_equal(m.c, 2);
	/* Nothing was lost: the third is there with the second. */
	assert_int_equal(mark(&m, &r, 2, G, 7 + SEC - 1), R);
	assert_int_equal(mark(&m, &r, 2, G, 7 + SEC), G);
	assert_int_equal(m.c, 0);
}

/* What the RFCs say, word by word: a token each 1/CIR, 1/PIR seconds. */
struct wording {
	u64 c, x;
};

static enum optq_colour word_mark(struct wording *w,
				  const struct optq_meter_conf *conf, u64 bytes,
				  u32 len, enum optq_colour in)
{
	u64 i;

	for (i = 0; i < bytes; i++) {
		if (w->c < conf->cbs)
			w->c++;
		else if (conf->kind == OPTQ_METER_2697 && w->x < conf->xbs)
			w->x++;
	}
	for (i = 0; i < bytes * conf->xir / conf->cir; i++) {
		if (w->x < conf->xbs)
			w->x++;
	}
	switch (conf->kind) {
	case OPTQ_METER_2697:
	case OPTQ_METER_4115:
		if (in == G && w->c >= len) {
			w->c -= len;
			return G;
		}
		if (in != R && w->x >= len) {
			w->x -= len;
			return Y;
		}
		return R;
	default:
		if (in == R || w->x < len)
			return R;
		w->x -= len;
		if (in == Y || w->c < len)
			return Y;
		w->c -= len;
		return G;
	}
}

/* Packets come when whole bytes do. */
static void as_the_rfcs_say(void **state)
{
	u64 seed = 2697;
	int run, i;

	(void)state;
	for (run = 0; run < 300; run++) {
		struct optq_meter_conf conf = {
			.kind = (u8)rnd_in(&seed, OPTQ_METER_2697,
					   OPTQ_METER_4115),
			/* Divides a second, so that bytes come at whole ns. */
			.cir = 1000ULL << rnd_in(&seed, 0, 6),
			.cbs = (u32)rnd_in(&seed, 1, 3000),
			.xbs = (u32)rnd_in(&seed, 1, 3000),
		};
		bool aware = rnd(&seed) & 1;
		struct optq_meter_rates r;
		struct optq_meter m;
		struct wording w;
		u64 now = rnd(&seed);

		if (conf.kind != OPTQ_METER_2697)
			conf.xir = conf.cir * rnd_in(&seed, 1, 4);
		m = meter(&r, conf, now);
		w = (struct wording){ conf.cbs, conf.xbs };
		for (i = 0; i < 300; i++) {
			u32 len = (u32)rnd_in(&seed, 1, 1600);
			enum optq_colour in = aware ? rnd(&seed) % 3 : G;
			u64 bytes = rnd(&seed) % 4 ? rnd_in(&seed, 0, 900) :
						     rnd_in(&seed, 0, 6000);

			now += bytes * (SEC / conf.cir);
			assert_int_equal(mark(&m, &r, len, in, now),
					 word_mark(&w, &conf, bytes, len, in));
			assert_int_equal(m.c, w.c * OPTQ_METER_BYTE);
			assert_int_equal(m.x, w.x * OPTQ_METER_BYTE);
		}
	}
}

/* The same without a bound on any number. */
struct exact {
	unsigned __int128 c, x, c_cap, x_cap;
};

static unsigned __int128 least(unsigned __int128 a, unsigned __int128 b)
{
	return a < b ? a : b;
}

static enum optq_colour exact_mark(struct exact *e,
				   const struct optq_meter_conf *conf,
				   u64 elapsed, u32 len, enum optq_colour in)
{
	unsigned __int128 need = (unsigned __int128)len * SEC, over;

	e->c += (unsigned __int128)elapsed * conf->cir;
	over = e->c - least(e->c, e->c_cap);
	e->c -= over;
	e->x += conf->kind == OPTQ_METER_2697 ? over :
		(unsigned __int128)elapsed * conf->xir;
	e->x = least(e->x, e->x_cap);
	if (conf->kind == OPTQ_METER_2698) {
		if (in == R || e->x < need)
			return R;
		e->x -= need;
		if (in == Y || e->c < need)
			return Y;
		e->c -= need;
		return G;
	}
	if (in == G && e->c >= need) {
		e->c -= need;
		return G;
	}
	if (in == R || e->x < need)
		return R;
	e->x -= need;
	return Y;
}

/* Any number of bits with the same chance. */
static u64 rnd_bits(u64 *seed, u64 lo, u64 hi)
{
	u64 v = rnd(seed) >> rnd_in(seed, 0, 63);

	return v < lo ? lo : v > hi ? hi : v;
}

static struct optq_meter_conf rnd_conf(u64 *seed)
{
	struct optq_meter_conf conf = {
		.kind = (u8)rnd_in(seed, OPTQ_METER_2697, OPTQ_METER_4115),
		.cir = rnd_bits(seed, OPTQ_RATE_MIN, OPTQ_RATE_MAX),
		.cbs = (u32)rnd_bits(seed, 1, UINT32_MAX),
		.xbs = (u32)rnd_bits(seed, 1, UINT32_MAX),
	};

	if (conf.kind == OPTQ_METER_2698)
		conf.xir = rnd_bits(seed, conf.cir, OPTQ_RATE_MAX);
	if (conf.kind == OPTQ_METER_4115)
		conf.xir = rnd_bits(seed, OPTQ_RATE_MIN, OPTQ_RATE_MAX);
	if (conf.kind == OPTQ_METER_4115 && rnd(seed) % 8 == 0)
		conf.xir = conf.xbs = 0;
	if (conf.kind == OPTQ_METER_4115 && conf.xir && rnd(seed) % 8 == 0)
		conf.cir = conf.cbs = 0;
	if (conf.kind == OPTQ_METER_2697 && rnd(seed) % 4 == 0)
		conf.xbs = 0;
	return conf;
}

static void exact_at_any_rate(void **state)
{
	u64 seed = 2698;
	int run, i;

	(void)state;
	for (run = 0; run < 20000; run++) {
		struct optq_meter_conf conf = rnd_conf(&seed);
		struct optq_meter_rates r;
		u64 now = rnd(&seed);
		struct optq_meter m = meter(&r, conf, now);
		struct exact e = {
			.c_cap = (unsigned __int128)conf.cbs * SEC,
			.x_cap = (unsigned __int128)conf.xbs * SEC,
		};
		bool aware = rnd(&seed) & 1;

		e.c = e.c_cap;
		e.x = e.x_cap;
		for (i = 0; i < 100; i++) {
			u64 elapsed = rnd_bits(&seed, 0, INT64_MAX);
			u32 len = (u32)rnd_bits(&seed, 1, UINT32_MAX);
			enum optq_colour in = aware ? rnd(&seed) % 3 : G;

			/* Mostly what the buckets can tell apart. */
			if (rnd(&seed) % 8 && conf.cir)
				elapsed = rnd_in(&seed, 0, conf.cbs) * SEC /
					  conf.cir / rnd_in(&seed, 1, 8);
			if (rnd(&seed) % 4)
				len = (u32)rnd_in(&seed, 1, (u64)conf.cbs +
						  1 < UINT32_MAX ?
						  conf.cbs + 1 : UINT32_MAX);
			now += elapsed;
			assert_int_equal(mark(&m, &r, len, in, now),
					 exact_mark(&e, &conf, elapsed, len,
						    in));
			assert_true(m.c == e.c && m.x == e.x);
		}
	}
}

/* Who sends until nothing is green any more gets CIR * t + CBS, and no byte more. */
static void green_is_cir_and_cbs(void **state)
{
	u64 seed = 4115;
	int run, i;

	(void)state;
	for (run = 0; run < 2000; run++) {
		struct optq_meter_conf conf = rnd_conf(&seed);
		struct optq_meter_rates r;
		unsigned __int128 green = 0, most = conf.cbs * SEC;
		u64 now = rnd(&seed);
		struct optq_meter m = meter(&r, conf, now);

		for (i = 0; i < 1000; i++) {
			u32 len = (u32)rnd_in(&seed, 1, 1 + conf.cbs / 16);
			u64 wait = 0;

			if (mark(&m, &r, len, G, now) == G)
				green += len;
			else if (conf.cir)
				wait = rnd_in(&seed, 0, len) * SEC / conf.cir;
			assert_true(green * SEC <= most);
			now += wait;
			most += (unsigned __int128)wait * conf.cir;
		}
	}
}

static void clock_stands_or_steps_back(void **state)
{
	struct optq_meter_rates r;
	struct optq_meter m = meter(&r, conf_2697, 10 * SEC);

	(void)state;
	assert_int_equal(mark(&m, &r, 1000, G, 10 * SEC), G);
	assert_int_equal(mark(&m, &r, 500, G, 9 * SEC), Y);
	assert_int_equal(mark(&m, &r, 1, G, 10 * SEC), R);
	assert_int_equal(m.t_ns, 10 * SEC);
	assert_int_equal(mark(&m, &r, 1, G, 10 * SEC + MSEC), G);
}

static void a_change_gives_nothing(void **state)
{
	struct optq_meter_conf more = {
		.kind = OPTQ_METER_4115, .cir = 1000000, .cbs = 100000,
		.xir = 1000, .xbs = 300,
	};
	struct optq_meter_rates r, r2;
	struct optq_meter m = meter(&r, conf_2697, 0);

	(void)state;
	optq_meter_rates_set(&r2, &more);
	mark(&m, &r, 800, G, 0);
	/* 100 ms at the old rate bring 100 bytes. */
	optq_meter_change(&m, &r, &r2, 100 * MSEC);
	assert_int_equal(m.c, 300 * OPTQ_METER_BYTE);
	assert_int_equal(m.x, 300 * OPTQ_METER_BYTE);
	/* A millisecond at the new one, 1000 and 1. */
	mark(&m, &r2, 300, Y, 101 * MSEC);
	assert_int_equal(m.c, 1300 * OPTQ_METER_BYTE);
	assert_int_equal(m.x, 0);
	optq_meter_change(&m, &r2, &r, 101 * MSEC);
	assert_int_equal(m.c, 1000 * OPTQ_METER_BYTE);
	assert_int_equal(m.x, 0);
}

static void bad_agreements(void **state)
{
	static const struct {
		struct optq_meter_conf conf;
		enum optq_meter_fault fault;
	} bad[] = {
		{ { .kind = OPTQ_METER_2697, .cbs = 1 }, OPTQ_METER_CIR },
		{ { .kind = OPTQ_METER_2697, .cir = OPTQ_RATE_MAX + 1,
		    .cbs = 1 }, OPTQ_METER_CIR },
		{ { .kind = OPTQ_METER_2697, .cir = 1 }, OPTQ_METER_BURST },
		{ { .kind = OPTQ_METER_2697, .cir = 1, .xir = 1, .cbs = 1 },
		  OPTQ_METER_XIR },
		{ { .kind = OPTQ_METER_2698, .cir = 2, .xir = 1, .cbs = 1,
		    .xbs = 1 }, OPTQ_METER_XIR },
		{ { .kind = OPTQ_METER_2698, .cir = 1, .xir = 1, .cbs = 1 },
		  OPTQ_METER_BURST },
		{ { .kind = OPTQ_METER_2698, .cir = 1, .xbs = 1, .cbs = 1,
		    .xir = OPTQ_RATE_MAX + 1 }, OPTQ_METER_XIR },
		{ { .kind = OPTQ_METER_4115, .cbs = 1 }, OPTQ_METER_CIR },
		{ { .kind = OPTQ_METER_4115, .cir = 1, .xbs = 1 },
		  OPTQ_METER_BURST },
		{ { .kind = OPTQ_METER_4115, .cir = 1, .cbs = 1, .xir = 1 },
		  OPTQ_METER_BURST },
		{ { .kind = 3, .cir = 1, .cbs = 1 }, OPTQ_METER_CIR },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(bad); i++)
		assert_int_equal(optq_meter_check(&bad[i].conf), bad[i].fault);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blind_2697),
		cmocka_unit_test(aware_2697),
		cmocka_unit_test(blind_2698),
		cmocka_unit_test(aware_2698),
		cmocka_unit_test(blind_4115),
		cmocka_unit_test(aware_4115),
		cmocka_unit_test(a_byte_comes_in_parts),
		cmocka_unit_test(as_the_rfcs_say),
		cmocka_unit_test(exact_at_any_rate),
		cmocka_unit_test(green_is_cir_and_cbs),
		cmocka_unit_test(clock_stands_or_steps_back),
		cmocka_unit_test(a_change_gives_nothing),
		cmocka_unit_test(bad_agreements),
	};

	return cmocka_run_group_tests_name("meter", tests, NULL, NULL);
}
