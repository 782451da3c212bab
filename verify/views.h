/*
 * views - do all hosts see the same bytes of the closed data files?
 *
 * By what they saved in the run folder after the append phase (verify/view.h).
 */
#ifndef TAILRACE_VERIFY_VIEWS_H
#define TAILRACE_VERIFY_VIEWS_H

#include "verify/evidence.h"

/* Do views of two hosts or more promise to be there? */
bool views_taken(const struct evidence *evidence);

/*
 * Count `divergent_view` and the stale caches.  A promised view that is missing or
 * damaged is noted; with less than two left nothing is counted (null).
 * 0 or a negative errno with a sentence in @err.
 */
int views_check(struct evidence *evidence, struct error *err);

#endif
