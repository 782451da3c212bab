/*
 * judging - rank 0's side of the child that judges; see task_judge.c.
 */
#ifndef TAILRACE_HARNESS_JUDGING_H
#define TAILRACE_HARNESS_JUDGING_H

#include "harness/run.h"
#include "harness/tasks.h"

/* Owner: whoever called judging_start; judging_end is harmless on an empty one. */
struct judging {
	struct run *run;
	struct child child;
	bool alive;
};

void judging_start(struct judging *judging, struct run *run);
void judging_end(struct judging *judging);

/*
 * Milliseconds that a healthy mount needs at most to give what the writers of
 * @count strategies from @first on wrote, --timeout included.
 */
int judging_time_ms(const struct run *run, size_t first, size_t count);

/*
 * Have strategy @index judged, within a time that allows for the bytes to be
 * read, of which @shares hosts have read theirs.  What cannot be judged is
 * inconclusive, which is no failure of the run.
 */
void judging_strategy(struct judging *judging, uint32_t index, uint32_t shares,
		      struct judge_answer *ret_answer);

/*
 * Have all results written.  Where the child cannot (the data cannot be read any
 * more), write what there is without it: inconclusive.
 * Returns the exit code of the run; EXIT_COULD_NOT_RUN with a sentence.
 */
enum exit_code judging_results(struct judging *judging, struct error *err);

#endif
