/*
 * cmd_report - write the results and plots of a finished run again; see
 * tailrace-report(1).
 *
 * The run is judged anew, so the results never say what its data and histories
 * do not.  The exit code is the verdict's: a script that takes 0 for safe is not
 * fooled by a report that merely could be written.
 */
#include "harness/commands.h"

#include "core/options.h"
#include "harness/exit_code.h"
#include "harness/judged.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

struct report_arguments {
	const char *out_dir;
};

static const struct option_row rows[] = {
	{
		.name = "out",
		.argument = "DIR",
		.group = "Results",
		.help = "write into DIR, which is made, instead of into RUN",
		.parse = option_text,
		.offset = offsetof(struct report_arguments, out_dir),
	},
};

static const struct option_table table = {
	.program = "tailrace report",
	.operands = "RUN",
	.summary = "Judge the run folder RUN again and write its results and plots "
		   "anew; without MPI.",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_min = 1,
	.operands_max = 1,
};

static int write_and_print(const struct judged *judged, const char *run_dir,
			   const char *out_dir, struct error *err)
{
	struct result result = judged_result(judged);
	struct error warning;
	int rc = results_write(&result, run_dir, out_dir, NULL, &warning, err);

	if (warning.sentence[0])
		fprintf(stderr, "tailrace: %s\n", warning.sentence);
	if (rc < 0)
		return rc;
	rc = results_print(&result, run_dir, out_dir, stdout);
	return rc < 0 ? error_sys(err, -rc, "cannot print the result") : 0;
}

static int report(const char *run_dir, const char *out_dir, struct error *err)
{
	struct judged judged;
	struct stat st;
	int code, rc;

	/* A wrong RUN is wrong usage; a damaged one could not be judged. */
	if (stat(run_dir, &st) < 0) {
		error_sys(err, errno, "cannot find the run folder %s", run_dir);
		return EXIT_USAGE;
	}
	if (judged_load(&judged, run_dir, err) < 0)
		return EXIT_COULD_NOT_RUN;
	code = verdict_exit_code(judged.verdict.verdict);
	if (out_dir && mkdir(out_dir, 0777) < 0 && errno != EEXIST)
		rc = error_sys(err, errno, "cannot make the folder %s", out_dir);
	else
		rc = write_and_print(&judged, run_dir, out_dir ? out_dir : run_dir,
				     err);
	judged_release(&judged);
	return rc < 0 ? EXIT_COULD_NOT_RUN : code;
}

int cmd_report(int argc, char **argv)
{
	struct report_arguments arguments = {0};
	struct options options;
	struct error err = {0};
	int code = EXIT_USAGE;

	if (options_parse(&options, &table, argc, argv, &arguments, &err) == 0) {
		if (options.help) {
			options_help(&table, stdout);
			code = EXIT_SAFE;
		} else {
			code = report(options.operands[0], arguments.out_dir, &err);
		}
		options_release(&options);
	}
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	return code;
}
