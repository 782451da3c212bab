/* interval - see interval.h. */
#include "results/interval.h"

#include <math.h>
#include <stdbool.h>

double student_t_975(size_t freedom)
{
	/* NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2. */
	static const double table[] = {
		12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
		2.201,	2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
		2.080,	2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
	};
	static const double z = 1.959964;
	double n = (double)freedom;

	if (freedom >= 1 && freedom <= sizeof(table) / sizeof(table[0]))
		return table[freedom - 1];
	if (freedom == 0)
		return NAN;
	/* Abramowitz and Stegun, 26.7.5: right to all digits shown above from 30 on. */
	return z + (pow(z, 3) + z) / (4 * n) +
	       (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * n * n);
}

static bool is_usable(double value)
{
	return isfinite(value) && value > 0;
}

struct interval interval_of(const double *values, size_t count)
{
	struct interval interval = {0, NAN, NAN, NAN};
	double mean = 0, squares = 0, reach;

	for (size_t i = 0; i < count; i++)
		if (is_usable(values[i])) {
			mean += log(values[i]);
			interval.count++;
		}
	if (interval.count == 0)
		return interval;
	mean /= (double)interval.count;
	interval.mean = exp(mean);
	if (interval.count < 2)
		return interval;
	for (size_t i = 0; i < count; i++)
		if (is_usable(values[i]))
			squares += pow(log(values[i]) - mean, 2);
	reach = student_t_975(interval.count - 1) *
		sqrt(squares / (double)(interval.count - 1) / (double)interval.count);
	interval.low = exp(mean - reach);
	interval.high = exp(mean + reach);
	return interval;
}
