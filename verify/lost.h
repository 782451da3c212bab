/*
 * lost - the cause of each loss, and whose debris the damage is.
 *
 * Runs after match: everything that is not part of an intact record is known
 * then.  What no record explains becomes `gap` and `foreign`.
 */
#ifndef TAILRACE_VERIFY_LOST_H
#define TAILRACE_VERIFY_LOST_H

#include "verify/evidence.h"

/* Returns 0 or a negative errno with a sentence in @err. */
int lost_explain(struct evidence *evidence, struct error *err);

#endif
