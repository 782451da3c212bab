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
 * fits two records belongs to the intact one.  A byte that fits two pieces is
 * reported with the one that begins first, though its cell may name the other:
 * so after a piece cells are looked for that begin inside it.
 *
 * A range is read with a margin around it, in which each record or piece that
 * reaches into it shows a whole cell, and what is found is cut to the range.
 */
#include "verify/scan.h"

#include <errno.h>
#include <string.h>

/* Any so many bytes of a record hold a whole cell. */
#define MARGIN (2 * RECORD_CELL_BYTES)

/*
 * Of a piece that begins inside the one before, its first whole cell and what agrees
 * in front of that are less than a cell each in there: more would be a whole cell.
 */
#define OVERLAP_MAX (2 * (RECORD_CELL_BYTES - 1))

struct scanner {
	struct source *source;
	const struct record_form *form;
	uint64_t from, to; /* the range, as asked for */
	uint64_t start;	   /* where reading begins: a margin earlier */
	uint64_t stop;	   /* where reading ends: a margin later, or the file's end */
	uint64_t at;	   /* everything before is reported */
	size_t overlap;	   /* so many bytes before `at` may be another piece's too */
	segment_sink *sink;
	void *context;
	struct segment junk; /* a run of NULs or foreign bytes not yet reported */
};

/* Pass on what lies in the range; a record whole, the rest cut. */
static int emit(const struct scanner *s, const struct segment *found)
{
	uint64_t end = found->offset + found->length;
	struct segment segment;

	if (end <= s->from || found->offset >= s->to)
		return 0;
	if (found->kind == SEGMENT_RECORD)
		return s->sink(s->context, found);
	segment = *found;
	if (segment.offset < s->from) {
		if (segment.kind == SEGMENT_PIECE)
			segment.position += (uint32_t)(s->from - segment.offset);
		segment.offset = s->from;
		segment.shared = 0;
	}
	segment.length = (end < s->to ? end : s->to) - segment.offset;
	return s->sink(s->context, &segment);
}

static int junk_flush(struct scanner *s)
{
	struct segment junk = s->junk;

	s->junk.length = 0;
	return junk.length ? emit(s, &junk) : 0;
}

/* Take bytes [s->at, @end), which @bytes holds, as belonging to nothing. */
static int junk_add(struct scanner *s, const uint8_t *bytes, uint64_t end)
{
	int rc;

	s->overlap = 0;
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

/* The same for bytes [s->at, @end), which are no more than a view. */
static int junk_until(struct scanner *s, uint64_t end)
{
	const uint8_t *bytes;
	size_t available;
	int rc;

	if (s->at >= end)
		return 0;
	rc = source_view(s->source, s->at, (size_t)(end - s->at), &bytes, &available);
	if (rc < 0)
		return rc;
	if (available < end - s->at)
		return -EAGAIN; /* the file shrank under us: look again */
	return junk_add(s, bytes, end);
}

static int report(struct scanner *s, const struct segment *segment)
{
	int rc = junk_flush(s);

	if (rc < 0)
		return rc;
	s->at = segment->offset + segment->length;
	s->overlap = 0;
	if (segment->kind == SEGMENT_PIECE)
		s->overlap = segment->length + segment->shared < OVERLAP_MAX
				     ? (size_t)segment->length + segment->shared
				     : OVERLAP_MAX;
	return emit(s, segment);
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
 * A cell of a damaged record stands at @offset: report the junk before it, and
 * the piece to which it belongs.  Of the bytes in front only the last 31 can be
 * its record's, since with 32 there would be another whole cell; some of them, and
 * of the cell itself, may have been reported with the piece before.
 */
static int piece_report(struct scanner *s, const struct record_cell *cell,
			uint64_t offset)
{
	uint64_t before = offset - (s->at - s->overlap), length, back, forth, from;
	struct segment piece = {.kind = SEGMENT_PIECE, .id = cell->id};
	const uint8_t *bytes;
	size_t available;
	int rc;

	if (before >= RECORD_CELL_BYTES)
		before = RECORD_CELL_BYTES - 1;
	length = before + record_size(s->form, cell->id) - cell->position;
	if (length > s->stop - (offset - before))
		length = s->stop - (offset - before);
	rc = source_view(s->source, offset - before, (size_t)length, &bytes,
			 &available);
	if (rc < 0)
		return rc;
	if (available < before + RECORD_CELL_BYTES)
		return -EAGAIN; /* the file shrank under us: look again */
	back = record_match_backward(s->form, cell->id, cell->position, bytes + before,
				     (size_t)before);
	forth = record_match_forward(s->form, cell->id, cell->position, bytes + before,
				     available - (size_t)before);
	from = offset - back;
	piece.offset = from > s->at ? from : s->at;
	piece.length = offset + forth - piece.offset;
	piece.shared = (uint32_t)(piece.offset - from);
	piece.position = (uint32_t)(cell->position - back + piece.shared);
	rc = junk_until(s, piece.offset);
	return rc < 0 ? rc : report(s, &piece);
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
	int rc = 0;

	/* Only a scan that begins inside a record meets its body before its head. */
	if (offset >= cell->position &&
	    (cell->position == 0 || offset - cell->position < s->start)) {
		whole.offset = offset - cell->position;
		rc = record_stands(s, cell->id, whole.offset);
	}
	if (rc < 0)
		return rc;
	if (rc == 0)
		return piece_report(s, cell, offset);
	rc = junk_until(s, whole.offset);
	return rc < 0 ? rc : report(s, &whole);
}

/* Records are recognised so many at a time. */
enum { AT_ONCE = 64 };

/* Report these records, which stand one behind another from s->at on. */
static int records_report(struct scanner *s, const struct record_id *ids, size_t count)
{
	struct segment whole = {.kind = SEGMENT_RECORD};
	int rc = junk_flush(s);

	s->overlap = 0;
	for (size_t i = 0; i < count && rc >= 0 && s->at < s->to; i++) {
		whole.id = ids[i];
		whole.offset = s->at;
		whole.length = record_size(s->form, ids[i]);
		s->at += whole.length;
		/* It may stand in the margin. */
		if (s->at > s->from)
			rc = s->sink(s->context, &whole);
	}
	return rc;
}

/*
 * The next records right where the last one ended, as in all of an undamaged file:
 * the first, and those that were read with it.
 * 1: reported; 0: something else stands here; or a negative return.
 */
static int scan_records(struct scanner *s)
{
	struct record_id ids[AT_ONCE];
	const uint32_t size_bytes = s->form->plan.max_bytes;
	uint64_t length = size_bytes, wanted;
	const uint8_t *bytes;
	size_t available, count;
	int rc, any = 0;

	/* Junk is no reason to read on. */
	rc = source_view(s->source, s->at, 1, &bytes, &available);
	if (rc < 0 || available == 0 || bytes[0] != '#')
		return rc;
	if (length > s->source->size_bytes - s->at)
		length = s->source->size_bytes - s->at;
	rc = source_view(s->source, s->at, (size_t)length, &bytes, &available);
	while (rc >= 0 && s->at < s->to) {
		wanted = (s->to - s->at - 1) / size_bytes + 1;
		bytes = source_held(s->source, s->at, &available);
		count = record_recognise(s->form, bytes, available,
					 wanted < AT_ONCE ? (size_t)wanted : AT_ONCE,
					 ids);
		if (!count)
			return any;
		any = 1;
		rc = records_report(s, ids, count);
	}
	return rc < 0 ? rc : any;
}

/* One step: the next cell within a stretch of the file, or the stretch as junk. */
static int scan_step(struct scanner *s)
{
	/* Most steps find the next head at once; look no further at first. */
	static const size_t stretches[] = {2 * RECORD_CELL_BYTES, 1 << 14};
	uint64_t look = s->at - s->overlap, end;
	struct record_cell cell;
	const uint8_t *bytes;
	size_t available, i = 0;
	int rc;

	for (size_t stretch = 0; stretch < 2; stretch++) {
		size_t length = s->stop - look < stretches[stretch]
					? (size_t)(s->stop - look)
					: stretches[stretch];

		rc = source_view(s->source, look, length, &bytes, &available);
		if (rc < 0)
			return rc;
		for (; i + RECORD_CELL_BYTES <= available; i++)
			if ((bytes[i] == '#' || bytes[i] == '=') &&
			    look + i + RECORD_CELL_BYTES > s->at &&
			    record_cell_decode(s->form, bytes + i, available - i,
					       &cell))
				return cell_report(s, &cell, look + i);
	}
	/* No whole cell: all is junk but the 31 bytes that may lead to one. */
	end = look + available;
	if (end < s->stop && available >= RECORD_CELL_BYTES)
		end -= RECORD_CELL_BYTES - 1;
	return junk_add(s, bytes + s->overlap, end);
}

int scan_range(struct source *source, const struct record_form *form, uint64_t from,
	       uint64_t to, segment_sink *sink, void *context)
{
	struct scanner s = {
		.source = source,
		.form = form,
		.from = from,
		.to = to,
		.start = from > MARGIN ? from - MARGIN : 0,
		.sink = sink,
		.context = context,
	};
	int rc;

	s.at = s.start;
	for (;;) {
		/* The source lowers its size when the file shrinks. */
		s.stop = source->size_bytes;
		if (to < s.stop && s.stop - to > MARGIN)
			s.stop = to + MARGIN;
		if (s.at >= s.stop || s.at >= to)
			return junk_flush(&s);
		rc = scan_records(&s);
		if (rc == 0)
			rc = scan_step(&s);
		if (rc < 0 && rc != -EAGAIN)
			return rc;
	}
}
