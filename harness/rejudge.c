/* rejudge - see rejudge.h. */
#include "harness/rejudge.h"

#include "harness/exit_code.h"
#include "harness/guard.h"
#include "harness/judged.h"
#include "results/explain.h"
#include "results/export.h"
#include "verify/crew.h"
#include "verify/segment_row.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Write all result files into the folder of --out, which is made if need be. */
static int write_results(const struct result *result, const char *run_dir,
			 const struct rejudge_arguments *arguments, struct error *err)
{
	const struct results_options options = {.no_pictures = arguments->no_plots};
	const char *out_dir = arguments->out_dir;
	struct error warning = {0};
	int rc;

	if (mkdir(out_dir, 0777) < 0 && errno != EEXIST)
		return error_sys(err, errno, "cannot make the folder %s", out_dir);
	rc = results_write(result, run_dir, out_dir, &options, &warning, err);
	if (warning.sentence[0])
		fprintf(stderr, "tailrace: %s\n", warning.sentence);
	return rc;
}

/* Show what was asked for: the page of all, or of one finding. */
static enum exit_code show(const struct judged *judged, const char *run_dir,
			   const struct rejudge_arguments *arguments,
			   const struct explain_request *request, struct error *err)
{
	FILE *page = export_to_stdout(arguments->json) ? stderr : stdout;
	struct result result = judged_result(judged);
	int rc = 0;

	if (arguments->explain && judged->manifest.segment_bytes) {
		error_set(err, EINVAL,
			  "%s is in segments: explain one of them, a folder in %s/%s",
			  run_dir, run_dir, SEGMENTS_FOLDER);
		return EXIT_USAGE;
	}
	if (arguments->out_dir)
		rc = write_results(&result, run_dir, arguments, err);
	if (rc == 0 && arguments->json)
		rc = export_result(&result, arguments->json, err);
	if (rc == 0 && arguments->explain) {
		rc = results_explain(&result, run_dir, request, page, err);
		if (rc == -EINVAL)
			return EXIT_USAGE;
	} else if (rc == 0) {
		rc = results_print(&result, run_dir, arguments->out_dir, page);
		/* Of standard output main() tells. */
		if (rc < 0 && !ferror(page))
			error_sys(err, -rc, "cannot print the result");
	}
	return rc < 0 ? EXIT_COULD_NOT_RUN
		      : (enum exit_code)verdict_exit_code(judged->verdict.verdict);
}

static struct judge_means means_of(const struct rejudge_arguments *arguments)
{
	uint32_t threads = arguments->threads;

	return (struct judge_means){.threads = threads ? threads : crew_processors()};
}

/* A wrong RUN is wrong usage; a damaged one could not be judged. */
static enum exit_code load_run(struct judged *judged, const char *run_dir,
			       const struct rejudge_arguments *arguments,
			       struct error *err)
{
	const struct salvage_places places = {
		.paths = (const char *const *)arguments->histories.items,
		.count = arguments->histories.count,
	};
	const struct judge_means means = means_of(arguments);
	int rc = judged_load(judged, &means, run_dir, &places, err);

	if (rc == -ENOMSG)
		return EXIT_USAGE;
	return rc < 0 ? EXIT_COULD_NOT_RUN : EXIT_SAFE;
}

static enum exit_code load_loose(struct judged *judged,
				 const struct rejudge_arguments *arguments,
				 struct error *err)
{
	const struct loose_paths paths = {
		.files = (const char *const *)arguments->files.items,
		.file_count = arguments->files.count,
		.histories = (const char *const *)arguments->histories.items,
		.history_count = arguments->histories.count,
	};
	const struct judge_means means = means_of(arguments);
	int rc = judged_load_loose(judged, &means, &paths, err);

	if (rc == -EINVAL || rc == -ENOENT)
		return EXIT_USAGE;
	return rc < 0 ? EXIT_COULD_NOT_RUN : EXIT_SAFE;
}

int more_histories(const struct options *options, size_t first,
		   struct arguments *histories, struct error *err)
{
	const char *program = options_program(options->table);
	int rc = 0;

	if (options->operand_count > first && first && !histories->count)
		return error_set(err, EINVAL,
				 "%s does not know what to do with '%s'; see %s --help",
				 program, options->operands[first], program);
	for (size_t i = first; rc == 0 && i < options->operand_count; i++)
		rc = option_add(options->operands[i], histories, err);
	return rc;
}

/* The first operand is RUN, unless there is --file. */
static int take_operands(struct rejudge_arguments *arguments,
			 const struct options *options, struct error *err)
{
	const char *program = options_program(options->table);
	const bool loose = arguments->files.count > 0;
	int rc;

	if (!loose && !options->operand_count)
		return error_set(err, EINVAL, "%s needs RUN; see %s --help", program,
				 program);
	rc = more_histories(options, !loose, &arguments->histories, err);
	if (rc == 0 && loose && !arguments->histories.count)
		rc = error_set(err, EINVAL, "--file needs --history; see %s --help",
			       program);
	return rc;
}

static enum exit_code judge_and_show(struct rejudge_arguments *arguments, bool into_run,
				     const struct options *options, struct error *err)
{
	struct explain_request request = {0};
	const char *run_dir = NULL;
	struct judged judged = {0};
	enum exit_code code;

	if (take_operands(arguments, options, err) < 0)
		return EXIT_USAGE;
	if (arguments->explain && explain_parse(arguments->explain, &request, err) < 0)
		return EXIT_USAGE;
	if (!arguments->files.count)
		run_dir = options->operands[0];
	if (!arguments->out_dir && into_run)
		arguments->out_dir = run_dir;
	code = run_dir ? load_run(&judged, run_dir, arguments, err)
		       : load_loose(&judged, arguments, err);
	if (code == EXIT_SAFE)
		code = show(&judged, run_dir, arguments, &request, err);
	judged_release(&judged);
	return code;
}

int option_threads(const char *value, void *target, struct error *err)
{
	uint32_t threads;
	int rc = option_number(value, &threads, err);

	if (rc == 0 && (threads < 1 || threads > CREW_MAX))
		rc = error_set(err, EINVAL, "'%s' is not 1 to %d threads", value,
			       CREW_MAX);
	if (rc == 0)
		*(uint32_t *)target = threads;
	return rc;
}

int rejudge(const struct option_table *table, bool into_run, int argc, char **argv)
{
	struct rejudge_arguments arguments = {0};
	struct options options;
	struct error err = {0};
	int code = EXIT_USAGE;

	if (options_parse(&options, table, argc, argv, &arguments, &err) == 0) {
		if (options.help) {
			options_help(&options, stdout);
			code = EXIT_SAFE;
		} else if (guard_child(arguments.timeout_ns, &code, &err)) {
			code = judge_and_show(&arguments, into_run, &options, &err);
		}
		options_release(&options);
	}
	arguments_release(&arguments.files);
	arguments_release(&arguments.histories);
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	return code;
}
