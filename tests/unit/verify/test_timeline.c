/* test_timeline - the clocks of all hosts on one line, and what they can prove. */
#include "tests/unit/unit.h"
#include "verify/timeline.h"

#define MS ((uint64_t)1000000)

static struct clock_sample samples[] = {
	{.at_ns = 1000 * MS, .offset_ns = 500, .rtt_ns = 200},
	{.at_ns = 2000 * MS, .offset_ns = 900, .rtt_ns = 100},
};
static struct manifest_host hosts[3] = {
	{.samples = NULL},
	{.samples = samples, .sample_count = 2},
	{.samples = NULL},
};
static uint32_t ranks[] = {0, 1, 2};
static const struct manifest manifest = {
	.hosts = hosts, .host_count = 3, .rank_host = ranks, .rank_count = 3};

static void expect(uint32_t host, uint64_t own, int64_t middle, int64_t error)
{
	struct moment m = timeline_moment(&manifest, host, own);

	ck_assert_int_eq(m.low_ns, middle - error);
	ck_assert_int_eq(m.high_ns, middle + error);
}

START_TEST(bounds_grow_from_the_nearest_sample)
{
	/* RTT/2, 500 ppm of the distance, and 1 for what was rounded off. */
	expect(1, 1000 * MS, 1000 * MS + 500, 100 + 1);
	expect(1, 999 * MS, 999 * MS + 500, 100 + 500 + 1);
	expect(1, 1400 * MS, 1400 * MS + 500, 100 + 200000 + 1);
	expect(1, 1600 * MS, 1600 * MS + 900, 50 + 200000 + 1);
	expect(1, 9000 * MS, 9000 * MS + 900, 50 + 3500000 + 1);
	expect(1, 0, 500, 100 + 500000 + 1);
	expect(0, 1234, 1234, 0);
}
END_TEST

START_TEST(what_is_unknown_proves_nothing)
{
	struct moment none = timeline_moment(&manifest, 2, 5);
	struct moment huge = timeline_moment(&manifest, 1, UINT64_MAX);
	struct moment early = timeline_moment(&manifest, 0, 0);
	struct moment late = timeline_moment(&manifest, 0, 9000 * MS);

	ck_assert(!moment_before(&none, &late));
	ck_assert(!moment_before(&early, &none));
	ck_assert(!moment_before(&huge, &late));
	ck_assert(!moment_before(&early, &huge));
	ck_assert(moment_before(&early, &late));
}
END_TEST

START_TEST(one_host_needs_no_samples)
{
	struct moment a = timeline_moment(&manifest, 2, 5);
	struct moment b = timeline_moment(&manifest, 2, 6);

	ck_assert(moment_before(&a, &b));
	ck_assert(!moment_before(&b, &a));
	ck_assert(!moment_before(&a, &a));
}
END_TEST

/* The latest of a set stands for all: what is before any is before it. */
START_TEST(latest_agrees_with_each_pair)
{
	srand(1);
	for (int round = 0; round < 2000; round++) {
		struct moment all[12];
		struct latest latest;
		int count = 1 + rand() % 12;

		ck_assert_int_eq(latest_init(&latest, 3), 0);
		for (int i = 0; i < count; i++) {
			struct record_id id = {(uint32_t)i, 0}, by = {99, 0};
			struct moment probe = {.host = (uint32_t)rand() % 3,
					       .own_ns = (uint64_t)(rand() % 50)};
			bool expected = false;

			probe.low_ns = rand() % 50;
			probe.high_ns = probe.low_ns + rand() % 20;
			for (int k = 0; k < i; k++)
				expected |= moment_before(&probe, &all[k]);
			ck_assert_int_eq(latest_after(&latest, &probe, &by), expected);
			if (expected)
				ck_assert(moment_before(&probe, &all[by.writer]));
			all[i] = probe;
			latest_add(&latest, &probe, id);
		}
		latest_release(&latest);
	}
}
END_TEST

UNIT_MAIN("timeline", 20, bounds_grow_from_the_nearest_sample,
	  what_is_unknown_proves_nothing, one_host_needs_no_samples,
	  latest_agrees_with_each_pair)
