/*
 * rank_file - a data file that the rank itself has open, through MPI, and in which
 * its writer appends.
 *
 * MPI knows ranks and not their children, so this writer runs in the rank: the one
 * exception to the rule that a rank never touches the mount.  mpi/ makes the file;
 * here it is two calls, so that appending knows nothing of MPI.
 */
#ifndef TAILRACE_WORKLOADS_RANK_FILE_H
#define TAILRACE_WORKLOADS_RANK_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Owner: who made it; it outlives the writer. */
struct rank_file {
	void *context;

	/*
	 * Write at the pointer that all ranks share: the bytes accepted, or a negative
	 * errno, after which anything may have been written.
	 */
	ssize_t (*write)(void *context, const void *bytes, size_t size);

	/*
	 * Called once by each rank.  0, or a negative errno where what was written may
	 * not have reached the file's server.
	 */
	int (*close)(void *context);
};

#endif
