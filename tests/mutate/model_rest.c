/*
 * model_rest - the bytes that no record's place explains: beginnings of what may have
 * been written, padding, gaps, and what is foreign.
 */
#include "tests/mutate/model_parts.h"

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

			if (m->found[w][seq] || outcome == OUTCOME_FAILED ||
			    outcome == OUTCOME_ACKNOWLEDGED ||
			    (!m->s->shared_file && w != file))
				continue;
			text = model_text(m, id);
			while (at + length < end &&
			       model_fits(&m->files[file], text, at, at + length))
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

void model_explain_beginnings(struct model *m, uint32_t file)
{
	struct model_file *f = &m->files[file];
	int64_t end = 0;

	for (int64_t at = 0; at < f->length; at = end + 1) {
		for (end = at; end < f->length && f->map[end].owner == NOBODY;)
			end++;
		run_explain(m, file, at, end);
	}
}

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
		return !known(m, b->id) || m->found[b->id.writer][b->id.seq] ||
		       entry_of(m, b->id)->outcome == OUTCOME_FAILED;
	return b->owner == NOBODY && !b->foreign_explained;
}

void model_count_rest(struct model *m, const struct model_file *f)
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
