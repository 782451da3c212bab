/*
 * seam - joins what was found in parts of a data file into the very segments that one
 * scan of the whole finds.
 *
 * A scan that has just reported a whole record remembers nothing of what came before,
 * and every scan reports each whole record that stands where it reads (scan.c).  So
 * two scans that meet at the end of a whole record agree from there on, wherever
 * they began; and what no part covers between two such places is scanned here.
 */
#ifndef TAILRACE_VERIFY_SEAM_H
#define TAILRACE_VERIFY_SEAM_H

#include "verify/scan.h"

/* Segments without a gap between them, as a scan of the whole file reports them. */
struct sequence {
	const struct segment *items;
	size_t count;
	/*
	 * What they cover, bytes of the file.  @from is 0, or where a whole record
	 * begins or ends; @to where one does; or UINT64_MAX: to the end.  Equal:
	 * nothing.
	 */
	uint64_t from, to;
};

struct seam {
	struct source *source;
	const struct record_form *form;
	segment_sink *sink; /* gets every segment of the file, in order */
	void *context;
	uint64_t at; /* everything before was passed on */
	uint64_t to; /* where the last segment found here ends */
};

/*
 * Pass on what stands before @run, then the run.  Runs come in order; one that covers
 * what is behind already is left out, as is one into which a record reaches that is
 * found here, and all once the file is seen to shrink. Returns as scan_range().
 */
int seam_take(struct seam *seam, const struct sequence *run);

/* Pass on what stands behind the last run, up to @to.  Returns as scan_range(). */
int seam_end(struct seam *seam, uint64_t to);

#endif
