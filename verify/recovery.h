/*
 * recovery - how long it took to get over the faults that were asked for, as
 * docs/guarantees.md defines it (Faults); from histories and clocks alone.
 */
#ifndef TAILRACE_VERIFY_RECOVERY_H
#define TAILRACE_VERIFY_RECOVERY_H

#include "verify/evidence.h"
#include "verify/judgment.h"

/* So many faults of one strategy are measured; a plan has no more. */
enum { RECOVERY_FAULTS_MAX = 16 };

/*
 * Fill judgment->recoveries: one for each fault that struck this strategy.  One pass
 * over the histories, and 256 KiB however long they are.  0 or -ENOMEM.
 */
int recovery_measure(const struct evidence *evidence, struct judgment *judgment);

#endif
