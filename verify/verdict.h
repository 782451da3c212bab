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
 * Set verdict, reason and contention of @judgment, whose counts stand already.
 */
void verdict_reach(const struct evidence *evidence, struct judgment *judgment);

/* Say that a strategy was skipped, and why. */
void verdict_skip(const struct manifest_strategy *strategy, struct judgment *judgment);

#endif
