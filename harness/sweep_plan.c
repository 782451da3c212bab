/* sweep_plan - see sweep_plan.h. */
#include "harness/sweep_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "core/text.h"
#include "harness/plan.h"
#include "harness/plan_options.h"
#include "results/format.h"
#include "results/sweep_files.h"

enum { SWEEP_RUNS_MAX = 100000 };

/*
 * How long a run takes where nothing says it: so many records a second of all ranks
 * together, as under a lock on a network file system, and the time to start and to
 * verify.
 */
#define GUESSED_RECORDS_PER_S 1000
#define GUESSED_OVERHEAD_NS   2000000000u

/* ---- axes ---------------------------------------------------------------------- */

/* These belong to the sweep, or have no value to vary. */
static bool is_ours(const struct option_row *row)
{
	static const char *const names[] = {"out", "label", "seed", "eta", "hosts"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(row->name, names[i]) == 0)
			return true;
	return !row->argument;
}

static bool is_option(const char *key)
{
	for (size_t i = 0; i < plan_run_options.row_count; i++)
		if (strcmp(plan_run_options.rows[i].name, key) == 0)
			return !is_ours(&plan_run_options.rows[i]);
	return false;
}

static bool is_strategy_key(const char *key)
{
	char text[STRATEGY_TEXT_BYTES];
	const char *meaning;

	for (size_t i = 0; strategy_key_text(i, text, &meaning); i++) {
		size_t length = strcspn(text, "=");

		if (strlen(key) == length && strncmp(text, key, length) == 0)
			return true;
	}
	return false;
}

static int add_value(struct sweep_axis *axis, const char *value, struct error *err)
{
	if (!*value)
		return error_set(err, EINVAL, "%s has an empty value", axis->key);
	for (size_t i = 0; i < axis->values.count; i++)
		if (strcmp(axis->values.items[i], value) == 0)
			return error_set(err, EINVAL, "%s has the value %s twice",
					 axis->key, value);
	return arguments_add(&axis->values, value)
		       ? 0
		       : error_sys(err, ENOMEM, "cannot hold the grid");
}

/* Commas part strategies as `tailrace run --strategy` has it. */
static int add_strategies(struct sweep_axis *axis, const char *list, struct error *err)
{
	struct strategy_spec *specs = NULL;
	size_t count = 0;
	int rc = strategy_list_parse(list, &specs, &count, err);

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = add_value(axis, specs[i].name, err);
	free(specs);
	return rc;
}

static int add_values(struct sweep_axis *axis, char *list, struct error *err)
{
	int rc = 0;

	if (strcmp(axis->key, "strategy") == 0)
		return add_strategies(axis, list, err);
	for (char *value; rc == 0 && (value = strsep(&list, ","));)
		rc = add_value(axis, value, err);
	return rc;
}

static int check_key(const struct sweep_plan *plan, struct sweep_axis *axis,
		     struct error *err)
{
	axis->of_strategy = is_strategy_key(axis->key);
	if (!axis->of_strategy && !is_option(axis->key))
		return error_set(err, EINVAL,
				 "\"%s\" is neither an option of tailrace run that can "
				 "vary nor a key of strategies",
				 axis->key);
	for (size_t i = 0; i < plan->axis_count; i++)
		if (strcmp(plan->axes[i].key, axis->key) == 0)
			return error_set(err, EINVAL, "%s is given twice", axis->key);
	return 0;
}

int sweep_plan_add_axis(struct sweep_plan *plan, const char *text, struct error *err)
{
	struct sweep_axis *axes =
		reallocarray(plan->axes, plan->axis_count + 1, sizeof(*axes));
	struct sweep_axis axis = {.key = strdup(text)};
	char *list = axis.key ? strchr(axis.key, '=') : NULL;
	int rc;

	if (axes)
		plan->axes = axes;
	if (!axes || !axis.key) {
		free(axis.key);
		return error_sys(err, ENOMEM, "cannot hold the grid");
	}
	if (list)
		*list++ = '\0';
	rc = list ? check_key(plan, &axis, err)
		  : error_set(err, EINVAL, "\"%s\" is not KEY=VALUE,VALUE,...", text);
	if (rc == 0)
		rc = add_values(&axis, list, err);
	axes[plan->axis_count++] = axis;
	return rc;
}

/* ---- points -------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static int add_argument(
	struct arguments *arguments, const char *fmt, ...)
{
	char *text = NULL;
	bool added;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	added = text && arguments_add(arguments, text);
	free(text);
	return added ? 0 : -ENOMEM;
}

/* Give each strategy of @list the keys of @point; a new string, NULL on failure. */
static char *keyed_strategies(const struct sweep_plan *plan,
			      const struct sweep_point *point, const char *list,
			      struct error *err)
{
	struct strategy_spec *specs = NULL;
	size_t count = 0, size;
	char *text = NULL;
	FILE *stream;

	if (strategy_list_parse(list, &specs, &count, err) < 0)
		return NULL;
	stream = open_memstream(&text, &size);
	for (size_t i = 0; stream && i < count; i++) {
		bool keyed = strchr(specs[i].name, ':') != NULL;

		fprintf(stream, "%s%s", i ? "," : "", specs[i].name);
		for (size_t a = 0; a < plan->axis_count; a++) {
			if (!plan->axes[a].of_strategy)
				continue;
			fprintf(stream, "%c%s=%s", keyed ? ',' : ':', plan->axes[a].key,
				point->values[a]);
			keyed = true;
		}
	}
	if (!stream || fclose(stream) != 0)
		error_sys(err, ENOMEM, "cannot hold the grid");
	free(specs);
	return text;
}

static int add_settings(const struct sweep_plan *plan, struct sweep_point *point,
			const char *strategies, struct error *err)
{
	char *text;
	int rc = 0;

	for (size_t a = 0; rc == 0 && a < plan->axis_count; a++) {
		if (strcmp(plan->axes[a].key, "strategy") == 0)
			strategies = point->values[a];
		else if (!plan->axes[a].of_strategy)
			rc = add_argument(&point->arguments, "--%s=%s",
					  plan->axes[a].key, point->values[a]);
	}
	text = keyed_strategies(plan, point, strategies, err);
	if (!text)
		return -EINVAL;
	if (rc == 0)
		rc = add_argument(&point->arguments, "--strategy=%s", text);
	free(text);
	return rc < 0 ? error_sys(err, -rc, "cannot hold the grid") : 0;
}

/* --require names strategies, keys and all. */
static int add_common(const struct sweep_plan *plan, struct sweep_point *point,
		      const struct arguments *common, struct error *err)
{
	static const char require[] = "--require=";
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < common->count; i++) {
		const char *word = common->items[i];
		char *names;

		if (strncmp(word, require, strlen(require)) != 0) {
			rc = add_argument(&point->arguments, "%s", word);
			continue;
		}
		names = keyed_strategies(plan, point, word + strlen(require), err);
		if (!names)
			return -EINVAL;
		rc = add_argument(&point->arguments, "%s%s", require, names);
		free(names);
	}
	return rc < 0 ? error_sys(err, -rc, "cannot hold the grid") : 0;
}

static uint64_t estimate(const struct plan *plan)
{
	uint64_t ranks = plan->ranks_asked ? plan->ranks_asked : 1;
	uint64_t per_s = plan->rate ? plan->rate * ranks : GUESSED_RECORDS_PER_S;
	uint64_t ns = plan->duration_ns;

	if (plan->records) {
		double by_records =
			(double)plan->records * (double)ranks * 1e9 / (double)per_s;

		if (!ns || by_records < (double)ns)
			ns = (uint64_t)by_records;
	}
	return GUESSED_OVERHEAD_NS + plan->strategy_count * ns;
}

/* As `tailrace run` would: whatever is wrong is told before the first run. */
static int check_as_run(const struct sweep_plan *plan, struct sweep_point *point,
			char **argv, struct plan *run, struct error *err)
{
	size_t count = point->arguments.count;
	struct options options = {0};
	int rc;

	argv[0] = (char *)"run";
	memcpy(argv + 1, point->arguments.items, count * sizeof(*argv));
	argv[count + 1] = (char *)"--";
	argv[count + 2] = (char *)(uintptr_t)plan->dir;
	rc = plan_parse((int)count + 3, argv, &options, run, err);
	if (rc == 0)
		point->estimate_ns = estimate(run);
	options_release(&options);
	return rc;
}

static int check_point(const struct sweep_plan *plan, struct sweep_point *point,
		       struct error *err)
{
	char **argv = calloc(point->arguments.count + 4, sizeof(*argv));
	struct plan *run = calloc(1, sizeof(*run));
	int rc = -ENOMEM;

	if (argv && run)
		rc = check_as_run(plan, point, argv, run, err);
	else
		error_sys(err, ENOMEM, "cannot hold the grid");
	free(run);
	free(argv);
	return rc;
}

static int make_point(struct sweep_plan *plan, size_t index,
		      const struct arguments *common, const char *strategies,
		      struct error *err)
{
	struct sweep_point *point = &plan->points[index];
	size_t rest = index;
	int rc;

	point->values = calloc(plan->axis_count + 1, sizeof(*point->values));
	if (!point->values)
		return error_sys(err, ENOMEM, "cannot hold the grid");
	for (size_t a = plan->axis_count; a-- > 0;) {
		const struct arguments *values = &plan->axes[a].values;

		point->values[a] = values->items[rest % values->count];
		rest /= values->count;
	}
	rc = add_common(plan, point, common, err);
	if (rc == 0)
		rc = add_settings(plan, point, strategies, err);
	return rc < 0 ? rc : check_point(plan, point, err);
}

/* ---- order --------------------------------------------------------------------- */

/* Repeat by repeat, all points of each in an order of its own (Fisher and Yates). */
static void draw_order(struct sweep_plan *plan)
{
	uint64_t state = plan->seed;

	for (size_t repeat = 0; repeat < plan->repeats; repeat++) {
		struct sweep_turn *turns = plan->order + repeat * plan->point_count;

		for (size_t i = 0; i < plan->point_count; i++) {
			size_t k = random_next(&state) % (i + 1);

			turns[i] = turns[k];
			turns[k] = (struct sweep_turn){.point = i, .repeat = repeat};
		}
	}
}

int sweep_plan_make(struct sweep_plan *plan, const struct arguments *common,
		    const char *strategies, struct error *err)
{
	size_t count = 1;
	int rc = 0;

	for (size_t a = 0; a < plan->axis_count && count <= SWEEP_RUNS_MAX; a++)
		count *= plan->axes[a].values.count;
	if (count > SWEEP_RUNS_MAX || plan->repeats > SWEEP_RUNS_MAX / count)
		return error_set(err, EINVAL, "that is more than %d runs",
				 SWEEP_RUNS_MAX);
	plan->points = calloc(count, sizeof(*plan->points));
	plan->order = calloc(count * plan->repeats, sizeof(*plan->order));
	if (!plan->points || !plan->order)
		return error_sys(err, ENOMEM, "cannot hold the grid");
	plan->point_count = count;
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = make_point(plan, i, common, strategies, err);
	if (rc == 0)
		draw_order(plan);
	return rc;
}

void sweep_plan_release(struct sweep_plan *plan)
{
	for (size_t i = 0; i < plan->point_count; i++) {
		free(plan->points[i].values);
		arguments_release(&plan->points[i].arguments);
	}
	for (size_t a = 0; a < plan->axis_count; a++) {
		free(plan->axes[a].key);
		arguments_release(&plan->axes[a].values);
	}
	free(plan->points);
	free(plan->order);
	free(plan->axes);
	memset(plan, 0, sizeof(*plan));
}

size_t sweep_plan_runs(const struct sweep_plan *plan)
{
	return plan->point_count * plan->repeats;
}

/* ---- telling ------------------------------------------------------------------- */

json_t *sweep_plan_settings(const struct sweep_plan *plan, size_t point)
{
	json_t *settings = json_object();

	for (size_t a = 0; a < plan->axis_count; a++)
		json_object_set_new(settings, plan->axes[a].key,
				    text_to_json(plan->points[point].values[a]));
	return settings;
}

static json_t *point_json(const struct sweep_plan *plan, size_t index)
{
	const struct sweep_point *point = &plan->points[index];
	json_t *arguments = json_array();

	for (size_t i = 0; i < point->arguments.count; i++)
		json_array_append_new(arguments,
				      text_to_json(point->arguments.items[i]));
	json_array_append_new(arguments, text_to_json(plan->dir));
	return json_pack("{s:o, s:o}", "settings", sweep_plan_settings(plan, index),
			 "arguments", arguments);
}

json_t *sweep_plan_json(const struct sweep_plan *plan)
{
	json_t *keys = json_array(), *points = json_array(), *order = json_array();

	for (size_t a = 0; a < plan->axis_count; a++)
		json_array_append_new(keys, json_string(plan->axes[a].key));
	for (size_t i = 0; i < plan->point_count; i++)
		json_array_append_new(points, point_json(plan, i));
	for (size_t i = 0; i < sweep_plan_runs(plan); i++)
		json_array_append_new(
			order, json_pack("[I, I]", (json_int_t)plan->order[i].point + 1,
					 (json_int_t)plan->order[i].repeat + 1));
	return json_pack("{s:s, s:s, s:I, s:o, s:o, s:o}", "schema", SWEEP_PLAN_SCHEMA,
			 "version", TAILRACE_VERSION, "seed", (json_int_t)plan->seed,
			 "keys", keys, "points", points, "order", order);
}

void sweep_plan_put_point(const struct sweep_plan *plan, size_t point, FILE *stream)
{
	for (size_t a = 0; a < plan->axis_count; a++) {
		fprintf(stream, "%s%s=", a ? " " : "", plan->axes[a].key);
		put_name(stream, plan->points[point].values[a]);
	}
}
