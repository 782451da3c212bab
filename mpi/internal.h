/* internal - what the files that include <mpi.h> share. */
#ifndef TAILRACE_MPI_INTERNAL_H
#define TAILRACE_MPI_INTERNAL_H

#include <mpi.h>

/* Tags keep streams, which are asked for, apart from mail, which is polled. */
enum {
	TAG_STREAM = 1,
	TAG_MAIL = 2,
};

/* The negative errno that stands for the MPI error @code; 0 for MPI_SUCCESS. */
int mpi_errno(int code);

/*
 * Wait for @request, asleep between tests.  @code is what the call returned
 * that started it.  @ret_status may be MPI_STATUS_IGNORE.
 */
int mpi_wait_asleep(int code, MPI_Request *request, MPI_Status *ret_status);

#endif
