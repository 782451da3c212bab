/*
 * merge - the records of a strategy in one log, in the order of time.
 *
 * What `per-file` leaves is a file per writer; whoever wanted one log pays for
 * it here.  Each writer's records keep their order; those of different writers
 * are ordered by when their appends completed, on rank 0's clock, and so by no
 * more than the clocks' error wrongly (docs/guarantees.md, Clocks).
 *
 * Streaming: of each writer a window of its file and of its history is held,
 * never a whole one.
 */
#ifndef TAILRACE_VERIFY_MERGE_H
#define TAILRACE_VERIFY_MERGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/error.h"
#include "core/manifest.h"

struct merge_counts {
	uint64_t records, bytes;    /* that went into the log */
	uint64_t left_out;	    /* acknowledged, and not intact where its writer
				       wrote it */
	uint32_t damaged_histories; /* missing or cut: their records may lack */
	uint32_t unmeasured_hosts;  /* without clock samples: their records keep
				       their own order only */
};

/*
 * Write the intact records of strategy @index, whose histories are in @run_dir,
 * to @log.  Records of unknown outcome that stand there intact are taken, too.
 * Two descriptors a writer are used at most, and the soft limit of the process is
 * raised for them. Returns 0 or a negative errno with a sentence in @err; the caller
 * flushes @log.
 */
int merge_strategy(const struct manifest *manifest, const char *run_dir, size_t index,
		   FILE *log, struct merge_counts *ret_counts, struct error *err);

#endif
