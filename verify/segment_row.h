/*
 * segment_row - what a run in segments remembers of each: a line of segments.tsv, and
 * all that is left of a segment that was removed.
 *
 * The line carries a CRC-32C of itself and of the run's id.  That finds damage; whoever
 * may write in the run folder can forge it, like everything there.
 */
#ifndef TAILRACE_VERIFY_SEGMENT_ROW_H
#define TAILRACE_VERIFY_SEGMENT_ROW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/record.h"
#include "verify/judgment.h"

#define SEGMENTS_FILE	"segments.tsv"
#define SEGMENTS_FOLDER "segments"

struct segment_row {
	uint32_t strategy; /* index */
	uint32_t number;   /* in its strategy, from 1 */
	char run_id[RUN_ID_CHARS + 1];
	bool kept; /* else removed, but for this row */

	/* Verdict, reason, only_short, and what segment_columns[] has; else empty. */
	struct judgment judgment;
};

/* One figure of a judgment: 64 bits. */
struct segment_column {
	const char *name;
	size_t offset;	 /* into struct judgment */
	bool is_checked; /* int64_t, COUNT_NULL where not checked; else uint64_t */
};
extern const struct segment_column segment_columns[];
extern const size_t segment_column_count;

/* The first line of segments.tsv. */
void segment_row_head(FILE *file);

/* The line of @row, with its newline, in the run @run_id. */
void segment_row_write(const struct segment_row *row, const char *run_id, FILE *file);

/*
 * Read @line, which ends at its newline or NUL and is changed on the way.
 * 0 or -EBADMSG: it is no row of the run @run_id, or damaged.
 */
int segment_row_read(char *line, const char *run_id, struct segment_row *ret_row);

/*
 * Add the figures of @from to those of @into.  A count that was not taken there adds
 * nothing.
 */
void segment_row_add(struct judgment *into, const struct judgment *from);

/* No figures yet: sums are 0, and what no segment checked is null. */
void segment_row_clear(struct judgment *judgment);

#endif
