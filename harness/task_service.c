/* task_service - the child of rank 0 that writers ask while they append. */
#include "harness/tasks.h"

#include "workloads/service.h"

#include <signal.h>
#include <stdio.h>

int task_service(const void *arg, size_t arg_bytes, int fd)
{
	struct service_ready ready = {0};
	struct service *service = NULL;
	struct error err = {""};
	int rc;

	if (arg_bytes != sizeof(struct service_job))
		return 1;
	/* Beyond a limit on file sizes the write is to fail. */
	signal(SIGXFSZ, SIG_IGN);
	ready.rc = service_new(arg, &service, &ready.endpoints, &err);
	snprintf(ready.sentence, sizeof(ready.sentence), "%.511s", err.sentence);
	rc = task_send(fd, &ready, sizeof(ready));
	if (rc == 0 && service)
		rc = service_run(service, fd);
	service_free(service);
	return rc < 0;
}
