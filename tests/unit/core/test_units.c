/*
 * test_units - what people type is taken whole or refused by one sentence, and
 * what they are shown has the right unit.
 */
#include "core/units.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define K ((uint64_t)1024)
#define S ((uint64_t)1000000000)

/* The sentence must be one, and must show what was typed. */
static void check_sentence(const struct error *err, const char *text)
{
	ck_assert_msg(strstr(err->sentence, text) != NULL, "'%s'", err->sentence);
	ck_assert(strchr(err->sentence, '\n') == NULL);
}

START_TEST(sizes)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{"0", 0},
		{"64", 64},
		{"4k", 4 * K},
		{"4K", 4 * K},
		{"1M", K * K},
		{"2g", 2 * K * K * K},
		{"1T", K * K * K * K},
		{"18446744073709551615", UINT64_MAX},
	};
	uint64_t bytes;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_int_eq(units_parse_size(good[i].text, &bytes, NULL), 0);
		ck_assert_uint_eq(bytes, good[i].bytes);
	}
}
END_TEST

START_TEST(wrong_sizes)
{
	static const char *const bad[] = {
		"",
		"k",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1kk",
		"1.5k",
		"0x10",
		"4kB",
		"1e3",
		"k4",
		"1\n",
		"18446744073709551616",
		"99999999999999999999999",
		"16777216T",
	};
	struct error err;
	uint64_t bytes = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_int_eq(units_parse_size(bad[i], &bytes, &err), -EINVAL);
		ck_assert_uint_eq(bytes, 7);
	}
	units_parse_size("16777216T", &bytes, &err);
	check_sentence(&err, "'16777216T' is too large");
	units_parse_size("-1", &bytes, &err);
	check_sentence(&err, "'-1' is negative");
}
END_TEST

START_TEST(size_ranges)
{
	static const char *const bad[] = {"64-", "-64", "64-32", "1-2-3",
					  "a-b", "-",	""};
	uint64_t low = 1, high = 2;
	struct error err;

	ck_assert_int_eq(units_parse_size_range("64-4k", &low, &high, NULL), 0);
	ck_assert_uint_eq(low, 64);
	ck_assert_uint_eq(high, 4 * K);
	ck_assert_int_eq(units_parse_size_range("1k", &low, &high, NULL), 0);
	ck_assert_uint_eq(low, K);
	ck_assert_uint_eq(high, K);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(units_parse_size_range(bad[i], &low, &high, &err),
				 -EINVAL);
	ck_assert_uint_eq(low, K);
}
END_TEST

START_TEST(times)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{"0", 0},	   {"30", 30 * S},
		{"500ms", S / 2},  {"30s", 30 * S},
		{"2m", 120 * S},   {"12h", 43200 * S},
		{"1d", 86400 * S}, {"200us", 200000},
		{"7ns", 7},	   {"1.5s", 3 * S / 2},
		{"0.25", S / 4},   {"0.5ms", 500000},
		{"1.5m", 90 * S},  {"2MS", 2000000},
	};
	static const char *const bad[] = {
		"",    "s",	"-1s",		 "1.s",
		".5s", "1.5ns", "1.0000000001s", "1..5s",
		"5w",  "1s1",	"600000000000",	 "9999999999999999999999s",
	};
	uint64_t ns;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_int_eq(units_parse_time(good[i].text, &ns, NULL), 0);
		ck_assert_uint_eq(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(units_parse_time(bad[i], &ns, NULL) == -EINVAL, "%s",
			      bad[i]);
}
END_TEST

START_TEST(counts)
{
	static const char *const bad[] = {"", "-1", "1k", "1.0",
					  "18446744073709551616"};
	struct error err;
	uint64_t count;

	ck_assert_int_eq(units_parse_count("10000", &count, NULL), 0);
	ck_assert_uint_eq(count, 10000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(units_parse_count(bad[i], &count, &err), -EINVAL);
}
END_TEST

START_TEST(formats)
{
	char text[UNITS_TEXT_BYTES];

	ck_assert_str_eq(units_format_bytes(0, text), "0 B");
	ck_assert_str_eq(units_format_bytes(1023, text), "1023 B");
	ck_assert_str_eq(units_format_bytes(4 * K, text), "4.0 KiB");
	ck_assert_str_eq(units_format_bytes(K * K - 1, text), "1.0 MiB");
	ck_assert_str_eq(units_format_bytes(UINT64_MAX, text), "16.0 EiB");
	ck_assert_str_eq(units_format_duration(999, text), "999 ns");
	ck_assert_str_eq(units_format_duration(1500, text), "1.50 us");
	ck_assert_str_eq(units_format_duration(999999, text), "1.00 ms");
	ck_assert_str_eq(units_format_duration(12340000, text), "12.3 ms");
	ck_assert_str_eq(units_format_duration(S, text), "1.00 s");
	ck_assert_str_eq(units_format_duration(125 * S, text), "2 m 05 s");
	ck_assert_str_eq(units_format_duration(43260 * S, text), "12 h 01 m");
	ck_assert_str_eq(units_format_duration(UINT64_MAX, text), "5124095 h 34 m");
	ck_assert_str_eq(units_format_rate(0, text), "0.00/s");
	ck_assert_str_eq(units_format_rate(950, text), "950/s");
	ck_assert_str_eq(units_format_rate(12345, text), "12.3k/s");
	ck_assert_str_eq(units_format_rate(999999, text), "1.00M/s");
}
END_TEST

UNIT_MAIN("units", 10, sizes, wrong_sizes, size_ranges, times, counts, formats)
