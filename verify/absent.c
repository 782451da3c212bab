/* absent - see absent.h. */
#include "verify/absent.h"

#include <stdlib.h>

int record_id_compare(struct record_id a, struct record_id b)
{
	if (a.writer != b.writer)
		return a.writer < b.writer ? -1 : 1;
	return a.seq < b.seq ? -1 : a.seq > b.seq;
}

int fragment_compare(const void *a, const void *b)
{
	const struct fragment *x = a, *y = b;
	int order = record_id_compare(x->id, y->id);

	if (order)
		return order;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

int pieces_gather(const struct evidence *e, struct stash *pieces)
{
	const struct damage *all = e->damage.items;

	for (size_t i = 0; i < e->damage.count; i++) {
		const struct segment *segment = &all[i].segment;
		struct fragment piece = {
			.id = segment->id,
			.position = segment->position,
			.length = (uint32_t)segment->length,
			.file = all[i].file,
			.offset = segment->offset,
		};
		int rc;

		if (segment->kind != SEGMENT_PIECE)
			continue;
		rc = stash_add(pieces, &piece);
		if (rc < 0)
			return rc;
	}
	stash_sort(pieces, fragment_compare);
	return 0;
}

static int compare_believed(const void *a, const void *b)
{
	const struct absent *x = a, *y = b;

	return x->believed < y->believed ? -1 : x->believed > y->believed;
}

static int compare_records(const void *a, const void *b)
{
	return record_id_compare(((const struct absent *)a)->id,
				 ((const struct absent *)b)->id);
}

/* Append @seq of @writer believes @offset: doubt the absent ones that do too. */
static void believed_compare(const struct evidence *e, uint32_t writer, uint64_t seq,
			     int64_t offset, struct absent *absent, size_t count)
{
	struct record_id id = {.writer = writer, .seq = seq};
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (absent[middle].believed < offset)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && absent[low].believed == offset; low++)
		if (absent[low].id.seq != seq &&
		    record_size(&e->form, absent[low].id) == record_size(&e->form, id))
			absent[low].doubted = true;
}

/* Look for equal believed ranges among the appends of one writer. */
static void believed_doubt(const struct evidence *e, uint32_t writer,
			   struct absent *absent, size_t count)
{
	const struct history *history = &e->writers[writer].history;
	struct history_entry entry;

	qsort(absent, count, sizeof(*absent), compare_believed);
	for (uint64_t seq = 0; count && seq < history->count; seq++)
		if (history_get(history, seq, &entry) == 0 &&
		    entry.offset != HISTORY_OFFSET_UNKNOWN)
			believed_compare(e, writer, seq, entry.offset, absent, count);
	for (size_t i = 0; i < count; i++)
		if (absent[i].doubted)
			absent[i].believed = HISTORY_OFFSET_UNKNOWN;
	qsort(absent, count, sizeof(*absent), compare_records);
}

static int writer_gather(const struct evidence *e, uint32_t writer,
			 struct stash *absent)
{
	const struct history *history = &e->writers[writer].history;
	size_t first = absent->count;
	struct history_entry entry;
	int rc;

	for (uint64_t seq = 0; seq < history->count; seq++) {
		struct absent one = {.id = {.writer = writer, .seq = seq}};

		if (evidence_found(e, one.id) ||
		    history_get(history, seq, &entry) < 0 ||
		    entry.outcome == OUTCOME_FAILED)
			continue;
		one.believed = entry.offset;
		one.lost = entry.outcome == OUTCOME_ACKNOWLEDGED;
		rc = stash_add(absent, &one);
		if (rc < 0)
			return rc;
	}
	if (absent->count > first)
		believed_doubt(e, writer, (struct absent *)absent->items + first,
			       absent->count - first);
	return 0;
}

int absent_gather(const struct evidence *e, struct stash *absent)
{
	int rc = 0;

	for (uint32_t w = 0; rc == 0 && w < e->manifest->rank_count; w++)
		rc = writer_gather(e, w, absent);
	return rc;
}
