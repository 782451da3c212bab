/*
 * rejudge - what `verify` and `report` have in common: judge a run folder anew,
 * write results where asked, print the page, exit with the verdict's code.
 */
#ifndef TAILRACE_HARNESS_REJUDGE_H
#define TAILRACE_HARNESS_REJUDGE_H

#include <stdbool.h>

#include "core/options.h"

/* What the tables of both commands store into. */
struct rejudge_arguments {
	const char *out_dir; /* --out; NULL: not given */
};

/*
 * Run the command of @table, which takes one RUN.  Without --out results are
 * written into RUN if @into_run, else nowhere.  Returns an enum exit_code; whatever
 * went wrong was said on stderr.
 */
int rejudge(const struct option_table *table, bool into_run, int argc, char **argv);

#endif
