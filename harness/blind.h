/*
 * blind - the judgment of what could not be judged: nothing was checked, and the
 * verdict is inconclusive.
 */
#ifndef TAILRACE_HARNESS_BLIND_H
#define TAILRACE_HARNESS_BLIND_H

#include "core/manifest.h"
#include "verify/judgment.h"

/*
 * Fill the empty @judgment of a strategy of @manifest, for the reason @why.  The
 * caller owns it (judgment_release).  0 or -ENOMEM.
 */
int blind_judgment(struct judgment *judgment, const struct manifest *manifest,
		   const char *why);

#endif
