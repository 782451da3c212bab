/*
 * model - see model.h.  Slow and obvious on purpose: no interval is ever kept
 * where an array with one element per byte can be.
 */
#include "tests/mutate/model.h"

#include "core/claim.h"
#include "tests/mutate/text.h"

#include <stdlib.h>
#include <string.h>

/* Whose a byte of a file is. */
enum owner { NOBODY, NULS, INTACT, PIECE };

struct byte {
	enum owner owner;
	struct record_id id; /* of INTACT and PIECE */
	bool head;	     /* the first byte of an intact copy */
	bool nul_explained, foreign_explained;
};

/* A piece: all bytes that fit a record from one of its whole cells on. */
struct run {
	int64_t from, to, implied;
	struct record_id id;
};

struct model_file {
	const uint8_t *bytes;
	int64_t length;
	struct byte *map; /* length of them */
	struct run *runs;
	size_t run_count;
};

/* What is known of one append while the files are read. */
struct fate {
	bool found;
};

/* A first intact copy, in file order. */
struct copy {
	struct record_id id;
	const struct history_entry *entry;
	bool acknowledged;
};

struct model {
	const struct craft *craft;
	const struct manifest *m;
	const struct manifest_strategy *s;
	struct record_plan plan;
	struct model_texts *texts;
	struct model_file *files;
	uint32_t file_count;
	struct fate **fates; /* by writer and sequence number */
	struct copy *copies; /* of the file being read */
	size_t copy_count;
	struct model_result r;
};

static bool same(struct record_id a, struct record_id b)
{
	return a.writer == b.writer && a.seq == b.seq;
}

static const struct model_text *text_of(struct model *m, struct record_id id)
{
	struct model_texts *t = m->texts;
	struct model_text *text;

	for (size_t i = 0; i < t->count; i++)
		if (same(t->texts[i].id, id))
			return &t->texts[i];
	t->texts = craft_grow(t->texts, (t->count + 1) * sizeof(*t->texts));
	text = &t->texts[t->count++];
	text->id = id;
	text->size = text_size(&m->plan, id);
	text->bytes = craft_grow(NULL, text->size);
	text_record(&m->plan, id, text->bytes);
	return text;
}

void model_texts_release(struct model_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->texts[i].bytes);
	free(texts->texts);
	memset(texts, 0, sizeof(*texts));
}

/* ---- clocks --------------------------------------------------------------- */

/*
 * Did the clock of @h, at some time between @from and @to, stand between two samples
 * that cannot both be right?
 */
static bool leapt(const struct manifest_host *h, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i + 1 < h->sample_count; i++) {
		const struct clock_sample *a = &h->samples[i], *b = a + 1;
		int64_t apart = b->offset_ns - a->offset_ns;
		uint64_t most = a->rtt_ns / 2 + b->rtt_ns / 2 +
				(b->at_ns - a->at_ns) / 2000 + 2;

		if (a->at_ns < to && b->at_ns > from &&
		    (uint64_t)(apart < 0 ? -apart : apart) > most)
			return true;
	}
	return false;
}

/* What rank 0's clock showed when @host's showed @own: at least, at most. */
static bool aligned(const struct manifest *m, uint32_t host, uint64_t own,
		    int64_t *ret_low, int64_t *ret_high)
{
	const struct manifest_host *h = &m->hosts[host];
	const struct clock_sample *best = NULL;
	uint64_t best_distance = 0, error;

	if (host == m->rank_host[0]) {
		*ret_low = *ret_high = (int64_t)own;
		return true;
	}
	for (size_t i = 0; i < h->sample_count; i++) {
		uint64_t at = h->samples[i].at_ns;
		uint64_t distance = own > at ? own - at : at - own;

		/* Of two that are equally near the later one. */
		if (!best || distance <= best_distance) {
			best = &h->samples[i];
			best_distance = distance;
		}
	}
	if (!best || leapt(h, own, own))
		return false;
	error = best->rtt_ns / 2 + best_distance / 2000 + 1;
	*ret_low = (int64_t)own + best->offset_ns - (int64_t)error;
	*ret_high = (int64_t)own + best->offset_ns + (int64_t)error;
	return true;
}

/* Was @a on @a_host surely before @b on @b_host? */
static bool before(const struct manifest *m, uint32_t a_host, uint64_t a,
		   uint32_t b_host, uint64_t b)
{
	int64_t a_low, a_high, b_low, b_high;

	if (a_host == b_host)
		return a < b;
	return aligned(m, a_host, a, &a_low, &a_high) &&
	       aligned(m, b_host, b, &b_low, &b_high) && a_high < b_low;
}

/* ---- whose byte is it? ----------------------------------------------------- */

/* Does the record @text, begun at @implied, have the byte at @at of the file? */
static bool fits(const struct model_file *f, const struct model_text *text,
		 int64_t implied, int64_t at)
{
	return at >= 0 && at < f->length && at >= implied &&
	       at - implied < text->size && f->bytes[at] == text->bytes[at - implied];
}

static void intact_find(struct model *m, struct model_file *f)
{
	for (int64_t at = 0; at + RECORD_MIN_BYTES <= f->length; at++) {
		struct record_id id;
		uint32_t position;
		const struct model_text *text;

		if (f->bytes[at] != '#' ||
		    !text_is_cell(&m->plan, f->bytes + at, &id, &position))
			continue;
		text = text_of(m, id);
		if (at + text->size > f->length ||
		    memcmp(f->bytes + at, text->bytes, text->size) != 0)
			continue;
		for (int64_t i = at; i < at + text->size; i++) {
			f->map[i].owner = INTACT;
			f->map[i].id = id;
		}
		f->map[at].head = true;
	}
}

static int compare_runs(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* All maximal runs with a whole cell; each byte is counted with the one begun first. */
static void pieces_find(struct model *m, struct model_file *f)
{
	for (int64_t at = 0; at + CELL <= f->length; at++) {
		const struct model_text *text;
		struct run run = {.from = at, .to = at};
		uint32_t position;

		if (f->map[at].owner == INTACT ||
		    !text_is_cell(&m->plan, f->bytes + at, &run.id, &position))
			continue;
		text = text_of(m, run.id);
		run.implied = at - position;
		while (fits(f, text, run.implied, run.from - 1))
			run.from--;
		while (fits(f, text, run.implied, run.to))
			run.to++;
		if (f->run_count && same(f->runs[f->run_count - 1].id, run.id) &&
		    f->runs[f->run_count - 1].from == run.from)
			continue;
		f->runs = craft_grow(f->runs, (f->run_count + 1) * sizeof(run));
		f->runs[f->run_count++] = run;
	}
	if (f->run_count)
		qsort(f->runs, f->run_count, sizeof(*f->runs), compare_runs);
	for (size_t i = 0; i < f->run_count; i++)
		for (int64_t at = f->runs[i].from; at < f->runs[i].to; at++)
			if (f->map[at].owner == NOBODY) {
				f->map[at].owner = PIECE;
				f->map[at].id = f->runs[i].id;
			}
}

/* Can a record of @id stand in file @number: of a writer of this run and file? */
static bool belongs(const struct model *m, struct record_id id, uint32_t number)
{
	return id.writer < m->m->rank_count &&
	       (m->s->shared_file || id.writer == number);
}

/* The file's bytes, each with its owner. */
static void file_map(struct model *m, uint32_t number)
{
	const struct craft_file *from = &m->craft->files[number];
	struct model_file *f = &m->files[number];

	f->bytes = from->bytes;
	f->length = from->vanished ? 0 : (int64_t)from->length;
	f->map = craft_grow(NULL, (size_t)f->length * sizeof(*f->map));
	memset(f->map, 0, (size_t)f->length * sizeof(*f->map));
	intact_find(m, f);
	pieces_find(m, f);
	for (int64_t at = 0; at < f->length; at++) {
		struct byte *b = &f->map[at];

		if (b->owner == NOBODY && !f->bytes[at])
			b->owner = NULS;
		if ((b->owner == INTACT || b->owner == PIECE) &&
		    !belongs(m, b->id, number))
			*b = (struct byte){.owner = NOBODY};
	}
}

/* ---- in file order --------------------------------------------------------- */

static bool known(const struct model *m, struct record_id id)
{
	return id.seq < m->craft->writers[id.writer].count;
}

static const struct history_entry *entry_of(const struct model *m, struct record_id id)
{
	return &m->craft->writers[id.writer].entries[id.seq];
}

static uint32_t host_of(const struct model *m, struct record_id id)
{
	return m->m->rank_host[id.writer];
}

static void order_check(struct model *m, const struct copy *copy)
{
	bool writer_disorder = false, realtime_disorder = false;

	for (size_t i = 0; i < m->copy_count; i++) {
		const struct copy *earlier = &m->copies[i];

		writer_disorder |= earlier->id.writer == copy->id.writer &&
				   earlier->id.seq > copy->id.seq;
		realtime_disorder |=
			copy->acknowledged &&
			before(m->m, host_of(m, copy->id), copy->entry->completed_ns,
			       host_of(m, earlier->id), earlier->entry->invoke_ns);
	}
	m->r.anomalies[ANOMALY_WRITER_DISORDER] += writer_disorder;
	m->r.anomalies[ANOMALY_REALTIME_DISORDER] += realtime_disorder;
}

static void handoff_check(struct model *m, const struct copy *copy)
{
	const struct copy *last = m->copy_count ? &m->copies[m->copy_count - 1] : NULL;

	if (last && last->id.writer == copy->id.writer &&
	    last->entry->hold == copy->entry->hold)
		return;
	m->r.placed++;
	if (!last || !last->acknowledged)
		return;
	if (m->m->local_fs ? last->id.writer == copy->id.writer
			   : host_of(m, last->id) == host_of(m, copy->id))
		return;
	m->r.handoffs += before(m->m, host_of(m, copy->id), copy->entry->invoke_ns,
				host_of(m, last->id), last->entry->completed_ns);
}

static void first_copy(struct model *m, struct record_id id)
{
	struct copy copy = {.id = id, .entry = entry_of(m, id)};

	copy.acknowledged = copy.entry->outcome == OUTCOME_ACKNOWLEDGED;
	m->fates[id.writer][id.seq].found = true;
	if (copy.acknowledged)
		m->r.intact++;
	else if (copy.entry->outcome == OUTCOME_FAILED)
		m->r.anomalies[ANOMALY_UNEXPECTED]++;
	else
		m->r.recovered++;
	order_check(m, &copy);
	handoff_check(m, &copy);
	m->copies = craft_grow(m->copies, (m->copy_count + 1) * sizeof(copy));
	m->copies[m->copy_count++] = copy;
}

static void file_read(struct model *m, const struct model_file *f)
{
	m->copy_count = 0;
	for (int64_t at = 0; at < f->length; at++) {
		const struct byte *b = &f->map[at];

		if (b->owner != INTACT || !b->head)
			continue;
		if (!known(m, b->id))
			m->r.anomalies[ANOMALY_UNEXPECTED]++;
		else if (m->fates[b->id.writer][b->id.seq].found)
			m->r.anomalies[ANOMALY_DUPLICATE]++;
		else
			first_copy(m, b->id);
	}
}

/* ---- the absent ------------------------------------------------------------ */

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

	while (forth < to && fits(f, s->text, place, forth))
		forth++;
	while (back > from && fits(f, s->text, place, back - 1))
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
			    belongs(m, s->id, file))
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
	struct search s = {.m = m, .id = id, .text = text_of(m, id)};
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

static void all_absent_explain(struct model *m)
{
	for (uint32_t w = 0; w < m->m->rank_count; w++)
		for (uint64_t seq = 0; seq < m->craft->writers[w].count; seq++)
			if (!m->fates[w][seq].found &&
			    m->craft->writers[w].entries[seq].outcome != OUTCOME_FAILED)
				absent_explain(m, (struct record_id){w, seq});
}

/*
 * Of the records of unknown outcome the one whose beginning agrees with the most
 * bytes from @at on, but not beyond @end; the first of several.
 */
static int64_t longest_beginning(struct model *m, uint32_t file, int64_t at,
				 int64_t end, const struct model_text **ret_text)
{
	int64_t longest = 0;

	for (uint32_t w = 0; w < m->m->rank_count; w++)
		for (uint64_t seq = 0; seq < m->craft->writers[w].count; seq++) {
			struct record_id id = {w, seq};
			enum outcome outcome = entry_of(m, id)->outcome;
			const struct model_text *text;
			int64_t length = 0;

			if (m->fates[w][seq].found || outcome == OUTCOME_FAILED ||
			    outcome == OUTCOME_ACKNOWLEDGED ||
			    (!m->s->shared_file && w != file))
				continue;
			text = text_of(m, id);
			while (at + length < end &&
			       fits(&m->files[file], text, at, at + length))
				length++;
			if (length > longest) {
				longest = length;
				*ret_text = text;
			}
		}
	return longest;
}

/* From the first byte of one run of nobody's bytes on. */
static void run_explain(struct model *m, uint32_t file, int64_t at, int64_t end)
{
	struct model_file *f = &m->files[file];

	while (at < end) {
		const struct model_text *text;
		int64_t length = longest_beginning(m, file, at, end, &text);

		if (!length && !f->map[at].foreign_explained)
			return;
		if (!length) {
			while (at < end && f->map[at].foreign_explained)
				at++;
			continue;
		}
		for (int64_t i = at; i < at + text->size && i < f->length; i++) {
			f->map[i].foreign_explained |= i < at + length;
			f->map[i].nul_explained = true;
		}
		at += length;
	}
}

static void beginnings_explain(struct model *m, uint32_t file)
{
	struct model_file *f = &m->files[file];
	int64_t end = 0;

	for (int64_t at = 0; at < f->length; at = end + 1) {
		for (end = at; end < f->length && f->map[end].owner == NOBODY;)
			end++;
		run_explain(m, file, at, end);
	}
}

/* ---- the rest of the damage ------------------------------------------------ */

static bool is_padding(const struct model *m, const struct model_file *f, int64_t at)
{
	int64_t from = at, to = at, slot = m->s->padding_bytes;

	while (from > 0 && f->map[from - 1].owner == NULS)
		from--;
	while (to < f->length && f->map[to].owner == NULS)
		to++;
	return slot && to - from < slot && to % slot == 0;
}

static bool is_gap(const struct model *m, const struct model_file *f, int64_t at)
{
	const struct byte *b = &f->map[at];

	return b->owner == NULS && !b->nul_explained &&
	       !(m->s->padding_bytes && is_padding(m, f, at));
}

static bool is_foreign(const struct model *m, const struct model_file *f, int64_t at)
{
	const struct byte *b = &f->map[at];

	if (b->owner == PIECE)
		return !known(m, b->id) || m->fates[b->id.writer][b->id.seq].found ||
		       entry_of(m, b->id)->outcome == OUTCOME_FAILED;
	return b->owner == NOBODY && !b->foreign_explained;
}

static void rest_count(struct model *m, const struct model_file *f)
{
	bool gap = false, foreign = false;

	for (int64_t at = 0; at < f->length; at++) {
		bool now_gap = is_gap(m, f, at), now_foreign = is_foreign(m, f, at);

		m->r.anomalies[ANOMALY_GAP] += now_gap && !gap;
		m->r.anomalies[ANOMALY_GAP_BYTES] += now_gap;
		m->r.anomalies[ANOMALY_FOREIGN] += now_foreign && !foreign;
		m->r.anomalies[ANOMALY_FOREIGN_BYTES] += now_foreign;
		gap = now_gap;
		foreign = now_foreign;
	}
}

/* ---- holds ------------------------------------------------------------------ */

struct hold {
	uint32_t host, writer;
	uint64_t from, to; /* on that host's clock */
	uint64_t seq;
	bool acknowledged;
};

/* Do both surely begin before the other one ends? */
static bool overlap(const struct manifest *m, const struct hold *x,
		    const struct hold *y)
{
	return before(m, x->host, x->from, y->host, y->to) &&
	       before(m, y->host, y->from, x->host, x->to);
}

/* The later of two that overlap: by its grant at the latest, then by writer. */
static bool later(const struct manifest *m, const struct hold *x, const struct hold *y)
{
	int64_t low, x_high = 0, y_high = 0;

	if (x->host == y->host) {
		x_high = (int64_t)x->from;
		y_high = (int64_t)y->from;
	} else {
		aligned(m, x->host, x->from, &low, &x_high);
		aligned(m, y->host, y->from, &low, &y_high);
	}
	if (x_high != y_high)
		return x_high > y_high;
	return x->writer != y->writer ? x->writer > y->writer : x->seq > y->seq;
}

static size_t holds_list(const struct model *m, struct hold **ret_holds)
{
	struct hold *holds = NULL;
	size_t count = 0;

	for (uint32_t w = 0; w < m->m->rank_count; w++) {
		const struct history_entry *last = NULL;

		for (uint64_t seq = 0; seq < m->craft->writers[w].count; seq++) {
			const struct history_entry *e =
				&m->craft->writers[w].entries[seq];

			if (e->outcome == OUTCOME_OPEN || e->step == STEP_OPEN ||
			    e->step == STEP_LOCK)
				continue;
			if (!last || m->s->batch == 1 || last->hold != e->hold) {
				holds = craft_grow(holds, (count + 1) * sizeof(*holds));
				holds[count++] =
					(struct hold){.host = m->m->rank_host[w],
						      .writer = w,
						      .seq = seq,
						      .from = e->locked_ns,
						      .acknowledged = true};
			}
			holds[count - 1].to = e->unlock_ns;
			holds[count - 1].acknowledged &=
				e->outcome == OUTCOME_ACKNOWLEDGED;
			last = e;
		}
	}
	*ret_holds = holds;
	return count;
}

static void holds_check(struct model *m)
{
	struct hold *holds;
	size_t count = holds_list(m, &holds);

	for (size_t i = 0; i < count; i++) {
		bool overlaps = false, lost = false;

		for (size_t k = 0; k < count; k++) {
			if (k == i || !later(m->m, &holds[i], &holds[k]) ||
			    !overlap(m->m, &holds[i], &holds[k]))
				continue;
			lost = true;
			overlaps |= holds[i].acknowledged && holds[k].acknowledged;
		}
		m->r.anomalies[ANOMALY_LOCK_OVERLAP] += overlaps;
		m->r.lock_lost += lost && !overlaps;
	}
	free(holds);
}

/* ---- the verdict ------------------------------------------------------------- */

static bool is_unsafe(const struct model *m)
{
	unsigned int claims = m->s->control ? (1u << CLAIM_COUNT) - 1 : m->s->claims;
	const int64_t *a = m->r.anomalies;

	return a[ANOMALY_LOST] > 0 || a[ANOMALY_FOREIGN] > 0 ||
	       a[ANOMALY_UNEXPECTED] > 0 ||
	       (a[ANOMALY_GAP] > 0 && claims & CLAIM_NO_GAP) ||
	       (a[ANOMALY_DUPLICATE] > 0 && claims & CLAIM_ONCE) ||
	       (a[ANOMALY_WRITER_DISORDER] > 0 && claims & CLAIM_WRITER_ORDER) ||
	       (a[ANOMALY_REALTIME_DISORDER] > 0 && claims & CLAIM_REALTIME_ORDER) ||
	       (a[ANOMALY_LOCK_OVERLAP] > 0 && claims & CLAIM_EXCLUSION);
}

/* Does a claim need times of a host whose clock nobody could compare? */
static bool is_timeless(const struct model *m)
{
	unsigned int claims = m->s->control ? ~0u : m->s->claims;
	bool several = false, timeless = false;

	for (uint32_t w = 0; w < m->m->rank_count; w++) {
		const struct craft_writer *writer = &m->craft->writers[w];
		uint32_t host = m->m->rank_host[w];
		const struct manifest_host *h = &m->m->hosts[host];

		several |= host != m->m->rank_host[0];
		if (host == m->m->rank_host[0] || !writer->count)
			continue;
		timeless |= h->sample_count == 0 ||
			    leapt(h, writer->entries[0].invoke_ns,
				  writer->entries[writer->count - 1].completed_ns);
	}
	return several && timeless && m->s->shared_file &&
	       claims & (CLAIM_REALTIME_ORDER | CLAIM_EXCLUSION);
}

static bool is_inconclusive(const struct model *m)
{
	int64_t attempted = 0, acknowledged = 0;
	bool one_client = true;

	for (uint32_t w = 0; w < m->m->rank_count; w++) {
		const struct craft_writer *writer = &m->craft->writers[w];

		attempted += (int64_t)writer->count;
		for (uint64_t seq = 0; seq < writer->count; seq++)
			acknowledged +=
				writer->entries[seq].outcome == OUTCOME_ACKNOWLEDGED;
		one_client &= m->m->rank_host[w] == m->m->rank_host[0];
		if (m->s->writers[w].end == WRITER_HUNG)
			return true;
	}
	return acknowledged == 0 || is_timeless(m) ||
	       (acknowledged * 100 < attempted * 99 && !manifest_was_struck(m->m, 0)) ||
	       (one_client && !m->m->local_fs && !m->m->one_client) ||
	       (m->s->shared_file &&
		(m->r.handoffs < 30 || m->r.handoffs * 100 < m->r.placed));
}

void model_judge(const struct craft *craft, struct model_texts *texts,
		 struct model_result *ret_result)
{
	struct model m = {
		.craft = craft,
		.m = &craft->manifest,
		.s = craft->strategy,
		.plan = craft->form.plan,
		.texts = texts,
	};

	m.file_count = m.s->shared_file ? 1 : m.m->rank_count;
	m.files = craft_grow(NULL, m.file_count * sizeof(*m.files));
	memset(m.files, 0, m.file_count * sizeof(*m.files));
	m.fates = craft_grow(NULL, m.m->rank_count * sizeof(*m.fates));
	for (uint32_t w = 0; w < m.m->rank_count; w++)
		m.fates[w] = calloc(craft->writers[w].count + 1, sizeof(**m.fates));
	for (uint32_t file = 0; file < m.file_count; file++) {
		file_map(&m, file);
		file_read(&m, &m.files[file]);
	}
	all_absent_explain(&m);
	for (uint32_t file = 0; file < m.file_count; file++)
		beginnings_explain(&m, file);
	for (uint32_t file = 0; file < m.file_count; file++)
		rest_count(&m, &m.files[file]);
	if (m.s->exclusive_lock) {
		holds_check(&m);
	} else {
		m.r.anomalies[ANOMALY_LOCK_OVERLAP] = COUNT_NULL;
		m.r.lock_lost = COUNT_NULL;
	}
	m.r.anomalies[ANOMALY_STALE_READ] = COUNT_NULL;
	m.r.anomalies[ANOMALY_DIVERGENT_VIEW] = COUNT_NULL;
	m.r.verdict = is_unsafe(&m)	    ? VERDICT_UNSAFE
		      : is_inconclusive(&m) ? VERDICT_INCONCLUSIVE
					    : VERDICT_SAFE;
	for (uint32_t file = 0; file < m.file_count; file++) {
		free(m.files[file].map);
		free(m.files[file].runs);
	}
	for (uint32_t w = 0; w < m.m->rank_count; w++)
		free(m.fates[w]);
	free(m.files);
	free(m.fates);
	free(m.copies);
	*ret_result = m.r;
}
