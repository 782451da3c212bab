/*
 * plot_sweep - what a sweep came to, as a picture: records per second against a number
 * that was varied, usually ranks, with the interval of the repeats.
 */
#ifndef TAILRACE_RESULTS_PLOT_SWEEP_H
#define TAILRACE_RESULTS_PLOT_SWEEP_H

#include <stddef.h>

#include "core/error.h"
#include "results/result.h"

/* One strategy at one point of the sweep: a line of points.csv. */
struct sweep_rate {
	const char *
		series; /* what is joined by a line: the strategy, and other settings */
	enum verdict verdict;
	double x;
	double records_per_s; /* NAN, infinite or not above 0: left out */
	double low, high;     /* of its 95 % interval; NAN: one repeat */
};

struct sweep_picture {
	const struct sweep_rate *rates; /* those of a series in the order of x */
	size_t count;
	const char *x_label; /* "ranks" */
	const char *setting; /* the mount, and what was not varied: one line */
};

/*
 * Write plots/throughput-by-ranks.{tsv,gp,svg,png} into the existing folder @out_dir.
 * @options may be NULL.  Returns 0 or a negative errno with a sentence in @err; what is
 * no failure (no gnuplot) is a sentence in @ret_warning, which is emptied first.
 */
int plot_sweep_write(const struct sweep_picture *picture, const char *out_dir,
		     const struct results_options *options, struct error *ret_warning,
		     struct error *err);

#endif
