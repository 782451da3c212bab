/*
 * merging - make one log of the files of a strategy's writers, and time it: the
 * rest of the price of a file per writer.
 */
#ifndef TAILRACE_HARNESS_MERGING_H
#define TAILRACE_HARNESS_MERGING_H

#include "core/error.h"
#include "core/manifest.h"
#include "verify/merge.h"

/*
 * Merge strategy @index of @manifest, whose histories are in @run_dir, into
 * @path: a new file, -EEXIST if there is one; or, where @path is NULL, into
 * NN-PRESET.merged.log beside the data files, which replaces an older one.  The log
 * is flushed to stable storage (fsync(2)) before the clock is stopped.
 *
 * Fills the strategy's `merge` in @manifest, which the caller saves if he likes.
 * Returns 0 or a negative errno with a sentence in @err; then no log is left.
 */
int merging(struct manifest *manifest, const char *run_dir, size_t index,
	    const char *path, struct merge_counts *ret_counts, struct error *err);

/*
 * Did the writers of strategy @index leave one file each of their own?  Also where
 * the run ended meanwhile (verify/salvage.h).
 */
bool merging_applies(const struct manifest *manifest, size_t index);

#endif
