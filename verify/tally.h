/*
 * tally - what the histories alone tell: outcomes, latencies, shares.
 */
#ifndef TAILRACE_VERIFY_TALLY_H
#define TAILRACE_VERIFY_TALLY_H

#include "verify/evidence.h"

/* Fill @judgment's outcomes, latency and shares.  0 or -ENOMEM. */
int tally_histories(const struct evidence *evidence, struct judgment *judgment);

#endif
