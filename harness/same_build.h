/*
 * same_build - is it one program that runs on all ranks?  Ranks exchange structs as
 * they stand, and a verdict is that of one verifier.
 */
#ifndef TAILRACE_HARNESS_SAME_BUILD_H
#define TAILRACE_HARNESS_SAME_BUILD_H

#include <stddef.h>

#include "harness/run.h"

/* Any build id as hex: SHA-1's 20 bytes are usual. */
enum { BUILD_ID_CHARS = 64 };

/*
 * The build id that the linker has put into this program (ld(1), --build-id; the
 * first BUILD_ID_CHARS of it), as hex; "" where it has none.  Reads memory only.
 */
void build_id_read(char ret_id[BUILD_ID_CHARS + 1]);

/*
 * Collective, before anything else is exchanged.  EXIT_SAFE, or EXIT_COULD_NOT_RUN on
 * all ranks with a sentence that names two that differ.
 */
enum exit_code same_build(const struct run *run, struct error *err);

#endif
