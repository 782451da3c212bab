/* tasks - see tasks.h. */
#include "harness/tasks.h"

#include <errno.h>
#include <signal.h>

const struct task run_tasks[TASK_COUNT] = {
	[TASK_EXAMINE] = {"examine", task_examine},
	[TASK_MAKE] = {"make", task_make},
	[TASK_LOOK] = {"look", task_look},
	[TASK_CONFIRM] = {"confirm", task_confirm},
	[TASK_CREATE] = {"create", task_create},
	[TASK_WRITER] = {"writer", task_writer},
	[TASK_SERVICE] = {"service", task_service},
	[TASK_TAIL] = {"tail", task_tail},
	[TASK_VIEW] = {"view", task_view},
	[TASK_SHARE] = {"share", task_share},
	[TASK_JUDGE] = {"judge", task_judge},
	[TASK_SEGMENT] = {"segment", task_segment},
	[TASK_MERGE] = {"merge", task_merge},
	[TASK_CLEAN] = {"clean", task_clean},
	[TASK_PROBE] = {"probe", task_probe},
	[TASK_SELFTEST] = {"selftest", task_selftest},
	[TASK_CLOCK] = {"clock", task_clock},
	[TASK_HOOK] = {"hook", task_hook},
};

int task_ask(struct spawner *spawner, enum task_id task, const void *job,
	     size_t job_bytes, void *ret_answer, size_t answer_bytes, int timeout_ms)
{
	struct child child;
	size_t got = 0;
	int rc;

	rc = spawner_launch(spawner, task, job, job_bytes, &child, NULL);
	if (rc < 0)
		return rc;
	rc = child_receive(&child, ret_answer, answer_bytes, timeout_ms, &got);
	if (rc == 0 && got != answer_bytes)
		rc = -EPROTO;
	if (rc < 0)
		child_kill(&child, SIGKILL);
	child_release(&child);
	return rc;
}
