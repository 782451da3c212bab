/*
 * handoff - did the writers really race?  Counts the hand-offs that contention is
 * the share of (docs/guarantees.md).
 */
#ifndef TAILRACE_VERIFY_HANDOFF_H
#define TAILRACE_VERIFY_HANDOFF_H

#include "verify/evidence.h"

/* An append that took effect, in the order of effects; all zero: none yet. */
struct effect {
	bool any;
	struct record_id id;
	struct history_entry entry;
};

/*
 * The append @id, with @entry in its history, took effect right after @last:
 * count it in evidence->appends_placed, and as a hand-off if it was one.
 */
void handoff_count(struct evidence *evidence, const struct effect *last,
		   struct record_id id, const struct history_entry *entry);

#endif
