/* progress - the line that a person sees. */
#include "harness/progress.h"

#include "tests/unit/unit.h"

#include <string.h>

#define S 1000000000ull

static char text[160];

static const char *line(const struct progress *progress, uint64_t done, uint64_t now_ns)
{
	progress_text(progress, done, now_ns, text, sizeof(text));
	return text;
}

START_TEST(records_tell_the_share_and_what_is_left)
{
	struct progress progress = {.name = "flock", .planned = 400, .begun_ns = 5 * S};

	ck_assert_ptr_nonnull(strstr(line(&progress, 100, 15 * S), "flock:  25 %"));
	ck_assert_ptr_nonnull(strstr(text, "100 records"));
	ck_assert_ptr_nonnull(strstr(text, "30.0 s left"));
}
END_TEST

START_TEST(time_tells_the_share_where_it_is_further)
{
	struct progress progress = {
		.name = "flock", .planned = 1000, .duration_ns = 20 * S, .begun_ns = S};

	ck_assert_ptr_nonnull(strstr(line(&progress, 100, 11 * S), " 50 %"));
	ck_assert_ptr_nonnull(strstr(text, "10.0 s left"));
}
END_TEST

START_TEST(nothing_is_promised_before_the_start)
{
	struct progress progress = {
		.name = "flock", .planned = 1000, .begun_ns = 5 * S};

	ck_assert_ptr_null(strstr(line(&progress, 0, 4 * S), "left"));
	ck_assert_ptr_nonnull(strstr(line(&progress, 5000, 9 * S), "100 %"));
}
END_TEST

START_TEST(quiet_shows_nothing)
{
	struct plan plan = {.quiet = true, .eta = ETA_ALWAYS};

	ck_assert(!progress_wanted(&plan));
	plan.quiet = false;
	ck_assert(progress_wanted(&plan));
	plan.eta = ETA_NEVER;
	ck_assert(!progress_wanted(&plan));
}
END_TEST

UNIT_MAIN("progress", 60, records_tell_the_share_and_what_is_left,
	  time_tells_the_share_where_it_is_further,
	  nothing_is_promised_before_the_start, quiet_shows_nothing)
