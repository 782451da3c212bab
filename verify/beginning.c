/*
 * beginning - see beginning.h.
 *
 * The text of records sorts as their identities do, digits being in the order of
 * their characters.  So the longest beginning that agrees with some bytes is
 * found by bisection: it is next to where the bytes would stand.
 */
#include "verify/beginning.h"

#include <errno.h>
#include <string.h>

struct search {
	const struct evidence *e;
	const struct record_id *ids; /* of the file's writers, sorted */
	size_t count;
};

/* How the bytes compare with the first of record number @index. */
static int head_compare(const struct search *s, size_t index, const uint8_t *bytes,
			size_t length, size_t *ret_agree)
{
	uint8_t head[RECORD_CELL_BYTES];
	size_t agree = 0;

	record_write_head(&s->e->form, s->ids[index], head);
	while (agree < length && head[agree] == bytes[agree])
		agree++;
	*ret_agree = agree;
	return agree == length ? 0 : head[agree] < bytes[agree] ? -1 : 1;
}

/* The first record that does not sort before the bytes. */
static size_t head_find(const struct search *s, const uint8_t *bytes, size_t length)
{
	size_t low = 0, high = s->count, agree;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (head_compare(s, middle, bytes, length, &agree) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The record whose beginning agrees with the most of these bytes, the first of
 * those that agree with as many.  Returns how many, 0 for none.
 */
static size_t longest_beginning(const struct search *s, const uint8_t *bytes,
				size_t length, struct record_id *ret_id)
{
	size_t at, agree, longest = 0;

	if (length > RECORD_CELL_BYTES)
		length = RECORD_CELL_BYTES;
	at = head_find(s, bytes, length);
	for (size_t i = at ? at - 1 : 0; i <= at && i < s->count; i++) {
		head_compare(s, i, bytes, length, &agree);
		longest = agree > longest ? agree : longest;
	}
	if (longest)
		*ret_id = s->ids[head_find(s, bytes, longest)];
	return longest;
}

/* @length bytes at @at are the beginning of @id: they, and NULs behind, are its. */
static int beginning_explain(const struct search *s, const struct damage *run,
			     uint64_t at, size_t length, struct record_id id,
			     struct debris *debris)
{
	int64_t from = (int64_t)at;
	int rc =
		debris_explain_foreign(debris, run->file, from, from + (int64_t)length);

	return rc < 0 ? rc
		      : debris_explain_nul(debris, run->file, from,
					   from + record_size(&s->e->form, id));
}

/* Walk through one foreign run, from beginning to beginning. */
static int run_explain(const struct search *s, struct source *source,
		       const struct damage *run, struct debris *debris)
{
	uint64_t at = run->segment.offset, end = at + run->segment.length;
	int rc = 0;

	while (rc == 0 && at < end) {
		size_t length = end - at < RECORD_CELL_BYTES ? (size_t)(end - at)
							     : RECORD_CELL_BYTES;
		struct record_id id = {0};
		const uint8_t *bytes;
		size_t available;
		uint64_t explained;

		rc = source_view(source, at, length, &bytes, &available);
		if (rc < 0 || available < length)
			return rc;
		length = longest_beginning(s, bytes, length, &id);
		if (length) {
			rc = beginning_explain(s, run, at, length, id, debris);
			at += length;
			continue;
		}
		explained = debris_foreign_end(debris, run->file, at);
		if (explained == at)
			return 0;
		at = explained;
	}
	return rc;
}

/* The records that may stand in @file: all, or its own writer's. */
static struct search search_in(const struct evidence *e, const struct stash *unknown,
			       uint32_t file)
{
	struct search s = {.e = e, .ids = unknown->items, .count = unknown->count};

	if (e->strategy->shared_file)
		return s;
	while (s.count && s.ids[0].writer < file) {
		s.ids++;
		s.count--;
	}
	while (s.count && s.ids[s.count - 1].writer > file)
		s.count--;
	return s;
}

/* All foreign runs of @file, of which @first is the first damage. */
static int file_explain(const struct evidence *e, const struct stash *unknown,
			size_t first, struct debris *debris)
{
	const struct damage *all = e->damage.items;
	uint32_t file = all[first].file;
	struct search s = search_in(e, unknown, file);
	struct source source;
	int rc;

	if (!s.count)
		return 0;
	rc = source_open(&source, e->file_paths[file], RECORD_CELL_BYTES, SOURCE_AHEAD,
			 false, NULL);
	if (rc < 0)
		return rc;
	for (size_t i = first; rc == 0 && i < e->damage.count && all[i].file == file;
	     i++)
		if (all[i].segment.kind == SEGMENT_FOREIGN)
			rc = run_explain(&s, &source, &all[i], debris);
	source_close(&source);
	return rc;
}

int beginnings_explain(const struct evidence *e, const struct stash *unknown,
		       struct debris *debris)
{
	const struct damage *all = e->damage.items;
	int rc = 0;

	debris_sort(debris);
	for (size_t i = 0; rc == 0 && unknown->count && i < e->damage.count; i++)
		if (i == 0 || all[i].file != all[i - 1].file)
			rc = file_explain(e, unknown, i, debris);
	return rc;
}
