/* cmd_verify - judge a finished run again, offline; see tailrace-verify(1). */
#include "harness/commands.h"

#include "harness/rejudge.h"

static const struct option_row rows[] = {
	{
		.name = "out",
		.argument = "DIR",
		.group = "Results",
		.help = "write result files, plots and all into DIR, which is made",
		.parse = option_text,
		.offset = offsetof(struct rejudge_arguments, out_dir),
	},
};

static const struct option_table table = {
	.program = "tailrace verify",
	.operands = "RUN",
	.summary =
		"Judge the run folder RUN again, from its data files and histories; "
		"without MPI, and without writing anything unless --out asks for it.",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

int cmd_verify(int argc, char **argv)
{
	return rejudge(&table, false, argc, argv);
}
