/* result - the table of what a run folder gets, and the walk over it. */
#include "results/result.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/replacement.h"
#include "results/writers.h"

struct output {
	const char *name;
	int (*write)(const struct output_context *context, FILE *stream,
		     struct error *err);
};

/* The verdict first: whatever happens later, scripts have their answer. */
static const struct output outputs[] = {
	{RESULT_JSON_FILE, write_json},	    {RESULT_SUMMARY_FILE, write_summary},
	{"anomalies.csv", write_anomalies}, {"histograms.tsv", write_histograms},
	{"ranks.csv", write_ranks},	    {"junit.xml", write_junit},
	{"summary.md", write_markdown},	    {"records.csv", write_records},
};

int verdict_exit_code(enum verdict verdict)
{
	static const int codes[] = {
		[VERDICT_SAFE] = 0,
		[VERDICT_UNSAFE] = 1,
		[VERDICT_INCONCLUSIVE] = 3,
		[VERDICT_SKIPPED] = 3,
	};

	return codes[verdict];
}

static int write_output(const struct output_context *context,
			const struct output *output, struct error *err)
{
	struct replacement file;
	int rc = replacement_begin(&file, context->out_fd, output->name);

	if (rc == 0) {
		rc = output->write(context, file.stream, err);
		if (rc < 0) {
			replacement_abandon(&file);
			return rc;
		}
		rc = replacement_commit(&file);
	}
	if (rc < 0)
		return error_sys(err, -rc, "cannot write %s/%s", context->out_dir,
				 output->name);
	return 0;
}

static int open_chronicles(struct output_context *context, struct error *err)
{
	const struct manifest *manifest = context->result->manifest;
	uint64_t unreadable = 0;

	context->chronicles =
		calloc(manifest->strategy_count + 1, sizeof(*context->chronicles));
	if (!context->chronicles)
		return error_set(err, ENOMEM, "no memory for the histories");
	for (size_t i = 0; i < manifest->strategy_count; i++) {
		int rc;

		rc = chronicle_open(&context->chronicles[i], manifest, context->run_dir,
				    i, err);
		if (rc < 0)
			return rc;
		if (manifest->strategies[i].ran)
			unreadable += context->chronicles[i].unreadable;
	}
	if (unreadable > 0)
		add_warning(context,
			    "%llu histories cannot be read; what they would tell is "
			    "left out",
			    (unsigned long long)unreadable);
	return 0;
}

static void close_chronicles(struct output_context *context)
{
	for (size_t i = 0;
	     context->chronicles && i < context->result->manifest->strategy_count; i++)
		chronicle_release(&context->chronicles[i]);
	free(context->chronicles);
}

/* Go on after a failure: each file that can be had is worth having. */
static int write_all(const struct output_context *context, struct error *err)
{
	static const struct output report = {RESULT_REPORT_FILE, write_html};
	size_t count = sizeof(outputs) / sizeof(outputs[0]);
	int first_rc = 0;

	for (size_t i = 0; i < count + 2; i++) {
		struct error *whose = first_rc == 0 ? err : NULL;
		int rc = i < count    ? write_output(context, &outputs[i], whose)
			 : i == count ? write_plots(context, whose)
				      : write_output(context, &report, whose);

		if (first_rc == 0)
			first_rc = rc;
	}
	return first_rc;
}

int results_write(const struct result *result, const char *run_dir, const char *out_dir,
		  const struct results_options *options, struct error *ret_warning,
		  struct error *err)
{
	static const struct results_options usual;
	struct output_context context = {
		.result = result,
		.options = options ? options : &usual,
		.run_dir = run_dir,
		.out_dir = out_dir,
		.warning = ret_warning,
	};
	int rc;

	ret_warning->sentence[0] = '\0';
	context.out_fd = open(out_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (context.out_fd < 0)
		return error_sys(err, errno, "cannot open the folder %s", out_dir);
	rc = open_chronicles(&context, err);
	if (rc == 0)
		rc = write_all(&context, err);
	close_chronicles(&context);
	close(context.out_fd);
	return rc;
}
