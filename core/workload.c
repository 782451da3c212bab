/* workload - the names of workloads. */
#include "core/workload.h"

#include <string.h>

const char *const workload_names[WORKLOAD_COUNT] = {
	[WORKLOAD_APPEND] = "append",
	[WORKLOAD_CHAIN] = "chain",
	[WORKLOAD_COUNTER] = "counter",
};

enum workload workload_by_name(const char *name)
{
	for (int i = 0; i < WORKLOAD_COUNT; i++)
		if (strcmp(workload_names[i], name) == 0)
			return (enum workload)i;
	return WORKLOAD_COUNT;
}
