/* absent - see absent.h. */
#include "verify/absent.h"

#include <stdlib.h>

int record_id_compare(struct record_id a, struct record_id b)
{
	if (a.writer != b.writer)
		return a.writer < b.writer ? -1 : 1;
	return a.seq < b.seq ? -1 : a.seq > b.seq;
}

/* By record, then the place that it implies, then offset; for qsort(3). */
static int compare_places(const void *a, const void *b)
{
	const struct fragment *x = a, *y = b;
	int64_t x_place = (int64_t)x->offset - x->position;
	int64_t y_place = (int64_t)y->offset - y->position;
	int order = record_id_compare(x->id, y->id);

	if (order)
		return order;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x_place != y_place)
		return x_place < y_place ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

int pieces_gather(const struct evidence *e, struct stash *pieces)
{
	const struct damage *all = e->damage.items;

	for (size_t i = 0; i < e->damage.count; i++) {
		const struct segment *segment = &all[i].segment;
		struct fragment piece = {
			.id = segment->id,
			.position = segment->position - segment->shared,
			.length = (uint32_t)segment->length + segment->shared,
			.file = all[i].file,
			.offset = segment->offset - segment->shared,
		};
		int rc;

		if (segment->kind != SEGMENT_PIECE)
			continue;
		rc = stash_add(pieces, &piece);
		if (rc < 0)
			return rc;
	}
	stash_sort(pieces, compare_places);
	return 0;
}

static int compare_records(const void *a, const void *b)
{
	return record_id_compare(((const struct absent *)a)->id,
				 ((const struct absent *)b)->id);
}

/* By the range that they believe; for qsort_r(3). */
static int compare_believed(const void *a, const void *b, void *form)
{
	const struct absent *x = a, *y = b;
	uint32_t x_bytes = record_size(form, x->id), y_bytes = record_size(form, y->id);

	if (x->believed != y->believed)
		return x->believed < y->believed ? -1 : 1;
	return x_bytes < y_bytes ? -1 : x_bytes > y_bytes;
}

/* The first of @count sorted ones that believes the range of @key, or NULL. */
static struct absent *believed_find(struct record_form *form, const struct absent *key,
				    struct absent *absent, size_t count)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_believed(&absent[middle], key, form) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == count || compare_believed(&absent[low], key, form) != 0)
		return NULL;
	return &absent[low];
}

/*
 * Look for equal believed ranges among the appends of one writer.  Of those that
 * share one the first is doubted by any other append, and the rest follow it: so
 * a writer that always believes the same costs no more than any.
 */
static void believed_doubt(const struct evidence *e, uint32_t writer,
			   struct absent *absent, size_t count)
{
	const struct history *history = &e->writers[writer].history;
	struct record_form form = e->form;
	struct history_entry entry;

	qsort_r(absent, count, sizeof(*absent), compare_believed, &form);
	for (uint64_t seq = 0; count && seq < history->count; seq++) {
		struct absent key = {.id = {.writer = writer, .seq = seq}};
		struct absent *first;

		if (history_get(history, seq, &entry) < 0 ||
		    entry.offset == HISTORY_OFFSET_UNKNOWN)
			continue;
		key.believed = entry.offset;
		first = believed_find(&form, &key, absent, count);
		if (first && first->id.seq != seq)
			first->doubted = true;
	}
	for (size_t i = 1; i < count; i++)
		if (compare_believed(&absent[i - 1], &absent[i], &form) == 0)
			absent[i].doubted |= absent[i - 1].doubted;
	for (size_t i = 0; i < count; i++)
		if (absent[i].doubted)
			absent[i].believed = HISTORY_OFFSET_UNKNOWN;
	qsort(absent, count, sizeof(*absent), compare_records);
}

static bool all_found(const struct writer_evidence *w)
{
	uint64_t whole = w->history.count / 64, rest = w->history.count % 64;

	for (uint64_t i = 0; i < whole; i++)
		if (w->found[i] != UINT64_MAX)
			return false;
	return !rest || w->found[whole] == ((uint64_t)1 << rest) - 1;
}

/*
 * Offsets that only grow are all different: then nobody need look for equal ones, which
 * takes as long as all the rest.
 */
static int writer_gather(const struct evidence *e, uint32_t writer,
			 struct stash *absent)
{
	const struct history *history = &e->writers[writer].history;
	size_t first = absent->count;
	int64_t highest = HISTORY_OFFSET_UNKNOWN;
	bool growing = true;
	struct history_entry entry;

	for (uint64_t seq = 0; seq < history->count; seq++) {
		struct absent one = {.id = {.writer = writer, .seq = seq}};
		int rc;

		if (history_get(history, seq, &entry) < 0)
			continue;
		if (entry.offset != HISTORY_OFFSET_UNKNOWN) {
			growing &= entry.offset > highest;
			highest = entry.offset;
		}
		if (evidence_found(e, one.id) || entry.outcome == OUTCOME_FAILED)
			continue;
		one.believed = entry.offset;
		one.lost = entry.outcome == OUTCOME_ACKNOWLEDGED;
		rc = stash_add(absent, &one);
		if (rc < 0)
			return rc;
	}
	if (absent->count > first && !growing)
		believed_doubt(e, writer, (struct absent *)absent->items + first,
			       absent->count - first);
	return 0;
}

int absent_gather(const struct evidence *e, struct stash *absent)
{
	int rc = 0;

	for (uint32_t w = 0; rc == 0 && w < e->manifest->rank_count; w++)
		if (!all_found(&e->writers[w]))
			rc = writer_gather(e, w, absent);
	return rc;
}
