/* sweep_points - the repeats of each point of a sweep, taken together. */
#ifndef TAILRACE_RESULTS_SWEEP_POINTS_H
#define TAILRACE_RESULTS_SWEEP_POINTS_H

#include "results/interval.h"
#include "results/sweep_report.h"

/* What one strategy came to at one point. */
struct sweep_point_figures {
	size_t repeats;
	enum verdict verdict;
	struct interval rate;		   /* records/s */
	double lost_per_million, p50, p99; /* the last two in us */
	double rpc;			   /* a record */
};

/* Of a point; @run is its first repeat. 0 to go on, or a negative errno. */
typedef int sweep_point_fn(const struct sweep_report *report,
			   const struct sweep_run *run,
			   const struct outcome_strategy *strategy,
			   const struct sweep_point_figures *figures, void *context);

/*
 * Call @each for each strategy of each point that has a finished run.  0, -ENOMEM, or
 * what @each returned.
 */
int sweep_for_points(const struct sweep_report *report, sweep_point_fn *each,
		     void *context);

/* NAN where nothing was acknowledged. */
double sweep_lost_per_million(double lost, double acknowledged);

/* 16 of "flock:wait=block,batch=16"; 1 where it says nothing. */
unsigned long sweep_batch_of(const char *spec);

#endif
