/* test_suggest - a slip is recognised, another word is not. */
#include "core/suggest.h"
#include "tests/unit/unit.h"

#include <stdint.h>
#include <string.h>

static const char *meant(const char *typed)
{
	static const char *const names[] = {"append",	"flock",   "fcntl",
					    "per-file", "records", "strategy"};
	struct suggestion suggestion = suggest_for(typed);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		suggest_offer(&suggestion, names[i]);
	return suggestion.name ? suggestion.name : "";
}

START_TEST(distances)
{
	char long_name[80];

	ck_assert_uint_eq(suggest_distance("", ""), 0);
	ck_assert_uint_eq(suggest_distance("", "abc"), 3);
	ck_assert_uint_eq(suggest_distance("flock", "flock"), 0);
	ck_assert_uint_eq(suggest_distance("flokc", "flock"), 1);
	ck_assert_uint_eq(suggest_distance("lock", "flock"), 1);
	ck_assert_uint_eq(suggest_distance("fclok", "flock"), 2);
	ck_assert_uint_eq(suggest_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(suggest_distance("abcdef", "badcfe"), 3);
	memset(long_name, 'x', sizeof(long_name));
	long_name[63] = '\0';
	ck_assert_uint_eq(suggest_distance(long_name, long_name), 0);
	ck_assert_uint_eq(suggest_distance("", long_name), 63);
	long_name[63] = 'x';
	long_name[64] = '\0';
	ck_assert_uint_eq(suggest_distance(long_name, "x"), SIZE_MAX);
}
END_TEST

START_TEST(the_nearest_is_offered)
{
	ck_assert_str_eq(meant("flokc"), "flock");
	ck_assert_str_eq(meant("fcnlt"), "fcntl");
	ck_assert_str_eq(meant("stratgey"), "strategy");
	ck_assert_str_eq(meant("perfile"), "per-file");
	ck_assert_str_eq(meant("recrods"), "records");
	ck_assert_str_eq(meant("append"), "append");
	ck_assert_str_eq(meant("banana"), "");
	ck_assert_str_eq(meant("x"), "");
	ck_assert_str_eq(meant(""), "");
}
END_TEST

START_TEST(the_end_of_the_sentence)
{
	struct suggestion suggestion = suggest_for("flok");
	char text[64];
	char small[8];

	ck_assert_str_eq(suggest_text(&suggestion, "--", text, sizeof(text)), "");
	suggest_offer(&suggestion, "flock");
	ck_assert_str_eq(suggest_text(&suggestion, "--", text, sizeof(text)),
			 "; did you mean --flock?");
	ck_assert_uint_eq(strlen(suggest_text(&suggestion, "", small, sizeof(small))),
			  7);
}
END_TEST

UNIT_MAIN("suggest", 10, distances, the_nearest_is_offered, the_end_of_the_sentence)
