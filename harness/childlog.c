/* childlog - see childlog.h. */
#include "harness/childlog.h"

#include "harness/tasks.h"
#include "mpi/gather.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int childlog_start_spawner(struct run *run, struct error *err)
{
	const char *tmpdir = getenv("TMPDIR");
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/tailrace-log-XXXXXX",
		 tmpdir && *tmpdir ? tmpdir : "/tmp");
	run->log_fd = mkostemp(path, O_CLOEXEC);
	/* Without a place for it the run goes on. */
	rc = spawner_start(run_tasks, TASK_COUNT, run->log_fd < 0 ? NULL : path,
			   &run->spawner, err);
	if (run->log_fd >= 0)
		unlink(path);
	return rc;
}

static uint64_t log_bytes(const struct run *run)
{
	struct stat st;

	if (run->log_fd < 0 || fstat(run->log_fd, &st) < 0)
		return 0;
	return (uint64_t)st.st_size;
}

static char *target_path(void *context, uint32_t rank)
{
	const struct run *run = context;
	char *path;

	return asprintf(&path, "%s/env/children.%05u.log", run->plan.out, rank) < 0
		       ? NULL
		       : path;
}

/* Rank 0: no file for those who had nothing to say. */
static void remove_empty(struct run *run, const uint64_t *sizes)
{
	for (uint32_t rank = 0; rank < run->world.size; rank++) {
		char *path = sizes[rank] ? NULL : target_path(run, rank);

		if (path)
			unlink(path);
		free(path);
	}
}

void childlog_gather(struct run *run)
{
	uint64_t mine = log_bytes(run);
	uint64_t *sizes = calloc(run->world.size, sizeof(*sizes));
	struct gathered *gathered = calloc(run->world.size, sizeof(*gathered));
	char source[64];
	bool any = false;
	int rc = sizes && gathered ? 0 : -ENOMEM;

	if (rc == 0)
		rc = world_all_gather(&run->world, &mine, sizeof(mine), sizes);
	for (uint32_t rank = 0; rc == 0 && rank < run->world.size; rank++)
		any |= sizes[rank] > 0;
	snprintf(source, sizeof(source), "/proc/self/fd/%d", run->log_fd);
	if (rc == 0 && any)
		rc = gather_files(&run->world, mine ? source : NULL, mine, target_path,
				  run, gathered);
	if (rc < 0)
		run_lost_touch(run, rc);
	if (any && run_is_first(run))
		remove_empty(run, sizes);
	free(gathered);
	free(sizes);
}

void childlog_release(struct run *run)
{
	if (run->log_fd >= 0)
		close(run->log_fd);
	run->log_fd = -1;
}
