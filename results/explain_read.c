/* explain_read - what stands in the file where something was found. */
#include "results/explain_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Debris without a cell is told from chance by so many bytes (docs/guarantees.md). */
#define AGREEING_BYTES 4

/* A piece is known by its cells: so much around a site, and all of them are seen. */
static uint64_t margin_bytes(const struct explain *x)
{
	return x->manifest->max_bytes + 2 * RECORD_CELL_BYTES;
}

static int source_of(struct explain *x, uint32_t file, struct source *source,
		     struct error *err)
{
	char *path = manifest_data_path(x->manifest, x->index, file);
	int rc;

	if (!path)
		return error_sys(err, ENOMEM, "cannot name the data file");
	rc = source_open(source, path, x->manifest->max_bytes + RECORD_CELL_BYTES,
			 SOURCE_AHEAD, false, err);
	free(path);
	return rc;
}

int explain_open(struct explain *x, uint32_t file, struct error *err)
{
	int rc;

	if (x->file_is_open && x->file == file)
		return 0;
	explain_close(x);
	rc = source_of(x, file, &x->scanned, err);
	if (rc < 0)
		return rc;
	rc = source_of(x, file, &x->source, err);
	if (rc < 0) {
		source_close(&x->scanned);
		return rc;
	}
	x->file = file;
	x->file_is_open = true;
	return 0;
}

void explain_close(struct explain *x)
{
	if (!x->file_is_open)
		return;
	source_close(&x->scanned);
	source_close(&x->source);
	x->file_is_open = false;
}

/* ---- the segments of a site -------------------------------------------------- */

/* A range that a record was put to, as its writer believed or as a piece implies. */
struct frame {
	struct record_id id;
	int64_t from;
	uint32_t bytes;
};

enum { FRAMES_MAX = 32 }; /* more records at one place tell nothing more */

struct looking {
	struct explain *x;
	const struct site *site;
	struct layout *layout;
	struct frame frames[FRAMES_MAX];
	size_t frame_count;
};

const struct segment *layout_segment(const struct layout *layout, uint64_t index)
{
	if (index < LAYOUT_FIRST)
		return &layout->first[index];
	return index + LAYOUT_LAST < layout->count ? NULL
						   : &layout->last[index % LAYOUT_LAST];
}

static void keep(struct looking *l, struct segment segment)
{
	struct layout *layout = l->layout;
	uint64_t end = segment.offset + segment.length;

	if (!segment.length || end < l->site->from || segment.offset > l->site->to)
		return;
	if (layout->count < LAYOUT_FIRST)
		layout->first[layout->count] = segment;
	layout->last[layout->count % LAYOUT_LAST] = segment;
	layout->count++;
}

/* [@from, @from + @length) of @whole, as it is or as a piece of @frame's record. */
static struct segment part_of(const struct segment *whole, uint64_t from,
			      uint64_t length, const struct frame *frame)
{
	struct segment part = *whole;

	part.offset = from;
	part.length = length;
	if (frame) {
		part.kind = SEGMENT_PIECE;
		part.id = frame->id;
		part.position = (uint32_t)((int64_t)from - frame->from);
	}
	return part;
}

/*
 * How many bytes at either end of the foreign [@from, @to) within @frame are the
 * record's there?  The rule is that of verify/lost.c.
 */
static int debris_measure(struct looking *l, const struct frame *frame, uint64_t from,
			  uint64_t to, uint64_t *ret_forth, uint64_t *ret_back)
{
	const struct record_form *form = &l->x->chronicle.form;
	uint32_t position = (uint32_t)((int64_t)from - frame->from);
	uint64_t length = to - from;
	const uint8_t *bytes;
	size_t available;
	int rc = source_view(&l->x->source, from, (size_t)length, &bytes, &available);

	*ret_forth = *ret_back = 0;
	if (rc < 0 || available < length)
		return rc;
	*ret_forth = record_match_forward(form, frame->id, position, bytes, available);
	if (*ret_forth == length)
		return 0;
	if (*ret_forth < AGREEING_BYTES)
		*ret_forth = 0;
	*ret_back = record_match_backward(form, frame->id, position + (uint32_t)length,
					  bytes + length, available);
	if (*ret_back < AGREEING_BYTES)
		*ret_back = 0;
	return 0;
}

/* Split off what the frames explain; the first that explains anything decides. */
static int keep_foreign(struct looking *l, const struct segment *segment)
{
	uint64_t end = segment->offset + segment->length;

	for (size_t i = 0; i < l->frame_count; i++) {
		const struct frame *frame = &l->frames[i];
		int64_t frame_end = frame->from + frame->bytes;
		uint64_t from, to, forth, back;
		int rc;

		if (frame_end <= (int64_t)segment->offset ||
		    frame->from >= (int64_t)end)
			continue;
		from = frame->from > (int64_t)segment->offset ? (uint64_t)frame->from
							      : segment->offset;
		to = frame_end < (int64_t)end ? (uint64_t)frame_end : end;
		rc = debris_measure(l, frame, from, to, &forth, &back);
		if (rc < 0)
			return rc;
		if (!forth && !back)
			continue;
		keep(l,
		     part_of(segment, segment->offset, from - segment->offset, NULL));
		keep(l, part_of(segment, from, forth, frame));
		keep(l, part_of(segment, from + forth, to - from - forth - back, NULL));
		keep(l, part_of(segment, to - back, back, frame));
		keep(l, part_of(segment, to, end - to, NULL));
		return 0;
	}
	keep(l, *segment);
	return 0;
}

static int take_segment(void *context, const struct segment *segment)
{
	struct looking *l = context;

	if (segment->kind == SEGMENT_FOREIGN)
		return keep_foreign(l, segment);
	keep(l, *segment);
	return 0;
}

static void frame_add(struct looking *l, struct record_id id, int64_t from)
{
	struct frame frame = {id, from, record_size(&l->x->chronicle.form, id)};

	if (from != HISTORY_OFFSET_UNKNOWN && l->frame_count < FRAMES_MAX &&
	    from < (int64_t)l->site->to && from + frame.bytes > (int64_t)l->site->from)
		l->frames[l->frame_count++] = frame;
}

/* All whose writers believe that they wrote into the site. */
static void frames_believed(struct looking *l)
{
	const struct chronicle *chronicle = &l->x->chronicle;

	for (uint32_t writer = 0; writer < l->x->manifest->rank_count; writer++) {
		struct record_id id = {.writer = writer};
		struct history_entry entry;

		/* Only this writer's records may stand in a file of its own. */
		if (!l->x->strategy->shared_file && writer != l->site->file)
			continue;
		for (; id.seq < chronicle->histories[writer].count; id.seq++)
			if (chronicle_entry(chronicle, id, &entry))
				frame_add(l, id, entry.offset);
	}
}

int explain_look(struct explain *x, const struct site *site, struct layout *ret_layout,
		 struct error *err)
{
	struct looking l = {.x = x, .site = site, .layout = ret_layout};
	uint64_t margin = margin_bytes(x);
	int rc = explain_open(x, site->file, err);

	if (rc < 0)
		return rc;
	memset(ret_layout, 0, sizeof(*ret_layout));
	ret_layout->from = site->from > margin ? site->from - margin : 0;
	ret_layout->to = site->to + margin;
	/* First those that the finding names: debris of more than one is theirs. */
	if (x->deed.remembered)
		frame_add(&l, x->deed.id, x->deed.entry.offset);
	if (x->deed.named)
		frame_add(&l, x->deed.id, (int64_t)site->from);
	if (x->by.remembered)
		frame_add(&l, x->by.id, x->by.entry.offset);
	frames_believed(&l);
	rc = scan_range(&x->scanned, &x->chronicle.form, ret_layout->from,
			ret_layout->to, take_segment, &l);
	if (rc < 0)
		return error_sys(err, -rc, "cannot read the data file");
	ret_layout->file_bytes = x->scanned.size_bytes;
	return 0;
}

bool explain_hole(const struct explain *x, const struct segment *segment)
{
	off_t data = lseek(x->source.fd, (off_t)segment->offset, SEEK_DATA);

	if (data < 0)
		return errno == ENXIO;
	return (uint64_t)data >= segment->offset + segment->length;
}

/* ---- where a record stands ----------------------------------------------------- */

struct search {
	struct record_id id;
	enum segment_kind kind;
	const struct site *elsewhere; /* not in there; NULL: anywhere */
	struct segment found;
};

static int take_if_sought(void *context, const struct segment *segment)
{
	struct search *search = context;

	if (segment->kind != search->kind || segment->id.writer != search->id.writer ||
	    segment->id.seq != search->id.seq ||
	    (search->elsewhere && segment->offset < search->elsewhere->to &&
	     segment->offset + segment->length > search->elsewhere->from))
		return 0;
	search->found = *segment;
	return -ECANCELED;
}

/* Was it found? */
static bool search_file(struct explain *x, struct search *search)
{
	uint32_t file = x->strategy->shared_file ? 0 : search->id.writer;

	return explain_open(x, file, NULL) == 0 &&
	       scan_range(&x->scanned, &x->chronicle.form, 0, UINT64_MAX,
			  take_if_sought, search) == -ECANCELED;
}

bool explain_find_piece(struct explain *x, const struct site *elsewhere,
			struct segment *ret_piece)
{
	struct search search = {
		.id = x->deed.id,
		.kind = SEGMENT_PIECE,
		.elsewhere = elsewhere,
	};

	if (!search_file(x, &search))
		return false;
	*ret_piece = search.found;
	return true;
}

/* By writer, then sequence number. */
static int compare_fact(const void *key, const void *item)
{
	const struct record_id *id = key;
	const struct record_fact *fact = item;

	if (id->writer != fact->id.writer)
		return id->writer < fact->id.writer ? -1 : 1;
	return id->seq < fact->id.seq ? -1 : id->seq > fact->id.seq;
}

int64_t explain_find(struct explain *x, struct record_id id)
{
	struct search search = {.id = id, .kind = SEGMENT_RECORD};
	const struct record_fact *fact = NULL;

	if (x->judgment->fact_count)
		fact = bsearch(&id, x->judgment->facts, x->judgment->fact_count,
			       sizeof(*fact), compare_fact);
	if (fact)
		return fact->found_offset;
	return search_file(x, &search) ? (int64_t)search.found.offset : -1;
}
