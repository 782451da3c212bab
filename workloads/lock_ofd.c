/*
 * lock_ofd - an open file description lock over the whole data file (fcntl(2),
 * Linux 3.15): a record lock that belongs to the open file, as flock's does, so
 * that closing another descriptor of the file does not drop it.
 */
#include "workloads/part.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int set(struct data_file *file, int command, short type)
{
	/* l_pid must be 0, or the call is EINVAL. */
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

	return fcntl(file->fd, command, &lock) < 0 ? -errno : 0;
}

static int acquire(struct data_file *file, bool block)
{
	return set(file, block ? F_OFD_SETLKW : F_OFD_SETLK, F_WRLCK);
}

static int release(struct data_file *file)
{
	return set(file, F_OFD_SETLK, F_UNLCK);
}

const struct lock_ops lock_ofd = {
	.name = "ofd",
	.summary = "an open file description lock over the whole data file",
	.locks = true,
	.exclusive = true,
	.acquire = acquire,
	.release = release,
};
