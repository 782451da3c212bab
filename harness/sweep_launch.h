/* sweep_launch - make the runs of a sweep that are not finished. */
#ifndef TAILRACE_HARNESS_SWEEP_LAUNCH_H
#define TAILRACE_HARNESS_SWEEP_LAUNCH_H

#include "harness/exit_code.h"
#include "harness/sweep_finished.h"

/*
 * Make those of finished->plan that are missing in @finished, in its order, each a
 * process of its own, and write the report after each.  @quiet: tell nothing but
 * errors.  @no_plots: draw no picture of all of them.  Returns the exit code of all
 * runs together, EXIT_COULD_NOT_RUN too where the report could not be written; with a
 * sentence in @err where it came to an early end.
 */
enum exit_code sweep_launch(struct sweep_finished *finished, bool quiet, bool no_plots,
			    struct error *err);

/* Print which runs are missing, and how long they will take. */
void sweep_launch_show(const struct sweep_finished *finished);

#endif
