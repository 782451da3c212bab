/*
 * segments - the judgment of a strategy that ran in segments, each of which is a run
 * folder of its own: RUN/segments/<strategy>-<number>.
 *
 *	segments.tsv (a row each) + the folders that were kept -> one judgment
 *
 * Unsafe if a segment is; inconclusive if there is another doubt in one than too few
 * appends or hand-offs, or if one left nothing to judge it by; else it is the sums that
 * must be enough.  docs/guarantees.md has the rules.
 */
#ifndef TAILRACE_VERIFY_SEGMENTS_H
#define TAILRACE_VERIFY_SEGMENTS_H

#include "core/error.h"
#include "core/manifest.h"
#include "verify/judgment.h"
#include "verify/means.h"

enum segments_source {
	SEGMENTS_RECALLED, /* every row as it was noted when the run judged it */
	SEGMENTS_AFRESH,   /* those that were kept are judged again */
};

/*
 * Judge strategy number @index of @manifest, which has begun segments.  As
 * judge_strategy_by(); what is damaged or missing makes it inconclusive.
 */
int segments_judge(const struct judge_means *means, const struct manifest *manifest,
		   const char *run_dir, size_t index, enum segments_source source,
		   struct judgment *judgment, struct error *err);

/*
 * Paths, as new strings that the caller frees; NULL without memory.  The folder of a
 * segment; and the times of the removed ones (segment_times.h).
 */
char *segment_folder(const char *run_dir, size_t index, const char *preset,
		     uint32_t number);
char *segments_times_path(const char *run_dir, size_t index, const char *preset);

#endif
