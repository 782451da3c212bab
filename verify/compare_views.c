/* compare_views - see compare_views.h. */
#include "verify/compare_views.h"

#include <errno.h>
#include <stdlib.h>

static int place_compare(const void *a, const void *b)
{
	const struct view_place *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Which of its blocks each view is at, while all are walked through together. */
struct walk {
	const struct view *views;
	size_t count;
	size_t *at;
};

/* The least place that a view is at; false: all are at their end. */
static bool walk_next(const struct walk *w, struct view_place *ret_place)
{
	bool any = false;

	for (size_t v = 0; v < w->count; v++) {
		const struct view *view = &w->views[v];
		struct view_place place;

		if (w->at[v] == view->block_count)
			continue;
		place = (struct view_place){view->blocks[w->at[v]].file,
					    view->blocks[w->at[v]].index};
		if (!any || place_compare(&place, ret_place) < 0)
			*ret_place = place;
		any = true;
	}
	return any;
}

static bool blocks_equal(const struct view_block *a, const struct view_block *b)
{
	return a->length == b->length && a->digest == b->digest;
}

/* Take the blocks at @place; were those who have it equal, and how many? */
static bool walk_take(struct walk *w, struct view_place place, size_t *ret_readers)
{
	const struct view_block *first = NULL;
	bool equal = true;

	*ret_readers = 0;
	for (size_t v = 0; v < w->count; v++) {
		const struct view_block *block = w->views[v].blocks + w->at[v];

		if (w->at[v] == w->views[v].block_count || block->file != place.file ||
		    block->index != place.index)
			continue;
		first = first ? first : block;
		equal &= blocks_equal(first, block);
		++*ret_readers;
		w->at[v]++;
	}
	return equal;
}

/* Blocks that two hosts or more have read, and whose bytes differ. */
static int blocks_compare(const struct view *views, size_t count,
			  struct stash *differing, uint64_t *ret_compared)
{
	struct walk w = {views, count, calloc(count + 1, sizeof(size_t))};
	struct view_place place = {0};
	size_t readers;
	int rc = w.at ? 0 : -ENOMEM;

	*ret_compared = 0;
	while (rc == 0 && walk_next(&w, &place)) {
		if (!walk_take(&w, place, &readers))
			rc = stash_add(differing, &place);
		*ret_compared += readers > 1;
	}
	free(w.at);
	return rc;
}

static void size_range(const struct view *views, size_t count, uint32_t file,
		       uint64_t *ret_smallest, uint64_t *ret_largest)
{
	*ret_smallest = UINT64_MAX;
	*ret_largest = 0;
	for (size_t v = 0; v < count; v++) {
		uint64_t size = views[v].sizes[file];

		*ret_smallest = size < *ret_smallest ? size : *ret_smallest;
		*ret_largest = size > *ret_largest ? size : *ret_largest;
	}
}

static int sizes_compare(const struct view *views, size_t count,
			 struct stash *differing)
{
	uint64_t smallest, largest;
	int rc = 0;

	for (uint32_t file = 0; rc == 0 && file < views[0].identity.file_count;
	     file++) {
		struct view_place place = {.file = file};

		size_range(views, count, file, &smallest, &largest);
		place.index = smallest / views[0].identity.block_bytes;
		if (smallest != largest)
			rc = stash_add(differing, &place);
	}
	return rc;
}

/* Sort, and leave out what stands there twice. */
static void places_tidy(struct stash *places)
{
	struct view_place *all = places->items;
	size_t kept = 0;

	stash_sort(places, place_compare);
	for (size_t i = 0; i < places->count; i++)
		if (!kept || place_compare(&all[kept - 1], &all[i]) != 0)
			all[kept++] = all[i];
	places->count = kept;
}

int views_differences(const struct view *views, size_t count, struct stash *differing,
		      uint64_t *ret_compared)
{
	int rc;

	*ret_compared = 0;
	if (!count)
		return 0;
	rc = blocks_compare(views, count, differing, ret_compared);
	if (rc == 0)
		rc = sizes_compare(views, count, differing);
	places_tidy(differing);
	return rc;
}

uint64_t views_blocks(const struct view *views, size_t count)
{
	uint64_t blocks = 0, smallest, largest;

	for (uint32_t file = 0; count && file < views[0].identity.file_count; file++) {
		size_range(views, count, file, &smallest, &largest);
		blocks += largest / views[0].identity.block_bytes +
			  (largest % views[0].identity.block_bytes != 0);
	}
	return blocks;
}

bool views_same(const struct view *a, const struct view *b, struct view_place place)
{
	const struct view_block *x = view_find(a, place.file, place.index);
	const struct view_block *y = view_find(b, place.file, place.index);

	return x && y && blocks_equal(x, y) &&
	       a->sizes[place.file] == b->sizes[place.file];
}

enum agreement views_agreement(const struct view *views, size_t count,
			       struct view_place place)
{
	const struct view *first = NULL;
	size_t asked = 0;

	for (size_t v = 0; v < count; v++) {
		if (!views[v].sizes || !view_find(&views[v], place.file, place.index))
			continue;
		first = first ? first : &views[v];
		if (!views_same(first, &views[v], place))
			return AGREEMENT_DIFFERENT;
		asked++;
	}
	return asked == count ? AGREEMENT_SAME : AGREEMENT_UNTOLD;
}

enum difference difference_settle(enum agreement again, enum agreement direct)
{
	if (direct == AGREEMENT_DIFFERENT)
		return DIFFERENCE_LASTING;
	if (direct == AGREEMENT_SAME || again == AGREEMENT_SAME)
		return DIFFERENCE_STALE;
	return DIFFERENCE_UNTOLD;
}
