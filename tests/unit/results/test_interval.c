/* test_interval - against tables and a reckoning by hand. */
#include "results/interval.h"

#include <math.h>

#include "tests/unit/unit.h"

/* NIST/SEMATECH e-Handbook, 1.3.6.7.2, 0.975; 40, 60 and 100 are beyond our table. */
START_TEST(students_t)
{
	ck_assert_double_eq_tol(student_t_975(1), 12.706, 0.0005);
	ck_assert_double_eq_tol(student_t_975(9), 2.262, 0.0005);
	ck_assert_double_eq_tol(student_t_975(30), 2.042, 0.0005);
	ck_assert_double_eq_tol(student_t_975(40), 2.021, 0.0005);
	ck_assert_double_eq_tol(student_t_975(60), 2.000, 0.0005);
	ck_assert_double_eq_tol(student_t_975(100), 1.984, 0.0005);
	ck_assert(isnan(student_t_975(0)));
}
END_TEST

/*
 * The logarithms of 1, 2 and 4 are 0, 1 and 2 times log 2: their mean is log 2, their
 * standard deviation too; so it reaches 4.303 / sqrt(3) powers of two to either side.
 */
START_TEST(three_values)
{
	const double values[] = {4, 1, 2};
	struct interval i = interval_of(values, 3);

	ck_assert_uint_eq(i.count, 3);
	ck_assert_double_eq_tol(i.mean, 2, 1e-12);
	ck_assert_double_eq_tol(i.low, 2 * pow(2, -4.303 / sqrt(3)), 1e-12);
	ck_assert_double_eq_tol(i.high, 2 * pow(2, 4.303 / sqrt(3)), 1e-9);
}
END_TEST

START_TEST(equal_values_are_certain)
{
	const double values[] = {7, 7};
	struct interval i = interval_of(values, 2);

	ck_assert_double_eq_tol(i.low, 7, 1e-12);
	ck_assert_double_eq_tol(i.high, 7, 1e-12);
}
END_TEST

START_TEST(one_value_has_no_interval)
{
	const double values[] = {3};
	struct interval i = interval_of(values, 1);

	ck_assert_double_eq_tol(i.mean, 3, 1e-12);
	ck_assert(isnan(i.low) && isnan(i.high));
}
END_TEST

START_TEST(what_has_no_logarithm_is_left_out)
{
	const double values[] = {0, -1, NAN, INFINITY, 5};
	struct interval i = interval_of(values, 5);

	ck_assert_uint_eq(i.count, 1);
	ck_assert_double_eq_tol(i.mean, 5, 1e-12);
	i = interval_of(values, 4);
	ck_assert_uint_eq(i.count, 0);
	ck_assert(isnan(i.mean));
}
END_TEST

UNIT_MAIN("interval", 10, students_t, three_values, equal_values_are_certain,
	  one_value_has_no_interval, what_has_no_logarithm_is_left_out)
