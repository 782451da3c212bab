/* sweep_finished - see sweep_finished.h. */
#include "harness/sweep_finished.h"

#include "harness/exit_code.h"
#include "harness/sweep_folder.h"
#include "results/json_file.h"
#include "results/result.h"
#include "results/sweep_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool sweep_finished_has(const struct sweep_finished *finished, struct sweep_turn turn)
{
	for (size_t i = 0; i < finished->count; i++)
		if (finished->runs[i].point == turn.point &&
		    finished->runs[i].repeat == turn.repeat)
			return true;
	return false;
}

/*
 * What a run ended with, and what its folder says by now: it may have been judged again
 * since, and anyone may have written that it ended well.
 */
static int worse_of(int exit_code, enum verdict verdict)
{
	if (exit_code == EXIT_UNSAFE || verdict == VERDICT_UNSAFE)
		return EXIT_UNSAFE;
	return exit_code == EXIT_SAFE && verdict == VERDICT_SAFE ? EXIT_SAFE
								 : EXIT_INCONCLUSIVE;
}

int sweep_finished_take(struct sweep_finished *finished, struct sweep_turn turn,
			const struct sweep_end *end)
{
	struct sweep_run run = {
		.point = turn.point, .repeat = turn.repeat, .seconds = end->seconds};
	char path[PATH_MAX];
	int rc;

	if (end->exit_code != EXIT_SAFE && end->exit_code != EXIT_UNSAFE &&
	    end->exit_code != EXIT_INCONCLUSIVE)
		return -ENODATA;
	if (snprintf(path, PATH_MAX, "%s/" SWEEP_RUNS_FOLDER "/%s/" RESULT_JSON_FILE,
		     finished->out, end->folder) >= PATH_MAX)
		return -ENAMETOOLONG;
	rc = outcome_load(&run.outcome, path, NULL);
	if (rc < 0)
		return rc;
	run.folder = strdup(end->folder);
	if (!run.folder) {
		outcome_release(&run.outcome);
		return -ENOMEM;
	}
	run.exit_code = worse_of(end->exit_code, run.outcome.verdict);
	finished->runs[finished->count++] = run;
	return 0;
}

/* A row of sweep.json, which anyone may have written. */
static void take_row(struct sweep_finished *finished, const json_t *row)
{
	const struct sweep_end end = {
		.folder = json_string_value(json_object_get(row, "folder")),
		.exit_code = (int)json_integer_value(json_object_get(row, "exit_code")),
		.seconds = json_number_value(json_object_get(row, "seconds")),
	};
	json_int_t point = json_integer_value(json_object_get(row, "point"));
	json_int_t repeat = json_integer_value(json_object_get(row, "repeat"));
	const struct sweep_turn turn = {(size_t)point - 1, (size_t)repeat - 1};

	if (end.folder && *end.folder != '.' && !strchr(end.folder, '/') &&
	    point >= 1 && repeat >= 1 && turn.point < finished->plan->point_count &&
	    turn.repeat < finished->plan->repeats &&
	    !sweep_finished_has(finished, turn))
		sweep_finished_take(finished, turn, &end);
}

static void take_rows(struct sweep_finished *finished)
{
	char path[PATH_MAX];
	json_t *root = NULL, *row;
	size_t i;

	if (sweep_folder_path(finished->out, SWEEP_JSON_FILE, path) < 0 ||
	    json_file_load(path, SWEEP_SCHEMA, &root, NULL) < 0)
		return;
	json_array_foreach(json_object_get(root, "runs"), i, row)
	{
		take_row(finished, row);
	}
	json_decref(root);
}

int sweep_finished_load(struct sweep_finished *finished, const struct sweep_plan *plan,
			const char *out, struct error *err)
{
	*finished = (struct sweep_finished){
		.plan = plan,
		.out = out,
		.runs = calloc(sweep_plan_runs(plan), sizeof(*finished->runs)),
		.keys = calloc(plan->axis_count + 1, sizeof(*finished->keys)),
		.settings = json_array(),
	};
	if (!finished->runs || !finished->keys || !finished->settings) {
		sweep_finished_release(finished);
		return error_sys(err, ENOMEM, "cannot hold the grid");
	}
	for (size_t a = 0; a < plan->axis_count; a++)
		finished->keys[a] = plan->axes[a].key;
	for (size_t i = 0; i < plan->point_count; i++)
		json_array_append_new(finished->settings, sweep_plan_settings(plan, i));
	take_rows(finished);
	return 0;
}

void sweep_finished_release(struct sweep_finished *finished)
{
	for (size_t i = 0; finished->runs && i < finished->count; i++) {
		free(finished->runs[i].folder);
		outcome_release(&finished->runs[i].outcome);
	}
	free(finished->runs);
	free(finished->keys);
	json_decref(finished->settings);
	*finished = (struct sweep_finished){0};
}

static int compare_runs(const void *a, const void *b)
{
	const struct sweep_run *x = a, *y = b;

	if (x->point != y->point)
		return x->point < y->point ? -1 : 1;
	return x->repeat < y->repeat ? -1 : x->repeat > y->repeat;
}

struct sweep_report sweep_finished_report(struct sweep_finished *finished)
{
	qsort(finished->runs, finished->count, sizeof(*finished->runs), compare_runs);
	return (struct sweep_report){
		.keys = finished->keys,
		.key_count = finished->plan->axis_count,
		.settings = finished->settings,
		.planned = sweep_plan_runs(finished->plan),
		.runs = finished->runs,
		.count = finished->count,
	};
}
