/* probe_crew - see probe_crew.h. */
#include "harness/probe_crew.h"

#include "core/clock.h"
#include "harness/tasks.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* A name that task_clean knows as ours. */
void crew_path(const struct run *run, uint32_t file, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%03u-probe.log", run->manifest.data_dir, file);
}

static void dismiss_one(struct probe_crew *crew, unsigned int agent)
{
	if (!crew->present[agent])
		return;
	crew->present[agent] = false;
	child_kill(&crew->agent[agent], SIGKILL);
	child_release(&crew->agent[agent]);
}

void crew_dismiss(struct probe_crew *crew)
{
	for (unsigned int agent = 0; agent < PROBE_AGENTS; agent++)
		dismiss_one(crew, agent);
}

static int engage(struct probe_crew *crew, unsigned int agent)
{
	struct probe_job *job = calloc(1, sizeof(*job));
	int rc;

	if (!job)
		return -ENOMEM;
	crew_path(crew->run, crew->file, job->path);
	job->timeout_ns = crew->run->plan.timeout_ns;
	rc = spawner_launch(&crew->run->spawner, TASK_PROBE, job, sizeof(*job),
			    &crew->agent[agent], NULL);
	free(job);
	crew->present[agent] = rc == 0;
	return rc;
}

int crew_order(struct probe_crew *crew, uint32_t file, unsigned int agent,
	       const struct probe_step *step)
{
	int rc = 0;

	if (crew->file != file)
		crew_dismiss(crew);
	crew->file = file;
	if (!crew->present[agent])
		rc = engage(crew, agent);
	return rc < 0 ? rc : child_send(&crew->agent[agent], step, sizeof(*step));
}

int crew_reply(struct probe_crew *crew, unsigned int agent, int timeout_ms,
	       struct probe_reply *ret_reply)
{
	struct probe_reply reply = {0};
	size_t got = 0;
	int rc = crew->present[agent] ? 0 : -EPIPE;

	if (rc == 0)
		rc = child_receive(&crew->agent[agent], &reply, sizeof(reply),
				   timeout_ms, &got);
	if (rc == -ETIMEDOUT)
		return rc;
	if (rc < 0 || (got != sizeof(reply) && got != 1))
		return -EPIPE;
	if (got == 1) { /* it has become another program */
		reply = (struct probe_reply){.ended_ns = clock_now_ns()};
		reply.began_ns = reply.ended_ns;
	}
	*ret_reply = reply;
	return 0;
}

int crew_kill(struct probe_crew *crew, unsigned int agent, int timeout_ms,
	      uint64_t *ret_killed_ns)
{
	struct child_end end;
	int rc;

	if (!crew->present[agent])
		return -ESRCH;
	*ret_killed_ns = clock_now_ns();
	rc = child_kill(&crew->agent[agent], SIGKILL);
	if (rc == 0)
		rc = child_wait(&crew->agent[agent], timeout_ms, &end);
	crew->present[agent] = false;
	child_release(&crew->agent[agent]);
	return rc;
}
