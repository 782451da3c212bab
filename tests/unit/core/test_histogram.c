/*
 * test_histogram - against a sorted array, which knows every value exactly.
 */
#include "core/histogram.h"
#include "core/random.h"
#include "tests/unit/unit.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { MANY = 20000 };

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Latencies of all magnitudes: a random number of random bits. */
static uint64_t some_value(uint64_t *random)
{
	uint64_t bits = random_next(random) % 40;

	return random_next(random) & (((uint64_t)1 << bits) - 1);
}

/* The smallest value that at least @fraction of @sorted do not exceed. */
static uint64_t exact_quantile(const uint64_t *sorted, size_t count, double fraction)
{
	for (size_t i = 0; i < count; i++)
		if ((double)(i + 1) >= fraction * (double)count)
			return sorted[i];
	return sorted[count - 1];
}

START_TEST(buckets_cover_every_value_once)
{
	ck_assert_uint_eq(histogram_bucket_low(0), 0);
	for (size_t i = 0; i + 1 < HISTOGRAM_BUCKETS; i++) {
		uint64_t low = histogram_bucket_low(i);
		uint64_t high = histogram_bucket_high(i);

		ck_assert_uint_le(low, high);
		ck_assert_uint_eq(histogram_bucket_low(i + 1), high + 1);
		/* 1/64, that is 1.6 %. */
		ck_assert_uint_le(high - low, low / 64);
	}
	ck_assert_uint_eq(histogram_bucket_high(HISTOGRAM_BUCKETS - 1), UINT64_MAX);
}
END_TEST

START_TEST(a_value_lands_in_its_bucket)
{
	static struct histogram histogram;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		memset(&histogram, 0, sizeof(histogram));
		histogram_add(&histogram, histogram_bucket_low(i));
		histogram_add(&histogram, histogram_bucket_high(i));
		ck_assert_uint_eq(histogram.buckets[i], 2);
	}
}
END_TEST

START_TEST(quantiles_of_samples)
{
	static const double fractions[] = {0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1};
	static struct histogram histogram;
	static uint64_t values[MANY];
	uint64_t random = 1;
	uint64_t sum = 0;

	for (size_t i = 0; i < MANY; i++) {
		values[i] = some_value(&random);
		sum += values[i];
		histogram_add(&histogram, values[i]);
	}
	qsort(values, MANY, sizeof(values[0]), by_value);
	ck_assert_uint_eq(histogram.count, MANY);
	ck_assert_uint_eq(histogram.sum, sum);
	ck_assert_uint_eq(histogram.min, values[0]);
	ck_assert_uint_eq(histogram.max, values[MANY - 1]);
	for (size_t f = 0; f < COUNT_OF(fractions); f++) {
		uint64_t exact = exact_quantile(values, MANY, fractions[f]);
		uint64_t told = histogram_quantile(&histogram, fractions[f]);

		ck_assert_uint_ge(told, exact);
		ck_assert_uint_le(told - exact, exact / 64);
	}
	ck_assert_uint_eq(histogram_quantile(&histogram, 1), values[MANY - 1]);
}
END_TEST

START_TEST(small_sets)
{
	static struct histogram histogram;

	ck_assert_uint_eq(histogram_quantile(&histogram, 0), 0);
	ck_assert_uint_eq(histogram_quantile(&histogram, 0.5), 0);
	ck_assert_uint_eq(histogram_quantile(&histogram, 1), 0);
	histogram_add(&histogram, 1000003);
	ck_assert_uint_eq(histogram_quantile(&histogram, 0), 1000003);
	ck_assert_uint_eq(histogram_quantile(&histogram, 1), 1000003);
	/* Below 64 every value has a bucket of its own: 1, 2, ... 10. */
	memset(&histogram, 0, sizeof(histogram));
	for (uint64_t value = 10; value >= 1; value--)
		histogram_add(&histogram, value);
	ck_assert_uint_eq(histogram_quantile(&histogram, 0), 1);
	ck_assert_uint_eq(histogram_quantile(&histogram, 0.5), 5);
	ck_assert_uint_eq(histogram_quantile(&histogram, 0.51), 6);
	ck_assert_uint_eq(histogram_quantile(&histogram, 0.9), 9);
	ck_assert_uint_eq(histogram_quantile(&histogram, 1), 10);
}
END_TEST

START_TEST(extreme_values)
{
	static struct histogram histogram;

	histogram_add(&histogram, 0);
	histogram_add(&histogram, UINT64_MAX);
	ck_assert_uint_eq(histogram.min, 0);
	ck_assert_uint_eq(histogram.max, UINT64_MAX);
	ck_assert_uint_eq(histogram_quantile(&histogram, 0.5), 0);
	ck_assert_uint_eq(histogram_quantile(&histogram, 1), UINT64_MAX);
}
END_TEST

START_TEST(merged_is_as_if_added_to_one)
{
	static struct histogram whole, parts[3];
	uint64_t random = 2;

	for (size_t i = 0; i < MANY; i++) {
		uint64_t value = some_value(&random) + 5;

		histogram_add(&whole, value);
		histogram_add(&parts[i % 2 ? 1 : 2], value);
	}
	/* Into an empty one, and an empty one into it. */
	histogram_merge(&parts[0], &parts[1]);
	histogram_merge(&parts[0], &parts[2]);
	memset(&parts[1], 0, sizeof(parts[1]));
	histogram_merge(&parts[0], &parts[1]);
	ck_assert_mem_eq(&parts[0], &whole, sizeof(whole));
}
END_TEST

UNIT_MAIN("histogram", 30, buckets_cover_every_value_once, a_value_lands_in_its_bucket,
	  quantiles_of_samples, small_sets, extreme_values,
	  merged_is_as_if_added_to_one)
