/*
 * scan - a data file as a sequence of segments: whole records, pieces of
 * records, NULs, and bytes of no record.
 *
 * One pass, from any offset.  Knows the form of records and nothing else: not
 * which of them were promised to be there.
 */
#ifndef TAILRACE_VERIFY_SCAN_H
#define TAILRACE_VERIFY_SCAN_H

#include "core/record.h"
#include "verify/source.h"

enum segment_kind {
	SEGMENT_RECORD,	 /* a whole record, equal in every byte */
	SEGMENT_PIECE,	 /* a maximal run of a record's bytes with a cell in it */
	SEGMENT_NUL,	 /* a maximal run of NULs */
	SEGMENT_FOREIGN, /* a maximal run of other bytes */
};

struct segment {
	enum segment_kind kind;
	uint64_t offset;     /* in the file, bytes */
	uint64_t length;     /* bytes */
	struct record_id id; /* of a record or piece */
	uint32_t position;   /* where in its record a piece begins, bytes */
	uint32_t shared;     /* so many bytes right before a piece fit it too, and
				stand in the piece that begins first */
	const void *note;    /* NULL; for whoever takes a segment to attach */
};

/* Takes segments in order of offset; a negative return ends the scan with it. */
typedef int segment_sink(void *context, const struct segment *segment);

/*
 * Scan bytes [@from, @to) of @source (@to is cut to the file's size).  The
 * segments cover exactly that range, except that a whole record of which @from
 * is an inner byte is reported from its own beginning, and one that reaches
 * beyond @to to its own end.
 * The source must allow views of record max_bytes + RECORD_CELL_BYTES.
 * Returns 0, the sink's negative return, or a negative errno of the source.
 */
int scan_range(struct source *source, const struct record_form *form, uint64_t from,
	       uint64_t to, segment_sink *sink, void *context);

#endif
