/*
 * verdict - from what was counted to one word, and why.
 *
 * The rules are those of docs/guarantees.md.  The worst that this file could do
 * is to say `safe` where it is not.
 */
#ifndef TAILRACE_VERIFY_VERDICT_H
#define TAILRACE_VERIFY_VERDICT_H

#include "verify/evidence.h"

/*
 * Set verdict, reason and contention of @judgment, whose counts stand already.  No
 * history may be read for them later: one that is found to change is, of @evidence.
 */
void verdict_reach(struct evidence *evidence, struct judgment *judgment);

enum { HUNG_TEXT_BYTES = 512 }; /* what struct judgment has for a reason */

/*
 * "2 of 4 writers hung: write(2) in append 7 of rank 1; ...", with the calls of
 * the first few, into @ret_text.  Returns how many hung.
 */
uint32_t verdict_name_hung(const struct manifest *manifest,
			   const struct manifest_strategy *strategy,
			   char ret_text[HUNG_TEXT_BYTES]);

/*
 * Is what @judgment counts too little to call it safe: appends acknowledged, or, where
 * contention applies, hand-offs?  @faults: some were asked for.  Then why, into the
 * reason.
 */
bool verdict_find_shortage(struct judgment *judgment, bool faults);

/* What `safe` means of all acknowledged appends: "all 8 acknowledged ...", by workload.
 */
extern const char *const verdict_safe_words[WORKLOAD_COUNT];

/* Say that a strategy was skipped, and why. */
void verdict_skip(const struct manifest_strategy *strategy, struct judgment *judgment);

#endif
