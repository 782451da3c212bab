/* cmd_sweep - `tailrace run` over a grid of settings; see tailrace-sweep(1). */
#include "harness/commands.h"

#include "harness/exit_code.h"
#include "harness/plan_options.h"
#include "harness/sweep_finished.h"
#include "harness/sweep_folder.h"
#include "harness/sweep_launch.h"
#include "harness/sweep_plan.h"
#include "mpi/launch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Options of the runs are parsed into the first member, as plan_options.c has it. */
struct sweep_arguments {
	struct raw_plan raw;
	struct arguments axes;
	uint32_t repeats;
	const char *out;
	uint64_t seed;
	bool quiet, dry_run;
};

struct sweep {
	struct sweep_arguments arguments;
	struct options options;
	struct sweep_plan plan;
	char out[PATH_MAX];
};

/* ---- options ------------------------------------------------------------- */

static int parse_repeats(const char *value, void *target, struct error *err)
{
	int rc = option_number(value, target, err);

	return rc == 0 && *(uint32_t *)target == 0
		       ? error_set(err, EINVAL, "it must be at least 1")
		       : rc;
}

#define SWEEP(member) offsetof(struct sweep_arguments, member)

static const struct option_row own_rows[] = {
	{"vary", 'L', "KEY=V1,V2,...", "The grid",
	 "Vary an option of tailrace run or a key of strategies; again for more of "
	 "them.",
	 NULL, option_add, SWEEP(axes), OPTION_REPEATABLE | OPTION_USUAL},
	{"repeat", 'R', "N", "The grid", "Run each point so many times.", "1",
	 parse_repeats, SWEEP(repeats), OPTION_USUAL},
	{"seed", '\0', "N", "The grid", "Draw order and records as another sweep did.",
	 NULL, option_count, SWEEP(seed), 0},
	{"out", 'o', "DIR", "The grid",
	 "Make this the folder of the sweep, or go on with the one that is there "
	 "(default: tailrace-results/sweep/TIME).",
	 NULL, option_text, SWEEP(out), OPTION_NOT_SAVED | OPTION_USUAL},
	{"quiet", 'q', NULL, "The grid", "Print nothing but errors.", NULL, option_flag,
	 SWEEP(quiet), OPTION_NOT_SAVED},
	{"dry-run", '\0', NULL, "The grid",
	 "Show the runs and the time they will take.", NULL, option_flag,
	 SWEEP(dry_run), OPTION_NOT_SAVED | OPTION_USUAL},
};

enum { OWN_ROWS = sizeof(own_rows) / sizeof(own_rows[0]), ROWS_MAX = 96 };

static bool is_own(const char *name)
{
	for (size_t i = 0; i < OWN_ROWS; i++)
		if (strcmp(own_rows[i].name, name) == 0)
			return true;
	return strcmp(name, "eta") == 0 || strcmp(name, "label") == 0;
}

/* Ours, and those of a run that are the same for all points. */
static size_t join_rows(struct option_row rows[ROWS_MAX])
{
	size_t count = OWN_ROWS;

	memcpy(rows, own_rows, sizeof(own_rows));
	for (size_t i = 0; i < plan_run_options.row_count && count < ROWS_MAX; i++)
		if (!is_own(plan_run_options.rows[i].name))
			rows[count++] = plan_run_options.rows[i];
	return count;
}

static const char *value_of(const struct sweep *sweep, const char *name)
{
	for (size_t i = 0; i < sweep->options.value_count; i++)
		if (strcmp(sweep->options.values[i].row->name, name) == 0)
			return sweep->options.values[i].value;
	return NULL;
}

/* What was said of all runs, as words of their command lines. */
static int common_arguments(const struct sweep *sweep, struct arguments *common)
{
	for (size_t i = 0; i < sweep->options.value_count; i++) {
		const struct option_value *v = &sweep->options.values[i];
		char *text = NULL;
		int length;
		bool added;

		if (is_own(v->row->name) || strcmp(v->row->name, "strategy") == 0)
			continue;
		length = v->row->argument
				 ? asprintf(&text, "--%s=%s", v->row->name, v->value)
				 : asprintf(&text, "--%s", v->row->name);
		added = length >= 0 && arguments_add(common, text);
		if (length >= 0)
			free(text);
		if (!added)
			return -ENOMEM;
	}
	return 0;
}

/* ---- the plan ------------------------------------------------------------ */

/* The sweep may be gone on with from another folder. */
static int make_absolute(struct sweep *sweep, struct error *err)
{
	const char *dir = sweep->options.operands[0];
	char cwd[PATH_MAX], path[PATH_MAX];

	if (*dir == '/')
		return 0;
	if (!getcwd(cwd, sizeof(cwd)))
		return error_sys(err, errno, "cannot tell the working directory");
	if (snprintf(path, PATH_MAX, "%s/%s", cwd, dir) >= PATH_MAX)
		return error_set(err, EINVAL, "the path of DIR is too long");
	return options_replace(&sweep->options, "", path) < 0
		       ? error_sys(err, ENOMEM, "cannot hold DIR")
		       : 0;
}

/* The seed is the one given, that of the plan in the folder, or drawn. */
static int settle_seed(struct sweep *sweep, const json_t *old, struct error *err)
{
	uint32_t drawn;

	sweep->plan.seed = sweep->arguments.seed;
	if (value_of(sweep, "seed"))
		return sweep->plan.seed > INT32_MAX
			       ? error_set(err, EINVAL, "--seed is at most %d",
					   INT32_MAX)
			       : 0;
	if (getrandom(&drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn))
		return error_sys(err, errno, "cannot draw a seed");
	sweep->plan.seed = drawn >> 1;
	if (old)
		sweep->plan.seed =
			(uint64_t)json_integer_value(json_object_get(old, "seed")) &
			INT32_MAX;
	return 0;
}

static int make_plan(struct sweep *sweep, const json_t *old, struct error *err)
{
	struct arguments common = {0};
	int rc = settle_seed(sweep, old, err);

	sweep->plan.repeats = sweep->arguments.repeats;
	sweep->plan.dir = sweep->options.operands[0];
	for (size_t i = 0; rc == 0 && i < sweep->arguments.axes.count; i++)
		rc = sweep_plan_add_axis(&sweep->plan, sweep->arguments.axes.items[i],
					 err);
	if (rc == 0 && common_arguments(sweep, &common) < 0)
		rc = error_sys(err, ENOMEM, "cannot hold the grid");
	if (rc == 0)
		rc = sweep_plan_make(&sweep->plan, &common, value_of(sweep, "strategy"),
				     err);
	arguments_release(&common);
	return rc;
}

/* ---- all of it ----------------------------------------------------------- */

/* Another sweep is not gone on with. */
static int check_same(const struct sweep *sweep, const json_t *old, struct error *err)
{
	json_t *plan = sweep_plan_json(&sweep->plan);
	int rc = 0;

	if (!json_equal(plan, old))
		rc = error_set(err, EINVAL,
			       "%s holds another sweep: its args say which",
			       sweep->out);
	json_decref(plan);
	return rc;
}

static enum exit_code begin(struct sweep *sweep, bool resumed, struct error *err)
{
	struct sweep_finished finished;
	enum exit_code code = EXIT_SAFE;

	if (sweep_finished_load(&finished, &sweep->plan, sweep->out, err) < 0)
		return EXIT_COULD_NOT_RUN;
	if (sweep->arguments.dry_run)
		sweep_launch_show(&finished);
	else if (!resumed &&
		 sweep_folder_make(sweep->out, &sweep->plan, &sweep->options, err) < 0)
		code = EXIT_COULD_NOT_RUN;
	else
		code = sweep_launch(&finished, sweep->arguments.quiet,
				    sweep->arguments.raw.plan.no_plots, err);
	sweep_finished_release(&finished);
	return code;
}

static enum exit_code run_sweep(struct sweep *sweep, struct error *err)
{
	enum exit_code code = EXIT_USAGE;
	json_t *old = NULL;
	int rc = make_absolute(sweep, err);

	if (rc == 0)
		rc = sweep_folder_name(sweep->arguments.out, sweep->out, err);
	if (rc == 0 && sweep_folder_plan(sweep->out, &old, err) < 0)
		return EXIT_COULD_NOT_RUN;
	if (rc == 0)
		rc = make_plan(sweep, old, err);
	if (rc == 0 && old)
		rc = check_same(sweep, old, err);
	if (rc == 0)
		code = begin(sweep, old != NULL, err);
	json_decref(old);
	return code;
}

static void sweep_release(struct sweep *sweep)
{
	sweep_plan_release(&sweep->plan);
	arguments_release(&sweep->arguments.axes);
	options_release(&sweep->options);
	free(sweep);
}

int cmd_sweep(int argc, char **argv)
{
	struct option_row rows[ROWS_MAX];
	const struct option_table table = {
		.program = "tailrace sweep",
		.operands = "DIR",
		.summary =
			"Run over a grid of settings in DIR, with repeats, for plots "
			"and comparisons; goes on where it was interrupted.",
		.epilogue = "All other options are those of tailrace run.\nExit code: "
			    "that of the runs together, 4 if one could not run.",
		.examples = "tailrace sweep -L ranks=2,4,8 -L size=100,4k --repeat 5 "
			    "--hosts a,b /mnt/nas\n"
			    "tailrace sweep -L batch=1,16 --strategy flock,fcntl -n 4 "
			    "--dry-run /mnt/nas\n",
		.rows = rows,
		.row_count = join_rows(rows),
		.operands_min = 1,
		.operands_max = 1,
	};
	struct sweep *sweep = calloc(1, sizeof(*sweep));
	enum exit_code code = EXIT_USAGE;
	struct error err = {0};

	if (!sweep)
		return EXIT_COULD_NOT_RUN;
	if (launch_environment().launched) {
		error_set(&err, EINVAL,
			  "tailrace sweep starts mpirun itself: start it "
			  "without one, and give --ranks or --hosts");
	} else if (options_parse(&sweep->options, &table, argc, argv, &sweep->arguments,
				 &err) == 0) {
		if (sweep->options.help) {
			options_help(&sweep->options, stdout);
			code = EXIT_SAFE;
		} else {
			code = run_sweep(sweep, &err);
		}
	}
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	sweep_release(sweep);
	return code;
}
