/*
 * rank_writer - a writer that needs MPI: a thread of its rank.
 *
 * It is talked to like a child, over a socket: it says whether it is ready, is told
 * when to begin and reports how it went; then it is told to close the file, which
 * all ranks do together, or to leave it.  Like a child it may hang in any call on the
 * file; unlike one it cannot be killed, but be given up.
 *
 * It takes no signals: those are the rank's.
 */
#ifndef TAILRACE_HARNESS_RANK_WRITER_H
#define TAILRACE_HARNESS_RANK_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/error.h"
#include "mpi/world.h"
#include "workloads/writer.h"

struct rank_writer;

/*
 * Collective: start the thread, which opens the file and sends a struct writer_ready.
 * 0 or a negative errno with a sentence.  Ended by rank_writer_farewell or, if it
 * hangs, given up for ever.
 */
int rank_writer_start(const struct world *world, const struct writer_job *job,
		      struct rank_writer **ret_writer, struct error *err);

/* The rank's end of the socket; and gettid(2) of the thread, 0 before it runs. */
int rank_writer_fd(const struct rank_writer *writer);
pid_t rank_writer_tid(const struct rank_writer *writer);

/* Have it append from @start_ns on; the report is a struct writer_report. */
int rank_writer_begin(const struct rank_writer *writer, uint64_t start_ns);

/* Have it leave after the current append. */
void rank_writer_stop(struct rank_writer *writer);

/*
 * It has reported, or was never begun.  @close: all other ranks do the same, and the
 * file is closed; else it is left open, and what was written there is disowned.
 * Returns 0 and frees @writer, or -ETIMEDOUT: then it hangs.
 */
int rank_writer_farewell(struct rank_writer *writer, bool close, int timeout_ms);

/*
 * It hangs: from now on it touches nothing any more, and what it had not closed is
 * disowned.  @writer is not freed, since the call that hangs may still use it.
 * 0, or -EBUSY where it hangs elsewhere than in a call of MPI.
 */
int rank_writer_give_up(struct rank_writer *writer);

#endif
