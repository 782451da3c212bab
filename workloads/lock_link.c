/*
 * lock_link - a lock file by link(2), for mounts whose O_EXCL is not to be relied
 * on (open(2), O_EXCL): each writer has a file of its own and links it to the one
 * name.  Where link(2) fails the link count tells whether it was made after all:
 * the answer of the server may have been lost, and the request repeated.
 *
 * The count may come out of the attribute cache.  One that is too old makes all
 * wait for a lock that this writer has without knowing it, until a later try asks
 * the server; it never makes two hold it.
 */
#include "workloads/lock_path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The own file stays open as long as it is there. */
static int make_own(struct data_file *file, const char *path)
{
	if (file->lock_fd >= 0)
		return 0;
	file->lock_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return file->lock_fd < 0 ? -errno : 0;
}

static int acquire(struct data_file *file, bool block)
{
	char own[PATH_MAX], path[PATH_MAX];
	struct stat st;
	int errnum;
	int rc = lock_path(file, path);

	(void)block;
	if (rc == 0)
		rc = lock_path_own(file, own);
	if (rc == 0)
		rc = make_own(file, own);
	if (rc < 0)
		return rc;
	if (link(own, path) == 0)
		return 0;
	errnum = errno;
	if (fstat(file->lock_fd, &st) == 0 && st.st_nlink == 2)
		return 0;
	return errnum == EEXIST ? -EAGAIN : -errnum;
}

static int release(struct data_file *file)
{
	char path[PATH_MAX];
	int rc = lock_path(file, path);

	if (rc < 0)
		return rc;
	return unlink(path) < 0 ? -errno : 0;
}

static void close_own(struct data_file *file)
{
	char path[PATH_MAX];

	if (file->lock_fd < 0)
		return;
	close(file->lock_fd);
	file->lock_fd = -1;
	if (lock_path_own(file, path) == 0)
		unlink(path);
}

const struct lock_ops lock_link = {
	.name = "link",
	.summary = "a lock file beside the data file, made by link(2)",
	.locks = true,
	.exclusive = true,
	.apart = true,
	.polled = true,
	.acquire = acquire,
	.release = release,
	.close = close_own,
};
