/*
 * chain - did each writer see, under its lock, what the one before it had left?
 */
#ifndef TAILRACE_VERIFY_CHAIN_H
#define TAILRACE_VERIFY_CHAIN_H

#include "verify/handoff.h"

/* Is there such a chain, and a lock under which it must hold? */
bool chain_applies(const struct evidence *evidence);

/*
 * The record @id, with @entry in its history, stands at @offset, right behind
 * the whole record of @last (or, if there is none, at the beginning).  Counts a
 * stale_read where it saw something else although @last had given up its lock before
 * this one was granted.  0 or a negative errno.
 */
int chain_check(struct evidence *evidence, const struct effect *last,
		struct record_id id, const struct history_entry *entry,
		uint64_t offset);

#endif
