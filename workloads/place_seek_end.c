/*
 * place_seek_end - lseek(2) to the end, then write(2) there.
 *
 * On NFS SEEK_END fetches the size from the server unless the client has a
 * reason to trust its own (fs/nfs/file.c); under a lock it has just dropped
 * its cache.  Before the lock, whoever holds it meanwhile writes there, too.
 */
#include "workloads/place.h"

#include <errno.h>
#include <unistd.h>

static int place(struct data_file *file, int64_t *ret_offset)
{
	off_t end = lseek(file->fd, 0, SEEK_END);

	if (end < 0)
		return -errno;
	*ret_offset = end;
	return 0;
}

const struct placement_ops place_seek_end = {
	.name = "seek-end",
	.summary = "lseek(2) to the end, then write(2)",
	.shared_file = true,
	.place = place,
	.write = place_write,
};

const struct placement_ops place_seek_early = {
	.name = "seek-early",
	.summary = "lseek(2) to the end before the lock, write(2) under it",
	.shared_file = true,
	.before_lock = true,
	.place = place,
	.write = place_write,
};
