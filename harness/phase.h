/*
 * phase - one strategy: from its data file to its histories in the run folder.
 */
#ifndef TAILRACE_HARNESS_PHASE_H
#define TAILRACE_HARNESS_PHASE_H

#include "harness/run.h"

/*
 * Collective.  Append with strategy number @index and gather the histories.
 * How it went is in run->manifest (rank 0); a mount that cannot do it, or a
 * failure to prepare a writer, makes it skipped.  Rank 0 saves the manifest
 * before and after.  Returns EXIT_SAFE, or EXIT_COULD_NOT_RUN with a sentence.
 */
enum exit_code phase(struct run *run, uint32_t index, struct error *err);

/* Rank 0: this strategy and those after it do not run any more. */
void phase_skip(struct run *run, uint32_t index, const char *reason, int errnum);

#endif
