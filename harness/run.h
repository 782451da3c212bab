/*
 * run - what all the steps of one run share, on each rank.
 */
#ifndef TAILRACE_HARNESS_RUN_H
#define TAILRACE_HARNESS_RUN_H

#include <limits.h>
#include <stdbool.h>

#include "core/error.h"
#include "core/manifest.h"
#include "core/options.h"
#include "harness/exit_code.h"
#include "harness/plan.h"
#include "harness/spawner.h"
#include "mpi/clocks.h"
#include "mpi/gather.h"
#include "mpi/hosts.h"
#include "mpi/mail.h"
#include "mpi/world.h"

/* Rank 0, while writers append: is it time for them to leave? */
struct run_watch {
	bool (*wants_end)(void *context); /* NULL: nobody watches */
	void *context;
};

/* Owner: session_main, which frees it.  Empty when all zero. */
struct run {
	struct options options;
	struct plan plan; /* the same on every rank, once agreed */
	char *command;	  /* as typed */

	struct spawner spawner;
	int log_fd; /* what the children print; -1: goes nowhere */
	struct world world;
	struct hosts hosts;
	struct mailbox box;
	struct clocks clocks;
	struct child clock_service; /* of rank 0 */
	bool stuck; /* for ever: a thread of this rank or another one, in MPI */

	/* Rank 0, of the latest append phase: */
	uint64_t phase_start_ns, phase_end_ns;
	bool left_early; /* a writer had to, for want of room or success */
	struct run_watch watch;

	/* The same skeleton on every rank; rank 0 fills and saves it. */
	struct manifest manifest;
	char history_dir[PATH_MAX]; /* of this rank: made by it or a neighbour */
	uint64_t data_inode;	    /* of rank 0: the folder in DIR that it made */
	char mount_point[1024];	    /* of DIR, as this rank sees it */
};

/*
 * Collective: the failure of the lowest rank that met one becomes everybody's.
 * @exit_code is EXIT_SAFE where all is well here.  Returns the common exit code,
 * with the sentence in @err.  Ranks that lost touch are ended here.
 */
enum exit_code run_agree(const struct run *run, enum exit_code exit_code,
			 struct error *err);

/* The end of ranks that cannot talk to each other any more: @rc of MPI. */
void run_lost_touch(const struct run *run, int rc) __attribute__((noreturn));

/*
 * Collective: this rank's file @source (NULL: it has none) to the path that
 * @target_path says on rank 0.  There what became of each rank's, which the caller
 * frees; NULL elsewhere.
 */
struct gathered *run_gather(const struct run *run, const char *source,
			    gather_path_fn target_path, void *context);

/* Is this the rank that prints, and writes the run folder? */
bool run_is_first(const struct run *run);

/* --timeout for poll(2): whole milliseconds, at most INT_MAX. */
int run_timeout_ms(const struct run *run);

/*
 * Rank 0: have all writers of @strategy closed the data?  One that hangs has not, and
 * what it wrote may still change.
 */
bool run_all_closed(const struct run *run, const struct manifest_strategy *strategy);

#endif
