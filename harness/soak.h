/*
 * soak - a strategy in segments, so that a run of any length takes bounded disk and
 * memory: while one segment is written, the one before is judged, and removed if safe.
 *
 *	k:    prepare, append, leave at an agreed moment, gather, views
 *	k+1:                                                             prepare, append
 *... k:                                                               judged beside it
 *	k:                                                               ... removed or
 *kept
 *
 * A segment is a run of its own (segment.h): its data lie in a directory of their own
 * inside the run's, its run folder in RUN/segments.  Not more than two of them are on
 * disk beside those that were kept, of which there are SOAK_KEPT_MAX of each kind: the
 * first unsafe ones, and the last inconclusive ones.
 */
#ifndef TAILRACE_HARNESS_SOAK_H
#define TAILRACE_HARNESS_SOAK_H

#include "harness/run.h"

enum { SOAK_KEPT_MAX = 8 };

/*
 * Collective.  Append with strategy number @index for its time, segment by segment, as
 * the plan says (segment_bytes is not 0).  What became of it is in segments.tsv, and in
 * the manifest (rank 0).  *@ret_ended, the same on all ranks: --until-anomaly has ended
 * the run.  Returns EXIT_SAFE, or EXIT_COULD_NOT_RUN with a sentence.
 */
enum exit_code soak(struct run *run, uint32_t index, bool *ret_ended,
		    struct error *err);

#endif
