/*
 * lock_flock - flock(2) on the data file.
 *
 * Since Linux 2.6.12 the NFS client turns it into a byte-range lock over the
 * whole file, and LOCK_EX needs a descriptor that is open for writing
 * (flock(2), NOTES).
 */
#include "workloads/part.h"

#include <errno.h>
#include <sys/file.h>

static int acquire(struct data_file *file, bool block)
{
	return flock(file->fd, block ? LOCK_EX : LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
}

static int release(struct data_file *file)
{
	return flock(file->fd, LOCK_UN) < 0 ? -errno : 0;
}

const struct lock_ops lock_flock = {
	.name = "flock",
	.summary = "flock(2) on the data file",
	.locks = true,
	.exclusive = true,
	.acquire = acquire,
	.release = release,
};
