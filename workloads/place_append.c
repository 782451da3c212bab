/*
 * place_append - O_APPEND: the kernel chooses the offset, and is asked for it
 * afterwards.
 *
 * On NFS that is no atomic append: the client takes the size that it knows and
 * writes there (open(2), O_APPEND).
 */
#include "core/history.h"
#include "workloads/place.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int place(struct data_file *file, int64_t *ret_offset)
{
	(void)file;
	*ret_offset = HISTORY_OFFSET_UNKNOWN;
	return 0;
}

/* write(2) left the file offset behind the last byte that it wrote. */
static int locate(struct data_file *file, size_t written, int64_t *ret_offset)
{
	off_t end = lseek(file->fd, 0, SEEK_CUR);

	if (end < 0)
		return -errno;
	if ((uint64_t)end < written)
		return -ERANGE;
	*ret_offset = end - (off_t)written;
	return 0;
}

const struct placement_ops place_append = {
	.name = "append",
	.summary = "O_APPEND, then lseek(2) to ask where it went",
	.shared_file = true,
	.open_flags = O_APPEND,
	.place = place,
	.write = place_write,
	.locate = locate,
};
