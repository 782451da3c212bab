/* task_writer - the child that appends. */
#include "harness/tasks.h"

#include <stdio.h>
#include <string.h>

int task_writer(const void *arg, size_t arg_bytes, int fd)
{
	struct writer_ready ready = {0};
	struct writer_start start;
	struct writer writer;
	struct error err = {""};
	size_t got = 0;

	if (arg_bytes != sizeof(struct writer_job))
		return 1;
	ready.rc = writer_prepare(&writer, arg, &ready.skip, &err);
	if (ready.rc == 0 && writer.appender.remark)
		snprintf(err.sentence, sizeof(err.sentence), "%s",
			 writer.appender.remark);
	snprintf(ready.sentence, sizeof(ready.sentence), "%.511s", err.sentence);
	if (task_send(fd, &ready, sizeof(ready)) < 0 || ready.rc < 0)
		return 1;
	/* The rank may also close its end: then there is nothing to do. */
	if (task_receive(fd, &start, sizeof(start), -1, &got) == 0 &&
	    got == sizeof(start))
		writer_run(&writer, start.start_ns);
	writer_finish(&writer);
	return task_send(fd, &writer.report, sizeof(writer.report)) < 0;
}
