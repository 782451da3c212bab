/* task_merge - the child that merges the writers' files; see merging.h. */
#include "harness/tasks.h"

#include "harness/merging.h"

#include <errno.h>
#include <stdio.h>

int task_merge(const void *arg, size_t arg_bytes, int fd)
{
	const struct merge_job *job = arg;
	struct merge_answer answer = {0};
	struct merge_counts counts;
	struct manifest manifest;
	struct error err = {""};

	if (arg_bytes != sizeof(*job))
		return 1;
	answer.rc = manifest_load(&manifest, job->run_dir, &err);
	if (answer.rc == 0) {
		if (job->strategy >= manifest.strategy_count)
			answer.rc = error_set(&err, EINVAL, "there is no strategy %u",
					      job->strategy);
		else
			answer.rc = merging(&manifest, job->run_dir, job->strategy,
					    NULL, &counts, &err);
		if (answer.rc == 0) {
			const struct manifest_merge *merge =
				&manifest.strategies[job->strategy].merge;

			answer.records = merge->records;
			answer.bytes = merge->bytes;
			answer.left_out = merge->left_out;
			answer.duration_ns = merge->duration_ns;
			snprintf(answer.path, sizeof(answer.path), "%s", merge->path);
		}
		manifest_release(&manifest);
	}
	snprintf(answer.sentence, sizeof(answer.sentence), "%.511s", err.sentence);
	task_send(fd, &answer, sizeof(answer));
	return 0;
}
