/*
 * guard - what may hang for ever, since a mount does not answer, is done by a child.
 *
 * Who hangs there may be deaf even to SIGKILL, so the child is given up: we end, and
 * it ends when its mount answers or is taken away.  It must not keep others waiting
 * who read what we print to the end; so where that is a pipe, the child prints to us.
 */
#ifndef TAILRACE_HARNESS_GUARD_H
#define TAILRACE_HARNESS_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"

/*
 * True in a child, which does the work and ends as this program would have.  False in
 * the parent when that child has ended, with its exit status; or with
 * EXIT_COULD_NOT_RUN and a sentence where a signal ended it, or it neither ran nor read
 * anything for @patience_ns: then it was killed as far as that goes.
 *
 * Where /proc does not tell what the child does, there is no time-out.  Not for a
 * process with threads.
 */
bool guard_child(uint64_t patience_ns, int *ret_exit_code, struct error *err);

#endif
