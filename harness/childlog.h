/*
 * childlog - what the children of a rank print, which is nothing unless
 * something is badly wrong: kept aside, and put into the run folder if so.
 */
#ifndef TAILRACE_HARNESS_CHILDLOG_H
#define TAILRACE_HARNESS_CHILDLOG_H

#include "harness/run.h"

/* Start the spawner with a log that has no name, and so leaves no trace. */
int childlog_start_spawner(struct run *run, struct error *err);

/* Collective: any log that is not empty becomes env/children.<rank>.log. */
void childlog_gather(struct run *run);

void childlog_release(struct run *run);

#endif
