/*
 * course - the strategies of a run, one after another, and what they come to: all
 * that `run` and `check` have in common once the mount was looked at.
 *
 *	for each strategy { append, gather, take views, judge, merge }
 *		-> verdict -> results -> summary
 */
#ifndef TAILRACE_HARNESS_COURSE_H
#define TAILRACE_HARNESS_COURSE_H

#include "harness/run.h"

/*
 * Collective, after session_begin().  Rank 0 writes all results into the run folder
 * and prints the summary.  Returns the exit code of the run, the same on every rank;
 * EXIT_COULD_NOT_RUN with a sentence.
 */
enum exit_code course_run(struct run *run, struct error *err);

/*
 * Rank 0: remove the run's directory in DIR, with all that we made there and nothing
 * else; says on stderr where that fails.
 */
void course_remove_data(struct run *run);

#endif
