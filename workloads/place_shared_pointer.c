/*
 * place_shared_pointer - MPI_File_write_shared: MPI keeps one file pointer for all
 * ranks, and moves it on before it writes.
 *
 * Where a write went is not known to its writer: the pointer that
 * MPI_File_get_position_shared tells afterwards may be that of a later write of
 * another rank (MPI-3.1, 13.4.4), and before it anybody may still move it.  So no
 * offset is believed at all, and the verifier goes by what it finds.
 */
#include "core/history.h"
#include "workloads/part.h"

static int place(struct data_file *file, int64_t *ret_offset)
{
	(void)file;
	*ret_offset = HISTORY_OFFSET_UNKNOWN;
	return 0;
}

/*
 * MPI tells classes of errors, and mostly MPI_ERR_OTHER: any of them can be that of
 * earlier writes, which the NFS client wrote back in vain.
 */
static ssize_t put(struct data_file *file, const void *bytes, size_t size)
{
	const struct rank_file *rank_file = file->rank_file;
	ssize_t n = rank_file->write(rank_file->context, bytes, size);

	if (n < 0)
		file->disowned = true;
	return n;
}

static int locate(struct data_file *file, size_t written, int64_t *ret_offset)
{
	(void)file;
	(void)written;
	(void)ret_offset;
	return 0;
}

static int settle(struct data_file *file)
{
	return file->rank_file->close(file->rank_file->context);
}

const struct placement_ops place_shared_pointer = {
	.name = "shared-pointer",
	.summary = "at the file pointer that MPI shares among the ranks",
	.shared_file = true,
	.in_rank = true,
	.place = place,
	.write = put,
	.locate = locate,
	.settle = settle,
};
