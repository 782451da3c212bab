/* sweep_picture - the points of a sweep as curves: throughput against what was varied.
 */
#ifndef TAILRACE_RESULTS_SWEEP_PICTURE_H
#define TAILRACE_RESULTS_SWEEP_PICTURE_H

#include "results/result.h"
#include "results/sweep_report.h"

/*
 * Draw @report into plots/ of the folder @out, which is made if need be: against ranks
 * where they were varied, else against sizes, batches, or the first key of -L that has
 * numbers.  @options may be NULL.  Returns and leaves sentences as plot_sweep_write.
 */
int sweep_picture_write(const struct sweep_report *report, const char *out,
			const struct results_options *options,
			struct error *ret_warning, struct error *err);

#endif
