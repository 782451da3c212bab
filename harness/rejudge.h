/*
 * rejudge - what `verify` and `report` have in common: judge a finished run anew,
 * write results where asked, print the page, exit with the verdict's code.
 */
#ifndef TAILRACE_HARNESS_REJUDGE_H
#define TAILRACE_HARNESS_REJUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/options.h"

/* Paths of a repeatable option, borrowed from the options. */
struct path_list {
	const char **items;
	size_t count;
};

/* A parse function for the table; its target is a struct path_list. */
int option_paths(const char *value, void *target, struct error *err);

/* What the tables of both commands store into. */
struct rejudge_arguments {
	const char *out_dir; /* --out; NULL: not given */
	const char *explain; /* --explain, likewise */
	const char *json;    /* --json: a file or "-"; likewise */
	struct path_list files, histories;
};

/* The row of --json in both tables. */
#define REJUDGE_ROW_JSON                                                               \
	{                                                                              \
		.name = "json", .letter = 'j', .argument = "FILE", .group = "Results", \
		.help = "write the result as JSON to FILE; -: to standard output, "    \
			"and "                                                         \
			"the summary to standard error",                               \
		.parse = option_text,                                                  \
		.offset = offsetof(struct rejudge_arguments, json),                    \
	}

/*
 * Run the command of @table, which takes one RUN, or with --file none; and where
 * --history is given more histories.  Without --out results are written into RUN if
 * @into_run, else nowhere. Returns an enum exit_code; whatever went wrong was said on
 * stderr.
 */
int rejudge(const struct option_table *table, bool into_run, int argc, char **argv);

#endif
