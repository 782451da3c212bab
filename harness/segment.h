/*
 * segment - one segment of a strategy, as a run of its own that borrows the ranks,
 *their clocks and their spawners from the run that it is part of.
 *
 *	segment_make (rank 0) -> segment_enter -> phase, views -> segment_leave
 *		-> segment_judge -> segment_verdict (rank 0) -> segment_remove, or not
 */
#ifndef TAILRACE_HARNESS_SEGMENT_H
#define TAILRACE_HARNESS_SEGMENT_H

#include "harness/run.h"
#include "verify/segment_row.h"

/* What rank 0 tells the others of the next segment. */
struct segment_order {
	uint32_t number; /* from 1 */
	char run_id[RUN_ID_CHARS + 1];
	uint64_t duration_ns; /* that is left of the strategy's */
};

/* Empty when all zero. */
struct segment {
	uint32_t index; /* of the strategy */
	uint32_t number;
	struct plan plan;
	struct manifest manifest;
	struct child judge; /* rank 0: while it is judged */
	bool is_judged;	    /* that is under way */
	uint64_t judge_by_ns;
};

/*
 * Rank 0: make the run folder of segment @number of strategy @index, and the directory
 * for its data.  0 or a negative errno with a sentence, and nothing is left.
 */
int segment_make(struct run *run, uint32_t index, uint32_t number, struct error *err);

/*
 * Let @run be the segment of @order: its plan and manifest are, until segment_leave.
 * 0 or a negative errno with a sentence.
 */
int segment_enter(struct segment *segment, struct run *run, uint32_t index,
		  const struct segment_order *order, struct error *err);

/* Let @run be itself again, with what is known of the segment added to its strategy. */
int segment_leave(struct segment *segment, struct run *run);

/* Rank 0: have it judged by a child; segment_verdict then says how that went. */
void segment_judge(struct segment *segment, struct run *run);

/*
 * Rank 0: what the judge says, within @timeout_ms, or (negative) as long as it may
 * take; a judge that takes longer has failed, which makes it inconclusive. 0, or
 * -ETIMEDOUT: not yet.
 */
int segment_verdict(struct segment *segment, int timeout_ms,
		    struct segment_row *ret_row);

/*
 * Rank 0: remove data and run folder of segment @number of strategy @index.
 * 0 or a negative errno with a sentence.
 */
int segment_remove(struct run *run, uint32_t index, uint32_t number, struct error *err);

/* Harmless on an empty one. */
void segment_release(struct segment *segment);

#endif
