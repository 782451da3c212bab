/*
 * shared_file - one file that all ranks have open through MPI-IO, with the file
 * pointer that they share.
 *
 * A call on a mount that is dead does not come back.  So a thread of its own makes
 * these calls, while the rank goes on talking to the others: MPI_THREAD_MULTIPLE, and a
 * communicator that nobody else uses.  A thread that is stuck in a call can be
 * given up: should the call return all the same, the thread sleeps for ever and touches
 * nothing any more.  MPI_Finalize is then out of the question; see world_leave.
 *
 * Lock-free, since the one who looks must not wait for the one who is stuck.
 */
#ifndef TAILRACE_MPI_SHARED_FILE_H
#define TAILRACE_MPI_SHARED_FILE_H

#include "core/error.h"
#include "mpi/world.h"
#include "workloads/rank_file.h"

struct shared_file;

/*
 * Collective, and the last thing that the ranks do as one: get ready to open @path,
 * which must exist.  0 with a file to be freed by shared_file_free; -EOPNOTSUPP: there
 * is no MPI here, or none for threads; or another negative errno; with a sentence.
 */
int shared_file_new(const struct world *world, const char *path,
		    struct shared_file **ret_file, struct error *err);

/* Collective.  The file is closed, or was never opened. */
void shared_file_free(struct shared_file *file);

/* ---- in the thread ------------------------------------------------------ */

/*
 * Collective among the threads: open the file for writing, and try whether it has a
 * shared pointer.  0 on all ranks or, on all of them, a negative errno with what MPI
 * says of it in @err: then it is closed again, but for ranks that had it open while
 * another could not open it, as a close would wait for that one.
 */
int shared_file_open(struct shared_file *file, struct error *err);

/*
 * Collective: MPI_File_close, which also has what was written reach the file's server;
 * nothing, where the open failed.  0 or a negative errno.
 */
int shared_file_close(struct shared_file *file);

/* The same write and close for the writer; borrowed. */
const struct rank_file *shared_file_as_rank_file(struct shared_file *file);

/*
 * From now on the close calls nothing and returns -ECANCELED: other ranks will not
 * come to it.
 */
void shared_file_leave_open(struct shared_file *file);

/* ---- in another thread ---------------------------------------------------- */

/*
 * Give up the thread, if it is in a call: true, and it will never return from it.
 * False: it is not in any.
 */
bool shared_file_abandon(struct shared_file *file);

#endif
