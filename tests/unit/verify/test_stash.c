/* test_stash - an array that grows past its first size and keeps its items. */
#include "tests/unit/unit.h"
#include "verify/stash.h"

#include <stdbool.h>
#include <stdint.h>

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

START_TEST(grows_and_sorts)
{
	struct stash stash = STASH_OF(uint64_t);
	const uint64_t count = 3 * 4096 + 1;
	const uint64_t *items;

	for (uint64_t i = 0; i < count; i++) {
		uint64_t item = (i * 7919) % count;

		ck_assert_int_eq(stash_add(&stash, &item), 0);
	}
	ck_assert_uint_eq(stash.count, count);
	items = stash.items;
	for (uint64_t i = 0; i < count; i++)
		ck_assert_uint_eq(items[i], (i * 7919) % count);
	stash_sort(&stash, compare);
	for (uint64_t i = 0; i < count; i++)
		ck_assert_uint_eq(items[i], i);
	stash_release(&stash);
	ck_assert_uint_eq(stash.count, 0);
}
END_TEST

/* Around the number that is sorted at once, and where runs are left over. */
START_TEST(sorts_what_is_merged_from_runs)
{
	static const uint64_t counts[] = {65535,  65536,  65537, 131072,
					  131073, 196609, 700001};

	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		struct stash stash = STASH_OF(uint64_t);
		const uint64_t *items;
		bool sorted = true;

		/* 7919 is prime and divides none of them: each number once. */
		for (uint64_t i = 0; i < counts[k]; i++) {
			uint64_t item = (i * 7919) % counts[k];

			ck_assert(stash_add(&stash, &item) == 0);
		}
		stash_sort(&stash, compare);
		items = stash.items;
		for (uint64_t i = 0; i < counts[k]; i++)
			sorted &= items[i] == i;
		ck_assert(sorted);
		ck_assert_uint_eq(stash.count, counts[k]);
		ck_assert_int_eq(stash_add(&stash, &stash.count), 0);
		stash_release(&stash);
	}
}
END_TEST

START_TEST(an_empty_one_is_harmless)
{
	struct stash stash = STASH_OF(uint64_t);
	uint64_t item = 5;

	stash_sort(&stash, compare);
	stash_release(&stash);
	stash_release(&stash);
	ck_assert_int_eq(stash_add(&stash, &item), 0);
	ck_assert_uint_eq(stash.count, 1);
	stash_release(&stash);
}
END_TEST

START_TEST(works_without_a_temporary_folder)
{
	struct stash stash = STASH_OF(uint64_t);
	uint64_t item = 5;

	setenv("TMPDIR", "/nonexistent", 1);
	ck_assert_int_eq(stash_add(&stash, &item), 0);
	ck_assert_uint_eq(*(uint64_t *)stash.items, 5);
	stash_release(&stash);
}
END_TEST

UNIT_MAIN("stash", 20, grows_and_sorts, sorts_what_is_merged_from_runs,
	  an_empty_one_is_harmless, works_without_a_temporary_folder)
