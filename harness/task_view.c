/*
 * task_view - the child that reads the closed data files through its host's
 * mount, and keeps on local disk what it saw.
 *
 * The first look is what a reader would see who opens the file now: under
 * close-to-open consistency (nfs(5)) that open asks the server whether the cache
 * is still right.  The later ones find out whether a difference lasts: another
 * fresh open, and then reads past this host's cache.
 */
#include "harness/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Enough for O_DIRECT on every local file system (open(2)). */
#define BUFFER_ALIGNMENT 4096

/* One look at one file after the other. */
struct look {
	const struct view_job *job;
	enum view_look which;
	struct view view;
	uint8_t *buffer; /* of one block */
	int fd;		 /* -1: the file is not there */
	bool direct;	 /* the open file has O_DIRECT */
};

/* ---- one file ------------------------------------------------------------- */

/*
 * What this host has not yet written out is not the server's, and stays where the cache
 * is dropped (posix_fadvise(2)), which is all that can be done where there is no
 * O_DIRECT.  A failure shows in what is read.
 */
static void look_past_cache(const struct look *look)
{
	(void)fdatasync(look->fd);
	if (!look->direct)
		(void)posix_fadvise(look->fd, 0, 0, POSIX_FADV_DONTNEED);
}

static int look_open(struct look *look, uint32_t file)
{
	const struct view_job *job = look->job;
	int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	char *path = data_path(job->data_dir, look->view.identity.strategy_index,
			       job->preset, job->shared_file, file);
	int rc = 0;

	if (!path)
		return -ENOMEM;
	look->direct = look->which == VIEW_DIRECT;
	look->fd = open(path, flags | (look->direct ? O_DIRECT : 0));
	if (look->fd < 0 && errno == EINVAL && look->direct) {
		look->direct = false;
		look->fd = open(path, flags);
	}
	if (look->fd < 0 && errno != ENOENT)
		rc = -errno;
	free(path);
	if (look->fd >= 0 && look->which == VIEW_DIRECT)
		look_past_cache(look);
	return rc;
}

static void look_close(struct look *look)
{
	if (look->fd >= 0)
		close(look->fd);
	look->fd = -1;
}

/* Its size: as a reader learns it, or as the server has it now. */
static int look_size(const struct look *look, uint64_t *ret_bytes)
{
	int sync = look->which == VIEW_DIRECT ? AT_STATX_FORCE_SYNC
					      : AT_STATX_SYNC_AS_STAT;
	struct statx stx;

	*ret_bytes = 0;
	if (look->fd < 0)
		return 0;
	if (statx(look->fd, "", AT_EMPTY_PATH | sync, STATX_TYPE | STATX_SIZE, &stx) <
	    0)
		return -errno;
	if (!S_ISREG(stx.stx_mode))
		return -EINVAL;
	*ret_bytes = stx.stx_size;
	return 0;
}

/* Read block @index as far as there is anything.  Its length or -errno. */
static ssize_t block_read(struct look *look, uint64_t index)
{
	size_t block_bytes = look->view.identity.block_bytes, length = 0;
	uint64_t start = index * block_bytes;

	while (look->fd >= 0 && length < block_bytes) {
		ssize_t got = TEMP_FAILURE_RETRY(pread(look->fd, look->buffer + length,
						       block_bytes - length,
						       (off_t)(start + length)));

		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		length += (size_t)got;
		/* O_DIRECT ends at the end of the file, where it need not align. */
		if (look->direct && length % BUFFER_ALIGNMENT)
			break;
	}
	return (ssize_t)length;
}

static int look_at_block(struct look *look, uint32_t file, uint64_t index)
{
	ssize_t length = block_read(look, index);

	return length < 0 ? (int)length
			  : view_add(&look->view, file, index, look->buffer,
				     (uint32_t)length, look->which != VIEW_FIRST);
}

/* ---- the looks ---------------------------------------------------------------- */

/* The sampled blocks of @file: the first, the last, and some between. */
static int look_first(struct look *look, uint32_t file)
{
	const struct view_job *job = look->job;
	uint64_t size_bytes = 0, blocks;
	int rc = look_open(look, file);

	if (rc == 0)
		rc = look_size(look, &size_bytes);
	if (rc < 0)
		return rc;
	look->view.sizes[file] = size_bytes;
	blocks = size_bytes / job->identity.block_bytes +
		 (size_bytes % job->identity.block_bytes != 0);
	for (uint64_t i = 0; rc == 0 && i < blocks; i++)
		if (i == blocks - 1 || view_samples(job->seed, job->stride, file, i))
			rc = look_at_block(look, file, i);
	return rc;
}

/* The blocks of one file that differed: places [@from, the end returned). */
static int look_later(struct look *look, uint32_t from, uint32_t *ret_end)
{
	const struct view_job *job = look->job;
	uint32_t file = job->place[from].file, i = from;
	int rc = look_open(look, file);

	for (; rc == 0 && i < job->place_count && job->place[i].file == file; i++)
		rc = look_at_block(look, file, job->place[i].index);
	/* After the reads, so that a file that grows cannot seem to be shorter. */
	if (rc == 0)
		rc = look_size(look, &look->view.sizes[file]);
	*ret_end = i;
	return rc;
}

static int look_at_all(struct look *look)
{
	const struct view_job *job = look->job;
	int rc = 0;

	if (look->which == VIEW_FIRST) {
		for (uint32_t file = 0; rc == 0 && file < job->identity.file_count;
		     file++) {
			rc = look_first(look, file);
			look_close(look);
		}
		return rc;
	}
	for (uint32_t i = 0; rc == 0 && i < job->place_count;) {
		rc = look_later(look, i, &i);
		look_close(look);
	}
	return rc;
}

static int take(const struct view_job *job, enum view_look which)
{
	struct view_identity identity = job->identity;
	struct look look = {.job = job, .which = which, .fd = -1};
	int rc;

	identity.look = which;
	rc = view_init(&look.view, &identity);
	if (rc == 0 && posix_memalign((void **)&look.buffer, BUFFER_ALIGNMENT,
				      identity.block_bytes) != 0)
		rc = -ENOMEM;
	if (rc == 0)
		rc = look_at_all(&look);
	if (rc == 0) {
		unlink(job->path[which]);
		rc = view_save(&look.view, job->path[which]);
	}
	free(look.buffer);
	view_release(&look.view);
	return rc;
}

int task_view(const void *arg, size_t arg_bytes, int fd)
{
	const struct view_job *job = arg;
	struct task_answer answer = {0};

	if (arg_bytes != sizeof(*job))
		return 1;
	if (job->identity.look == VIEW_FIRST)
		answer.rc = take(job, VIEW_FIRST);
	else
		answer.rc = take(job, VIEW_AGAIN);
	if (job->identity.look != VIEW_FIRST && answer.rc == 0)
		answer.rc = take(job, VIEW_DIRECT);
	if (answer.rc < 0)
		snprintf(answer.sentence, sizeof(answer.sentence), "%s",
			 strerror(-answer.rc));
	task_send(fd, &answer, sizeof(answer));
	return 0;
}
