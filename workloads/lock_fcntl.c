/*
 * lock_fcntl - a POSIX record lock over the whole data file, whatever its size
 * becomes (l_len 0, fcntl(2)).
 *
 * It belongs to the process: closing any descriptor of the file drops it.  A
 * writer has no other.
 */
#include "workloads/part.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int set(struct data_file *file, int command, short type)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

	return fcntl(file->fd, command, &lock) < 0 ? -errno : 0;
}

static int acquire(struct data_file *file, bool block)
{
	return set(file, block ? F_SETLKW : F_SETLK, F_WRLCK);
}

static int release(struct data_file *file)
{
	return set(file, F_SETLK, F_UNLCK);
}

const struct lock_ops lock_fcntl = {
	.name = "fcntl",
	.summary = "a POSIX record lock over the whole data file",
	.locks = true,
	.exclusive = true,
	.acquire = acquire,
	.release = release,
};
