/*
 * stuck - the words for a writer that does not come back: in which call, where, and
 * since when.
 */
#ifndef TAILRACE_HARNESS_STUCK_H
#define TAILRACE_HARNESS_STUCK_H

#include <stdint.h>

#include "harness/own_writer.h"
#include "harness/run.h"

enum { STUCK_BYTES = 256 };

/*
 * "flock(2) in append 12 of rank 3 on host n2, without progress for 3s, since
 * 12:03:04 UTC": of this rank's writer, which is asked for its call; @where is "in
 * append 12", and @elapsed_ns how long it has been there.
 */
void stuck_tell(const struct run *run, const struct own_writer *writer,
		const char *where, uint64_t elapsed_ns, char ret_text[STUCK_BYTES]);

#endif
