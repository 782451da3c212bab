/*
 * cmd_merge - make one log of per-writer files, in the order of time; see
 * tailrace-merge(1).
 */
#include "harness/commands.h"

#include "core/options.h"
#include "core/suggest.h"
#include "core/units.h"
#include "harness/exit_code.h"
#include "harness/guard.h"
#include "harness/judged.h"
#include "harness/merging.h"
#include "harness/rejudge.h"
#include "results/format.h"
#include "results/measure.h"
#include "results/page.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct merge_arguments {
	const char *strategy; /* NULL: all that have something to merge */
	const char *out;      /* NULL: beside the data files */
	struct arguments histories;
	uint64_t timeout_ns;
};

#define ARGUMENT(member) offsetof(struct merge_arguments, member)

static const struct option_row rows[] = {
	{"strategy", 's', "NAME", "What to merge",
	 "Merge this strategy's files only, by its name in the result.", NULL,
	 option_text, ARGUMENT(strategy), 0},
	{"out", 'o', "FILE", "What to merge",
	 "Write the log to FILE, which must not exist (default: beside the data "
	 "files, where it replaces an older one).",
	 NULL, option_text, ARGUMENT(out), 0},
	{"history", '\0', "FILE", "Histories",
	 "A history that the run did not gather, or a folder of them; further operands "
	 "are more of them.",
	 NULL, option_add, ARGUMENT(histories), OPTION_REPEATABLE},
	REJUDGE_ROW_TIMEOUT(struct merge_arguments),
};

static const struct option_table table = {
	.program = "tailrace merge",
	.operands = "RUN [--history FILE...]",
	.summary = "Consolidate the per-writer files of the run folder RUN into one "
		   "log, in the order of time, and note in RUN what that took.",
	.epilogue = "Exit code: 0 all acknowledged records are in the log, 1 some were "
		    "not there to be taken, 2 usage, 3 a history is damaged, 4 could "
		    "not merge.",
	.examples = "tailrace merge tailrace-results/run/latest\n"
		    "tailrace merge --strategy per-file --out all.log "
		    "tailrace-results/run/latest\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_min = 1,
	.operands_max = SIZE_MAX,
};

/* ---- which --------------------------------------------------------------- */

static bool is_chosen(const struct merge_arguments *arguments,
		      const struct manifest *manifest, size_t index)
{
	if (arguments->strategy)
		return strcmp(arguments->strategy, manifest->strategies[index].name) ==
		       0;
	return merging_applies(manifest, index);
}

/* Is there something to merge, and one thing only where it goes to one FILE? */
static int check_choice(const struct merge_arguments *arguments,
			const struct manifest *manifest, struct error *err)
{
	struct suggestion meant = suggest_for(arguments->strategy ?: "");
	char hint[160];
	size_t chosen = 0;

	for (size_t i = 0; i < manifest->strategy_count; i++) {
		suggest_offer(&meant, manifest->strategies[i].name);
		if (!is_chosen(arguments, manifest, i))
			continue;
		chosen++;
		if (!merging_applies(manifest, i))
			return error_set(err, EINVAL,
					 "%s left no files of single writers to merge",
					 arguments->strategy);
	}
	if (!chosen && arguments->strategy)
		return error_set(err, EINVAL, "this run has no strategy %s%s",
				 arguments->strategy,
				 suggest_text(&meant, "", hint, sizeof(hint)));
	if (!chosen)
		return error_set(err, EINVAL,
				 "no strategy of this run left files of single writers "
				 "to merge");
	if (chosen > 1 && arguments->out)
		return error_set(err, EINVAL,
				 "%zu strategies can be merged: choose one for --out "
				 "by --strategy",
				 chosen);
	return 0;
}

/* ---- telling ------------------------------------------------------------- */

static void print_strays(const struct manifest *manifest, size_t index,
			 const char *run_dir)
{
	if (!has_strays(manifest, index))
		return;
	printf("  histories that were not gathered: ");
	put_strays(stdout, manifest, index, "tailrace merge", run_dir);
	putchar('\n');
}

static void print_merge(const struct manifest_strategy *strategy,
			const struct merge_counts *counts)
{
	const struct manifest_merge *merge = &strategy->merge;
	const double per_s = merged_records_per_s(strategy);
	char count[FORMAT_MAX], time[UNITS_TEXT_BYTES], bytes[UNITS_TEXT_BYTES];
	char rate[UNITS_TEXT_BYTES];

	format_count(count, merge->records);
	put_name(stdout, strategy->name);
	printf(": %s records, %s, merged in %s into ", count,
	       units_format_bytes(merge->bytes, bytes),
	       units_format_duration(merge->duration_ns, time));
	put_shell_word(stdout, merge->path);
	if (isfinite(per_s))
		printf("\n  appending and merging together: %s records/s",
		       units_format_rate(per_s, rate));
	putchar('\n');
	if (counts->left_out) {
		format_count(count, counts->left_out);
		printf("  left out: %s acknowledged records that do not stand where "
		       "they were written; see tailrace verify\n",
		       count);
	}
	if (counts->damaged_histories)
		printf("  damaged or missing histories: %u; their records may lack\n",
		       counts->damaged_histories);
	if (counts->unmeasured_hosts)
		printf("  hosts whose clock was never compared: %u; their records "
		       "stand in their own order only\n",
		       counts->unmeasured_hosts);
}

static enum exit_code worse(enum exit_code code, const struct merge_counts *counts)
{
	if (counts->left_out)
		return EXIT_UNSAFE;
	return counts->damaged_histories && code == EXIT_SAFE ? EXIT_INCONCLUSIVE
							      : code;
}

/* ---- doing --------------------------------------------------------------- */

static enum exit_code merge_chosen(const struct merge_arguments *arguments,
				   struct manifest *manifest, const char *run_dir,
				   struct error *err)
{
	enum exit_code code = EXIT_SAFE;

	for (size_t i = 0; i < manifest->strategy_count; i++) {
		struct merge_counts counts;
		int rc;

		if (!is_chosen(arguments, manifest, i))
			continue;
		rc = merging(manifest, run_dir, i, arguments->out, &counts, err);
		if (rc == -EEXIST && arguments->out)
			return EXIT_USAGE;
		if (rc < 0)
			return EXIT_COULD_NOT_RUN;
		print_merge(&manifest->strategies[i], &counts);
		print_strays(manifest, i, run_dir);
		code = worse(code, &counts);
	}
	if (manifest_save(manifest, run_dir, err) < 0)
		return EXIT_COULD_NOT_RUN;
	return code;
}

static enum exit_code merge_run(const struct merge_arguments *arguments,
				const char *run_dir, struct error *err)
{
	const struct salvage_places places = {
		.paths = (const char *const *)arguments->histories.items,
		.count = arguments->histories.count,
	};
	struct manifest manifest;
	enum exit_code code;
	int rc = judged_manifest(&manifest, run_dir, &places, err);

	if (rc < 0)
		return rc == -ENOMSG ? EXIT_USAGE : EXIT_COULD_NOT_RUN;
	if (check_choice(arguments, &manifest, err) < 0) {
		code = EXIT_USAGE;
	} else if (!manifest.data_kept) {
		error_set(err, ENODATA, "the data files of this run were not kept");
		code = EXIT_COULD_NOT_RUN;
	} else {
		code = merge_chosen(arguments, &manifest, run_dir, err);
	}
	manifest_release(&manifest);
	return code;
}

int cmd_merge(int argc, char **argv)
{
	struct merge_arguments arguments = {0};
	struct options options;
	struct error err = {0};
	int code = EXIT_USAGE;

	if (options_parse(&options, &table, argc, argv, &arguments, &err) == 0) {
		if (options.help) {
			options_help(&options, stdout);
			code = EXIT_SAFE;
		} else if (more_histories(&options, 1, &arguments.histories, &err) ==
				   0 &&
			   guard_child(arguments.timeout_ns, &code, &err)) {
			code = merge_run(&arguments, options.operands[0], &err);
		}
		options_release(&options);
	}
	arguments_release(&arguments.histories);
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	return code;
}
