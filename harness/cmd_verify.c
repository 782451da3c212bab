/* cmd_verify - judge a finished run again, offline; see tailrace-verify(1). */
#include "harness/commands.h"

#include "harness/rejudge.h"

#include <stdint.h>

static const struct option_row rows[] = {
	{
		.name = "out",
		.argument = "DIR",
		.group = "Results",
		.help = "write result files, plots and all into DIR, which is made",
		.parse = option_text,
		.offset = offsetof(struct rejudge_arguments, out_dir),
	},
	REJUDGE_ROW_JSON,
	REJUDGE_ROW_NO_PLOTS,
	{
		.name = "explain",
		.argument = "KIND[#N]",
		.group = "Results",
		.help = "show one finding, the N-th of KIND, instead of the summary: "
			"the "
			"bytes, who wrote them, and when; STRATEGY/KIND#N names the "
			"strategy too",
		.parse = option_text,
		.offset = offsetof(struct rejudge_arguments, explain),
	},
	{
		.name = "file",
		.argument = "FILE",
		.group = "Without a run folder",
		.help = "the data file to judge; again for each writer's own, or one "
			"folder "
			"of them",
		.parse = option_add,
		.offset = offsetof(struct rejudge_arguments, files),
		.flags = OPTION_REPEATABLE,
	},
	{
		.name = "history",
		.argument = "FILE",
		.group = "Histories",
		.help = "a history, or a folder of them; further operands are more of "
			"them: all there are with --file, with RUN those that it did "
			"not gather",
		.parse = option_add,
		.offset = offsetof(struct rejudge_arguments, histories),
		.flags = OPTION_REPEATABLE,
	},
	REJUDGE_ROW_THREADS,
	REJUDGE_ROW_TIMEOUT(struct rejudge_arguments),
};

static const struct option_table table = {
	.program = "tailrace verify",
	.operands = "RUN [--history FILE...] | --file FILE --history FILE...",
	.summary =
		"Judge the run folder RUN again, from its data files and histories, or "
		"any data file with its histories; without MPI, and without writing "
		"anything unless --out asks for it.",
	.epilogue = "Exit code: 0 safe, 1 unsafe, 2 usage, 3 inconclusive, 4 could not "
		    "judge.",
	.examples = "tailrace verify tailrace-results/run/latest\n"
		    "tailrace verify --explain lost#2 tailrace-results/run/latest\n"
		    "tailrace verify --file DIR/01-flock.log --history "
		    "RUN/history/01-*\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_max = SIZE_MAX,
};

int cmd_verify(int argc, char **argv)
{
	return rejudge(&table, false, argc, argv);
}
