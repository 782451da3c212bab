/* task_selftest - the child that plants anomalies and has the verifier find them. */
#include "harness/tasks.h"

#include "harness/selftest/selftest.h"
#include "verify/judge.h"

#include <stdio.h>
#include <stdlib.h>

int task_selftest(const void *arg, size_t arg_bytes, int fd)
{
	const struct selftest_job *job = arg;
	const char *tmp = getenv("TMPDIR");
	struct selftest_options options = {
		.seed = job->seed,
		.random_runs = job->random_runs,
		.parent = tmp && *tmp ? tmp : "/tmp",
		.judge = judge_strategy,
	};
	struct selftest_answer answer = {0};
	struct selftest_tally tally = {0};
	struct error err = {""};

	if (arg_bytes != sizeof(*job))
		return 1;
	answer.rc = selftest_run(&options, &tally, &err);
	answer.cases = tally.cases;
	answer.agreed = tally.agreed;
	snprintf(answer.sentence, sizeof(answer.sentence), "%.511s", err.sentence);
	task_send(fd, &answer, sizeof(answer));
	return 0;
}
