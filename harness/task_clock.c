/* task_clock - the child of rank 0 that tells its host's time; see clocks.h. */
#include "harness/tasks.h"

#include "mpi/clock_service.h"

int task_clock(const void *arg, size_t arg_bytes, int fd)
{
	struct endpoints addresses = {0};
	struct clock_service service;
	int rc;

	(void)arg;
	(void)arg_bytes;
	rc = clock_service_open(&service, &addresses);
	if (rc < 0)
		return task_send(fd, &addresses, sizeof(addresses)) < 0;
	rc = task_send(fd, &addresses, sizeof(addresses));
	if (rc == 0)
		rc = clock_service_run(&service, fd);
	clock_service_close(&service);
	return rc < 0;
}
