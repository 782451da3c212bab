/* shared_file - see shared_file.h. */
#include "mpi/shared_file.h"

#include "mpi/internal.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { IDLE, IN_CALL, ABANDONED };

struct shared_file {
	MPI_Comm comm;
	MPI_File handle; /* MPI_FILE_NULL: closed */
	atomic_int state;
	bool leave_open;
	struct rank_file as_rank_file;
	char path[PATH_MAX];
};

/* ---- calls that may never come back ---------------------------------------- */

static void call_begins(struct shared_file *file)
{
	atomic_store(&file->state, IN_CALL);
}

/* Whoever was given up does not come back from here. */
static void call_ends(struct shared_file *file)
{
	int state = IN_CALL;

	if (atomic_compare_exchange_strong(&file->state, &state, IDLE))
		return;
	for (;;)
		pause();
}

bool shared_file_abandon(struct shared_file *file)
{
	int state = IN_CALL;

	return atomic_compare_exchange_strong(&file->state, &state, ABANDONED);
}

/* ---- making and opening ------------------------------------------------------ */

static ssize_t put(void *context, const void *bytes, size_t size);
static int close_file(void *context);

int shared_file_new(const struct world *world, const char *path,
		    struct shared_file **ret_file, struct error *err)
{
	struct shared_file *file;
	MPI_Request request;
	int rc;

	if (!world->launched)
		return error_set(err, EOPNOTSUPP,
				 "MPI is not there without a launcher; start the "
				 "ranks by mpirun, srun or -n");
	if (!world->threads)
		return error_set(err, EOPNOTSUPP,
				 "this MPI gives no MPI_THREAD_MULTIPLE");
	file = calloc(1, sizeof(*file));
	if (!file)
		return error_sys(err, ENOMEM, "cannot open a file by MPI");
	file->handle = MPI_FILE_NULL;
	file->as_rank_file = (struct rank_file){file, put, close_file};
	snprintf(file->path, sizeof(file->path), "%s", path);
	rc = mpi_wait_asleep(MPI_Comm_idup(MPI_COMM_WORLD, &file->comm, &request),
			     &request, MPI_STATUS_IGNORE);
	if (rc < 0) {
		free(file);
		return error_sys(err, -rc, "MPI_Comm_idup failed");
	}
	MPI_Comm_set_errhandler(file->comm, MPI_ERRORS_RETURN);
	*ret_file = file;
	return 0;
}

void shared_file_free(struct shared_file *file)
{
	if (!file)
		return;
	MPI_Comm_free(&file->comm);
	free(file);
}

/* The negative errno of @code, with MPI's words for it. */
static int say(struct error *err, const char *call, int code)
{
	char text[MPI_MAX_ERROR_STRING + 1] = "";
	int length = 0;

	MPI_Error_string(code, text, &length);
	return error_set(err, -mpi_errno(code), "%s: %s", call, text);
}

/* 0 if @code is MPI_SUCCESS on all ranks; else the same errno on all of them. */
static int agree(const struct shared_file *file, const char *call, int code,
		 struct error *err)
{
	int mine = code == MPI_SUCCESS ? 0 : say(err, call, code);
	int worst = mine;
	MPI_Request request;
	int rc = mpi_wait_asleep(MPI_Iallreduce(&mine, &worst, 1, MPI_INT, MPI_MIN,
						file->comm, &request),
				 &request, MPI_STATUS_IGNORE);

	if (rc < 0)
		worst = rc;
	if (mine == 0 && worst < 0)
		error_set(err, -worst, "%s failed on another rank", call);
	return worst;
}

static int open_and_try(struct shared_file *file, struct error *err)
{
	int rc = agree(file, "MPI_File_open",
		       MPI_File_open(file->comm, file->path, MPI_MODE_WRONLY,
				     MPI_INFO_NULL, &file->handle),
		       err);

	if (rc < 0)
		return rc;
	/* An open that found no way to share a pointer does not fail; this does. */
	rc = agree(file, "MPI_File_seek_shared",
		   MPI_File_seek_shared(file->handle, 0, MPI_SEEK_SET), err);
	if (rc < 0)
		MPI_File_close(&file->handle);
	return rc;
}

int shared_file_open(struct shared_file *file, struct error *err)
{
	int rc;

	call_begins(file);
	rc = open_and_try(file, err);
	call_ends(file);
	return rc;
}

/* ---- writing and closing ------------------------------------------------------ */

static ssize_t put(void *context, const void *bytes, size_t size)
{
	struct shared_file *file = context;
	MPI_Status status;
	int count = 0;
	int rc;

	if (size > INT_MAX)
		return -EMSGSIZE;
	call_begins(file);
	rc = mpi_errno(MPI_File_write_shared(file->handle, bytes, (int)size, MPI_BYTE,
					     &status));
	if (rc == 0)
		rc = mpi_errno(MPI_Get_count(&status, MPI_BYTE, &count));
	call_ends(file);
	if (rc == 0 && (count == MPI_UNDEFINED || count < 0))
		rc = -EIO;
	return rc < 0 ? rc : count;
}

static int close_file(void *context)
{
	struct shared_file *file = context;
	int rc;

	if (file->leave_open)
		return -ECANCELED;
	if (file->handle == MPI_FILE_NULL)
		return 0;
	call_begins(file);
	rc = mpi_errno(MPI_File_close(&file->handle));
	call_ends(file);
	return rc;
}

int shared_file_close(struct shared_file *file)
{
	return close_file(file);
}

const struct rank_file *shared_file_as_rank_file(struct shared_file *file)
{
	return &file->as_rank_file;
}

void shared_file_leave_open(struct shared_file *file)
{
	file->leave_open = true;
}
