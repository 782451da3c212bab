/*
 * model_absent - records without an intact copy: what their places show, and so why
 * they are lost.
 */
#include "tests/mutate/model_parts.h"

#include "tests/mutate/text.h"

#include <stdlib.h>
#include <string.h>

/* One absent record, and what its places show. */
struct search {
	struct model *m;
	const struct model_text *text;
	struct record_id id;
	bool *has; /* by position: that byte is there, in a piece or as debris */
	bool others, frame_whole, frame_there;
	uint32_t longest;
};

/* A range that equals one of the same writer's own is no evidence. */
static bool believed_place(const struct model *m, struct record_id id,
			   int64_t *ret_place)
{
	const struct craft_writer *w = &m->craft->writers[id.writer];
	int64_t offset = w->entries[id.seq].offset;

	if (offset == HISTORY_OFFSET_UNKNOWN)
		return false;
	for (uint64_t seq = 0; seq < w->count; seq++) {
		struct record_id other = {id.writer, seq};

		if (seq != id.seq && w->entries[seq].offset == offset &&
		    text_size(&m->plan, other) == text_size(&m->plan, id))
			return false;
	}
	*ret_place = offset;
	return true;
}

/* The run [from, to) of nobody's bytes, all in the place: does an end agree? */
static void debris_mark(struct search *s, struct model_file *f, int64_t place,
			int64_t from, int64_t to)
{
	int64_t forth = from, back = to;

	while (forth < to && model_fits(f, s->text, place, forth))
		forth++;
	while (back > from && model_fits(f, s->text, place, back - 1))
		back--;
	if (forth < to && forth - from < 4)
		forth = from;
	if (back > from && to - back < 4)
		back = to;
	for (int64_t at = from; at < to; at++)
		if (at < forth || at >= back) {
			f->map[at].foreign_explained = true;
			s->has[at - place] = true;
		}
}

/* Does the byte at @at fit a piece of the record itself, put at @place? */
static bool own_byte(const struct search *s, const struct model_file *f, int64_t place,
		     int64_t at)
{
	for (size_t i = 0; i < f->run_count; i++)
		if (same(f->runs[i].id, s->id) && f->runs[i].implied == place &&
		    at >= f->runs[i].from && at < f->runs[i].to)
			return true;
	return false;
}

/* Look at one place; @implied: by a piece, and not only believed. */
static void place_look(struct search *s, struct model_file *f, int64_t place,
		       bool implied)
{
	int64_t end = place + s->text->size;
	bool others = false, nul = false;

	for (int64_t at = place < 0 ? 0 : place; at < end && at < f->length; at++) {
		const struct byte *b = &f->map[at];
		int64_t to = at;

		others |= b->owner == INTACT ||
			  (b->owner == PIECE && !same(b->id, s->id) &&
			   !own_byte(s, f, place, at));
		nul |= b->owner == NULS;
		if (b->owner != NOBODY ||
		    (at > place && at > 0 && f->map[at - 1].owner == NOBODY))
			continue;
		while (to < end && to < f->length && f->map[to].owner == NOBODY)
			to++;
		debris_mark(s, f, place, at, to);
	}
	s->others |= others;
	if (implied && !others && place >= 0 && end <= f->length) {
		s->frame_there = true;
		s->frame_whole |= !nul;
	}
}

/* The same for the place that one piece implies. */
static void piece_walk(struct search *s, struct model_file *f, const struct run *run,
		       bool look, bool explain_foreign)
{
	if (look) {
		for (int64_t at = run->from; at < run->to; at++)
			s->has[at - run->implied] = true;
		if (run->to - run->from > s->longest)
			s->longest = (uint32_t)(run->to - run->from);
		place_look(s, f, run->implied, true);
		return;
	}
	for (int64_t at = run->implied; at < run->implied + s->text->size; at++)
		if (at >= 0 && at < f->length) {
			f->map[at].nul_explained = true;
			f->map[at].foreign_explained |= explain_foreign;
		}
}

/* All places of the record: @look at them, or explain what lies there. */
static void places_walk(struct search *s, bool look, bool explain_foreign)
{
	struct model *m = s->m;
	uint32_t own = m->s->shared_file ? 0 : s->id.writer;
	int64_t place;

	/* Torn and corrupted records are where their pieces are. */
	if (believed_place(m, s->id, &place) && (look || !explain_foreign)) {
		struct model_file *f = &m->files[own];

		if (look)
			place_look(s, f, place, false);
		for (int64_t at = place; !look && at < place + s->text->size; at++)
			if (at >= 0 && at < f->length)
				f->map[at].nul_explained = true;
	}
	for (uint32_t file = 0; file < m->file_count; file++)
		for (size_t i = 0; i < m->files[file].run_count; i++)
			if (same(m->files[file].runs[i].id, s->id) &&
			    model_belongs(m, s->id, file))
				piece_walk(s, &m->files[file], &m->files[file].runs[i],
					   look, explain_foreign);
}

static enum anomaly cause_of(const struct search *s)
{
	bool all = true;

	for (uint32_t i = 0; i < s->text->size; i++)
		all &= s->has[i];
	if (all)
		return ANOMALY_INTERLEAVED;
	if (s->others)
		return ANOMALY_OVERWRITTEN;
	if (s->longest >= 64 && !s->frame_whole)
		return ANOMALY_TORN;
	if (s->frame_there)
		return ANOMALY_CORRUPTED;
	return ANOMALY_MISSING;
}

static void absent_explain(struct model *m, struct record_id id)
{
	bool lost = entry_of(m, id)->outcome == OUTCOME_ACKNOWLEDGED;
	struct search s = {.m = m, .id = id, .text = model_text(m, id)};
	enum anomaly cause;

	s.has = craft_grow(NULL, s.text->size);
	memset(s.has, 0, s.text->size);
	places_walk(&s, true, false);
	if (lost) {
		cause = cause_of(&s);
		m->r.anomalies[cause]++;
		m->r.anomalies[ANOMALY_LOST]++;
		if (cause == ANOMALY_TORN || cause == ANOMALY_CORRUPTED)
			places_walk(&s, false, true);
	} else {
		places_walk(&s, false, false);
	}
	free(s.has);
}

void model_explain_absent(struct model *m)
{
	for (uint32_t w = 0; w < m->m->rank_count; w++)
		for (uint64_t seq = 0; seq < m->craft->writers[w].count; seq++)
			if (!m->found[w][seq] &&
			    m->craft->writers[w].entries[seq].outcome != OUTCOME_FAILED)
				absent_explain(m, (struct record_id){w, seq});
}
