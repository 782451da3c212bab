/*
 * unit - the frame of every unit test: a list of libcheck tests and a main.
 *
 *	START_TEST(a_round_trip)
 *	{
 *		ck_assert_int_eq(...);
 *	}
 *	END_TEST
 *
 *	UNIT_MAIN("record", 60, a_round_trip, ...)
 */
#ifndef TAILRACE_TESTS_UNIT_H
#define TAILRACE_TESTS_UNIT_H

#include <check.h>
#include <stddef.h>
#include <stdlib.h>

static inline int unit_run(const char *name, double timeout_s,
			   const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, timeout_s);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Each of the tests may take @timeout_s; more is a failure. */
#define UNIT_MAIN(name, timeout_s, ...)                                                \
	int main(void)                                                                 \
	{                                                                              \
		const TTest *const tests[] = {__VA_ARGS__};                            \
                                                                                       \
		return unit_run(name, timeout_s, tests,                                \
				sizeof(tests) / sizeof(tests[0]));                     \
	}

#endif
