/* cmd_selftest - can this binary be trusted with a verdict?  tailrace-selftest(1). */
#include "harness/commands.h"

#include "core/clock.h"
#include "core/options.h"
#include "core/units.h"
#include "harness/exit_code.h"
#include "harness/interrupt.h"
#include "harness/selftest/selftest.h"
#include "verify/judge.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct selftest_arguments {
	uint64_t seed;
	uint32_t random_runs;
	const char *dir;
	bool list, verbose;
};

static const struct option_row rows[] = {
	{
		.name = "seed",
		.argument = "N",
		.group = "What is tried",
		.help = "what is left to chance follows from N",
		.fallback = "1",
		.parse = option_count,
		.offset = offsetof(struct selftest_arguments, seed),
	},
	{
		.name = "random",
		.argument = "N",
		.group = "What is tried",
		.help = "runs with several damages by chance",
		.fallback = "60",
		.parse = option_number,
		.offset = offsetof(struct selftest_arguments, random_runs),
	},
	{
		.name = "dir",
		.argument = "DIR",
		.group = "What is tried",
		.help = "make the temporary folder in DIR; else in TMPDIR, or in /tmp",
		.parse = option_text,
		.offset = offsetof(struct selftest_arguments, dir),
	},
	{
		.name = "list",
		.letter = 'l',
		.group = "What is shown",
		.help = "show the cases and what they plant, and try nothing",
		.parse = option_flag,
		.offset = offsetof(struct selftest_arguments, list),
	},
	{
		.name = "verbose",
		.letter = 'v',
		.group = "What is shown",
		.help = "a line for each case: what was expected, and what was found",
		.parse = option_flag,
		.offset = offsetof(struct selftest_arguments, verbose),
	},
};

static const struct option_table table = {
	.program = "tailrace selftest",
	.operands = "[CASE]...",
	.summary =
		"Plant every anomaly in runs made by hand, in a temporary folder, and "
		"demand that the verifier finds each of them and nothing else; all "
		"cases, or those (or groups of them) that are named.",
	.examples = "tailrace selftest\n"
		    "tailrace selftest --verbose overwritten\n"
		    "tailrace selftest --list\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.operands_max = 100,
};

static void print_result(void *context, const struct selftest_result *result)
{
	const struct selftest_arguments *arguments = context;
	const struct selftest_agreement *a = &result->agreement;

	if (!a->agrees)
		printf("%s: WRONG: expected %s; found %s; %s\n", result->name,
		       a->expected, a->found, a->difference);
	else if (arguments->verbose)
		printf("%s: expected %s; found %s\n", result->name, a->expected,
		       a->found);
}

static void print_case(void *context, const char *name, const char *what)
{
	(void)context;
	printf("%-30s %s\n", name, what);
}

static bool interrupted(void *context)
{
	(void)context;
	return interrupt_asked();
}

/* The verifier's own temporary files go by TMPDIR, too. */
static const char *temporary_parent(const struct selftest_arguments *arguments)
{
	const char *tmp = getenv("TMPDIR");

	if (!arguments->dir)
		return tmp && *tmp ? tmp : "/tmp";
	setenv("TMPDIR", arguments->dir, 1);
	return arguments->dir;
}

/* A folder is left behind by none of these: the writes fail instead. */
static void signals_prepare(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	interrupt_catch(true);
}

static int try_all(const struct selftest_options *options, struct error *err)
{
	struct selftest_tally tally;
	char time[UNITS_TEXT_BYTES];
	uint64_t began = clock_now_ns();
	int rc;

	signals_prepare();
	rc = selftest_run(options, &tally, err);
	if (rc < 0)
		return EXIT_COULD_NOT_RUN;
	printf("selftest: %u of %u cases were judged as planted (%s)\n", tally.agreed,
	       tally.cases, units_format_duration(clock_now_ns() - began, time));
	if (tally.agreed == tally.cases)
		return EXIT_SAFE;
	error_set(err, EBADMSG,
		  "%u of %u selftests failed: no verdict of this program can be "
		  "trusted on this machine",
		  tally.cases - tally.agreed, tally.cases);
	return EXIT_COULD_NOT_RUN;
}

static int selftest(const struct options *options, struct selftest_arguments *arguments,
		    struct error *err)
{
	const struct selftest_options o = {
		.seed = arguments->seed,
		.random_runs = arguments->random_runs,
		.parent = temporary_parent(arguments),
		.names = (const char *const *)options->operands,
		.name_count = options->operand_count,
		.judge = judge_strategy,
		.report = print_result,
		.stop = interrupted,
		.context = arguments,
	};

	if (selftest_names_check(&o, err) < 0)
		return EXIT_USAGE;
	if (!arguments->list)
		return try_all(&o, err);
	selftest_list(&o, print_case, NULL);
	return EXIT_SAFE;
}

int cmd_selftest(int argc, char **argv)
{
	struct selftest_arguments arguments = {0};
	struct options options;
	struct error err = {0};
	int code = EXIT_USAGE;

	if (options_parse(&options, &table, argc, argv, &arguments, &err) == 0) {
		if (options.help) {
			options_help(&options, stdout);
			code = EXIT_SAFE;
		} else {
			code = selftest(&options, &arguments, &err);
		}
		options_release(&options);
	}
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	return code;
}
