/* rejudge - see rejudge.h. */
#include "harness/rejudge.h"

#include "harness/exit_code.h"
#include "harness/judged.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Write all result files into the folder @out_dir, which is made if need be. */
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

static int judge_and_show(const char *run_dir, const char *out_dir, struct error *err)
{
	struct judged judged;
	struct result result;
	struct stat st;
	int code, rc = 0;

	/* A wrong RUN is wrong usage; a damaged one could not be judged. */
	if (stat(run_dir, &st) < 0) {
		error_sys(err, errno, "cannot find the run folder %s", run_dir);
		return EXIT_USAGE;
	}
	if (judged_load(&judged, run_dir, err) < 0)
		return EXIT_COULD_NOT_RUN;
	result = judged_result(&judged);
	code = verdict_exit_code(judged.verdict.verdict);
	if (out_dir)
		rc = write_results(&result, run_dir, out_dir, err);
	if (rc == 0) {
		rc = results_print(&result, run_dir, out_dir, stdout);
		if (rc < 0)
			error_sys(err, -rc, "cannot print the result");
	}
	judged_release(&judged);
	return rc < 0 ? EXIT_COULD_NOT_RUN : code;
}

int rejudge(const struct option_table *table, bool into_run, int argc, char **argv)
{
	struct rejudge_arguments arguments = {0};
	struct options options;
	struct error err = {0};
	int code = EXIT_USAGE;

	if (options_parse(&options, table, argc, argv, &arguments, &err) == 0) {
		if (options.help) {
			options_help(table, stdout);
			code = EXIT_SAFE;
		} else {
			if (!arguments.out_dir && into_run)
				arguments.out_dir = options.operands[0];
			code = judge_and_show(options.operands[0], arguments.out_dir,
					      &err);
		}
		options_release(&options);
	}
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	return code;
}
