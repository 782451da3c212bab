/*
 * place_seek_append - O_APPEND, and lseek(2) to the end as well, as a cloud
 * vendor's help has it: "How do I avoid exceptions when multiple processes and
 * multiple clients write the same log file at the same time" (Alibaba Cloud NAS,
 * 2017).  There it goes with O_DIRECT, which the Linux NFS client refuses beside
 * O_APPEND with EINVAL (fs/nfs/file.c, nfs_check_flags); without O_APPEND the
 * seek alone decides.
 */
#include "workloads/place.h"

#include <fcntl.h>

static int place(struct data_file *file, int64_t *ret_offset)
{
	return place_seek_end.place(file, ret_offset);
}

/* Where O_APPEND was taken it overrules the seek, so the kernel is asked. */
static int locate(struct data_file *file, size_t written, int64_t *ret_offset)
{
	return place_append.locate(file, written, ret_offset);
}

const struct placement_ops place_seek_append = {
	.name = "seek-append",
	.summary =
		"O_APPEND where the open takes it, lseek(2) to the end, then write(2)",
	.shared_file = true,
	.open_flags = O_APPEND,
	.spare_flags = O_APPEND,
	.spared = "the open refused O_APPEND here (EINVAL), so it was left out",
	.place = place,
	.write = place_write,
	.locate = locate,
};
