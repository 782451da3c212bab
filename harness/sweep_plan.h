/*
 * sweep_plan - the runs of a sweep: a grid of settings, repeated, in an order in which
 * whatever drifts meanwhile hits all points alike.
 */
#ifndef TAILRACE_HARNESS_SWEEP_PLAN_H
#define TAILRACE_HARNESS_SWEEP_PLAN_H

#include <jansson.h>

#include "core/arguments.h"
#include "core/options.h"

/* "-L ranks=2,4": an option of `tailrace run`, or a key of strategies. */
struct sweep_axis {
	char *key;
	struct arguments values;
	bool of_strategy;
};

struct sweep_point {
	const char **values;	    /* one for each axis; borrowed from it */
	struct arguments arguments; /* of `tailrace run`, without DIR */
	uint64_t estimate_ns;
};

/* Which point, and which time; both from 0. */
struct sweep_turn {
	size_t point, repeat;
};

/* Empty when all zero; released by sweep_plan_release. */
struct sweep_plan {
	struct sweep_axis *axes;
	size_t axis_count;
	struct sweep_point *points;
	size_t point_count;
	size_t repeats;
	struct sweep_turn *order; /* point_count * repeats */
	uint64_t seed;
	const char *dir; /* borrowed */
};

/* Add the axis @text, "KEY=V1,V2,...".  0 or a negative errno with a sentence. */
int sweep_plan_add_axis(struct sweep_plan *plan, const char *text, struct error *err);

/*
 * Make all points out of the axes and of the options that were given for all runs
 * (@common, as words of a command line; @strategies are those of --strategy), check
 * each as `tailrace run` would, and draw the order from plan->seed. 0 or a negative
 * errno with a sentence.
 */
int sweep_plan_make(struct sweep_plan *plan, const struct arguments *common,
		    const char *strategies, struct error *err);
void sweep_plan_release(struct sweep_plan *plan);

size_t sweep_plan_runs(const struct sweep_plan *plan);

/* What plan.json holds; a new reference, NULL without memory. */
json_t *sweep_plan_json(const struct sweep_plan *plan);

/* {key: value} of @point; a new reference. */
json_t *sweep_plan_settings(const struct sweep_plan *plan, size_t point);

/* "ranks=4 size=1k". */
void sweep_plan_put_point(const struct sweep_plan *plan, size_t point, FILE *stream);

#endif
