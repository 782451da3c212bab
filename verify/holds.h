/*
 * holds - did two writers hold an exclusive lock at one time?
 */
#ifndef TAILRACE_VERIFY_HOLDS_H
#define TAILRACE_VERIFY_HOLDS_H

#include "verify/evidence.h"

/*
 * Count `lock_overlap` and lock_lost, where the strategy's lock excludes.
 * O(n log n) over the appends, in little memory.  0 or a negative errno with a
 * sentence.
 */
int holds_check(struct evidence *evidence, struct error *err);

#endif
