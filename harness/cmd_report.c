/*
 * cmd_report - write the results and plots of a finished run again; see
 * tailrace-report(1).
 *
 * The run is judged anew, so the results never say what its data and histories
 * do not.  The exit code is the verdict's: a script that takes 0 for safe is not
 * fooled by a report that merely could be written.
 */
#include "harness/commands.h"

#include "harness/rejudge.h"

static const struct option_row rows[] = {
	{
		.name = "out",
		.argument = "DIR",
		.group = "Results",
		.help = "write into DIR, which is made, instead of into RUN",
		.parse = option_text,
		.offset = offsetof(struct rejudge_arguments, out_dir),
	},
	REJUDGE_ROW_JSON,
	REJUDGE_ROW_NO_PLOTS,
	REJUDGE_ROW_THREADS,
	REJUDGE_ROW_TIMEOUT(struct rejudge_arguments),
};

static const struct option_table table = {
	.program = "tailrace report",
	.operands = "RUN",
	.summary = "Judge the run folder RUN again and write its results and plots "
		   "anew; without MPI.",
	.epilogue = "Exit code: 0 safe, 1 unsafe, 2 usage, 3 inconclusive, 4 could not "
		    "judge.",
	.examples = "tailrace report tailrace-results/run/latest\n"
		    "tailrace report --out report tailrace-results/run/latest\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

int cmd_report(int argc, char **argv)
{
	return rejudge(&table, true, argc, argv);
}
