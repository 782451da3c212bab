/* probe_lock - the four ways to lock a range, by one interface; see probe.h. */
#include "workloads/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static int by_flock(const struct probe_step *step, int fd, int type, bool block)
{
	int operation = type == F_UNLCK ? LOCK_UN : type == F_WRLCK ? LOCK_EX : LOCK_SH;

	(void)step; /* has no ranges */
	return flock(fd, block ? operation : operation | LOCK_NB) < 0 ? -errno : 0;
}

static int by_command(const struct probe_step *step, int fd, int type, int command)
{
	/* l_pid 0: fcntl(2) demands it for locks of open file descriptions. */
	struct flock range = {
		.l_type = (short)type,
		.l_whence = SEEK_SET,
		.l_start = step->start,
		.l_len = step->length,
	};

	return fcntl(fd, command, &range) < 0 ? -errno : 0;
}

static int by_fcntl(const struct probe_step *step, int fd, int type, bool block)
{
	return by_command(step, fd, type, block ? F_SETLKW : F_SETLK);
}

static int by_ofd(const struct probe_step *step, int fd, int type, bool block)
{
	return by_command(step, fd, type, block ? F_OFD_SETLKW : F_OFD_SETLK);
}

/* lockf(3) begins at the file position, and knows no shared lock. */
static int by_lockf(const struct probe_step *step, int fd, int type, bool block)
{
	int command = type == F_UNLCK ? F_ULOCK : block ? F_LOCK : F_TLOCK;

	if (type == F_RDLCK)
		return -EINVAL;
	if (lseek(fd, step->start, SEEK_SET) < 0)
		return -errno;
	return lockf(fd, command, step->length) < 0 ? -errno : 0;
}

static int (*const lockers[PROBE_LOCKS])(const struct probe_step *step, int fd,
					 int type, bool block) = {
	[PROBE_FLOCK] = by_flock,
	[PROBE_FCNTL] = by_fcntl,
	[PROBE_OFD] = by_ofd,
	[PROBE_LOCKF] = by_lockf,
};

int probe_lock_range(const struct probe_step *step, int fd, bool block)
{
	return lockers[step->lock](step, fd, step->exclusive ? F_WRLCK : F_RDLCK,
				   block);
}

int probe_unlock_range(const struct probe_step *step, int fd)
{
	return lockers[step->lock](step, fd, F_UNLCK, false);
}
