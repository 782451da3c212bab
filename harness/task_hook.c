/*
 * task_hook - the child that becomes a command of the user's (--fault run): in a
 * process group of its own, so that it is ended with all that it started.
 */
#include "harness/tasks.h"

#include <string.h>
#include <stdlib.h>
#include <unistd.h>

/* As a shell that cannot find a command. */
#define CANNOT_RUN 127

int task_hook(const void *arg, size_t arg_bytes, int fd)
{
	const struct hook_job *job = arg;

	if (arg_bytes != sizeof(*job) ||
	    !memchr(job->command, '\0', sizeof(job->command)) || setpgid(0, 0) < 0 ||
	    setenv("TAILRACE_RUN_ID", job->run_id, 1) < 0 ||
	    setenv("TAILRACE_DATA_DIR", job->data_dir, 1) < 0 ||
	    setenv("TAILRACE_STRATEGY", job->strategy, 1) < 0)
		return CANNOT_RUN;
	/* What it leaves behind must not keep the rank's end busy. */
	close(fd);
	execl("/bin/sh", "sh", "-c", job->command, (char *)NULL);
	return CANNOT_RUN;
}
