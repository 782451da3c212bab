/* cmd_sweep - `tailrace run` over a grid of settings; see tailrace-sweep(1). */
#include "harness/commands.h"

#include "core/clock.h"
#include "core/units.h"
#include "harness/exit_code.h"
#include "harness/plan_options.h"
#include "harness/sweep_child.h"
#include "harness/sweep_plan.h"
#include "mpi/launch.h"
#include "results/json_file.h"
#include "results/replacement.h"
#include "results/result.h"
#include "results/sweep_files.h"
#include "results/sweep_picture.h"
#include "results/sweep_report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
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
	const char **keys;
	json_t *settings;
	struct sweep_run *runs;
	size_t count;			 /* finished */
	size_t skipped;			 /* that could not run */
	uint64_t spent_ns, estimated_ns; /* of the runs that were made now */
};

/* ---- options ----------------------------------------------------------------------
 */

static int parse_axis(const char *value, void *target, struct error *err)
{
	return arguments_add(target, value) ? 0 : error_sys(err, ENOMEM, "no memory");
}

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
	 NULL, parse_axis, SWEEP(axes), OPTION_REPEATABLE | OPTION_USUAL},
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

/* ---- the folder ----------------------------------------------------------------- */

static int path_in(const struct sweep *sweep, const char *name, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/%s", sweep->out, name) < PATH_MAX
		       ? 0
		       : -ENAMETOOLONG;
}

static int name_folder(struct sweep *sweep, struct error *err)
{
	time_t now = time(NULL);
	char stamp[32], cwd[PATH_MAX];
	const char *given = sweep->arguments.out;
	struct tm utc;
	int length;

	gmtime_r(&now, &utc);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc);
	if (!getcwd(cwd, sizeof(cwd)))
		return error_sys(err, errno, "cannot tell the working directory");
	if (given && *given == '/')
		length = snprintf(sweep->out, PATH_MAX, "%s", given);
	else if (given)
		length = snprintf(sweep->out, PATH_MAX, "%s/%s", cwd, given);
	else
		length = snprintf(sweep->out, PATH_MAX, "%s/tailrace-results/sweep/%s",
				  cwd, stamp);
	return length < PATH_MAX - 64
		       ? 0
		       : error_set(err, EINVAL, "the path of the folder is too long");
}

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

static int make_folders(const struct sweep *sweep, struct error *err)
{
	char path[PATH_MAX];

	if (path_in(sweep, SWEEP_RUNS_FOLDER, path) < 0)
		return error_sys(err, ENAMETOOLONG, "cannot make %s", sweep->out);
	for (char *slash = path + 1;; *slash++ = '/') {
		slash = strchrnul(slash, '/');
		if (!*slash)
			break;
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return error_sys(err, errno, "cannot make the folder %s", path);
	}
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return error_sys(err, errno, "cannot make the folder %s", path);
	return 0;
}

static int save_args(struct sweep *sweep, FILE *stream)
{
	char number[32];

	snprintf(number, sizeof(number), "%llu", (unsigned long long)sweep->plan.seed);
	if (options_replace(&sweep->options, "seed", number) < 0)
		return -ENOMEM;
	return options_save(&sweep->options, stream);
}

static int save_plan(struct sweep *sweep, FILE *stream)
{
	json_t *json = sweep_plan_json(&sweep->plan);

	if (!json || json_dumpf(json, stream, JSON_INDENT(2)) < 0) {
		json_decref(json);
		return -ENOMEM;
	}
	putc('\n', stream);
	json_decref(json);
	return 0;
}

static int save(struct sweep *sweep, const char *name,
		int (*write)(struct sweep *sweep, FILE *stream), struct error *err)
{
	int dir_fd = open(sweep->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct replacement file = {0};
	int rc = dir_fd < 0 ? -errno : replacement_begin(&file, dir_fd, name);

	if (rc == 0) {
		rc = write(sweep, file.stream);
		if (rc < 0)
			replacement_abandon(&file);
		else
			rc = replacement_commit(&file);
	}
	if (dir_fd >= 0)
		close(dir_fd);
	return rc < 0 ? error_sys(err, -rc, "cannot write %s/%s", sweep->out, name) : 0;
}

static int compare_runs(const void *a, const void *b)
{
	const struct sweep_run *x = a, *y = b;

	if (x->point != y->point)
		return x->point < y->point ? -1 : 1;
	return x->repeat < y->repeat ? -1 : x->repeat > y->repeat;
}

static struct sweep_report report_of(struct sweep *sweep)
{
	qsort(sweep->runs, sweep->count, sizeof(*sweep->runs), compare_runs);
	return (struct sweep_report){
		.keys = sweep->keys,
		.key_count = sweep->plan.axis_count,
		.settings = sweep->settings,
		.planned = sweep_plan_runs(&sweep->plan),
		.runs = sweep->runs,
		.count = sweep->count,
	};
}

static int write_report(struct sweep *sweep, struct error *err)
{
	struct sweep_report report = report_of(sweep);

	return sweep_report_write(&report, sweep->out, err);
}

/* A picture that cannot be drawn is told; the tables are there. */
static void draw(struct sweep *sweep)
{
	struct sweep_report report = report_of(sweep);
	struct error warning = {""}, err = {""};

	sweep_picture_write(&report, sweep->out, NULL, &warning, &err);
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	if (warning.sentence[0])
		fprintf(stderr, "tailrace: %s\n", warning.sentence);
}

/* ---- what is there already ----------------------------------------------------------
 */

static const struct sweep_run *find_run(const struct sweep *sweep,
					struct sweep_turn turn)
{
	for (size_t i = 0; i < sweep->count; i++)
		if (sweep->runs[i].point == turn.point &&
		    sweep->runs[i].repeat == turn.repeat)
			return &sweep->runs[i];
	return NULL;
}

/* Take a run in, if its folder holds its result.  0, or -errno. */
static int take_run(struct sweep *sweep, struct sweep_turn turn, const char *folder,
		    int exit_code, double seconds, struct error *err)
{
	struct sweep_run run = {.point = turn.point,
				.repeat = turn.repeat,
				.exit_code = exit_code,
				.seconds = seconds};
	char path[PATH_MAX];
	int rc = snprintf(path, PATH_MAX,
			  "%s/" SWEEP_RUNS_FOLDER "/%s/" RESULT_JSON_FILE, sweep->out,
			  folder) < PATH_MAX
			 ? outcome_load(&run.outcome, path, err)
			 : error_sys(err, ENAMETOOLONG, "cannot read %s", folder);

	if (rc < 0)
		return rc;
	run.folder = strdup(folder);
	if (!run.folder) {
		outcome_release(&run.outcome);
		return error_sys(err, ENOMEM, "cannot hold the runs");
	}
	sweep->runs[sweep->count++] = run;
	return 0;
}

/* What sweep.json calls finished, and is. */
static void take_finished(struct sweep *sweep)
{
	char path[PATH_MAX];
	json_t *root = NULL, *run;
	size_t i;

	if (path_in(sweep, SWEEP_JSON_FILE, path) < 0 ||
	    json_file_load(path, SWEEP_SCHEMA, &root, NULL) < 0)
		return;
	json_array_foreach(json_object_get(root, "runs"), i, run)
	{
		const char *folder = json_string_value(json_object_get(run, "folder"));
		json_int_t point = json_integer_value(json_object_get(run, "point"));
		json_int_t repeat = json_integer_value(json_object_get(run, "repeat"));
		json_int_t code = json_integer_value(json_object_get(run, "exit_code"));
		struct sweep_turn turn = {(size_t)point - 1, (size_t)repeat - 1};

		if (folder && *folder != '.' && !strchr(folder, '/') && point >= 1 &&
		    repeat >= 1 && turn.point < sweep->plan.point_count &&
		    turn.repeat < sweep->plan.repeats && !find_run(sweep, turn) &&
		    (code == EXIT_SAFE || code == EXIT_UNSAFE ||
		     code == EXIT_INCONCLUSIVE))
			take_run(sweep, turn, folder, (int)code,
				 json_number_value(json_object_get(run, "seconds")),
				 NULL);
	}
	json_decref(root);
}

/* The plan that stands in the folder; NULL: there is none.  Or -errno. */
static int load_plan(const struct sweep *sweep, json_t **ret_plan, struct error *err)
{
	char path[PATH_MAX];

	*ret_plan = NULL;
	if (path_in(sweep, SWEEP_PLAN_FILE, path) < 0 || access(path, F_OK) < 0)
		return 0;
	return json_file_load(path, SWEEP_PLAN_SCHEMA, ret_plan, err);
}

/* ---- the runs
 * ------------------------------------------------------------------------ */

static enum exit_code merged_code(const struct sweep *sweep)
{
	enum exit_code code = sweep->skipped ? EXIT_COULD_NOT_RUN : EXIT_SAFE;

	for (size_t i = 0; i < sweep->count; i++) {
		if (sweep->runs[i].exit_code == EXIT_UNSAFE)
			return EXIT_UNSAFE;
		if (sweep->runs[i].exit_code == EXIT_INCONCLUSIVE && code == EXIT_SAFE)
			code = EXIT_INCONCLUSIVE;
	}
	return code;
}

/* Estimates are corrected by what the runs so far have taken. */
static uint64_t time_left(const struct sweep *sweep)
{
	double factor = sweep->estimated_ns
				? (double)sweep->spent_ns / (double)sweep->estimated_ns
				: 1;
	uint64_t ns = 0;

	for (size_t i = 0; i < sweep_plan_runs(&sweep->plan); i++) {
		const struct sweep_turn turn = sweep->plan.order[i];

		if (!find_run(sweep, turn))
			ns += sweep->plan.points[turn.point].estimate_ns;
	}
	return (uint64_t)((double)ns * factor);
}

/* A folder that an interrupted run left is left alone. */
static void name_run(const struct sweep *sweep, struct sweep_turn turn, char *path,
		     const char **ret_name)
{
	int length = snprintf(path, PATH_MAX, "%s/" SWEEP_RUNS_FOLDER "/%zu.%zu",
			      sweep->out, turn.point + 1, turn.repeat + 1);

	for (int copy = 2; access(path, F_OK) == 0 && length < PATH_MAX - 16; copy++)
		snprintf(path + length, (size_t)(PATH_MAX - length), "-%d", copy);
	*ret_name = strrchr(path, '/') + 1;
}

static char **child_arguments(const struct sweep *sweep, struct sweep_turn turn,
			      const char *folder, char text[2][PATH_MAX + 16])
{
	const struct arguments *a = &sweep->plan.points[turn.point].arguments;
	char **argv = calloc(a->count + 10, sizeof(*argv));
	size_t n = 0;

	if (!argv)
		return NULL;
	snprintf(text[0], PATH_MAX + 16, "--out=%s", folder);
	snprintf(text[1], PATH_MAX + 16, "--seed=%llu",
		 (unsigned long long)(sweep->plan.seed + turn.repeat));
	argv[n++] = (char *)"tailrace";
	argv[n++] = (char *)"run";
	argv[n++] = (char *)"--quiet";
	argv[n++] = (char *)"--eta=never";
	argv[n++] = text[0];
	argv[n++] = text[1];
	for (size_t i = 0; i < a->count; i++)
		argv[n++] = a->items[i];
	argv[n++] = (char *)"--";
	argv[n++] = (char *)(uintptr_t)sweep->plan.dir;
	return argv;
}

static void announce(const struct sweep *sweep, struct sweep_turn turn)
{
	char text[UNITS_TEXT_BYTES];

	if (sweep->arguments.quiet)
		return;
	fprintf(stderr, "tailrace: run %zu of %zu (", sweep->count + sweep->skipped + 1,
		sweep_plan_runs(&sweep->plan));
	sweep_plan_put_point(&sweep->plan, turn.point, stderr);
	fprintf(stderr, "), repeat %zu; about %s left\n", turn.repeat + 1,
		units_format_duration(time_left(sweep), text));
}

/* One run.  *@ret_interrupted: it was ended early, and does not count. */
static int make_run(struct sweep *sweep, struct sweep_turn turn, bool *ret_interrupted,
		    struct error *err)
{
	char folder[PATH_MAX], text[2][PATH_MAX + 16];
	uint64_t begun = clock_now_ns();
	const char *name;
	int code = -1;
	char **argv;
	int rc;

	announce(sweep, turn);
	name_run(sweep, turn, folder, &name);
	argv = child_arguments(sweep, turn, folder, text);
	if (!argv)
		return error_sys(err, ENOMEM, "cannot start a run");
	rc = sweep_child(argv, &code, ret_interrupted, err);
	free(argv);
	if (rc < 0 || *ret_interrupted)
		return rc;
	if ((code != EXIT_SAFE && code != EXIT_UNSAFE && code != EXIT_INCONCLUSIVE) ||
	    take_run(sweep, turn, name, code, (double)(clock_now_ns() - begun) / 1e9,
		     NULL) < 0) {
		fprintf(stderr, "tailrace: run %s could not run\n", name);
		sweep->skipped++;
		return 0;
	}
	sweep->spent_ns += clock_now_ns() - begun;
	sweep->estimated_ns += sweep->plan.points[turn.point].estimate_ns;
	return write_report(sweep, err);
}

static enum exit_code make_runs(struct sweep *sweep, struct error *err)
{
	bool interrupted = false;
	enum exit_code code;

	for (size_t i = 0; i < sweep_plan_runs(&sweep->plan) && !interrupted; i++)
		if (!find_run(sweep, sweep->plan.order[i]) &&
		    make_run(sweep, sweep->plan.order[i], &interrupted, err) < 0)
			return EXIT_COULD_NOT_RUN;
	draw(sweep);
	code = merged_code(sweep);
	if (interrupted) {
		error_set(err, EINTR,
			  "interrupted after %zu of %zu runs; `tailrace sweep "
			  "@%s/args --out %s` goes on",
			  sweep->count, sweep_plan_runs(&sweep->plan), sweep->out,
			  sweep->out);
		return code == EXIT_UNSAFE ? code : EXIT_INCONCLUSIVE;
	}
	if (!sweep->arguments.quiet)
		printf("%zu of %zu runs are finished\nResults  %s/" SWEEP_CSV_FILE
		       ", " SWEEP_POINTS_FILE ", " SWEEP_JSON_FILE
		       "\nPlots    %s/plots\n",
		       sweep->count, sweep_plan_runs(&sweep->plan), sweep->out,
		       sweep->out);
	return code;
}

static void show(const struct sweep *sweep)
{
	char text[UNITS_TEXT_BYTES];
	size_t left = sweep_plan_runs(&sweep->plan) - sweep->count;

	printf("%zu points, %zu repeats: %zu runs, %zu of them finished\n",
	       sweep->plan.point_count, sweep->plan.repeats,
	       sweep_plan_runs(&sweep->plan), sweep->count);
	for (size_t i = 0; i < sweep_plan_runs(&sweep->plan); i++) {
		const struct sweep_turn turn = sweep->plan.order[i];

		if (find_run(sweep, turn))
			continue;
		printf("  %zu.%zu ", turn.point + 1, turn.repeat + 1);
		sweep_plan_put_point(&sweep->plan, turn.point, stdout);
		printf(" (about %s)\n",
		       units_format_duration(sweep->plan.points[turn.point].estimate_ns,
					     text));
	}
	printf("%zu runs will take about %s\n", left,
	       units_format_duration(time_left(sweep), text));
}

/* ---- all of it
 * ----------------------------------------------------------------------- */

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

static int hold_plan(struct sweep *sweep, struct error *err)
{
	sweep->runs = calloc(sweep_plan_runs(&sweep->plan), sizeof(*sweep->runs));
	sweep->keys = calloc(sweep->plan.axis_count + 1, sizeof(*sweep->keys));
	sweep->settings = json_array();
	if (!sweep->runs || !sweep->keys || !sweep->settings)
		return error_sys(err, ENOMEM, "cannot hold the grid");
	for (size_t a = 0; a < sweep->plan.axis_count; a++)
		sweep->keys[a] = sweep->plan.axes[a].key;
	for (size_t i = 0; i < sweep->plan.point_count; i++)
		json_array_append_new(sweep->settings,
				      sweep_plan_settings(&sweep->plan, i));
	return 0;
}

static enum exit_code begin(struct sweep *sweep, bool resumed, struct error *err)
{
	if (sweep->arguments.dry_run) {
		show(sweep);
		return EXIT_SAFE;
	}
	if (!resumed &&
	    (make_folders(sweep, err) < 0 || save(sweep, "args", save_args, err) < 0 ||
	     save(sweep, SWEEP_PLAN_FILE, save_plan, err) < 0))
		return EXIT_COULD_NOT_RUN;
	return make_runs(sweep, err);
}

static enum exit_code run_sweep(struct sweep *sweep, struct error *err)
{
	json_t *old = NULL, *plan = NULL;
	enum exit_code code = EXIT_USAGE;
	int rc = make_absolute(sweep, err);

	if (rc == 0)
		rc = name_folder(sweep, err);
	if (rc == 0 && load_plan(sweep, &old, err) < 0)
		return EXIT_COULD_NOT_RUN;
	if (rc == 0)
		rc = make_plan(sweep, old, err);
	if (rc == 0)
		rc = hold_plan(sweep, err);
	if (rc == 0 && old) {
		plan = sweep_plan_json(&sweep->plan);
		if (!json_equal(plan, old))
			rc = error_set(err, EINVAL,
				       "%s holds another sweep: its args say which",
				       sweep->out);
	}
	if (rc == 0) {
		take_finished(sweep);
		code = begin(sweep, old != NULL, err);
	}
	json_decref(plan);
	json_decref(old);
	return code;
}

static void sweep_release(struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->count; i++) {
		free(sweep->runs[i].folder);
		outcome_release(&sweep->runs[i].outcome);
	}
	free(sweep->runs);
	free(sweep->keys);
	json_decref(sweep->settings);
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
		.epilogue = "All other options are those of tailrace run.  Exit code: "
			    "that of the runs together,\n4 if one could not run.",
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
