/*
 * task_tail - the child that follows the data file through its host's mount, and
 * keeps on local disk what it saw.
 *
 * It opens the file once and asks for its size by fstat(2), which on NFS is answered
 * from the attribute cache while that lasts (nfs(5)): that is what `tail -f` and
 * log shippers do, and what it is to find out.  Between polls it sleeps.
 */
#include "harness/tasks.h"

#include "core/clock.h"
#include "harness/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLL_MS 5

/*
 * After the writers' end, without anything new.  Attributes that have just changed are
 * cached for 3 seconds unless a mount says otherwise (nfs(5), acregmin).
 */
#define GRACE_NS 5000000000u

/* ---- the file ---------------------------------------------------------------- */

static int file_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

static int file_size(void *context, uint64_t *ret_bytes)
{
	const int *fd = context;
	struct stat st;

	if (fstat(*fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*ret_bytes = (uint64_t)st.st_size;
	return 0;
}

static ssize_t file_read(void *context, uint64_t offset, uint8_t *bytes, size_t length)
{
	const int *fd = context;
	size_t done = 0;

	while (done < length) {
		ssize_t got = TEMP_FAILURE_RETRY(pread(*fd, bytes + done, length - done,
						       (off_t)(offset + done)));

		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

static uint64_t clock_read(void *context)
{
	(void)context;
	return clock_now_ns();
}

/* ---- following --------------------------------------------------------------- */

/*
 * Until the rank says stop, and then until all was seen (0) or nothing new comes (1).
 * Else a negative errno.
 */
static int follow_until_stopped(struct follower *f, int fd)
{
	struct tail_figures *figures = &f->tail->figures;
	uint64_t seen = 0, moved_ns = clock_now_ns();
	struct tail_stop stop = {.records = UINT64_MAX};
	bool stopped = false;
	int rc;

	for (;;) {
		size_t got = 0;

		rc = follow_poll(f);
		if (rc < 0)
			return rc;
		if (figures->records != seen || !stopped)
			moved_ns = clock_now_ns();
		seen = figures->records;
		if (stopped && seen >= stop.records)
			return 0;
		if (stopped && clock_now_ns() - moved_ns > GRACE_NS)
			return 1;
		if (stopped) {
			clock_sleep_ns((uint64_t)POLL_MS * 1000000u);
			continue;
		}
		rc = task_receive(fd, &stop, sizeof(stop), POLL_MS, &got);
		if (rc == 0 && got == sizeof(stop))
			stopped = true;
		else if (rc != -ETIMEDOUT)
			return -EPIPE;
	}
}

/*
 * What it has not seen whole, or not seen at all, another open shows if it is there:
 * that asks the server (nfs(5), close-to-open).
 */
static int reopen(struct follower *f, const char *path, int *file)
{
	int fd = file_open(path);

	if (fd < 0)
		return fd;
	close(*file);
	*file = fd;
	follow_reopened(f);
	return follow_poll(f);
}

static int follow(const struct tail_job *job, const struct record_form *form,
		  struct tail *tail, int *file, int fd)
{
	struct follow_io io = {file_size, file_read, clock_read, file};
	struct follower f;
	int rc = follow_init(&f, &io, form, tail);

	if (rc < 0)
		return rc;
	rc = follow_until_stopped(&f, fd);
	if (rc > 0)
		rc = reopen(&f, job->data_path, file);
	/* What a failing mount has shown so far is worth telling. */
	if (rc < 0 && rc != -EPIPE && rc != -ENOMEM) {
		tail->figures.errnum = -rc;
		rc = 0;
	}
	if (rc == 0)
		rc = follow_conclude(&f);
	follow_release(&f);
	return rc;
}

static void answer_send(int fd, int rc)
{
	struct task_answer answer = {.rc = rc};

	if (rc < 0)
		snprintf(answer.sentence, sizeof(answer.sentence), "%s", strerror(-rc));
	task_send(fd, &answer, sizeof(answer));
}

int task_tail(const void *arg, size_t arg_bytes, int fd)
{
	const struct tail_job *job = arg;
	struct record_form form = {0};
	struct tail tail = {0};
	int file, rc;

	if (arg_bytes != sizeof(*job))
		return 1;
	tail.identity = job->identity;
	rc = file = file_open(job->data_path);
	if (rc >= 0)
		rc = record_form_init(&form, &job->plan);
	answer_send(fd, rc);
	if (rc < 0)
		return 0;
	rc = follow(job, &form, &tail, &file, fd);
	if (rc == 0) {
		unlink(job->tail_path);
		rc = tail_save(&tail, job->tail_path);
	}
	answer_send(fd, rc);
	tail_release(&tail);
	record_form_release(&form);
	close(file);
	return 0;
}
