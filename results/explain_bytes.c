/*
 * explain_bytes - the bytes around a finding, to be compared by eye: a line for
 * each cell of a record, and nothing that a terminal would obey.
 */
#include "results/explain_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
	SIDE_BYTES = 64,     /* shown on either side of a boundary */
	OFFSET_COLUMNS = 16, /* before the bytes */
	RANGE_COLUMNS = 24,  /* before what stands there */
};

/* ---- what stands there ---------------------------------------------------------- */

static void put_segment(FILE *stream, const struct explain *x,
			const struct layout *layout, const struct segment *segment)
{
	uint32_t size;

	/* No record reaches so far, but runs of other bytes may go on. */
	if (segment->kind != SEGMENT_RECORD &&
	    ((layout->from > 0 && segment->offset == layout->from) ||
	     (segment->offset + segment->length == layout->to &&
	      layout->to < layout->file_bytes)))
		fputs("at least ", stream);
	switch (segment->kind) {
	case SEGMENT_NUL:
		fprintf(stream, "%" PRIu64 " NUL%s", segment->length,
			segment->length == 1 ? "" : "s");
		if (explain_hole(x, segment))
			fputs(", a hole in the file", stream);
		return;
	case SEGMENT_FOREIGN:
		fprintf(stream, "%" PRIu64 " byte%s that name%s no record",
			segment->length, segment->length == 1 ? "" : "s",
			segment->length == 1 ? "s" : "");
		return;
	default:
		break;
	}
	put_record_name(stream, segment->id);
	size = record_size(&x->chronicle.form, segment->id);
	if (segment->kind == SEGMENT_RECORD)
		fprintf(stream, ", whole");
	else
		fprintf(stream, ": its bytes %" PRIu32 "-%" PRIu64 " of %" PRIu32,
			segment->position, segment->position + segment->length - 1,
			size);
	if (segment->kind == SEGMENT_PIECE && segment->shared)
		fprintf(stream, " (and %" PRIu32 " before)", segment->shared);
	if (segment->id.writer >= x->manifest->rank_count)
		fputs(" (no rank of this run)", stream);
}

void put_layout(struct explain *x, const struct site *site, const struct layout *layout)
{
	FILE *stream = x->page.stream;
	bool left_out = false;

	for (uint64_t i = 0; i < layout->count; i++) {
		const struct segment *segment = layout_segment(layout, i);
		struct text text;
		char range[48];
		size_t used;

		if (!segment) {
			if (!left_out)
				fprintf(stream, "  %21s %" PRIu64 " more\n", "...",
					layout->count - LAYOUT_FIRST - LAYOUT_LAST);
			left_out = true;
			i = layout->count - LAYOUT_LAST - 1;
			continue;
		}
		snprintf(range, sizeof(range), "%" PRIu64 "-%" PRIu64, segment->offset,
			 segment->offset + segment->length - 1);
		used = (size_t)fprintf(stream, "  %21s ", range);
		if (text_begin(&text) < 0)
			return;
		put_segment(text.stream, x, layout, segment);
		text_end(&text, &x->page, used, RANGE_COLUMNS);
	}
	if (layout->file_bytes <= site->to)
		fprintf(stream, "  %21" PRIu64 " the file ends\n", layout->file_bytes);
}

/* ---- the bytes ------------------------------------------------------------------- */

/* One byte, so that no terminal obeys it; returns the columns it took. */
static size_t put_byte(FILE *stream, uint8_t byte)
{
	if (byte == '\n' || byte == '\\' || byte == 0)
		return (size_t)fprintf(stream, "\\%c",
				       byte == '\n' ? 'n' : (byte ? '\\' : '0'));
	if (byte < 0x20 || byte >= 0x7f)
		return (size_t)fprintf(stream, "\\x%02x", byte);
	putc(byte, stream);
	return 1;
}

/* Do lines break before the byte at @offset?  Where a cell of its record begins. */
static bool line_breaks(const struct segment *segment, uint64_t offset)
{
	bool named = segment->kind == SEGMENT_RECORD || segment->kind == SEGMENT_PIECE;
	uint64_t at = offset - segment->offset;

	return (named ? at + segment->position : at) % RECORD_CELL_BYTES == 0;
}

/* Bytes [@from, @to) of @segment. */
static int put_bytes(struct explain *x, const struct segment *segment, uint64_t from,
		     uint64_t to, struct error *err)
{
	size_t room = x->page.columns - OFFSET_COLUMNS - 4;
	FILE *stream = x->page.stream;
	const uint8_t *bytes;
	size_t available, columns = 0;
	int rc = source_view(&x->source, from, (size_t)(to - from), &bytes, &available);

	if (rc < 0)
		return error_sys(err, -rc, "cannot read the data file");
	if (segment->kind == SEGMENT_NUL) {
		fprintf(stream, "%*" PRIu64 "  (NUL x %" PRIu64 ")\n",
			OFFSET_COLUMNS - 2, from, to - from);
		return 0;
	}
	for (size_t i = 0; i < available; i++) {
		if (i == 0 || columns >= room || line_breaks(segment, from + i)) {
			fprintf(stream, "%s%*" PRIu64 "  ", i ? "\n" : "",
				OFFSET_COLUMNS - 2, from + i);
			columns = 0;
		}
		columns += put_byte(stream, bytes[i]);
	}
	putc('\n', stream);
	return 0;
}

/* Who stands on one side of a boundary: "byte 499 of record 0 of rank 0". */
static void put_side(const struct explain *x, const struct segment *segment,
		     uint64_t offset)
{
	FILE *stream = x->page.stream;

	if (!segment)
		fputs(offset == 0 ? "the file begins" : "the file ends", stream);
	else if (segment->kind == SEGMENT_NUL)
		fputs("a NUL", stream);
	else if (segment->kind == SEGMENT_FOREIGN)
		fputs("a byte of no record", stream);
	else {
		fprintf(stream, "byte %" PRIu64 " of ",
			offset - segment->offset + segment->position);
		put_record_name(stream, segment->id);
	}
}

static void put_mark(const struct explain *x, uint64_t edge)
{
	FILE *stream = x->page.stream;

	fprintf(stream, "%s%*" PRIu64 " >", x->colour ? "\033[1m" : "",
		OFFSET_COLUMNS - 2, edge);
	for (size_t i = OFFSET_COLUMNS; i < x->page.columns - 4; i++)
		putc('-', stream);
	fprintf(stream, "%s\n", x->colour ? "\033[0m" : "");
}

/* The last bytes of @left, a mark, the first bytes of @right; either may be NULL. */
static int put_boundary(struct explain *x, const struct segment *left,
			const struct segment *right, uint64_t edge, struct error *err)
{
	FILE *stream = x->page.stream;
	int rc = 0;

	fprintf(stream, "\n  Offset %" PRIu64 ": above ", edge);
	put_side(x, left, left ? edge - 1 : 0);
	fputs(",\n  below ", stream);
	put_side(x, right, edge);
	fputs("\n", stream);
	if (left) {
		uint64_t shown = left->length < SIDE_BYTES ? left->length : SIDE_BYTES;

		rc = put_bytes(x, left, edge - shown, edge, err);
	}
	put_mark(x, edge);
	if (rc == 0 && right) {
		uint64_t shown =
			right->length < SIDE_BYTES ? right->length : SIDE_BYTES;

		rc = put_bytes(x, right, edge, edge + shown, err);
	}
	return rc;
}

/* ---- which boundaries ---------------------------------------------------------------
 */

/* An edge between two kept segments, or at an end of the file. */
struct edge {
	const struct segment *left, *right;
	uint64_t offset;
};

static bool edge_at(const struct layout *layout, uint64_t index, struct edge *ret_edge)
{
	struct edge edge = {0};

	if (index > 0)
		edge.left = layout_segment(layout, index - 1);
	if (index < layout->count)
		edge.right = layout_segment(layout, index);
	/* Segments were left out in between. */
	if ((index > 0 && !edge.left) || (index < layout->count && !edge.right) ||
	    !layout->count)
		return false;
	edge.offset =
		edge.right ? edge.right->offset : edge.left->offset + edge.left->length;
	*ret_edge = edge;
	return true;
}

/*
 * The edges in [@from, @to] of the layout, the first ones and the last; those
 * within the site tell most, so its ends are taken only where there is none.
 */
static size_t choose_edges(const struct layout *layout, uint64_t from, uint64_t to,
			   struct edge *ret_edges)
{
	size_t count = 0;

	for (uint64_t i = 0; i <= layout->count; i++) {
		struct edge edge;

		if (i > LAYOUT_FIRST && i + LAYOUT_LAST < layout->count)
			i = layout->count - LAYOUT_LAST;
		if (!edge_at(layout, i, &edge) || edge.offset < from ||
		    edge.offset > to)
			continue;
		if (count == LAYOUT_EDGES)
			count--;
		ret_edges[count++] = edge;
	}
	return count;
}

int put_boundaries(struct explain *x, const struct site *site,
		   const struct layout *layout, bool both_ends, struct error *err)
{
	struct edge edges[LAYOUT_EDGES];
	size_t count = 0;
	int rc = 0;

	if (both_ends && site->to > site->from + 1)
		count = choose_edges(layout, site->from + 1, site->to - 1, edges);
	if (!count)
		count = choose_edges(layout, site->from,
				     both_ends ? site->to : site->from, edges);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = put_boundary(x, edges[i].left, edges[i].right, edges[i].offset,
				  err);
	return rc;
}
