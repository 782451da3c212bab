/*
 * lock_sidecar - flock(2) on a lock file beside the data file, made where it is
 * missing and never removed: another may be about to lock it.
 *
 * On NFS a lock makes the client forget what it knows of the locked file, so not
 * of the data file: its size may still be that of the client's own last look.
 */
#include "workloads/lock_path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static int open_sidecar(struct data_file *file)
{
	char path[PATH_MAX];
	int rc = lock_path(file, path);

	if (rc < 0 || file->lock_fd >= 0)
		return rc;
	file->lock_fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return file->lock_fd < 0 ? -errno : 0;
}

static int acquire(struct data_file *file, bool block)
{
	int rc = open_sidecar(file);

	if (rc < 0)
		return rc;
	return flock(file->lock_fd, block ? LOCK_EX : LOCK_EX | LOCK_NB) < 0 ? -errno
									     : 0;
}

static int release(struct data_file *file)
{
	return flock(file->lock_fd, LOCK_UN) < 0 ? -errno : 0;
}

static void close_sidecar(struct data_file *file)
{
	if (file->lock_fd >= 0)
		close(file->lock_fd);
	file->lock_fd = -1;
}

const struct lock_ops lock_sidecar = {
	.name = "sidecar",
	.summary = "flock(2) on a lock file beside the data file",
	.locks = true,
	.exclusive = true,
	.apart = true,
	.acquire = acquire,
	.release = release,
	.close = close_sidecar,
};
