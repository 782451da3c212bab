/* test_check_facts - what a check found out: to JSON, back, and hostile. */
#include "core/check_facts.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

static struct check_facts sample(void)
{
	struct check_facts facts = {
		.level = CHECK_THOROUGH,
		.local = true,
		.selftest_cases = 190,
		.selftest_agreed = 189,
		.probes = CHECK_PROBES_HARMFUL,
		.conforming = 1,
		.harmless = 2,
		.harmful = 3,
		.unsupported = 4,
		.unanswered = 5,
	};

	ck_assert_int_eq(check_facts_add_harm(&facts, "upgrade", "flock", "two hosts",
					      "shared becomes exclusive", "granted",
					      "two hold it"),
			 0);
	return facts;
}

START_TEST(reads_back_what_was_written)
{
	struct check_facts facts = sample(), read = {0};
	json_t *json = check_facts_to_json(&facts);

	ck_assert_int_eq(check_facts_from_json(json, &read), 0);
	ck_assert_int_eq(read.level, CHECK_THOROUGH);
	ck_assert(read.local);
	ck_assert_uint_eq(read.selftest_cases, 190);
	ck_assert_uint_eq(read.selftest_agreed, 189);
	ck_assert_int_eq(read.probes, CHECK_PROBES_HARMFUL);
	ck_assert_uint_eq(read.conforming, 1);
	ck_assert_uint_eq(read.harmless, 2);
	ck_assert_uint_eq(read.harmful, 3);
	ck_assert_uint_eq(read.unsupported, 4);
	ck_assert_uint_eq(read.unanswered, 5);
	ck_assert_uint_eq(read.harm_count, 1);
	ck_assert_str_eq(read.harms[0].probe, "upgrade");
	ck_assert_str_eq(read.harms[0].lock, "flock");
	ck_assert_str_eq(read.harms[0].scope, "two hosts");
	ck_assert_str_eq(read.harms[0].question, "shared becomes exclusive");
	ck_assert_str_eq(read.harms[0].answer, "granted");
	ck_assert_str_eq(read.harms[0].reason, "two hold it");
	check_facts_release(&read);
	check_facts_release(&facts);
	check_facts_release(&facts);
	json_decref(json);
}
END_TEST

START_TEST(no_check_is_null)
{
	struct check_facts facts = {0}, read = {.level = CHECK_QUICK};
	json_t *json = check_facts_to_json(&facts);

	ck_assert(json_is_null(json));
	ck_assert_int_eq(check_facts_from_json(json, &read), 0);
	/* As of before there were checks; untouched both times. */
	ck_assert_int_eq(check_facts_from_json(NULL, &read), 0);
	ck_assert_int_eq(read.level, CHECK_QUICK);
	json_decref(json);
}
END_TEST

/* What a damaged or forged manifest may say: key, value as JSON. */
static const struct {
	const char *object; /* "": of the facts themselves */
	const char *key, *value;
} nonsense[] = {
	{"", "level", "\"none\""},
	{"", "level", "\"utter\""},
	{"", "level", "7"},
	{"", "local", "\"yes\""},
	{"", "selftest", "null"},
	{"", "probe", "[]"},
	{"selftest", "cases", "-1"},
	{"selftest", "cases", "188"},
	{"selftest", "agreed", "4294967296"},
	{"selftest", "agreed", "1e3"},
	{"probe", "verdict", "\"fine\""},
	/* A harmful answer that the verdict would not count. */
	{"probe", "verdict", "\"conforms\""},
	{"probe", "harmful", "0"},
	{"probe", "harmless", "-1"},
	{"probe", "unanswered", "9223372036854775807"},
	{"probe", "harm", "{}"},
	{"probe", "harm", "[1]"},
	{"probe", "harm", "[{\"probe\": \"upgrade\"}]"},
};

START_TEST(what_makes_no_sense_is_refused)
{
	struct check_facts facts = sample(), read = {0};
	json_t *json = check_facts_to_json(&facts);
	json_t *object = *nonsense[_i].object
				 ? json_object_get(json, nonsense[_i].object)
				 : json;

	json_object_set_new(object, nonsense[_i].key,
			    json_loads(nonsense[_i].value, JSON_DECODE_ANY, NULL));
	ck_assert_int_eq(check_facts_from_json(json, &read), -EBADMSG);
	ck_assert_int_eq(read.level, CHECK_NONE);
	ck_assert_ptr_null(read.harms);
	json_object_del(object, nonsense[_i].key);
	ck_assert_int_eq(check_facts_from_json(json, &read), -EBADMSG);
	json_decref(json);
	check_facts_release(&facts);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("check_facts");
	TCase *tcase = tcase_create("check_facts");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, reads_back_what_was_written);
	tcase_add_test(tcase, no_check_is_null);
	tcase_add_loop_test(tcase, what_makes_no_sense_is_refused, 0,
			    sizeof(nonsense) / sizeof(nonsense[0]));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
