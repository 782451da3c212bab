/* sweep_picture - see sweep_picture.h. */
#include "results/sweep_picture.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/units.h"
#include "results/plot_sweep.h"
#include "results/sweep_points.h"

/* ---- what the curves run along ------------------------------------------------- */

typedef double value_fn(const struct sweep_run *run,
			const struct outcome_strategy *strategy);

static double ranks_of(const struct sweep_run *run,
		       const struct outcome_strategy *strategy)
{
	(void)strategy;
	return (double)run->outcome.ranks;
}

static double size_of(const struct sweep_run *run,
		      const struct outcome_strategy *strategy)
{
	(void)strategy;
	return run->outcome.max_bytes;
}

static double batch_of(const struct sweep_run *run,
		       const struct outcome_strategy *strategy)
{
	(void)run;
	return (double)sweep_batch_of(strategy->spec);
}

/* In order of preference; their keys are those of -L. */
static const struct axis {
	const char *key, *label;
	value_fn *value;
} axes[] = {
	{"ranks", "ranks", ranks_of},
	{"size", "bytes a record", size_of},
	{"batch", "records under one lock", batch_of},
};

static bool is_key(const struct sweep_report *report, const char *key)
{
	for (size_t i = 0; i < report->key_count; i++)
		if (strcmp(report->keys[i], key) == 0)
			return true;
	return false;
}

/* The number that @key has at the point of @run, or NAN. */
static double number_of(const struct sweep_report *report, const struct sweep_run *run,
			const char *key)
{
	const json_t *settings = json_array_get(report->settings, run->point);
	const char *text = json_string_value(json_object_get(settings, key));
	char *end = NULL;
	double number = text ? strtod(text, &end) : NAN;

	return text && end != text && !*end ? number : NAN;
}

static bool has_numbers(const struct sweep_report *report, const char *key)
{
	for (size_t i = 0; i < report->count; i++)
		if (!isfinite(number_of(report, &report->runs[i], key)))
			return false;
	return true;
}

/* With a NULL value: the numbers of a key of -L. */
static struct axis choose_axis(const struct sweep_report *report)
{
	for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++)
		if (is_key(report, axes[i].key))
			return axes[i];
	for (size_t i = 0; i < report->key_count; i++)
		if (has_numbers(report, report->keys[i]))
			return (struct axis){report->keys[i], report->keys[i], NULL};
	return axes[0];
}

/* ---- the curves ------------------------------------------------------------------ */

struct curves {
	struct axis axis;
	struct sweep_rate *rates;
	char **names; /* of their series; owned */
	size_t count, room;
};

/* The name without the batch, which is what the curve runs along. */
static void put_name(FILE *stream, const char *name, const char *left_out)
{
	size_t length = strcspn(name, ":");
	char before = ':';

	fprintf(stream, "%.*s", (int)length, name);
	while (name[length]) {
		const char *part = name + length + 1;
		size_t bytes = strcspn(part, ",");
		size_t key = strcspn(part, "=");

		if (strlen(left_out) != key || strncmp(part, left_out, key) != 0) {
			fprintf(stream, "%c%.*s", before, (int)bytes, part);
			before = ',';
		}
		length = (size_t)(part - name) + bytes;
	}
}

/* The strategy, and whatever else was varied. */
static char *series_of(const struct curves *curves, const struct sweep_report *report,
		       const struct sweep_run *run, const char *name)
{
	const json_t *settings = json_array_get(report->settings, run->point);
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	put_name(stream, name, curves->axis.key);
	for (size_t i = 0; i < report->key_count; i++) {
		const char *key = report->keys[i];
		const char *value = json_string_value(json_object_get(settings, key));

		/* A strategy's name has its own keys in it. */
		if (value && strcmp(key, curves->axis.key) != 0 &&
		    strcmp(key, "strategy") != 0 && strcmp(key, "batch") != 0)
			fprintf(stream, " %s=%s", key, value);
	}
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

static int add_rate(const struct sweep_report *report, const struct sweep_run *run,
		    const struct outcome_strategy *strategy,
		    const struct sweep_point_figures *figures, void *context)
{
	struct curves *curves = context;
	const struct axis *axis = &curves->axis;

	if (curves->count == curves->room) {
		size_t room = curves->room ? curves->room * 2 : 64;
		void *rates = reallocarray(curves->rates, room, sizeof(*curves->rates));
		void *names;

		if (!rates)
			return -ENOMEM;
		curves->rates = rates;
		names = reallocarray(curves->names, room, sizeof(*curves->names));
		if (!names)
			return -ENOMEM;
		curves->names = names;
		curves->room = room;
	}
	curves->names[curves->count] = series_of(curves, report, run, strategy->name);
	if (!curves->names[curves->count])
		return -ENOMEM;
	curves->rates[curves->count] = (struct sweep_rate){
		.series = curves->names[curves->count],
		.verdict = figures->verdict,
		.x = axis->value ? axis->value(run, strategy)
				 : number_of(report, run, axis->key),
		.records_per_s = figures->rate.mean,
		.low = figures->rate.low,
		.high = figures->rate.high,
	};
	curves->count++;
	return 0;
}

static void curves_release(struct curves *curves)
{
	for (size_t i = 0; i < curves->count; i++)
		free(curves->names[i]);
	free(curves->names);
	free(curves->rates);
}

static int by_x(const void *a, const void *b)
{
	const struct sweep_rate *x = a, *y = b;

	return x->x < y->x ? -1 : x->x > y->x;
}

/* What did not vary, in a line. */
static void describe(const struct sweep_report *report, char text[128])
{
	const struct run_outcome *o = &report->runs[0].outcome;
	size_t repeats = 0;
	char size[UNITS_TEXT_BYTES] = "";
	int used = 0;

	for (size_t i = 0; i < report->count; i++)
		if (report->runs[i].repeat + 1 > repeats)
			repeats = report->runs[i].repeat + 1;
	if (!is_key(report, "ranks"))
		used += snprintf(text + used, 128 - (size_t)used, "%zu ranks, ",
				 o->ranks);
	if (!is_key(report, "size") && isfinite(o->max_bytes))
		used += snprintf(text + used, 128 - (size_t)used, "records of %s, ",
				 units_format_bytes((uint64_t)o->max_bytes, size));
	snprintf(text + used, 128 - (size_t)used, "%zu host%s, %zu repeat%s", o->hosts,
		 o->hosts == 1 ? "" : "s", repeats,
		 repeats == 1 ? "" : "s: their mean and its 95 % interval");
}

int sweep_picture_write(const struct sweep_report *report, const char *out,
			const struct results_options *options,
			struct error *ret_warning, struct error *err)
{
	struct curves curves = {.axis = choose_axis(report)};
	char setting[128];
	int rc;

	ret_warning->sentence[0] = '\0';
	if (!report->count)
		return 0;
	rc = sweep_for_points(report, add_rate, &curves);
	if (rc < 0) {
		error_sys(err, -rc, "cannot draw the sweep");
	} else {
		struct sweep_picture picture = {
			.rates = curves.rates,
			.count = curves.count,
			.x_label = curves.axis.label,
			.setting = setting,
		};

		if (curves.count)
			qsort(curves.rates, curves.count, sizeof(*curves.rates), by_x);
		describe(report, setting);
		rc = plot_sweep_write(&picture, out, options, ret_warning, err);
	}
	curves_release(&curves);
	return rc;
}
