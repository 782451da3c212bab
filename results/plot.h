/*
 * plot - one picture of the folder plots/: data, what its script must be told,
 * and the script, which is the same for all runs (plots/NAME.gp, compiled in).
 */
#ifndef TAILRACE_RESULTS_PLOT_H
#define TAILRACE_RESULTS_PLOT_H

#include <stdio.h>

#include "results/writers.h"

/* The common part of the scripts. */
extern const char plot_throughput_script[];
extern const char plot_latency_script[];
extern const char plot_map_script[];

/*
 * Each puts the data of its plot on @data, and on @settings assignments to the
 * variables that its script reads.  Returns 0; -ENODATA where there is nothing to
 * draw; or another negative errno.
 */
int plot_throughput(const struct output_context *context, size_t strategy, FILE *data,
		    FILE *settings);
int plot_latency(const struct output_context *context, size_t strategy, FILE *data,
		 FILE *settings);
int plot_map(const struct output_context *context, size_t strategy, FILE *data,
	     FILE *settings);

/* "title" and "subtitle"; the subtitle says what was tested. */
void put_plot_titles(FILE *settings, const struct manifest *manifest, const char *title,
		     const char *more);

#endif
