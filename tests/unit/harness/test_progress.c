/* progress - the line that a person sees. */
#include "harness/progress.h"

#include "tests/unit/unit.h"

#include <string.h>
#include <unistd.h>

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

/* What was written to stderr by @show, in a buffer of its own. */
static const char *shown_by(void (*show)(void))
{
	static char page[4096];
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);
	size_t length;

	ck_assert_ptr_nonnull(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	show();
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	rewind(file);
	length = fread(page, 1, sizeof(page) - 1, file);
	page[length] = '\0';
	fclose(file);
	return page;
}

static void show_for_a_minute(bool terminal)
{
	struct plan plan = {.eta = ETA_ALWAYS, .records = 600, .ranks = 1};
	struct progress progress;

	progress_begin(&progress, &plan, "flock", terminal, S);
	for (uint64_t second = 1; second <= 60; second++)
		progress_show(&progress, second * 10, (second + 1) * S);
	progress_end(&progress);
}

static void show_on_terminal(void)
{
	show_for_a_minute(true);
}

static void show_in_log(void)
{
	show_for_a_minute(false);
}

static size_t count_of(const char *page, char sought)
{
	size_t count = 0;

	for (; *page; page++)
		count += *page == sought;
	return count;
}

START_TEST(a_log_gets_plain_lines_and_few)
{
	const char *page = shown_by(show_in_log);

	ck_assert_uint_eq(count_of(page, '\n'), 6);
	ck_assert_uint_eq(count_of(page, '\r'), 0);
	ck_assert_ptr_nonnull(strstr(page, "tailrace: flock:  50 %"));
	ck_assert_ptr_nonnull(strstr(page, "30.0 s left\n"));
}
END_TEST

START_TEST(a_terminal_has_one_line_kept_up_to_date)
{
	const char *page = shown_by(show_on_terminal);

	ck_assert_uint_eq(count_of(page, '\n'), 0);
	ck_assert_uint_ge(count_of(page, '\r'), 60);
	ck_assert_uint_eq(page[strlen(page) - 1], '\r');
}
END_TEST

UNIT_MAIN("progress", 60, a_log_gets_plain_lines_and_few,
	  a_terminal_has_one_line_kept_up_to_date,
	  records_tell_the_share_and_what_is_left,
	  time_tells_the_share_where_it_is_further,
	  nothing_is_promised_before_the_start, quiet_shows_nothing)
