/*
 * own_writer - the writer of a rank, as the rank sees it: a child process or, where
 * it needs MPI, a thread of the rank.  Either may hang.
 */
#ifndef TAILRACE_HARNESS_OWN_WRITER_H
#define TAILRACE_HARNESS_OWN_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "harness/rank_writer.h"
#include "harness/run.h"
#include "harness/spawner.h"
#include "workloads/writer.h"

/* Empty when all zero. */
struct own_writer {
	struct child child;	     /* of a thread the socket alone */
	struct rank_writer *in_rank; /* NULL: a child, or nobody */
};

/*
 * Start it; it then sends a struct writer_ready.  Collective for a writer in the rank.
 * 0 or a negative errno with a sentence.
 */
int own_writer_start(struct own_writer *own, struct run *run,
		     const struct writer_job *job, struct error *err);

/* As child_receive. */
int own_writer_hear(const struct own_writer *own, void *message, size_t capacity,
		    int timeout_ms, size_t *ret_bytes);

/* Have it append from @start_ns on; it ends that by a struct writer_report. */
void own_writer_begin(const struct own_writer *own, uint64_t start_ns);

/* Have it leave after the current append. */
void own_writer_stop(const struct own_writer *own);

/* Have a signal sent to it, if it is a child. */
void own_writer_signal(const struct own_writer *own, int signal_number);

/* The process or thread, as proc(5) knows it. */
pid_t own_writer_pid(const struct own_writer *own);

/*
 * It hangs, or the spawner does: kill the child, if there is one, which may not even
 * die; give up the thread, so that it never comes back.  0, or -EBUSY: a thread that
 * does something else than to hang in MPI.
 */
int own_writer_give_up(struct own_writer *own);

/* It closed its end of the socket, or is not to begin: see that the child is dead. */
void own_writer_bury(struct own_writer *own, int timeout_ms);

/* It has reported: let go of the child.  A thread still has its file open. */
void own_writer_release(struct own_writer *own);

/*
 * Where it is a thread that has reported, or did not begin: have it close its file, if
 * @close, which must be the same on all ranks, or leave it open; and end.  0 or
 * -ETIMEDOUT: it hangs in that.
 */
int own_writer_farewell(struct own_writer *own, bool close, int timeout_ms);

#endif
