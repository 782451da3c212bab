/* cmd_compare - what got worse between two sets of runs; see tailrace-compare(1). */
#include "harness/commands.h"

#include "core/options.h"
#include "core/suggest.h"
#include "core/text.h"
#include "harness/exit_code.h"
#include "harness/guard.h"
#include "harness/rejudge.h"
#include "results/comparison.h"
#include "results/format.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct compare_arguments {
	struct comparison_options options;
	struct arguments base, next; /* as typed, lists and all */
	const char *json;
	uint64_t timeout_ns;
};

/* ---- options --------------------------------------------------------------------- */

/* "10", "10%" or "12.5", below 100 where a share of a rate is meant. */
static int parse_share(const char *text, double *ret_share, struct error *err)
{
	char *end;
	double percent = strtod(text, &end);

	end += *end == '%';
	if (end == text || *end || !(percent >= 0 && percent < 1e6))
		return error_set(err, EINVAL, "\"%s\" is no share in percent", text);
	*ret_share = percent / 100;
	return 0;
}

static int no_metric(const char *name, struct error *err)
{
	struct suggestion meant = suggest_for(name);
	char hint[64];

	for (int m = 0; m < METRIC_COUNT; m++)
		suggest_offer(&meant, metric_table[m].name);
	return error_set(err, EINVAL,
			 "\"%s\" is none of throughput, p50, p99 and rpc%s", name,
			 suggest_text(&meant, "", hint, sizeof(hint)));
}

/* "METRIC=PERCENT", or "PERCENT" for all. */
static int take_threshold(double *thresholds, char *piece, struct error *err)
{
	char *equals = strchr(piece, '=');
	bool known = false;
	double share = 0;
	int rc = parse_share(equals ? equals + 1 : piece, &share, err);

	if (rc < 0)
		return rc;
	if (equals)
		*equals = '\0';
	for (int m = 0; m < METRIC_COUNT; m++) {
		if (equals && strcmp(piece, metric_table[m].name) != 0)
			continue;
		known = true;
		if (metric_table[m].less_is_worse && share >= 1)
			return error_set(
				err, EINVAL,
				"nothing falls by 100 %% or more: take less for "
				"%s",
				metric_table[m].name);
		thresholds[m] = share;
	}
	return known ? 0 : no_metric(piece, err);
}

static int parse_thresholds(const char *value, void *target, struct error *err)
{
	char *copy = strdup(value);
	char *rest = copy;
	int rc = copy ? 0 : error_sys(err, ENOMEM, "cannot keep it");

	for (char *piece; rc == 0 && (piece = strsep(&rest, ","));)
		rc = take_threshold(target, piece, err);
	free(copy);
	return rc;
}

#define ARGUMENT(member) offsetof(struct compare_arguments, member)

static const struct option_row rows[] = {
	{"base", '\0', "LIST", "What to compare",
	 "Runs, or sweeps, before the change: each repeats the others; may be given "
	 "again.",
	 NULL, option_add, ARGUMENT(base), OPTION_REPEATABLE},
	{"new", '\0', "LIST", "What to compare",
	 "Runs, or sweeps, after it: the first is paired with the first of --base, and "
	 "so on.",
	 NULL, option_add, ARGUMENT(next), OPTION_REPEATABLE},
	{"threshold", 't', "LIST", "How to judge",
	 "What may change: PERCENT, or METRIC=PERCENT,... (default: "
	 "throughput=10,p50=25,"
	 "p99=50,rpc=50).",
	 NULL, parse_thresholds, ARGUMENT(options.thresholds), OPTION_REPEATABLE},
	{"single", '\0', NULL, "How to judge",
	 "Judge times by a single pair of runs too, noise and all.", NULL, option_flag,
	 ARGUMENT(options.single), 0},
	{"json", 'j', "FILE", "Where results go",
	 "Write the comparison as JSON to FILE; `-` is standard output, in place of "
	 "the "
	 "table.",
	 NULL, option_text, ARGUMENT(json), OPTION_NOT_SAVED},
	REJUDGE_ROW_TIMEOUT(struct compare_arguments),
};

static const struct option_table table = {
	.program = "tailrace compare",
	.operands = "BASE NEW | --base LIST --new LIST",
	.summary = "Tell what got worse from the run BASE to the run NEW: verdicts, "
		   "throughput, latency and RPCs; without MPI.",
	.epilogue = "BASE and NEW are run folders, result.json files, or folders of "
		    "sweeps.\nExit code: 0 no regression, 1 regression, 2 usage, 3 it "
		    "cannot be judged, 4 could not read, or a mount does not answer.",
	.examples =
		"tailrace compare baseline/result.json tailrace-results/run/latest\n"
		"tailrace compare --base a1,a2,a3 --new b1,b2,b3 --json -\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_max = 2,
};

/* ---- reading -----------------------------------------------------------------------
 */

/* A comma parts paths, but not one that is there as it stands. */
static int add_list(struct run_set *set, const char *list, struct error *err)
{
	char *copy, *rest;
	int rc = 0;

	if (!strchr(list, ',') || access(list, F_OK) == 0)
		return run_set_add(set, list, err);
	copy = strdup(list);
	rest = copy;
	if (!copy)
		return error_sys(err, ENOMEM, "cannot keep %s", list);
	for (char *path; rc == 0 && (path = strsep(&rest, ","));)
		rc = run_set_add(set, path, err);
	free(copy);
	return rc;
}

static int add_lists(struct run_set *set, const struct arguments *lists,
		     struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < lists->count; i++)
		rc = add_list(set, lists->items[i], err);
	return rc;
}

/* Two operands, or both options. */
static int take_operands(struct compare_arguments *arguments,
			 const struct options *options, struct error *err)
{
	bool listed = arguments->base.count || arguments->next.count;

	if (options->operand_count == 2 && !listed) {
		if (!arguments_add(&arguments->base, options->operands[0]) ||
		    !arguments_add(&arguments->next, options->operands[1]))
			return error_sys(err, ENOMEM, "cannot keep the operands");
		return 0;
	}
	if (options->operand_count == 0 && arguments->base.count &&
	    arguments->next.count)
		return 0;
	return error_set(err, EINVAL,
			 "compare takes BASE and NEW, or --base and --new; see "
			 "tailrace compare --help");
}

/* ---- telling -----------------------------------------------------------------------
 */

static json_t *args_json(const struct options *options)
{
	json_t *array = json_array();
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	char *rest;

	if (!stream)
		return array;
	options_save(options, stream);
	fclose(stream);
	rest = text;
	for (char *line; (line = strsep(&rest, "\n"));)
		if (*line)
			json_array_append_new(array, text_to_json(line));
	free(text);
	return array;
}

static int write_json(const struct comparison *comparison,
		      const struct options *options, const char *path,
		      struct error *err)
{
	bool to_stdout = strcmp(path, "-") == 0;
	json_t *json = comparison_json(comparison);
	FILE *file = NULL;
	int rc = 0;

	if (!json || json_object_set_new(json, "args", args_json(options)) < 0) {
		json_decref(json);
		return error_sys(err, ENOMEM, "cannot write %s", path);
	}
	file = to_stdout ? stdout : fopen(path, "we");
	if (!file ||
	    json_dumpf(json, file, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) < 0)
		rc = error_sys(err, errno ? errno : EIO, "cannot write %s", path);
	if (file && putc('\n', file) == EOF && rc == 0)
		rc = error_sys(err, errno, "cannot write %s", path);
	if (file && !to_stdout && fclose(file) != 0 && rc == 0)
		rc = error_sys(err, errno, "cannot write %s", path);
	json_decref(json);
	return rc;
}

static enum exit_code tell(const struct comparison *comparison,
			   const struct compare_arguments *arguments,
			   const struct options *options, struct error *err)
{
	bool json_alone = arguments->json && strcmp(arguments->json, "-") == 0;

	if (arguments->json &&
	    write_json(comparison, options, arguments->json, err) < 0)
		return EXIT_COULD_NOT_RUN;
	if (!json_alone && comparison_print(comparison, stdout) < 0) {
		error_set(err, EIO, "cannot print the comparison");
		return EXIT_COULD_NOT_RUN;
	}
	return (enum exit_code)comparison_exit_code(comparison);
}

static enum exit_code compare(struct compare_arguments *arguments,
			      const struct options *options, struct error *err)
{
	struct comparison comparison = {0};
	struct run_set base = {0}, next = {0};
	enum exit_code code = EXIT_COULD_NOT_RUN;

	if (take_operands(arguments, options, err) < 0)
		return EXIT_USAGE;
	if (add_lists(&base, &arguments->base, err) == 0 &&
	    add_lists(&next, &arguments->next, err) == 0) {
		if (comparison_make(&comparison, &base, &next, &arguments->options) < 0)
			error_sys(err, ENOMEM, "cannot compare");
		else
			code = tell(&comparison, arguments, options, err);
	}
	comparison_release(&comparison);
	run_set_release(&next);
	run_set_release(&base);
	return code;
}

int cmd_compare(int argc, char **argv)
{
	struct compare_arguments arguments = {0};
	struct options options = {0};
	struct error err = {0};
	int code = EXIT_USAGE;

	for (int m = 0; m < METRIC_COUNT; m++)
		arguments.options.thresholds[m] = metric_table[m].threshold;
	if (options_parse(&options, &table, argc, argv, &arguments, &err) == 0) {
		if (options.help) {
			options_help(&options, stdout);
			code = EXIT_SAFE;
		} else if (guard_child(arguments.timeout_ns, &code, &err)) {
			code = compare(&arguments, &options, &err);
		}
		options_release(&options);
	}
	arguments_release(&arguments.base);
	arguments_release(&arguments.next);
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	return code;
}
