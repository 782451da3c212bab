/* task_probe - the child that is an agent of a lock probe. */
#include "harness/tasks.h"

#include "workloads/probe.h"

int task_probe(const void *arg, size_t arg_bytes, int fd)
{
	if (arg_bytes != sizeof(struct probe_job))
		return 1;
	return probe_agent(arg, fd);
}
