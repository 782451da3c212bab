/*
 * lock_lockfile - a lock file by O_CREAT | O_EXCL (open(2)): who makes it holds
 * the lock, and removes it to let go.
 *
 * Nobody breaks the lock of a holder that died: there is no safe way to tell.
 */
#include "workloads/lock_path.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int acquire(struct data_file *file, bool block)
{
	char path[PATH_MAX];
	int rc = lock_path(file, path);
	int fd;

	(void)block;
	if (rc < 0)
		return rc;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? -EAGAIN : -errno;
	if (close(fd) < 0) {
		rc = -errno;
		unlink(path);
	}
	return rc;
}

static int release(struct data_file *file)
{
	char path[PATH_MAX];
	int rc = lock_path(file, path);

	if (rc < 0)
		return rc;
	return unlink(path) < 0 ? -errno : 0;
}

const struct lock_ops lock_lockfile = {
	.name = "lockfile",
	.summary = "a lock file beside the data file, made by open(2) with O_EXCL",
	.locks = true,
	.exclusive = true,
	.apart = true,
	.polled = true,
	.acquire = acquire,
	.release = release,
};
