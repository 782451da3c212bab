/* markdown - the summary for a pull request: its verdicts, and what is no price. */
#include "tests/unit/results/fixture.h"
#include "tests/unit/unit.h"

#include <string.h>

static const struct fixture_strategy strategies[] = {
	{"append", "append", VERDICT_UNSAFE, true, false, 0.5, 300, 50, "it lost"},
	{"flock", "flock", VERDICT_SAFE, false, false, 0, 300, 50, "fine"},
	{"direct", "direct", VERDICT_SKIPPED, false, false, 0, 0, 50, "no O_DIRECT"},
};

/* Of the first @count; the caller frees it. */
static char *summary_of(size_t count, size_t first)
{
	struct results_options options = {.no_pictures = true};
	struct fixture fixture;
	struct error warning, err;
	char *summary;

	fixture_init(&fixture, 4, 2, strategies + first, count);
	ck_assert_int_eq(results_write(&fixture.result, fixture.dir, fixture.dir,
				       &options, &warning, &err),
			 0);
	summary = fixture_read(&fixture, "summary.md");
	fixture_release(&fixture);
	return summary;
}

/* The cell number @column, from 0, of the row of @strategy. */
static void cell(const char *summary, const char *strategy, int column, char ret[64])
{
	char row[64];
	const char *at;
	size_t length;

	snprintf(row, sizeof(row), "\n| <code>%s</code>", strategy);
	at = strstr(summary, row);
	ck_assert_ptr_nonnull(at);
	for (at += 3; column > 0; column--)
		at = strchr(at, '|') + 2;
	length = strcspn(at, "|") - 1;
	ck_assert_uint_lt(length, 64);
	snprintf(ret, 64, "%.*s", (int)length, at);
}

START_TEST(the_speed_of_what_loses_records_is_no_price)
{
	char *summary = summary_of(3, 0), text[64];

	cell(summary, "append", 1, text);
	ck_assert_str_eq(text, "**UNSAFE**");
	cell(summary, "append", 3, text);
	ck_assert_msg(text[0] == '(' && strchr(text, ')'), "%s", text);
	cell(summary, "flock", 3, text);
	ck_assert_msg(text[0] >= '1' && text[0] <= '9', "%s", text);
	cell(summary, "direct", 3, text);
	ck_assert_str_eq(text, "-");
	ck_assert_ptr_nonnull(strstr(summary, "\n(...) is no price to compare"));
	free(summary);
}
END_TEST

START_TEST(nothing_is_explained_that_is_not_there)
{
	char *summary = summary_of(1, 1);

	ck_assert_ptr_null(strstr(summary, "(...)"));
	free(summary);
}
END_TEST

UNIT_MAIN("markdown", 30, the_speed_of_what_loses_records_is_no_price,
	  nothing_is_explained_that_is_not_there)
