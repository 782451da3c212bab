/*
 * run_set - the runs on one side of a comparison: single ones, which repeat each
 * other, and all those of sweeps.
 */
#ifndef TAILRACE_RESULTS_RUN_SET_H
#define TAILRACE_RESULTS_RUN_SET_H

#include "results/outcome.h"

/* One run. */
struct run_item {
	char *path;    /* of its result.json */
	char *point;   /* "ranks=4 size=1k": where in a sweep; "" for a single run */
	size_t repeat; /* from 1, among those of the same point */
	struct run_outcome outcome;
};

/* Empty when all zero; released by run_set_release. */
struct run_set {
	struct run_item *items;
	size_t count;
};

/*
 * Add what is at @path: a result.json, a run folder, or the folder of a sweep with all
 * its finished runs.  Returns 0 or a negative errno with a sentence in @err; the set
 * is to be released either way.
 */
int run_set_add(struct run_set *set, const char *path, struct error *err);
void run_set_release(struct run_set *set);

#endif
