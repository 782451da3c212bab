/*
 * tails - readers that follow the shared data file while it grows (--readers): the
 * ranks' side of them; the child that reads is in task_tail.c.
 *
 * They lie as far from the writers as there are hosts: reader 0 on the last host,
 * the next on the one before, and round again.  A reader that hangs, dies or cannot
 * open the file is told on stderr and left out; it delays the run by the time-outs
 * at most, and changes no verdict.
 */
#ifndef TAILRACE_HARNESS_TAILS_H
#define TAILRACE_HARNESS_TAILS_H

#include "harness/run.h"

struct tail_reader;

/* Those of this rank.  Empty when all zero. */
struct tails {
	struct run *run;
	uint32_t index; /* of the strategy */
	struct tail_reader *readers;
	uint32_t count;
};

/*
 * When the data file is there, and before anybody writes to it: start the readers of
 * this rank, if strategy number @index has any.  None are wanted where each
 * writer has a file of its own, or where the file holds a counter.
 */
void tails_begin(struct tails *tails, struct run *run, uint32_t index);

/*
 * Collective, when all writers have ended; @begun is how many appends this rank's
 * began.  Have the readers end, and bring what they saw into the run folder; rank 0
 * notes in the manifest who gave it.
 */
void tails_end(struct tails *tails, uint64_t begun);

#endif
