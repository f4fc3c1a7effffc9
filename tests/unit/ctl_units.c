// SPDX-License-Identifier: GPL-2.0
/* Numbers with units: what tc takes, and what nobody should. */
#include "ctl_help.h"
#include "suggest.h"
#include "units.h"

struct good_case {
	const char *text;
	uint64_t value;
};

static void rates_are_tcs(void **state)
{
	/* Bytes per second, as tc 6.1 reads the same words. */
	static const struct good_case cases[] = {
		{ "8bit", 1 }, { "1kbit", 125 }, { "20mbit", 2500000 },
		{ "20Mbit", 2500000 }, { "1.5mbit", 187500 },
		{ "1kibit", 128 }, { "1mibit", 131072 }, { "1gbit", 125000000 },
		{ "1bps", 1 }, { "1kbps", 1000 }, { "1mibps", 1048576 },
		{ "12bit", 1 }, { "1tbit", 125000000000ULL },
		{ "0.000008mbit", 1 }, { "9007199.254740gbit", 1125899906842500ULL },
	};
	struct rate_value rate;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(parse_rate(cases[i].text, &rate));
		assert_false(rate.is_share);
		assert_int_equal(rate.in_bytes, !!strstr(cases[i].text, "bps"));
		assert_int_equal(rate.value, cases[i].value);
	}
}

static void assert_wrong(char *why, const char *text)
{
	assert_non_null(why);
	if (!strstr(why, text))
		fail_msg("\"%s\" is not in \"%s\"", text, why);
	free(why);
}

static void wrong_rates_say_why(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "0", "a rate of 0" }, { "0mbit", "a rate of 0" },
		{ "7bit", "smallest" }, { "20", "a unit is missing" },
		{ "-1mbit", "without a sign" }, { "+1mbit", "without a sign" },
		{ "1e3mbit", "exponents" }, { "1E9", "exponents" },
		{ "0x10mbit", "decimal" }, { "mbit", "a number must come first" },
		{ "", "a number must come first" }, { " 12kbit", "a number must come first" },
		{ "12 kbit", "no blank" }, { "12kbitt", "did you mean \"kbit\"" },
		{ "12mbit/s", "did you mean \"12mbit\"" },
		{ "500Mb/s", "did you mean \"500mbit\"" },
		{ "2Gb/s", "did you mean \"2gbit\"" },
		{ "500M", "did you mean \"500mbit\"" },
		{ "1.5mb", "did you mean \"1.5mbit\"" },
		{ "64kib", "did you mean \"64kibit\"" },
		{ "500MB/s", "did you mean \"4gbit\"" },
		{ "1.5MB/s", "did you mean \"12mbit\"" },
		{ "999999999999999TB/s", "write for example" },
		{ "12mbpz", "write for example" },
		{ "12parsec", "unknown unit \"parsec\"" },
		{ "18446744073709551616bit", "too large" },
		{ "999999999999999tbit", "too large" },
		{ "1.mbit", "a digit must follow" },
		{ "1.2345678mbit", "six digits" }, { "1.2.3mbit", "unknown unit" },
		{ "1,5mbit", "decimals have a point, not a comma: did you mean \"1.5mbit\"?" },
		{ "1,500mbit", "a number has no commas" },
		{ "1,5,5mbit", "a number has no commas" },
		{ "12,5%", "did you mean \"12.5%\"?" }, { "1,", "unknown unit" },
		{ "101%", "at most 100%" }, { "0%", "0% is no rate" },
		{ "100.000001%", "at most 100%" }, { "-5%", "without a sign" },
		{ "%", "a number must come first" }, { "nan", "a number must" },
		{ "inf", "a number must" },
	};
	struct rate_value rate;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_wrong(parse_rate(cases[i].text, &rate), cases[i].why);
}

static void shares_are_exact(void **state)
{
	struct rate_value rate;

	(void)state;
	assert_null(parse_rate("12.5%", &rate));
	assert_true(rate.is_share);
	assert_int_equal(share_of(2500000, rate.value), 312500);
	assert_null(parse_rate("100%", &rate));
	assert_int_equal(share_of(125000000000ULL, rate.value), 125000000000ULL);
	assert_null(parse_rate("0.000001%", &rate));
	assert_int_equal(share_of(100000000, rate.value), 1);
	assert_int_equal(share_of(99999999, rate.value), 0);
}

static void sizes_and_times_are_tcs(void **state)
{
	static const struct good_case sizes[] = {
		{ "15000", 15000 }, { "15kb", 15360 }, { "15k", 15360 },
		{ "2mb", 2097152 }, { "8kbit", 1024 }, { "1b", 1 }, { "0", 0 },
		{ "1.5kb", 1536 },
	};
	static const struct good_case times[] = {
		{ "5ms", 5000000 }, { "500us", 500000 }, { "1s", 1000000000 },
		{ "10ns", 10 }, { "2secs", 2000000000 }, { "0.5ms", 500000 },
	};
	uint64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		assert_null(parse_size(sizes[i].text, &value));
		assert_int_equal(value, sizes[i].value);
	}
	for (i = 0; i < sizeof(times) / sizeof(*times); i++) {
		assert_null(parse_time(times[i].text, &value));
		assert_int_equal(value, times[i].value);
	}
	assert_wrong(parse_time("5", &value), "a unit is missing");
	assert_wrong(parse_time("5min", &value), "unknown unit");
	assert_null(parse_long_time("5min", &value));
	assert_int_equal(value, 300000000000);
	assert_null(parse_long_time("1.5h", &value));
	assert_int_equal(value, 5400000000000);
	assert_null(parse_long_time("1d", &value));
	assert_int_equal(value, 86400000000000);
	assert_null(parse_long_time("20ms", &value));
	assert_int_equal(value, 20000000);
	assert_wrong(parse_long_time("5", &value), "a unit is missing");
	assert_wrong(parse_long_time("5m", &value), "unknown unit");
	assert_wrong(parse_size("5mbyte", &value), "unknown unit");
}

static void numbers_and_flags(void **state)
{
	uint64_t value;
	bool flag;

	(void)state;
	assert_null(parse_number("7", &value));
	assert_int_equal(value, 7);
	assert_wrong(parse_number("7.5", &value), "whole number");
	assert_wrong(parse_number("7x", &value), "whole number");
	assert_wrong(parse_number("0x7", &value), "decimal");
	assert_null(parse_bool("yes", &flag));
	assert_true(flag);
	assert_null(parse_bool("false", &flag));
	assert_false(flag);
	assert_wrong(parse_bool("on", &flag), "yes or no");
	assert_wrong(parse_bool("YES", &flag), "yes or no");
	assert_wrong(parse_bool("1", &flag), "yes or no");
}

static void printed_rates_are_exact(void **state)
{
	static const struct { uint64_t rate; const char *text; } cases[] = {
		{ 2500000, "20mbit" }, { 2562500, "20500kbit" }, { 1, "8bit" },
		{ 125000000000ULL, "1tbit" }, { 0, "0bit" },
	};
	struct rate_value back;
	size_t i;
	char *text;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text = rate_text(cases[i].rate);
		assert_string_equal(text, cases[i].text);
		if (cases[i].rate) {
			assert_null(parse_rate(text, &back));
			assert_int_equal(back.value, cases[i].rate);
		}
		free(text);
	}
	text = size_text(15360);
	assert_string_equal(text, "15kb");
	free(text);
	text = time_text(1234567000);
	assert_string_equal(text, "1234567us");
	free(text);
}

static void tables_round(void **state)
{
	char buf[SHORT_TEXT_MAX];

	(void)state;
	assert_string_equal(rate_short(193000, buf), "1.544mbit");
	assert_string_equal(rate_short(124999999, buf), "1gbit");
	assert_string_equal(rate_short(UINT64_MAX, buf), "18.45ebit");
	assert_string_equal(count_short(999, buf), "999");
	assert_string_equal(count_short(999499, buf), "999k");
	assert_string_equal(count_short(999500, buf), "1M");
	assert_string_equal(count_short(UINT64_MAX, buf), "18.4E");
	assert_string_equal(time_short(4123456, buf), "4.12ms");
	assert_string_equal(time_short(0, buf), "0ns");
	assert_string_equal(age_short(999, buf), "999ns");
	assert_string_equal(age_short(1000, buf), "1us");
	assert_string_equal(age_short(3210000000, buf), "3.2s");
	assert_string_equal(age_short(9999999999, buf), "9.9s");
	assert_string_equal(age_short(59999999999, buf), "59s");
	assert_string_equal(age_short(90000000000, buf), "1.5min");
	assert_string_equal(age_short(86400ULL * 20000000000, buf), "20d");
	assert_string_equal(age_short(UINT64_MAX, buf), "213503d");
}

static const char *nearest(const char *typed, const char *const *known)
{
	static struct suggestion s;

	suggest_begin(&s, typed);
	for (; *known; known++)
		suggest_offer(&s, *known);
	return suggest_end(&s);
}

static void suggestions_are_near(void **state)
{
	static const char *const keys[] = {
		"rate", "ceil", "burst", "cburst", "classes", NULL
	};

	(void)state;
	assert_int_equal(edit_distance("kitten", "sitting"), 3);
	assert_int_equal(edit_distance("ceil", "ciel"), 1);
	assert_int_equal(edit_distance("", "abc"), 3);
	assert_string_equal(nearest("ciel", keys), "ceil");
	assert_string_equal(nearest("Rate", keys), "rate");
	assert_string_equal(nearest("clases", keys), "classes");
	assert_null(nearest("bandwidth", keys));
	assert_null(nearest("x", keys));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_tcs),
		cmocka_unit_test(wrong_rates_say_why),
		cmocka_unit_test(shares_are_exact),
		cmocka_unit_test(sizes_and_times_are_tcs),
		cmocka_unit_test(numbers_and_flags),
		cmocka_unit_test(printed_rates_are_exact),
		cmocka_unit_test(tables_round),
		cmocka_unit_test(suggestions_are_near),
	};

	return cmocka_run_group_tests_name("ctl_units", tests, NULL, NULL);
}
