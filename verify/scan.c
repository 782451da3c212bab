/*
 * scan - see scan.h.
 *
 * On an undamaged file each turn of the loop finds a head cell where the last
 * record ended, compares the record and goes on.  Otherwise the next whole cell
 * is looked for, byte by byte; what it names is extended to both sides as far
 * as bytes agree, and what lies between belongs to nothing.
 *
 * A record's first byte is '#' and its last a newline, and no other byte of it
 * is either; so an extension can never eat into a whole record, and a byte that
 * fits two records belongs to the intact one.  A byte that fits two pieces
 * belongs to the one that begins before it.
 */
#include "verify/scan.h"

#include <errno.h>
#include <string.h>

struct scanner {
	struct source *source;
	const struct record_form *form;
	uint64_t from; /* where the range begins */
	uint64_t at;   /* everything before is reported */
	uint64_t to;
	segment_sink *sink;
	void *context;
	struct segment junk; /* a run of NULs or foreign bytes not yet reported */
};

static int junk_flush(struct scanner *s)
{
	struct segment junk = s->junk;

	s->junk.length = 0;
	return junk.length ? s->sink(s->context, &junk) : 0;
}

/* Take bytes [s->at, @end), which @bytes holds, as belonging to nothing. */
static int junk_add(struct scanner *s, const uint8_t *bytes, uint64_t end)
{
	int rc;

	for (; s->at < end; s->at++, bytes++) {
		enum segment_kind kind = *bytes ? SEGMENT_FOREIGN : SEGMENT_NUL;

		if (s->junk.length && s->junk.kind != kind) {
			rc = junk_flush(s);
			if (rc < 0)
				return rc;
		}
		if (!s->junk.length)
			s->junk = (struct segment){.kind = kind, .offset = s->at};
		s->junk.length++;
	}
	return 0;
}

static int report(struct scanner *s, const struct segment *segment)
{
	int rc = junk_flush(s);

	if (rc < 0)
		return rc;
	s->at = segment->offset + segment->length;
	return s->sink(s->context, segment);
}

/* Is the record @id, whole, at file offset @offset?  1, 0 or a negative errno. */
static int record_stands(struct scanner *s, struct record_id id, uint64_t offset)
{
	uint32_t size_bytes = record_size(s->form, id);
	const uint8_t *bytes;
	size_t available;
	int rc = source_view(s->source, offset, size_bytes, &bytes, &available);

	if (rc < 0)
		return rc;
	return available == size_bytes && record_equals(s->form, id, bytes);
}

/*
 * A cell of a damaged record stands at @offset, less than a cell after s->at:
 * report the junk before it, and the piece to which it belongs.
 */
static int piece_report(struct scanner *s, const struct record_cell *cell,
			uint64_t offset)
{
	uint32_t size_bytes = record_size(s->form, cell->id);
	size_t before = (size_t)(offset - s->at);
	struct segment piece = {.kind = SEGMENT_PIECE, .id = cell->id};
	uint64_t rest = s->to - s->at;
	size_t length = before + size_bytes - cell->position;
	size_t available, back, forth;
	const uint8_t *bytes;
	int rc;

	if (length > rest)
		length = (size_t)rest;
	rc = source_view(s->source, s->at, length, &bytes, &available);
	if (rc < 0)
		return rc;
	if (available < before + RECORD_CELL_BYTES)
		return -EAGAIN; /* the file shrank under us: look again */
	back = record_match_backward(s->form, cell->id, cell->position, bytes + before,
				     before);
	forth = record_match_forward(s->form, cell->id, cell->position, bytes + before,
				     available - before);
	rc = junk_add(s, bytes, offset - back);
	if (rc < 0)
		return rc;
	piece.offset = offset - back;
	piece.length = back + forth;
	piece.position = cell->position - (uint32_t)back;
	return report(s, &piece);
}

/* Report the record or the piece whose cell stands at @offset. */
static int cell_report(struct scanner *s, const struct record_cell *cell,
		       uint64_t offset)
{
	struct segment whole = {
		.kind = SEGMENT_RECORD,
		.id = cell->id,
		.length = record_size(s->form, cell->id),
	};
	const uint8_t *bytes;
	size_t available;
	int rc = 0;

	/* Only a scan that begins inside a record meets its body before its head. */
	if (offset >= cell->position &&
	    (cell->position == 0 || offset - cell->position < s->from)) {
		whole.offset = offset - cell->position;
		rc = record_stands(s, cell->id, whole.offset);
	}
	if (rc < 0)
		return rc;
	if (rc == 0)
		return piece_report(s, cell, offset);
	if (whole.offset > s->at) {
		rc = source_view(s->source, s->at, (size_t)(whole.offset - s->at),
				 &bytes, &available);
		if (rc == 0 && available < whole.offset - s->at)
			rc = -EAGAIN;
		if (rc == 0)
			rc = junk_add(s, bytes, whole.offset);
	}
	return rc < 0 ? rc : report(s, &whole);
}

/*
 * A cell stands @distance bytes after s->at, where @bytes begins.  Of those
 * before it only the last 31 can belong to its record: with 32 right bytes there
 * would be another whole cell.
 */
static int cell_found(struct scanner *s, const struct record_cell *cell,
		      const uint8_t *bytes, size_t distance)
{
	uint64_t offset = s->at + distance;
	int rc = 0;

	if (distance >= RECORD_CELL_BYTES)
		rc = junk_add(s, bytes, offset - (RECORD_CELL_BYTES - 1));
	return rc < 0 ? rc : cell_report(s, cell, offset);
}

/* The range is used up but for less than a cell: all of it is junk. */
static int tail_report(struct scanner *s)
{
	const uint8_t *bytes;
	size_t available;
	int rc = source_view(s->source, s->at, (size_t)(s->to - s->at), &bytes,
			     &available);

	if (rc < 0)
		return rc;
	rc = junk_add(s, bytes, s->at + available);
	s->to = s->at;
	return rc;
}

/* One step: the next cell within a stretch of the file, or the stretch as junk. */
static int scan_step(struct scanner *s)
{
	/* Most steps find the next head at once; look no further at first. */
	static const size_t stretches[] = {2 * RECORD_CELL_BYTES, 1 << 16};
	struct record_cell cell;
	const uint8_t *bytes;
	size_t available, i = 0;
	int rc;

	for (size_t stretch = 0; stretch < 2; stretch++) {
		size_t length = s->to - s->at < stretches[stretch]
					? (size_t)(s->to - s->at)
					: stretches[stretch];

		rc = source_view(s->source, s->at, length, &bytes, &available);
		if (rc < 0)
			return rc;
		for (; i + RECORD_CELL_BYTES <= available; i++)
			if ((bytes[i] == '#' || bytes[i] == '=') &&
			    record_cell_decode(s->form, bytes + i, available - i,
					       &cell))
				return cell_found(s, &cell, bytes, i);
	}
	if (available < RECORD_CELL_BYTES)
		return tail_report(s);
	/* No whole cell: all is junk but the 31 bytes that may lead to one. */
	return junk_add(s, bytes, s->at + available - (RECORD_CELL_BYTES - 1));
}

int scan_range(struct source *source, const struct record_form *form, uint64_t from,
	       uint64_t to, segment_sink *sink, void *context)
{
	struct scanner s = {
		.source = source,
		.form = form,
		.from = from,
		.at = from,
		.sink = sink,
		.context = context,
	};
	int rc;

	for (;;) {
		/* The source lowers its size when the file shrinks. */
		s.to = to < source->size_bytes ? to : source->size_bytes;
		if (s.at >= s.to)
			return junk_flush(&s);
		rc = scan_step(&s);
		if (rc < 0 && rc != -EAGAIN)
			return rc;
	}
}
