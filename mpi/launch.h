/*
 * launch - who started us, and starting mpirun ourselves.
 *
 * Knows environment variables and processes, not MPI: usage errors are found
 * and printed before MPI is initialised.
 */
#ifndef TAILRACE_MPI_LAUNCH_H
#define TAILRACE_MPI_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arguments.h"
#include "core/error.h"

/* What a launcher (mpirun, srun, a PMI) says in the environment. */
struct launch_environment {
	bool launched; /* we are one rank of a job */
	uint32_t rank;
	uint32_t size; /* 0: not told */
};

struct launch_environment launch_environment(void);

struct launch_options {
	uint32_t ranks;	      /* 0: as many as hosts are named, or slots there are */
	const char *hosts;    /* comma-separated, or NULL */
	const char *hostfile; /* or NULL */
	/* The path of what is there once every rank takes SIGUSR1, or NULL. */
	const char *begun;
};

/*
 * Start mpirun with @argv (ended by NULL, argv[0] the program) as every rank's
 * command and wait for it.  The first SIGINT or SIGTERM that we get meanwhile
 * becomes a SIGUSR1 to every rank, as soon as they are up: end the append phase and
 * judge.  The second
 * ends mpirun and all ranks at once.  What is set as OMPI_MCA_* in the
 * environment stays in force.
 *
 * Returns 0 with mpirun's exit code in @ret_exit_code, -1 there where a signal
 * ended it; -ECANCELED after a second interrupt; or another negative errno; with a
 * sentence in @err.
 */
int launch_mpirun(const struct launch_options *options, char *const argv[],
		  int *ret_exit_code, struct error *err);

/*
 * The command line of mpirun with @argv at its end, released by arguments_release.
 * 0 or -ENOMEM.  For launch_mpirun and its test.
 */
int launch_command(const struct launch_options *options, char *const argv[],
		   struct arguments *ret_command);

#endif
