/*
 * outcome - a result.json, read back: what came of a run, in figures.
 *
 * It comes from another machine or day, and is hostile input: whatever is not as
 * docs/result.schema.json has it is refused.
 */
#ifndef TAILRACE_RESULTS_OUTCOME_H
#define TAILRACE_RESULTS_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "verify/judgment.h"

/* Figures of a strategy; NAN is what result.json says null of, or nothing. */
enum figure {
	FIGURE_ATTEMPTED,
	FIGURE_ACKNOWLEDGED,
	FIGURE_LOST,
	FIGURE_DURATION_S,
	FIGURE_RECORDS_PER_S,
	FIGURE_BYTES_PER_S,
	FIGURE_P50_US, /* of an append, as the next two */
	FIGURE_P99_US,
	FIGURE_MAX_US,
	FIGURE_RPC, /* of all kinds, a record */
	FIGURE_CONTENTION,
	FIGURE_HANDOFFS,
	FIGURE_COUNT,
};

/* Names are as they stand in result.json: escaped as core/text.h says. */
struct outcome_strategy {
	char *name, *spec, *reason;
	bool control;
	enum verdict verdict;
	double figures[FIGURE_COUNT]; /* finite and not negative, or NAN */
};

/* Owner: whoever called outcome_load; released by outcome_release. */
struct run_outcome {
	enum verdict verdict;
	char *reason; /* of a check; or NULL */
	bool teeth;
	size_t ranks, hosts;	     /* 0: not told */
	double min_bytes, max_bytes; /* of a record; NAN: not told */
	struct outcome_strategy *strategies;
	size_t count;
};

/*
 * Read the result.json at @path, a regular file.  Returns 0; -EBADMSG where it is
 * none of ours; or another negative errno; with a sentence in @err.
 */
int outcome_load(struct run_outcome *outcome, const char *path, struct error *err);
void outcome_release(struct run_outcome *outcome);

/* The strategy called @name, or NULL. */
const struct outcome_strategy *outcome_find(const struct run_outcome *outcome,
					    const char *name);

/*
 * The verdict of repeats together: unsafe if one was; else safe if one was, since
 * another that could not tell takes nothing from that; else inconclusive if one was.
 */
enum verdict verdict_of_repeats(enum verdict a, enum verdict b);

#endif
