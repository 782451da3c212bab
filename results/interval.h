/*
 * interval - the mean of repeated measurements, and how far it may be trusted.
 *
 * Rates and times are positive and vary by factors, so it is their logarithms that are
 * averaged: the mean is the geometric one, and the interval is Student's t for the
 * mean of the logarithms (NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.2.1),
 * taken back by exp(3).  Of ratios of pairs it is the paired comparison of 7.3.1.1
 * of the same book.
 */
#ifndef TAILRACE_RESULTS_INTERVAL_H
#define TAILRACE_RESULTS_INTERVAL_H

#include <stddef.h>

struct interval {
	size_t count;	  /* values that it was made of */
	double mean;	  /* geometric; NAN for no values */
	double low, high; /* 95 %; NAN for less than two values */
};

/* Of those of the @count @values that are positive and finite. */
struct interval interval_of(const double *values, size_t count);

/* Student's t: 97.5 % of its distribution with @freedom (1, 2, ...) lie below. */
double student_t_975(size_t freedom);

#endif
