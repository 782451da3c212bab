/* world - non-blocking MPI, waited for asleep; see world.h. */
#include "mpi/world.h"

#include "core/clock.h"
#include "mpi/internal.h"
#include "mpi/launch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * The first nap is about a message's flight; the last is soon enough, and sooner for
 * a sender, whom somebody waits for.
 */
#define FIRST_NAP_NS	    20000u
#define LAST_NAP_NS	    10000000u
#define LAST_NAP_OF_SEND_NS 1000000u

int mpi_errno(int code)
{
	static const struct {
		int class, errnum;
	} table[] = {
		{MPI_ERR_NO_MEM, ENOMEM},
		{MPI_ERR_TRUNCATE, EMSGSIZE},
		{MPI_ERR_COUNT, EINVAL},
		{MPI_ERR_RANK, EINVAL},
		{MPI_ERR_ARG, EINVAL},
		{MPI_ERR_BUFFER, EFAULT},
		{MPI_ERR_PENDING, EAGAIN},
		{MPI_ERR_ACCESS, EACCES},
		{MPI_ERR_NO_SUCH_FILE, ENOENT},
		{MPI_ERR_NO_SPACE, ENOSPC},
		{MPI_ERR_QUOTA, EDQUOT},
		{MPI_ERR_READ_ONLY, EROFS},
		{MPI_ERR_UNSUPPORTED_OPERATION, EOPNOTSUPP},
	};
	int class = MPI_ERR_UNKNOWN;

	if (code == MPI_SUCCESS)
		return 0;
	MPI_Error_class(code, &class);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].class == class)
			return -table[i].errnum;
	return -EIO;
}

static int wait_asleep(int code, MPI_Request *request, MPI_Status *ret_status,
		       uint64_t last_nap_ns)
{
	uint64_t nap_ns = FIRST_NAP_NS;
	int done = 0;

	while (code == MPI_SUCCESS) {
		code = MPI_Test(request, &done, ret_status);
		if (done)
			break;
		clock_sleep_ns(nap_ns);
		nap_ns = nap_ns * 2 < last_nap_ns ? nap_ns * 2 : last_nap_ns;
	}
	return mpi_errno(code);
}

int mpi_wait_asleep(int code, MPI_Request *request, MPI_Status *ret_status)
{
	return wait_asleep(code, request, ret_status, LAST_NAP_NS);
}

void world_library(char *ret_text, size_t bytes)
{
	char text[MPI_MAX_LIBRARY_VERSION_STRING] = "unknown";
	int length;

	MPI_Get_library_version(text, &length);
	/* Open MPI tells how it was packaged behind a comma, MPICH in further lines. */
	text[strcspn(text, ",\n")] = '\0';
	for (char *tab = strchr(text, '\t'); tab; tab = strchr(tab, '\t'))
		*tab = ' ';
	snprintf(ret_text, bytes, "%s", text);
}

/*
 * Rank 0 talks to all, and MPI over TCP has a connection to each whom it talks to; the
 * soft limit, 1024 mostly, is for those who select(2).
 */
static void raise_descriptor_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

int world_init(struct world *world, bool threads, struct error *err)
{
	int wanted = threads ? MPI_THREAD_MULTIPLE : MPI_THREAD_SINGLE;
	int rank, size, provided;
	int rc;

	*world = (struct world){.size = 1};
	if (!launch_environment().launched)
		return 0;
	raise_descriptor_limit();
	/* MPI_Init itself waits for all ranks; let it yield meanwhile. */
	setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
	rc = mpi_errno(MPI_Init_thread(NULL, NULL, wanted, &provided));
	if (rc < 0)
		return error_sys(err, -rc, "MPI_Init_thread failed");
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	*world = (struct world){
		.rank = (uint32_t)rank,
		.size = (uint32_t)size,
		.launched = true,
		.threads = provided == MPI_THREAD_MULTIPLE,
	};
	return 0;
}

void world_finalize(struct world *world)
{
	if (!world->launched)
		return;
	/* MPI_Finalize spins until all have come; come together. */
	world_barrier(world);
	MPI_Finalize();
	*world = (struct world){.size = 1};
}

void world_abort(const struct world *world, int exit_code)
{
	if (world->launched)
		MPI_Abort(MPI_COMM_WORLD, exit_code);
	_exit(exit_code);
}

void world_leave(const struct world *world, int exit_code)
{
	/* Whoever aborts first ends the others: let them come to the end, too. */
	world_barrier(world);
	world_abort(world, exit_code);
}

int world_barrier(const struct world *world)
{
	MPI_Request request;

	if (world->size == 1)
		return 0;
	return mpi_wait_asleep(MPI_Ibarrier(MPI_COMM_WORLD, &request), &request,
			       MPI_STATUS_IGNORE);
}

int world_broadcast(const struct world *world, void *data, size_t bytes)
{
	MPI_Request request;

	if (bytes > INT_MAX)
		return -EMSGSIZE;
	if (world->size == 1)
		return 0;
	return mpi_wait_asleep(
		MPI_Ibcast(data, (int)bytes, MPI_BYTE, 0, MPI_COMM_WORLD, &request),
		&request, MPI_STATUS_IGNORE);
}

int world_gather(const struct world *world, const void *mine, size_t bytes,
		 void *ret_all)
{
	MPI_Request request;

	if (bytes > INT_MAX)
		return -EMSGSIZE;
	if (world->size == 1) {
		memcpy(ret_all, mine, bytes);
		return 0;
	}
	return mpi_wait_asleep(MPI_Igather(mine, (int)bytes, MPI_BYTE, ret_all,
					   (int)bytes, MPI_BYTE, 0, MPI_COMM_WORLD,
					   &request),
			       &request, MPI_STATUS_IGNORE);
}

/*
 * Not MPI_Iallgather: that of Open MPI has every rank send to every other, which for
 * 1000 ranks is a million messages, and a thousand connections for each.
 */
int world_all_gather(const struct world *world, const void *mine, size_t bytes,
		     void *ret_all)
{
	int rc = world_gather(world, mine, bytes, ret_all);

	return rc < 0 ? rc : world_broadcast(world, ret_all, bytes * world->size);
}

/* Rank 0: room for texts of these lengths, and where each goes. */
static int place_texts(const int *lengths, int *ret_starts, uint32_t count,
		       char **ret_room)
{
	int64_t sum = 0;

	for (uint32_t rank = 0; rank < count && sum <= INT_MAX; rank++) {
		ret_starts[rank] = (int)sum;
		sum += lengths[rank];
	}
	if (sum > INT_MAX)
		return -EMSGSIZE;
	*ret_room = malloc((size_t)sum);
	return *ret_room ? 0 : -ENOMEM;
}

int world_gather_texts(const struct world *world, const char *mine, char **ret_all)
{
	bool first = world->rank == 0;
	int length = (int)strlen(mine) + 1;
	int *lengths = calloc(first ? 2 * (size_t)world->size : 1, sizeof(*lengths));
	int *starts = lengths + (first ? world->size : 0);
	char *all = NULL;
	MPI_Request request;
	int rc = lengths ? 0 : -ENOMEM;

	if (rc == 0)
		rc = world_gather(world, &length, sizeof(length), lengths);
	if (rc == 0 && first)
		rc = place_texts(lengths, starts, world->size, &all);
	if (rc == 0 && all && world->size == 1)
		memcpy(all, mine, (size_t)length);
	else if (rc == 0)
		rc = mpi_wait_asleep(MPI_Igatherv(mine, length, MPI_CHAR, all, lengths,
						  starts, MPI_CHAR, 0, MPI_COMM_WORLD,
						  &request),
				     &request, MPI_STATUS_IGNORE);
	free(lengths);
	if (rc == 0 && first)
		*ret_all = all;
	else
		free(all);
	return rc;
}

int world_any(const struct world *world, bool *it)
{
	int mine = *it, any = *it;
	MPI_Request request;
	int rc;

	if (world->size == 1)
		return 0;
	rc = mpi_wait_asleep(MPI_Iallreduce(&mine, &any, 1, MPI_INT, MPI_LOR,
					    MPI_COMM_WORLD, &request),
			     &request, MPI_STATUS_IGNORE);
	if (rc == 0)
		*it = any;
	return rc;
}

int world_send(const struct world *world, uint32_t to, const void *data, size_t bytes)
{
	MPI_Request request;

	if (bytes > INT_MAX)
		return -EMSGSIZE;
	if (to >= world->size || to == world->rank)
		return -EINVAL;
	return wait_asleep(MPI_Isend(data, (int)bytes, MPI_BYTE, (int)to, TAG_STREAM,
				     MPI_COMM_WORLD, &request),
			   &request, MPI_STATUS_IGNORE, LAST_NAP_OF_SEND_NS);
}

int world_receive(const struct world *world, uint32_t from, void *data, size_t capacity,
		  size_t *ret_bytes)
{
	MPI_Request request;
	MPI_Status status;
	int count;
	int rc;

	if (capacity > INT_MAX)
		return -EMSGSIZE;
	if (from >= world->size || from == world->rank)
		return -EINVAL;
	rc = mpi_wait_asleep(MPI_Irecv(data, (int)capacity, MPI_BYTE, (int)from,
				       TAG_STREAM, MPI_COMM_WORLD, &request),
			     &request, &status);
	if (rc < 0)
		return rc;
	MPI_Get_count(&status, MPI_BYTE, &count);
	*ret_bytes = (size_t)count;
	return 0;
}
