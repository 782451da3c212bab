/*
 * rejudge - what `verify` and `report` have in common: judge a finished run anew,
 * write results where asked, print the page, exit with the verdict's code.
 */
#ifndef TAILRACE_HARNESS_REJUDGE_H
#define TAILRACE_HARNESS_REJUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/options.h"

/* A parse function for both tables, of 1 to CREW_MAX threads; its target is a uint32_t.
 */
int option_threads(const char *value, void *target, struct error *err);

/* What the tables of both commands store into. */
struct rejudge_arguments {
	const char *out_dir; /* --out; NULL: not given */
	const char *explain; /* --explain, likewise */
	const char *json;    /* --json: a file or "-"; likewise */
	bool no_plots;
	struct arguments files, histories;
	uint32_t threads; /* --threads; 0: not given */
	uint64_t timeout_ns;
};

/* Rows of both tables. */
#define REJUDGE_ROW_JSON                                                               \
	{                                                                              \
		.name = "json", .letter = 'j', .argument = "FILE", .group = "Results", \
		.help = "write the result as JSON to FILE; -: to standard output, "    \
			"and "                                                         \
			"the summary to standard error",                               \
		.parse = option_text,                                                  \
		.offset = offsetof(struct rejudge_arguments, json),                    \
	}
#define REJUDGE_ROW_NO_PLOTS                                                           \
	{                                                                              \
		.name = "no-plots", .group = "Results",                                \
		.help = "draw no plots; their data and scripts are written",           \
		.parse = option_flag,                                                  \
		.offset = offsetof(struct rejudge_arguments, no_plots),                \
	}

/* The row of --timeout, of merge and compare too, for arguments of type @type. */
#define REJUDGE_ROW_TIMEOUT(type)                                                      \
	{                                                                              \
		.name = "timeout", .argument = "TIME", .group = "Limits",              \
		.help = "give up when a mount did not answer for so long",             \
		.fallback = "180s", .parse = option_patience,                          \
		.offset = offsetof(type, timeout_ns),                                  \
	}

/*
 * Add the operands from @first on to the @histories of --history, since a shell
 * expands a pattern so: 0, or -EINVAL with a sentence where there was no --history
 * and the first operand is something else (@first > 0).
 */
int more_histories(const struct options *options, size_t first,
		   struct arguments *histories, struct error *err);

/* The row of --threads. */
#define REJUDGE_ROW_THREADS                                                            \
	{                                                                              \
		.name = "threads", .argument = "N", .group = "Speed",                  \
		.help = "read and judge by so many threads, 1 to 8; by default as "    \
			"many as there are processors",                                \
		.parse = option_threads,                                               \
		.offset = offsetof(struct rejudge_arguments, threads),                 \
	}

/*
 * Run the command of @table, which takes one RUN, or with --file none; and where
 * --history is given more histories.  Without --out results are written into RUN if
 * @into_run, else nowhere. Returns an enum exit_code; whatever went wrong was said on
 * stderr.
 */
int rejudge(const struct option_table *table, bool into_run, int argc, char **argv);

#endif
