/*
 * compare_views - where the views of several hosts differ, and whether that lasts.
 *
 * Hosts agree about a block if each that read it found the same bytes, as far as a
 * digest tells, and a file of the same size.  Pure functions of views.
 */
#ifndef TAILRACE_VERIFY_COMPARE_VIEWS_H
#define TAILRACE_VERIFY_COMPARE_VIEWS_H

#include "verify/stash.h"
#include "verify/view.h"

/* A block of a data file. */
struct view_place {
	uint32_t file;
	uint64_t index;
};

/*
 * Add to @differing (of struct view_place) the blocks about which @count @views do
 * not agree, in order.  Where the sizes of a file differ the block is among them
 * that holds the first byte beyond the smallest.  *@ret_compared counts the blocks
 * that two hosts or more have read.  0 or a negative errno.
 */
int views_differences(const struct view *views, size_t count, struct stash *differing,
		      uint64_t *ret_compared);

/* The blocks that the files have, as the host sees them that sees most. */
uint64_t views_blocks(const struct view *views, size_t count);

enum agreement {
	AGREEMENT_UNTOLD, /* not all were asked, and those agree that were */
	AGREEMENT_SAME,
	AGREEMENT_DIFFERENT,
};

/*
 * Do @views agree about @place, of @count hosts that should have been asked?
 * One that was not asked, or gave no view, has no sizes.
 */
enum agreement views_agreement(const struct view *views, size_t count,
			       struct view_place place);

/* Do these two see the same there?  A block that one did not read differs. */
bool views_same(const struct view *a, const struct view *b, struct view_place place);

/* What a difference in the first look came to. */
enum difference {
	DIFFERENCE_STALE,   /* it healed: a cache had old bytes */
	DIFFERENCE_LASTING, /* it is there past every cache */
	DIFFERENCE_UNTOLD,  /* too few hosts could be asked again */
};

/* By how the hosts agreed after reopening, and past their caches. */
enum difference difference_settle(enum agreement again, enum agreement direct);

#endif
