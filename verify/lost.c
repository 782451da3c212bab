/*
 * lost - see lost.h.
 *
 * A record is *absent* when its append was acknowledged or has an unknown
 * outcome and no intact copy stands in the file.  For each one the places are
 * looked at where it should be; docs/guarantees.md has the rules in words.
 */
#include "verify/lost.h"

#include "verify/absent.h"
#include "verify/beginning.h"
#include "verify/debris.h"
#include "verify/place.h"

#include <errno.h>
#include <stdlib.h>

/* Fewer of a record's bytes together may name nobody; see core/record.h. */
#define TELLING_BYTES 64

/* Debris without a cell is told from chance by this many bytes that agree. */
#define AGREEING_BYTES 4

struct explainer {
	struct evidence *e;
	struct debris debris;
	struct stash pieces;	/* struct fragment, by record and place */
	struct stash absent;	/* struct absent, by record */
	struct stash fragments; /* struct fragment: those of one record */
	struct stash unknown;	/* struct record_id of unknown outcome, sorted */
	struct source source;	/* of the data file looked at last */
	uint32_t source_file;
	bool source_is_open;
};

/* Bytes of file number @file; one file is open at a time. */
static int file_open(struct explainer *x, uint32_t file)
{
	int rc;

	if (x->source_is_open && x->source_file == file)
		return 0;
	if (x->source_is_open)
		source_close(&x->source);
	x->source_is_open = false;
	rc = source_open(&x->source, x->e->file_paths[file],
			 x->e->manifest->max_bytes + RECORD_CELL_BYTES + (1 << 16),
			 SOURCE_AHEAD, false, NULL);
	x->source_is_open = rc == 0;
	x->source_file = file;
	return rc;
}

static int file_view(struct explainer *x, uint32_t file, uint64_t offset, size_t length,
		     const uint8_t **ret_bytes, size_t *ret_available)
{
	int rc = file_open(x, file);

	return rc < 0 ? rc
		      : source_view(&x->source, offset, length, ret_bytes,
				    ret_available);
}

/* ---- one absent record -------------------------------------------------- */

/* One absent record with its pieces, while it is being explained. */
struct subject {
	const struct absent *absent;
	const struct fragment *pieces;
	size_t piece_count;
	size_t placed_count; /* the first pieces, whose places are looked at */
	uint32_t size_bytes;
};

/*
 * A record can be cut into a quarter of a million pieces that each imply another
 * place; to look at all of them would take for ever and tell no more.
 */
#define PLACES_MAX 256

static int64_t implied_from(const struct fragment *piece)
{
	return (int64_t)piece->offset - piece->position;
}

/* Does @piece imply the place that the piece before it implies? */
static bool same_place(const struct fragment *piece)
{
	return piece[-1].file == piece->file &&
	       implied_from(&piece[-1]) == implied_from(piece);
}

/*
 * Place number @index of the subject: first the believed one, then those that
 * its pieces imply; false past the last.  One that repeats the place before it
 * has length 0.
 */
static bool subject_place(const struct subject *s, size_t index,
			  const struct evidence *e, struct place *ret_place)
{
	uint32_t file = e->strategy->shared_file ? 0 : s->absent->id.writer;
	const struct fragment *piece;

	if (index > s->placed_count)
		return false;
	ret_place->length = s->size_bytes;
	if (index == 0) {
		ret_place->file = file;
		ret_place->from = s->absent->believed;
		if (ret_place->from == HISTORY_OFFSET_UNKNOWN)
			ret_place->length = 0;
		return true;
	}
	piece = &s->pieces[index - 1];
	ret_place->file = piece->file;
	ret_place->from = implied_from(piece);
	if (index > 1 && same_place(piece))
		ret_place->length = 0;
	return true;
}

/* Bytes [@from, @to) of @file agree with the subject from @position on. */
static int agreement_note(struct explainer *x, const struct subject *s, uint32_t file,
			  uint64_t from, uint64_t length, uint32_t position)
{
	struct fragment fragment = {
		.id = s->absent->id,
		.position = position,
		.length = (uint32_t)length,
		.file = file,
		.offset = from,
	};
	int rc = stash_add(&x->fragments, &fragment);

	return rc < 0 ? rc
		      : debris_explain_foreign(&x->debris, file, (int64_t)from,
					       (int64_t)(from + length));
}

/* The foreign bytes [@from, @to) in @place: which agree with the subject? */
static int foreign_compare(struct explainer *x, const struct subject *s,
			   const struct place *place, uint64_t from, uint64_t to)
{
	uint32_t position = (uint32_t)((int64_t)from - place->from);
	uint64_t length = to - from, forth, back;
	const uint8_t *bytes;
	size_t available;
	int rc;

	rc = file_view(x, place->file, from, (size_t)length, &bytes, &available);
	if (rc < 0 || available < length)
		return rc;
	forth = record_match_forward(&x->e->form, s->absent->id, position, bytes,
				     available);
	if (forth == length || forth >= AGREEING_BYTES) {
		rc = agreement_note(x, s, place->file, from, forth, position);
		if (rc < 0 || forth == length)
			return rc;
	}
	back = record_match_backward(&x->e->form, s->absent->id,
				     position + (uint32_t)length, bytes + length,
				     available);
	if (back < AGREEING_BYTES)
		return 0;
	return agreement_note(x, s, place->file, to - back, back,
			      position + (uint32_t)(length - back));
}

/* Look through the damage in @place for bytes of the subject without a cell. */
static int place_compare(struct explainer *x, const struct subject *s,
			 const struct place *place)
{
	const struct damage *all = x->e->damage.items;
	int64_t end = place->from + place->length;
	size_t i;
	int rc = 0;

	if (!place->length || end <= 0)
		return 0;
	i = damage_find(x->e, place->file, place->from < 0 ? 0 : (uint64_t)place->from);
	for (; rc == 0 && i < x->e->damage.count && all[i].file == place->file &&
	       (int64_t)all[i].segment.offset < end;
	     i++) {
		int64_t from = (int64_t)all[i].segment.offset;
		int64_t to = from + (int64_t)all[i].segment.length;

		if (all[i].segment.kind != SEGMENT_FOREIGN)
			continue;
		from = from > place->from ? from : place->from;
		to = to < end ? to : end;
		rc = foreign_compare(x, s, place, (uint64_t)from, (uint64_t)to);
	}
	return rc;
}

static int compare_positions(const void *a, const void *b)
{
	const struct fragment *x = a, *y = b;

	return x->position < y->position ? -1 : x->position > y->position;
}

/* Do the fragments cover the whole record? */
static bool all_bytes_there(struct explainer *x, const struct subject *s)
{
	const struct fragment *all;
	uint32_t covered = 0;

	stash_sort(&x->fragments, compare_positions);
	all = x->fragments.items;
	for (size_t i = 0; i < x->fragments.count && all[i].position <= covered; i++)
		if (all[i].position + all[i].length > covered)
			covered = all[i].position + all[i].length;
	return covered == s->size_bytes;
}

/* What the subject's places show, summed up for the decision. */
struct appearance {
	bool all_there;
	bool others; /* another record stands in one of its places */
	struct place others_place;
	struct place_content others_content;
	bool frame_whole; /* a place its pieces imply: all there, no NUL */
	bool frame_there; /* the same, NULs allowed */
	uint32_t longest; /* piece, bytes */
};

static struct appearance subject_look(struct explainer *x, const struct subject *s)
{
	struct appearance look = {.all_there = all_bytes_there(x, s)};
	struct place place;

	for (size_t i = 0; subject_place(s, i, x->e, &place); i++) {
		struct place_content content;

		if (!place.length)
			continue;
		content = place_look(x->e, &place, s->absent->id);
		if (content.others && !look.others) {
			look.others = true;
			look.others_place = place;
			look.others_content = content;
		}
		if (i > 0 && !content.others && !content.outside) {
			look.frame_there = true;
			look.frame_whole |= !content.nul;
		}
	}
	for (size_t i = 0; i < s->piece_count; i++)
		if (s->pieces[i].length > look.longest)
			look.longest = s->pieces[i].length;
	return look;
}

/* The first cause that holds; see the table in docs/guarantees.md. */
static enum anomaly cause_decide(const struct appearance *look)
{
	if (look->all_there)
		return ANOMALY_INTERLEAVED;
	if (look->others)
		return ANOMALY_OVERWRITTEN;
	if (look->longest >= TELLING_BYTES && !look->frame_whole)
		return ANOMALY_TORN;
	if (look->frame_there)
		return ANOMALY_CORRUPTED;
	return ANOMALY_MISSING;
}

static const enum record_fate cause_fates[ANOMALY_COUNT] = {
	[ANOMALY_INTERLEAVED] = FATE_INTERLEAVED,
	[ANOMALY_OVERWRITTEN] = FATE_OVERWRITTEN,
	[ANOMALY_TORN] = FATE_TORN,
	[ANOMALY_CORRUPTED] = FATE_CORRUPTED,
	[ANOMALY_MISSING] = FATE_MISSING,
};

static int name_record(void *context, const struct segment *segment)
{
	if (segment->kind == SEGMENT_RECORD)
		*(struct record_id *)context = segment->id;
	return 0;
}

/* Count the loss, with what is known of both sides. */
static int loss_report(struct explainer *x, const struct subject *s, enum anomaly cause,
		       const struct appearance *look)
{
	uint32_t file = x->e->strategy->shared_file ? 0 : s->absent->id.writer;
	struct finding finding = evidence_finding(
		x->e, cause, file, (uint64_t)s->absent->believed, s->size_bytes);

	finding.record = s->absent->id;
	if (look->others &&
	    (cause == ANOMALY_OVERWRITTEN || cause == ANOMALY_INTERLEAVED)) {
		finding.by = look->others_content.other;
		finding.offset = (uint64_t)look->others_content.other_at;
		finding.length = look->others_content.others;
		/* An intact record is not in the damage: ask the file. */
		if (finding.by.writer == WRITER_NONE &&
		    x->e->anomalies[cause] < FINDINGS_PER_KIND &&
		    file_open(x, look->others_place.file) == 0)
			(void)scan_range(&x->source, &x->e->form, finding.offset,
					 finding.offset + 1, name_record, &finding.by);
	} else if (s->piece_count) {
		finding.offset = s->pieces[0].offset;
		finding.length = s->pieces[0].length;
	} else {
		finding.offset_known = s->absent->believed != HISTORY_OFFSET_UNKNOWN;
		finding.offset = finding.offset_known ? finding.offset : 0;
	}
	evidence_fact(x->e, s->absent->id, cause_fates[cause], -1);
	return evidence_add(x->e, &finding);
}

/*
 * What else the subject's places explain: inside a torn or corrupted record
 * NULs are no gap and other bytes not foreign; in the range of an unknown append
 * NULs are no gap.
 */
static int places_explain(struct explainer *x, const struct subject *s,
			  enum anomaly cause)
{
	bool frame = s->absent->lost &&
		     (cause == ANOMALY_TORN || cause == ANOMALY_CORRUPTED);
	struct place place;
	int rc = 0;

	if (s->absent->lost && !frame)
		return 0;
	for (size_t i = 0; rc == 0 && subject_place(s, i, x->e, &place); i++) {
		int64_t end = place.from + place.length;

		/* A torn record is where its pieces are. */
		if (!place.length || (frame && i == 0))
			continue;
		rc = debris_explain_nul(&x->debris, place.file, place.from, end);
		if (rc == 0 && frame)
			rc = debris_explain_foreign(&x->debris, place.file, place.from,
						    end);
	}
	return rc;
}

static int subject_explain(struct explainer *x, const struct subject *s)
{
	enum anomaly cause = ANOMALY_COUNT;
	struct appearance look;
	struct place place;
	int rc = 0;

	x->fragments.count = 0;
	for (size_t i = 0; rc == 0 && i < s->piece_count; i++)
		rc = stash_add(&x->fragments, &s->pieces[i]);
	for (size_t i = 0; rc == 0 && subject_place(s, i, x->e, &place); i++)
		rc = place_compare(x, s, &place);
	if (rc == 0 && s->absent->lost) {
		look = subject_look(x, s);
		cause = cause_decide(&look);
		rc = loss_report(x, s, cause, &look);
	} else if (rc == 0) {
		rc = stash_add(&x->unknown, &s->absent->id);
	}
	return rc < 0 ? rc : places_explain(x, s, cause);
}

/* ---- the whole ----------------------------------------------------------- */

/* Take those of the @available pieces at s->pieces that are the subject's. */
static void subject_take_pieces(struct subject *s, size_t available)
{
	size_t places = 0;

	for (size_t i = 0; i < available; i++) {
		const struct fragment *piece = &s->pieces[i];

		if (record_id_compare(piece->id, s->absent->id) != 0)
			return;
		places += i == 0 || !same_place(piece);
		s->piece_count++;
		if (places <= PLACES_MAX)
			s->placed_count++;
	}
}

static int absent_explain(struct explainer *x)
{
	const struct absent *absent = x->absent.items;
	const struct fragment *pieces = x->pieces.items;
	size_t piece_count = pieces ? x->pieces.count : 0;
	size_t at = 0;
	int rc = 0;

	/* Both are sorted by record: one walk joins them. */
	for (size_t i = 0; rc == 0 && i < x->absent.count; i++) {
		struct subject s = {
			.absent = &absent[i],
			.size_bytes = record_size(&x->e->form, absent[i].id),
		};

		while (at < piece_count &&
		       record_id_compare(pieces[at].id, absent[i].id) < 0)
			at++;
		s.pieces = pieces ? pieces + at : NULL;
		subject_take_pieces(&s, piece_count - at);
		rc = subject_explain(x, &s);
	}
	return rc;
}

static void explainer_release(struct explainer *x)
{
	if (x->source_is_open)
		source_close(&x->source);
	debris_release(&x->debris);
	stash_release(&x->pieces);
	stash_release(&x->absent);
	stash_release(&x->fragments);
	stash_release(&x->unknown);
}

int lost_explain(struct evidence *evidence, struct error *err)
{
	struct explainer x = {
		.e = evidence,
		.pieces = STASH_OF(struct fragment),
		.absent = STASH_OF(struct absent),
		.fragments = STASH_OF(struct fragment),
		.unknown = STASH_OF(struct record_id),
	};
	int rc;

	debris_init(&x.debris);
	rc = pieces_gather(evidence, &x.pieces);
	if (rc == 0)
		rc = absent_gather(evidence, &x.absent);
	if (rc == 0)
		rc = absent_explain(&x);
	if (rc == 0)
		rc = beginnings_explain(evidence, &x.unknown, &x.debris);
	if (rc == 0)
		rc = debris_count_rest(evidence, &x.debris);
	if (rc < 0)
		error_sys(err, -rc, "cannot explain the damage");
	explainer_release(&x);
	return rc;
}
