/*
 * recollect - what the histories know of the records in a chunk, looked up by the
 * thread that found them while it waits for its turn: what is left to do one after the
 * other is what depends on their order.
 */
#ifndef TAILRACE_VERIFY_RECOLLECT_H
#define TAILRACE_VERIFY_RECOLLECT_H

#include "verify/evidence.h"

struct recollection;

/*
 * For as many threads as @evidence is to be judged by.  NULL: there is no memory for
 * it, or it would take too much; then nothing is looked up before its turn.  While it
 * is open each thread has its own tally of what it is the first to read.
 */
struct recollection *recollect_open(const struct evidence *evidence);

/*
 * By thread @member: attach to each of these records the entry of its append
 * (segment->note, a struct history_entry), where its history has an intact one.  Valid
 * until the same thread calls again.
 */
void recollect(struct recollection *recollection, uint32_t member,
	       struct segment *segments, size_t count);

/* Add the threads' tallies to that of @evidence.  Harmless on NULL. */
void recollect_close(struct recollection *recollection, struct evidence *evidence);

#endif
