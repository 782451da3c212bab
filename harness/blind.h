/*
 * blind - the judgment of what could not be judged: nothing was checked, and the
 * verdict is inconclusive.
 */
#ifndef TAILRACE_HARNESS_BLIND_H
#define TAILRACE_HARNESS_BLIND_H

#include "core/manifest.h"
#include "verify/judgment.h"

/*
 * Fill the empty @judgment of strategy @index of @manifest, for the reason @why; the
 * writers that hung, which may be what is behind it, are named none the less.  The
 * caller owns it (judgment_release).  0 or -ENOMEM.
 */
int blind_judgment(struct judgment *judgment, const struct manifest *manifest,
		   size_t index, const char *why);

#endif
