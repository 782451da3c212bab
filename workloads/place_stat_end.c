/*
 * place_stat_end - fstat(2) for the size, then pwrite(2) there.
 *
 * The size that fstat tells on NFS may come out of the client's attribute cache
 * (nfs(5), DATA AND METADATA COHERENCE); a lock on the file drops that.
 */
#include "workloads/place.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static int place(struct data_file *file, int64_t *ret_offset)
{
	struct stat st;

	if (fstat(file->fd, &st) < 0)
		return -errno;
	file->next = st.st_size;
	*ret_offset = st.st_size;
	return 0;
}

/* Goes on behind the bytes of a short write. */
const struct placement_ops place_stat_end = {
	.name = "stat-end",
	.summary = "fstat(2) for the size, then pwrite(2) there",
	.shared_file = true,
	.place = place,
	.write = place_pwrite,
};
