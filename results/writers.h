/*
 * writers - the files of a run folder that results make; result.c has the table.
 *
 * A writer puts its file onto a stream and leaves errors of the stream to
 * ferror(3).  It returns 0, or a negative errno with a sentence in @err where
 * something else failed.
 */
#ifndef TAILRACE_RESULTS_WRITERS_H
#define TAILRACE_RESULTS_WRITERS_H

#include <stdint.h>
#include <stdio.h>

#include "core/error.h"
#include "results/chronicle.h"
#include "results/result.h"

/* What all writers of one results_write() share. */
struct output_context {
	const struct result *result;
	const struct results_options *options;
	const char *run_dir;
	const char *out_dir;
	int out_fd;
	struct chronicle *chronicles; /* one per strategy, empty where it did not run */
	struct error *warning;
	const struct sweep_picture *sweep; /* instead of a result: plot_sweep.h */
};

/* Rows of records.csv over all strategies; beyond, it is a regular sample. */
#define RECORDS_CSV_MAX 1000000u

/*
 * Of strategy number @index, records.csv has every n-th append of each writer:
 * this is n, counted in appends.
 */
uint64_t records_csv_stride(const struct result *result, size_t index);

int write_json(const struct output_context *context, FILE *stream, struct error *err);
int write_summary(const struct output_context *context, FILE *stream,
		  struct error *err);
int write_records(const struct output_context *context, FILE *stream,
		  struct error *err);
int write_anomalies(const struct output_context *context, FILE *stream,
		    struct error *err);
int write_ranks(const struct output_context *context, FILE *stream, struct error *err);
int write_junit(const struct output_context *context, FILE *stream, struct error *err);
int write_markdown(const struct output_context *context, FILE *stream,
		   struct error *err);
int write_histograms(const struct output_context *context, FILE *stream,
		     struct error *err);

/* report.html; after the plots, which stand in it. */
int write_html(const struct output_context *context, FILE *stream, struct error *err);

/* How wide a page for @stream is to be: as a terminal is, within reason; else 80. */
size_t results_columns(FILE *stream);

/* The folder plots/ with data, scripts and pictures. */
int write_plots(const struct output_context *context, struct error *err);
int write_sweep_plots(const struct output_context *context, struct error *err);

/* Add a sentence to the warnings (warnings.c). */
void add_warning(const struct output_context *context, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
