/* cmd_verify - judge a finished run again, offline; see tailrace-verify(1). */
#include "harness/commands.h"

#include "core/options.h"
#include "harness/exit_code.h"
#include "harness/judged.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct verify_arguments {
	const char *out_dir;
};

static const struct option_row rows[] = {
	{
		.name = "out",
		.argument = "DIR",
		.group = "Results",
		.help = "write result files, plots and all into DIR, which is made",
		.parse = option_text,
		.offset = offsetof(struct verify_arguments, out_dir),
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

/* Write all result files into the folder @out_dir, which may be there already. */
static int write_results(const struct result *result, const char *run_dir,
			 const char *out_dir, struct error *err)
{
	struct error warning = {0};
	int rc;

	if (mkdir(out_dir, 0777) < 0 && errno != EEXIST)
		return error_sys(err, errno, "cannot make the folder %s", out_dir);
	rc = results_write(result, run_dir, out_dir, NULL, &warning, err);
	if (warning.sentence[0])
		fprintf(stderr, "tailrace: %s\n", warning.sentence);
	return rc;
}

static int verify(const char *run_dir, const char *out_dir, struct error *err)
{
	struct judged judged;
	struct result result;
	struct stat st;
	int code, rc;

	/* A wrong RUN is wrong usage; a damaged one could not be judged. */
	if (stat(run_dir, &st) < 0) {
		error_sys(err, errno, "cannot find the run folder %s", run_dir);
		return EXIT_USAGE;
	}
	rc = judged_load(&judged, run_dir, err);
	if (rc < 0)
		return EXIT_COULD_NOT_RUN;
	result = judged_result(&judged);
	code = verdict_exit_code(judged.verdict.verdict);
	rc = results_print(&result, run_dir, out_dir, stdout);
	if (rc < 0)
		error_sys(err, -rc, "cannot print the result");
	if (rc == 0 && out_dir)
		rc = write_results(&result, run_dir, out_dir, err);
	judged_release(&judged);
	return rc < 0 ? EXIT_COULD_NOT_RUN : code;
}

int cmd_verify(int argc, char **argv)
{
	struct verify_arguments arguments = {0};
	struct options options;
	struct error err = {0};
	int code = EXIT_USAGE;

	if (options_parse(&options, &table, argc, argv, &arguments, &err) == 0) {
		if (options.help) {
			options_help(&table, stdout);
			code = EXIT_SAFE;
		} else {
			code = verify(options.operands[0], arguments.out_dir, &err);
		}
		options_release(&options);
	}
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	return code;
}
