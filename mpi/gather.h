/*
 * gather - bring one file from each rank to rank 0, which never holds more of
 * them than one chunk of a MiB: rank after rank, chunk after chunk; and of some ranks
 * that come next the 64 KiB at most that MPI sends unasked.
 *
 * A file that is missing, or shorter than was promised, or cannot be read or
 * written, is that rank's misfortune and is reported as such: the others arrive.
 */
#ifndef TAILRACE_MPI_GATHER_H
#define TAILRACE_MPI_GATHER_H

#include <stdint.h>

#include "mpi/world.h"

/* How it went with one rank's file; on rank 0. */
struct gathered {
	int source_rc;	/* 0 or a negative errno of reading it there */
	int target_rc;	/* 0 or a negative errno of writing it here */
	uint64_t bytes; /* that arrived */
};

/*
 * A new string: where rank 0 is to put the file of @rank; or NULL without
 * memory, or where its file is not wanted: it is then reported as -ENOMEM.
 */
typedef char *(*gather_path_fn)(void *context, uint32_t rank);

/*
 * Collective.  @source is this rank's file, of which the first @source_bytes are
 * sent, or NULL (reported as -ENOENT).  Rank 0 creates each file by O_EXCL with
 * mode 0600, at the path that @target_path says, and fills @ret_gathered (one
 * per rank; the others may pass NULL).
 * Returns 0 unless the ranks have lost touch (a negative errno).
 */
int gather_files(const struct world *world, const char *source, uint64_t source_bytes,
		 gather_path_fn target_path, void *context,
		 struct gathered *ret_gathered);

#endif
