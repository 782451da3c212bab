/*
 * result - what a run came to, and the writers that put it into files.
 *
 * The model is what others have made: the manifest (what was to be done, where)
 * and the judgments (what was found).  Nothing is judged here, and no writer
 * knows another; result.c has the table of them.
 */
#ifndef TAILRACE_RESULTS_RESULT_H
#define TAILRACE_RESULTS_RESULT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/error.h"
#include "core/manifest.h"
#include "verify/judgment.h"

#define RESULT_SCHEMA	    "tailrace.result/1"
#define RESULT_JSON_FILE    "result.json"
#define RESULT_SUMMARY_FILE "summary.txt"
#define RESULT_REPORT_FILE  "report.html"

/* Borrows everything: what it points to must outlive it. */
struct result {
	const struct manifest *manifest;
	const struct judgment *judgments; /* manifest->strategy_count of them */
	struct run_verdict verdict;
};

/* All zero is the usual choice. */
struct results_options {
	bool no_pictures;		 /* leave out gnuplot, keep its scripts */
	const char *gnuplot;		 /* program; NULL: "gnuplot" in PATH */
	unsigned int gnuplot_timeout_ms; /* for each plot; 0: a minute */
};

/*
 * Write result.json, summary.txt, summary.md, junit.xml, records.csv, ranks.csv,
 * anomalies.csv, histograms.tsv, plots/ and report.html into the existing folder
 * @out_dir; the histories are read from @run_dir (often the same).  Each file is made
 * under another name and renamed, so that none is ever seen half written; files of the
 * same name are replaced.  @options may be NULL.
 *
 * Returns 0 or a negative errno with a sentence in @err: the files that could be
 * written then stand there all the same.  What is no failure, yet worth telling
 * (no gnuplot, a history that cannot be read), is left as a sentence in
 * @ret_warning, which is emptied first.
 */
int results_write(const struct result *result, const char *run_dir, const char *out_dir,
		  const struct results_options *options, struct error *ret_warning,
		  struct error *err);

/*
 * Print to @stream what summary.txt says, fitted to it: as wide as the terminal
 * (80 columns where there is none), in colour where results_want_colour() says so.  The
 * text names the folders at its end; @out_dir NULL: nothing was written, so it names
 * none. Returns 0 or a negative errno: -ENOMEM, or what the stream met.
 */
int results_print(const struct result *result, const char *run_dir, const char *out_dir,
		  FILE *stream);

/*
 * Is @stream a terminal that shows colours, and is NO_COLOR
 * (https://no-color.org) not set?
 */
bool results_want_colour(FILE *stream);

/*
 * Print to @stream the summary.txt that is in @out_dir, in @colour or as it is.
 * Returns 0 or a negative errno.
 */
int results_show(const char *out_dir, bool colour, FILE *stream);

/* The exit code of the program: 0 safe, 1 unsafe, 3 otherwise. */
int verdict_exit_code(enum verdict verdict);

#endif
