/*
 * outline - the manifest of a run before anything happened: the plan and the
 * hosts.  Every rank makes the same one, for the paths and records in it.
 */
#ifndef TAILRACE_HARNESS_OUTLINE_H
#define TAILRACE_HARNESS_OUTLINE_H

#include "harness/run.h"

/* Fill run->manifest from plan and hosts.  0 or -ENOMEM with a sentence. */
int outline_make(struct run *run, struct error *err);

/* Rank 0: copy the clock samples so far into run->manifest.  0 or -ENOMEM. */
int outline_take_clocks(struct run *run);

#endif
