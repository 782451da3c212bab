/*
 * plot - one picture of the folder plots/: data, what its script must be told,
 * and the script, which is the same for all runs (plots/common.gp and
 * plots/NAME.gp, compiled in).
 */
#ifndef TAILRACE_RESULTS_PLOT_H
#define TAILRACE_RESULTS_PLOT_H

#include <stdio.h>

#include "results/writers.h"

enum {
	PLOT_NAME_BYTES = 96,
	PLOT_LABEL_CHARS_MAX = 36, /* of a strategy; the tables have it in full */
};

/* One row per kind of picture. */
struct plot {
	const char *name;
	const char *script; /* the part that is the same for all runs */
	/*
	 * Put the data on @data, and on @settings assignments to the variables that
	 * the script reads.  Returns 0; -ENODATA where there is nothing to draw; or
	 * another negative errno.
	 */
	int (*put)(const struct output_context *context, size_t strategy, FILE *data,
		   FILE *settings);
	bool per_strategy;  /* NAME-PRESET, one for each strategy */
	const char *legend; /* what it shows, in words */
};

extern const struct plot plot_table[];
extern const size_t plot_count;

/*
 * "map-append"; a second strategy of the same preset is "map-append-2".  @manifest
 * matters only for what is per strategy.
 */
void plot_name(const struct plot *plot, const struct manifest *manifest,
	       size_t strategy, char ret_name[PLOT_NAME_BYTES]);

/* ---- the kinds: see struct plot ------------------------------------------------ */

int plot_throughput(const struct output_context *context, size_t strategy, FILE *data,
		    FILE *settings);
int plot_latency(const struct output_context *context, size_t strategy, FILE *data,
		 FILE *settings);
int plot_map(const struct output_context *context, size_t strategy, FILE *data,
	     FILE *settings);
int plot_timeline(const struct output_context *context, size_t strategy, FILE *data,
		  FILE *settings);
int plot_fairness(const struct output_context *context, size_t strategy, FILE *data,
		  FILE *settings);
int plot_rpcs(const struct output_context *context, size_t strategy, FILE *data,
	      FILE *settings);

/* Of context->sweep, with no result (plot_sweep.h). */
int plot_sweep(const struct output_context *context, size_t strategy, FILE *data,
	       FILE *settings);

/* ---- texts in them (plot_text.c) ----------------------------------------------- */

/* "title" and "subtitle"; the subtitle says what was tested. */
void put_plot_titles(FILE *settings, const struct manifest *manifest, const char *title,
		     const char *more);

/*
 * The name and the verdict of a strategy, cut to PLOT_LABEL_CHARS_MAX: a new string
 * that the caller frees; NULL without memory.
 */
char *plot_label(const struct result *result, size_t strategy);

/*
 * The same as a field of @data; *widest grows to the characters that it takes.
 * Returns 0 or -ENOMEM.
 */
int put_plot_label(FILE *data, const struct result *result, size_t strategy,
		   size_t *widest);

/* Was the record lost? */
bool plot_is_lost(enum record_fate fate);

#endif
