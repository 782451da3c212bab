/* sweep_launch - see sweep_launch.h. */
#include "harness/sweep_launch.h"

#include "core/attend.h"
#include "core/clock.h"
#include "core/units.h"
#include "results/format.h"
#include "results/sweep_files.h"
#include "results/sweep_picture.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many reasons are told of each kind; sweep.json has all. */
enum { REASONS_MAX = 3 };

struct launch {
	struct sweep_finished *finished;
	const struct sweep_plan *plan;
	bool quiet, interrupted;
	size_t skipped;			 /* that could not run */
	uint64_t spent_ns, estimated_ns; /* of the runs that were made now */
};

/* What the missing runs will take by their estimates, @factor times. */
static uint64_t time_left_ns(const struct sweep_finished *finished, double factor)
{
	const struct sweep_plan *plan = finished->plan;
	uint64_t ns = 0;

	for (size_t i = 0; i < sweep_plan_runs(plan); i++)
		if (!sweep_finished_has(finished, plan->order[i]))
			ns += plan->points[plan->order[i].point].estimate_ns;
	return (uint64_t)((double)ns * factor);
}

/* ---- one run ------------------------------------------------------------- */

/* A folder that an interrupted run left is left alone.  Returns its name. */
static const char *name_folder(const struct launch *launch, struct sweep_turn turn,
			       char path[PATH_MAX])
{
	int length = snprintf(path, PATH_MAX, "%s/" SWEEP_RUNS_FOLDER "/%zu.%zu",
			      launch->finished->out, turn.point + 1, turn.repeat + 1);

	for (int copy = 2; access(path, F_OK) == 0 && length < PATH_MAX - 16; copy++)
		snprintf(path + length, (size_t)(PATH_MAX - length), "-%d", copy);
	return strrchr(path, '/') + 1;
}

/* Estimates are corrected by what the runs so far have taken. */
static void announce(const struct launch *launch, struct sweep_turn turn)
{
	double factor = launch->estimated_ns ? (double)launch->spent_ns /
						       (double)launch->estimated_ns
					     : 1;
	char text[UNITS_TEXT_BYTES];

	if (launch->quiet)
		return;
	fprintf(stderr, "tailrace: run %zu of %zu (",
		launch->finished->count + launch->skipped + 1,
		sweep_plan_runs(launch->plan));
	sweep_plan_put_point(launch->plan, turn.point, stderr);
	fprintf(stderr, "), repeat %zu; about %s left\n", turn.repeat + 1,
		units_format_duration(time_left_ns(launch->finished, factor), text));
}

/* Each ends the run as it would by itself. */
static int interrupt_run(pid_t child, unsigned int times, void *context)
{
	(void)times;
	(void)context;
	kill(child, SIGINT);
	return 0;
}

/* The words of `tailrace run` into the folder at @path.  0 or -ENOMEM. */
static int command_line(const struct launch *launch, struct sweep_turn turn,
			const char *path, struct arguments *words)
{
	static const char *const usual[] = {"tailrace", "run", "--quiet",
					    "--eta=never"};
	const struct arguments *given = &launch->plan->points[turn.point].arguments;
	const uint64_t drawn = launch->plan->seed + turn.repeat;
	char out[PATH_MAX + 16], seed[32];
	bool held = true;

	snprintf(out, sizeof(out), "--out=%s", path);
	snprintf(seed, sizeof(seed), "--seed=%" PRIu64, drawn);
	for (size_t i = 0; held && i < sizeof(usual) / sizeof(usual[0]); i++)
		held = arguments_add(words, usual[i]);
	held = held && arguments_add(words, out) && arguments_add(words, seed);
	for (size_t i = 0; held && i < given->count; i++)
		held = arguments_add(words, given->items[i]);
	held = held && arguments_add(words, "--") &&
	       arguments_add(words, launch->plan->dir);
	return held ? 0 : -ENOMEM;
}

/* *@ret_exit_code: -1: a signal ended it. */
static int run(struct launch *launch, struct sweep_turn turn, const char *path,
	       int *ret_exit_code, struct error *err)
{
	struct arguments words = {0};
	unsigned int interrupts = 0;
	int rc = command_line(launch, turn, path, &words);

	if (rc < 0)
		error_sys(err, -rc, "cannot start a run");
	else
		rc = attend(&(struct attended){.what = "a run",
					       .program = "/proc/self/exe",
					       .argv = words.items,
					       .mute = true,
					       .interrupt = interrupt_run},
			    ret_exit_code, &interrupts, err);
	launch->interrupted = interrupts > 0;
	arguments_release(&words);
	return rc;
}

/* One that was interrupted does not count. */
static int make_run(struct launch *launch, struct sweep_turn turn, struct error *err)
{
	const uint64_t begun_ns = clock_now_ns();
	struct sweep_report report;
	struct sweep_end end;
	char path[PATH_MAX];
	uint64_t spent_ns;
	int rc;

	announce(launch, turn);
	end.folder = name_folder(launch, turn, path);
	rc = run(launch, turn, path, &end.exit_code, err);
	if (rc < 0 || launch->interrupted)
		return rc;
	spent_ns = clock_now_ns() - begun_ns;
	end.seconds = (double)spent_ns / 1e9;
	if (sweep_finished_take(launch->finished, turn, &end) < 0) {
		fprintf(stderr, "tailrace: run %s could not run\n", end.folder);
		launch->skipped++;
		return 0;
	}
	launch->spent_ns += spent_ns;
	launch->estimated_ns += launch->plan->points[turn.point].estimate_ns;
	report = sweep_finished_report(launch->finished);
	return sweep_report_write(&report, launch->finished->out, err);
}

/* ---- all of them --------------------------------------------------------- */

/* A picture that cannot be drawn is told; the tables are there. */
static void draw(struct sweep_finished *finished, bool no_plots)
{
	const struct results_options options = {.no_pictures = no_plots};
	struct sweep_report report = sweep_finished_report(finished);
	struct error warning = {""}, err = {""};

	sweep_picture_write(&report, finished->out, &options, &warning, &err);
	if (err.sentence[0])
		fprintf(stderr, "tailrace: %s\n", err.sentence);
	if (warning.sentence[0])
		fprintf(stderr, "tailrace: %s\n", warning.sentence);
}

static enum exit_code merged_code(const struct launch *launch)
{
	const struct sweep_finished *finished = launch->finished;
	enum exit_code code = launch->skipped ? EXIT_COULD_NOT_RUN : EXIT_SAFE;

	for (size_t i = 0; i < finished->count; i++) {
		if (finished->runs[i].exit_code == EXIT_UNSAFE)
			return EXIT_UNSAFE;
		if (finished->runs[i].exit_code == EXIT_INCONCLUSIVE &&
		    code == EXIT_SAFE)
			code = EXIT_INCONCLUSIVE;
	}
	return code;
}

/* What @run, which is not safe, rests on: a strategy that claims something, if one can.
 */
static const struct outcome_strategy *telling(const struct sweep_run *run)
{
	const struct run_outcome *outcome = &run->outcome;
	const struct outcome_strategy *found = NULL;

	for (size_t i = 0; i < outcome->count; i++) {
		const struct outcome_strategy *strategy = &outcome->strategies[i];

		if (strategy->verdict == outcome->verdict &&
		    (!found || (found->control && !strategy->control)))
			found = strategy;
	}
	return found;
}

static void put_reason(const struct sweep_run *run,
		       const struct outcome_strategy *strategy)
{
	char *name = printable_name(strategy->name);
	char *reason = printable_name(strategy->reason);

	if (name && reason) {
		int used = printf("  run %s, %s: ", run->folder, name);

		put_wrapped(stdout, reason, (size_t)used, 4, 80);
		putchar('\n');
	}
	free(name);
	free(reason);
}

/* Why runs that ended with @code did, for the first few. */
static void put_reasons(const struct sweep_finished *finished, int code)
{
	size_t told = 0;

	for (size_t i = 0; i < finished->count && told < REASONS_MAX; i++) {
		const struct sweep_run *run = &finished->runs[i];
		const struct outcome_strategy *strategy = telling(run);

		if (run->exit_code != code || !strategy)
			continue;
		told++;
		put_reason(run, strategy);
	}
}

/* The verdict of all together, and where the results are. */
static void put_summary(const struct launch *launch, enum exit_code code)
{
	static const struct {
		enum exit_code code;
		const char *verdict, *few;
	} kinds[] = {
		{EXIT_SAFE, "SAFE", "safe"},
		{EXIT_UNSAFE, "UNSAFE", "unsafe"},
		{EXIT_INCONCLUSIVE, "INCONCLUSIVE", "inconclusive"},
		{EXIT_COULD_NOT_RUN, "INCOMPLETE", "could not run"},
	};
	const struct sweep_finished *finished = launch->finished;
	char before = ':';

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (kinds[k].code == code)
			fputs(kinds[k].verdict, stdout);
	printf(": %zu of %zu runs are finished", finished->count,
	       sweep_plan_runs(launch->plan));
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		size_t count =
			kinds[k].code == EXIT_COULD_NOT_RUN ? launch->skipped : 0;

		for (size_t i = 0; i < finished->count; i++)
			count += finished->runs[i].exit_code == (int)kinds[k].code;
		if (!count)
			continue;
		printf("%c %zu %s", before, count, kinds[k].few);
		before = ',';
	}
	putchar('\n');
	put_reasons(finished, EXIT_UNSAFE);
	put_reasons(finished, EXIT_INCONCLUSIVE);
	printf("Results  %s/" SWEEP_CSV_FILE ", " SWEEP_POINTS_FILE ", " SWEEP_JSON_FILE
	       "\nPlots    %s/plots\n",
	       finished->out, finished->out);
}

enum exit_code sweep_launch(struct sweep_finished *finished, bool quiet, bool no_plots,
			    struct error *err)
{
	const struct sweep_plan *plan = finished->plan;
	const size_t planned = sweep_plan_runs(plan);
	struct launch launch = {.finished = finished, .plan = plan, .quiet = quiet};
	enum exit_code code;

	for (size_t i = 0; i < planned && !launch.interrupted; i++)
		if (!sweep_finished_has(finished, plan->order[i]) &&
		    make_run(&launch, plan->order[i], err) < 0)
			return EXIT_COULD_NOT_RUN;
	draw(finished, no_plots);
	code = merged_code(&launch);
	if (launch.interrupted) {
		error_set(err, EINTR,
			  "interrupted after %zu of %zu runs; `tailrace sweep "
			  "@%s/args --out %s` goes on",
			  finished->count, planned, finished->out, finished->out);
		return code == EXIT_UNSAFE ? code : EXIT_INCONCLUSIVE;
	}
	if (!quiet)
		put_summary(&launch, code);
	return code;
}

void sweep_launch_show(const struct sweep_finished *finished)
{
	const struct sweep_plan *plan = finished->plan;
	const size_t planned = sweep_plan_runs(plan);
	char text[UNITS_TEXT_BYTES];

	printf("%zu point%s, %zu repeat%s: %zu run%s, %zu of them finished\n",
	       plan->point_count, plan->point_count == 1 ? "" : "s", plan->repeats,
	       plan->repeats == 1 ? "" : "s", planned, planned == 1 ? "" : "s",
	       finished->count);
	for (size_t i = 0; i < planned; i++) {
		const struct sweep_turn turn = plan->order[i];

		if (sweep_finished_has(finished, turn))
			continue;
		printf("  %zu.%zu ", turn.point + 1, turn.repeat + 1);
		sweep_plan_put_point(plan, turn.point, stdout);
		printf(" (about %s)\n",
		       units_format_duration(plan->points[turn.point].estimate_ns,
					     text));
	}
	printf("%zu run%s will take about %s\n", planned - finished->count,
	       planned - finished->count == 1 ? "" : "s",
	       units_format_duration(time_left_ns(finished, 1), text));
}
