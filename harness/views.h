/*
 * views - after the append phase every host reads the closed data files through
 * its own mount, and leaves in the run folder what it saw; the verifier compares.
 */
#ifndef TAILRACE_HARNESS_VIEWS_H
#define TAILRACE_HARNESS_VIEWS_H

#include "harness/run.h"

/*
 * Collective.  Take the views of strategy number @index, if they are wanted and
 * can tell anything: it ran, on a file system that is not local, from two hosts or
 * more, and every writer has closed its file.  A host that cannot give one is
 * told on stderr, and is left out of the comparison.  Rank 0 notes in the manifest
 * which were given, and saves it.
 * Returns EXIT_SAFE, or EXIT_COULD_NOT_RUN with a sentence.
 */
enum exit_code views(struct run *run, uint32_t index, struct error *err);

#endif
