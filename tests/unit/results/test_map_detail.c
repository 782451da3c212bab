/*
 * test_map_detail - which appends are drawn one by one: a loss with what stands in
 * its place, else writers that take turns; never more than can be told apart.
 */
#include "results/map_detail.h"
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES = 1024 };

static const struct fixture_strategy nothing[] = {
	{"append", "append", VERDICT_SAFE, true, false, 0, 0, 0, "nothing"},
};

static struct map_point point(double begin_s, uint64_t offset, uint32_t rank, bool lost)
{
	return (struct map_point){begin_s, offset, BYTES, rank, lost};
}

/* @rows records at @sharers places each; only the last of each is not lost. */
static struct map_point *make_staircases(size_t rows, uint32_t sharers)
{
	struct map_point *points = calloc(rows * sharers, sizeof(*points));

	for (size_t row = 0; row < rows; row++)
		for (uint32_t rank = 0; rank < sharers; rank++)
			points[row * sharers + rank] =
				point(rank + (double)row / 1000, row * BYTES, rank,
				      rank + 1 < sharers);
	return points;
}

static size_t count_ranks(const struct map_point *points, struct map_window window)
{
	bool seen[256] = {false};
	size_t ranks = 0;

	for (size_t i = window.first; i < window.end; i++) {
		ranks += !seen[points[i].rank];
		seen[points[i].rank] = true;
	}
	return ranks;
}

static void is_drawable(const struct map_point *points, size_t count,
			struct map_window window)
{
	ck_assert_uint_lt(window.first, window.end);
	ck_assert_uint_le(window.end, count);
	ck_assert_uint_le(window.end - window.first, MAP_DETAIL_POINTS);
	ck_assert_uint_le(count_ranks(points, window), MAP_DETAIL_RANKS);
}

/* How many of the window are lost with an intact one at the same offset in it. */
static size_t count_explained(const struct map_point *points, struct map_window window)
{
	size_t explained = 0;

	for (size_t i = window.first; i < window.end; i++)
		for (size_t k = window.first; points[i].lost && k < window.end; k++)
			explained +=
				!points[k].lost && points[k].offset == points[i].offset;
	return explained;
}

START_TEST(a_loss_is_shown_with_its_culprit)
{
	struct map_point *points = make_staircases(100, 4);
	struct map_window window = map_choose_window(points, 400, true);

	is_drawable(points, 400, window);
	ck_assert_uint_gt(window.end - window.first, MAP_DETAIL_POINTS - 8);
	/* Whole rows, so each loss in it is explained. */
	ck_assert_uint_eq(window.first % 4, 0);
	ck_assert_uint_eq(window.end % 4, 0);
	ck_assert_uint_eq(count_explained(points, window),
			  (window.end - window.first) / 4 * 3);
	free(points);
}
END_TEST

START_TEST(the_only_loss_is_found)
{
	struct map_point points[300];
	struct map_window window;

	for (size_t at = 0; at < 299; at++) {
		for (size_t i = 0; i < 300; i++)
			points[i] = point((double)i, (i - (i > at)) * BYTES, i % 2,
					  i == at);
		window = map_choose_window(points, 300, true);
		is_drawable(points, 300, window);
		ck_assert_uint_eq(count_explained(points, window), 1);
	}
}
END_TEST

START_TEST(many_ranks_at_one_place_are_cut)
{
	struct map_point *points = make_staircases(3, 64);
	struct map_window window = map_choose_window(points, 192, true);

	is_drawable(points, 192, window);
	ck_assert_uint_eq(count_ranks(points, window), MAP_DETAIL_RANKS);
	ck_assert_uint_gt(count_explained(points, window), 0);
	free(points);
}
END_TEST

START_TEST(a_loss_without_a_culprit_is_shown_too)
{
	struct map_point points[100];
	struct map_window window;

	for (size_t i = 0; i < 100; i++)
		points[i] = point((double)i, i * BYTES, i % 2, i == 90);
	window = map_choose_window(points, 100, true);
	is_drawable(points, 100, window);
	ck_assert(window.first <= 90 && window.end > 90);
	window = map_choose_window(points, 100, false);
	ck_assert(window.first <= 90 && window.end > 90);
}
END_TEST

START_TEST(without_a_loss_writers_take_turns)
{
	struct map_point points[1000];
	struct map_window window;

	/* Long runs of one writer, but for one stretch. */
	for (size_t i = 0; i < 1000; i++)
		points[i] = point((double)i, i * BYTES,
				  i >= 700 && i < 728 ? i % 3 : i / 100, false);
	window = map_choose_window(points, 1000, true);
	is_drawable(points, 1000, window);
	ck_assert_uint_le(window.first, 701);
	ck_assert_uint_ge(window.end, 727);
	window = map_choose_window(points, 1, true);
	ck_assert_uint_eq(window.first, 0);
	ck_assert_uint_eq(window.end, 1);
	/* Where nothing is better than anything else, the middle. */
	for (size_t i = 0; i < 1000; i++)
		points[i].rank = 0;
	window = map_choose_window(points, 1000, true);
	ck_assert(window.first < 500 && window.end > 500);
}
END_TEST

/* What is put of @points: data and settings, which the caller frees. */
static void put(const struct fixture *fixture, struct map_point *points, size_t count,
		bool shared, char **ret_data, char **ret_settings)
{
	size_t data_size, settings_size;
	FILE *data = open_memstream(ret_data, &data_size);
	FILE *settings = open_memstream(ret_settings, &settings_size);

	ck_assert_int_eq(map_put_detail(data, settings, &fixture->manifest, points,
					count, shared),
			 0);
	fclose(data);
	fclose(settings);
}

static void says(const char *text, const char *what)
{
	ck_assert_msg(strstr(text, what) != NULL, "no \"%s\" in:\n%s", what, text);
}

START_TEST(columns_are_in_the_order_of_time)
{
	struct map_point points[] = {
		point(1.5, 2048, 3, true),
		point(1.25, 2048, 1, false),
		point(1.0, 3072, 1, false),
	};
	struct fixture fixture;
	char *data, *settings;

	fixture_init(&fixture, 4, 2, nothing, 1);
	put(&fixture, points, 3, true, &data, &settings);
	ck_assert_str_eq(data, "\n\n0\t3072\t4096\t1\t0\t1\t0 ns\n"
			       "1\t2048\t3072\t1\t0\t1\t-\n"
			       "2\t2048\t3072\t2\t1\t3\t-\n"
			       "\n\n2048\t2\n3072\t3\n");
	says(settings, "shown = 2\n");
	says(settings, "writers[shown] = ['rank 1 (host2)', 'rank 3 (host2)']\n");
	says(settings, "detail_label = 'offset in the file (KiB)'\n");
	says(settings, "lowest = 2048.0\nhighest = 4096.0\n");
	says(settings, "columns = 3\ncrossed = 1\norigin = 1.0000");
	free(data);
	free(settings);
	fixture_release(&fixture);
}
END_TEST

START_TEST(odd_offsets_are_bytes)
{
	struct map_point points[] = {{0, 1234567, 300, 0, false},
				     {1, 1234867, 6000, 0, false}};
	struct fixture fixture;
	char *data, *settings;

	fixture_init(&fixture, 1, 1, nothing, 1);
	put(&fixture, points, 2, true, &data, &settings);
	/* The second is too near to the first for a label of its own. */
	says(data, "\n\n1234567\t1,234,567\n");
	ck_assert_ptr_null(strstr(data, "\n1234867\t"));
	says(settings, "detail_label = 'offset in the file (bytes)'\n");
	free(data);
	free(settings);
	fixture_release(&fixture);
}
END_TEST

START_TEST(files_of_their_own_have_rows)
{
	struct map_point points[] = {point(0, 0, 2, false), point(1, 0, 0, true)};
	struct fixture fixture;
	char *data, *settings;

	fixture_init(&fixture, 4, 2, nothing, 1);
	free(fixture.manifest.hosts[0].name);
	fixture.manifest.hosts[0].name = strdup("\xc3\xa9-node-0123456789.example.org");
	put(&fixture, points, 2, false, &data, &settings);
	ck_assert_str_eq(data, "\n\n0\t0.6\t1.4\t2\t0\t2\t0 ns\n"
			       "1\t-0.4\t0.4\t1\t1\t0\t-\n"
			       "\n\n0\trank 0 (\xc3\xa9-node-012345...)\n"
			       "1\trank 2 (\xc3\xa9-node-012345...)\n");
	says(settings, "writer_chars = 25\n");
	says(settings, "highest = 2 - 0.5\n");
	free(data);
	free(settings);
	fixture_release(&fixture);
}
END_TEST

UNIT_MAIN("map_detail", 60, a_loss_is_shown_with_its_culprit, the_only_loss_is_found,
	  many_ranks_at_one_place_are_cut, a_loss_without_a_culprit_is_shown_too,
	  without_a_loss_writers_take_turns, columns_are_in_the_order_of_time,
	  odd_offsets_are_bytes, files_of_their_own_have_rows)
