/*
 * test_compare_views - where views differ, against a comparison of the bytes
 * themselves, and what becomes of a difference.
 */
#include "tests/unit/unit.h"
#include "verify/compare_views.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8, HOSTS = 3, FILES = 2, BYTES = 64, STRIDE = 3 };

/* What a host sees of a file. */
struct sight {
	uint8_t bytes[BYTES];
	uint64_t size;
};

static bool sampled(uint64_t seed, const struct sight *sight, uint32_t file,
		    uint64_t index)
{
	uint64_t last = sight->size ? (sight->size - 1) / BLOCK : 0;

	return index * BLOCK < sight->size &&
	       (index == last || view_samples(seed, STRIDE, file, index));
}

static void view_of(struct view *view, uint64_t seed, const struct sight *sights)
{
	const struct view_identity identity = {
		.block_bytes = BLOCK,
		.file_count = FILES,
	};

	ck_assert_int_eq(view_init(view, &identity), 0);
	for (uint32_t file = 0; file < FILES; file++) {
		view->sizes[file] = sights[file].size;
		for (uint64_t i = 0; i < BYTES / BLOCK; i++) {
			uint64_t left = sights[file].size - i * BLOCK;

			if (sampled(seed, &sights[file], file, i))
				ck_assert_int_eq(
					view_add(
						view, file, i,
						sights[file].bytes + i * BLOCK,
						(uint32_t)(left < BLOCK ? left : BLOCK),
						false),
					0);
		}
	}
}

/* Bytes of one block, as a reader gets them: fewer at the end of the file. */
static bool same_bytes(const struct sight *a, const struct sight *b, uint64_t index)
{
	for (uint64_t at = index * BLOCK; at < (index + 1) * BLOCK; at++) {
		if ((at < a->size) != (at < b->size))
			return false;
		if (at < a->size && a->bytes[at] != b->bytes[at])
			return false;
	}
	return true;
}

/* Block @index of @file must be named: by the words of the header. */
static bool must_differ(uint64_t seed, struct sight sights[HOSTS][FILES], uint32_t file,
			uint64_t index)
{
	uint64_t least = UINT64_MAX, most = 0;
	bool differ = false;

	for (int a = 0; a < HOSTS; a++) {
		const struct sight *x = &sights[a][file];

		least = x->size < least ? x->size : least;
		most = x->size > most ? x->size : most;
		for (int b = 0; b < a; b++)
			differ |= sampled(seed, x, file, index) &&
				  sampled(seed, &sights[b][file], file, index) &&
				  !same_bytes(x, &sights[b][file], index);
	}
	return differ || (least != most && index == least / BLOCK);
}

static void make_sights(struct sight sights[HOSTS][FILES])
{
	for (int host = 0; host < HOSTS; host++)
		for (int file = 0; file < FILES; file++) {
			struct sight *s = &sights[host][file];

			memset(s->bytes, 'a' + file, BYTES);
			s->size = BYTES - 3;
			if (rand() % 4 == 0)
				s->bytes[rand() % BYTES] ^= 1;
			if (rand() % 6 == 0)
				s->size = (uint64_t)(rand() % (BYTES + 1));
		}
}

START_TEST(differences_are_those_of_the_bytes)
{
	unsigned int found = 0;

	srand(7);
	for (uint64_t round = 0; round < 3000; round++) {
		struct stash differing = STASH_OF(struct view_place);
		const struct view_place *next;
		struct sight sights[HOSTS][FILES];
		struct view views[HOSTS];
		uint64_t compared;

		make_sights(sights);
		for (int host = 0; host < HOSTS; host++)
			view_of(&views[host], round, sights[host]);
		ck_assert_int_eq(views_differences(views, HOSTS, &differing, &compared),
				 0);
		next = differing.items;
		for (uint32_t file = 0; file < FILES; file++)
			for (uint64_t i = 0; i <= BYTES / BLOCK; i++) {
				if (!must_differ(round, sights, file, i))
					continue;
				ck_assert_uint_lt(
					(size_t)(next -
						 (struct view_place *)differing.items),
					differing.count);
				ck_assert_uint_eq(next->file, file);
				ck_assert_uint_eq(next->index, i);
				next++;
			}
		ck_assert_uint_eq((size_t)(next - (struct view_place *)differing.items),
				  differing.count);
		found += differing.count;
		stash_release(&differing);
		for (int host = 0; host < HOSTS; host++)
			view_release(&views[host]);
	}
	ck_assert_uint_gt(found, 1000);
}
END_TEST

START_TEST(what_was_compared_is_counted)
{
	static struct sight sights[HOSTS][FILES];
	struct stash differing = STASH_OF(struct view_place);
	struct view views[HOSTS];
	uint64_t compared = 0;

	/* Eight blocks and one; host 2 has nothing of the second file. */
	for (int host = 0; host < HOSTS; host++) {
		sights[host][0].size = BYTES;
		sights[host][1].size = host < 2 ? 1 : 0;
		view_of(&views[host], 1, sights[host]);
	}
	ck_assert_uint_eq(views_blocks(views, HOSTS), 9);
	ck_assert_int_eq(views_differences(views, HOSTS, &differing, &compared), 0);
	ck_assert_uint_eq(compared, views[0].block_count);
	ck_assert_uint_eq(differing.count, 1);
	stash_release(&differing);
	ck_assert_int_eq(views_differences(views, 0, &differing, &compared), 0);
	ck_assert_uint_eq(compared, 0);
	ck_assert_uint_eq(views_blocks(views, 0), 0);
	for (int host = 0; host < HOSTS; host++)
		view_release(&views[host]);
}
END_TEST

START_TEST(agreement_takes_all_that_were_asked)
{
	static struct sight sights[HOSTS][FILES];
	struct view_place place = {0, 7}, beside = {0, 99};
	struct view views[HOSTS];

	for (int host = 0; host < HOSTS; host++) {
		sights[host][0].size = BYTES;
		view_of(&views[host], 1, sights[host]);
	}
	ck_assert_int_eq(views_agreement(views, HOSTS, place), AGREEMENT_SAME);
	ck_assert_int_eq(views_agreement(views, HOSTS, beside), AGREEMENT_UNTOLD);
	/* Equal bytes of files that differ in size. */
	views[1].sizes[0]++;
	ck_assert_int_eq(views_agreement(views, HOSTS, place), AGREEMENT_DIFFERENT);
	/* One that was not asked: those who were may agree or not. */
	view_release(&views[2]);
	ck_assert_int_eq(views_agreement(views, HOSTS, place), AGREEMENT_DIFFERENT);
	views[1].sizes[0]--;
	ck_assert_int_eq(views_agreement(views, HOSTS, place), AGREEMENT_UNTOLD);
	view_release(&views[0]);
	view_release(&views[1]);
}
END_TEST

START_TEST(a_difference_lasts_heals_or_is_untold)
{
	/* [again][direct], in the order untold, same, different */
	static const enum difference expected[3][3] = {
		{DIFFERENCE_UNTOLD, DIFFERENCE_STALE, DIFFERENCE_LASTING},
		{DIFFERENCE_STALE, DIFFERENCE_STALE, DIFFERENCE_LASTING},
		{DIFFERENCE_UNTOLD, DIFFERENCE_STALE, DIFFERENCE_LASTING},
	};

	for (int again = 0; again < 3; again++)
		for (int direct = 0; direct < 3; direct++)
			ck_assert_int_eq(difference_settle((enum agreement)again,
							   (enum agreement)direct),
					 expected[again][direct]);
}
END_TEST

UNIT_MAIN("compare_views", 60, differences_are_those_of_the_bytes,
	  what_was_compared_is_counted, agreement_takes_all_that_were_asked,
	  a_difference_lasts_heals_or_is_untold)
