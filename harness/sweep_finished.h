/* sweep_finished - the finished runs of a sweep, which going on does not repeat. */
#ifndef TAILRACE_HARNESS_SWEEP_FINISHED_H
#define TAILRACE_HARNESS_SWEEP_FINISHED_H

#include "harness/sweep_plan.h"
#include "results/sweep_report.h"

/* How one came to be finished. */
struct sweep_end {
	const char *folder; /* within runs/ */
	int exit_code;
	double seconds;
};

/* Empty when all zero; released by sweep_finished_release. */
struct sweep_finished {
	const struct sweep_plan *plan; /* borrowed */
	const char *out;	       /* borrowed: the folder of the sweep */
	struct sweep_run *runs;	       /* room for all that are planned */
	size_t count;
	const char **keys;
	json_t *settings;
};

/* Begin with those that stand in @out.  0 or a negative errno with a sentence. */
int sweep_finished_load(struct sweep_finished *finished, const struct sweep_plan *plan,
			const char *out, struct error *err);
void sweep_finished_release(struct sweep_finished *finished);

/*
 * Take in the run at @turn, if it came to a verdict and its folder holds the result.
 * 0 or a negative errno.
 */
int sweep_finished_take(struct sweep_finished *finished, struct sweep_turn turn,
			const struct sweep_end *end);
bool sweep_finished_has(const struct sweep_finished *finished, struct sweep_turn turn);

/* All of them, as the writers of results take them; it borrows from @finished. */
struct sweep_report sweep_finished_report(struct sweep_finished *finished);

#endif
