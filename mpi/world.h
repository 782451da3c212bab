/*
 * world - the ranks of this run, and how they wait for each other: asleep.
 *
 * A rank that spins in MPI takes the processor from the writers that it is to
 * measure, so every wait here is a test, then a nap that grows.  What a caller
 * sees of MPI is in this header; <mpi.h> is not included outside of mpi/.
 *
 * Where no launcher started us there is one rank and MPI is not initialised at
 * all: a singleton MPI_Init forks a daemon and takes 0.4 s, and one rank has
 * nobody to talk to.
 *
 * All functions return 0 or a negative errno.  After a failure the ranks no
 * longer agree on what comes next; all that is left is world_abort.
 */
#ifndef TAILRACE_MPI_WORLD_H
#define TAILRACE_MPI_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct world {
	uint32_t rank;
	uint32_t size;
	bool launched; /* MPI is initialised */
	bool threads;  /* with MPI_THREAD_MULTIPLE, as was asked for */
};

/*
 * Join the other ranks.  To be called once, after the spawner was forked and
 * before any other function here.  @threads: other threads of this rank will call MPI,
 * too, if it can do that.  Raises the soft limit of this process on descriptors to the
 * hard one.  world_finalize ends it, and sleeps until all ranks have
 * come that far.
 */
int world_init(struct world *world, bool threads, struct error *err);
void world_finalize(struct world *world);

/*
 * Instead of world_finalize, and on all ranks: a thread of one of them is stuck in MPI
 * for ever, so that it can neither be finalised nor its process exit by itself.
 */
void world_leave(const struct world *world, int exit_code) __attribute__((noreturn));

/*
 * End all ranks at once with @exit_code: for a rank that can go no further while
 * the others would wait for it.  Whatever is to last must have been saved.
 */
void world_abort(const struct world *world, int exit_code) __attribute__((noreturn));

/*
 * The name and version of the MPI library, such as "Open MPI v4.1.4"; MPI need not be
 * initialised (MPI-3.1 section 8.1.1).  @ret_text of any size, cut to it.
 */
void world_library(char *ret_text, size_t bytes);

/* ---- collective: every rank calls them in the same order --------------- */

int world_barrier(const struct world *world);

/* @bytes (at most INT_MAX) of @data from rank 0 to all. */
int world_broadcast(const struct world *world, void *data, size_t bytes);

/*
 * @bytes of each rank's @mine, by rank, into @ret_all (bytes * size): on rank 0,
 * where the others may pass NULL; or on all of them.
 */
int world_gather(const struct world *world, const void *mine, size_t bytes,
		 void *ret_all);
int world_all_gather(const struct world *world, const void *mine, size_t bytes,
		     void *ret_all);

/*
 * The text @mine of each rank, by rank, one behind the other's end: on rank 0, which
 * owns *@ret_all; the others may pass NULL.
 */
int world_gather_texts(const struct world *world, const char *mine, char **ret_all);

/* *@it becomes true on all ranks where it is so on any. */
int world_any(const struct world *world, bool *it);

/* ---- point to point: streams, in the order they were sent --------------- */

/* At most INT_MAX bytes; both return when the caller may use @data again. */
int world_send(const struct world *world, uint32_t to, const void *data, size_t bytes);

/* -EMSGSIZE where more than @capacity was sent. */
int world_receive(const struct world *world, uint32_t from, void *data, size_t capacity,
		  size_t *ret_bytes);

#endif
