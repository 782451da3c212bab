/*
 * task_segment - the child that judges one segment, while the next is written: it takes
 * second place to the writers.  What is worth keeping gets its results.
 */
#include "harness/tasks.h"

#include "core/manifest.h"
#include "results/result.h"
#include "verify/judge.h"
#include "verify/segment_times.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define NICE 10

static int save_times(const struct judgment *judgment, const char *run_dir,
		      uint32_t writers, struct error *err)
{
	char path[PATH_MAX + 32];
	struct segment_times times;
	int rc = segment_times_init(&times, writers);

	if (rc < 0)
		return rc;
	segment_times_add_judgment(&times, judgment);
	snprintf(path, sizeof(path), "%s/" SEGMENT_TIMES_FILE, run_dir);
	rc = segment_times_save(&times, path, err);
	segment_times_release(&times);
	return rc;
}

/* Without pictures, which `tailrace report` draws for whoever looks. */
static void write_results(const struct manifest *manifest,
			  const struct judgment *judgment, const char *run_dir)
{
	static const struct results_options options = {.no_pictures = true};
	struct result result = {.manifest = manifest, .judgments = judgment};
	struct error warning;

	result.verdict = judge_run(manifest, judgment, 1);
	(void)results_write(&result, run_dir, run_dir, &options, &warning, NULL);
}

static int judge(const struct segment_job *job, struct segment_row *row,
		 struct error *err)
{
	struct manifest manifest = {0};
	struct judgment judgment = {0};
	int rc = manifest_load(&manifest, job->run_dir, err);

	if (rc == 0) {
		memcpy(row->run_id, manifest.run_id, sizeof(row->run_id));
		rc = judge_strategy(&manifest, job->run_dir, 0, &judgment, err);
	}
	if (rc == 0) {
		/* Their loss is that of a latency, which the result then tells. */
		(void)save_times(&judgment, job->run_dir, manifest.rank_count, NULL);
		if (judgment.verdict != VERDICT_SAFE && !judgment.only_short)
			write_results(&manifest, &judgment, job->run_dir);
		segment_row_clear(&row->judgment);
		segment_row_add(&row->judgment, &judgment);
		row->judgment.verdict = judgment.verdict;
		row->judgment.only_short = judgment.only_short;
		memcpy(row->judgment.reason, judgment.reason, sizeof(judgment.reason));
	}
	judgment_release(&judgment);
	manifest_release(&manifest);
	return rc;
}

int task_segment(const void *arg, size_t arg_bytes, int fd)
{
	const struct segment_job *job = arg;
	struct segment_answer answer = {
		.row = {.strategy = job->strategy, .number = job->number},
	};
	struct error err = {""};

	if (arg_bytes != sizeof(*job))
		return 1;
	setpriority(PRIO_PROCESS, 0, NICE);
	if (judge(job, &answer.row, &err) < 0) {
		segment_row_clear(&answer.row.judgment);
		answer.row.judgment.verdict = VERDICT_INCONCLUSIVE;
		snprintf(answer.row.judgment.reason, sizeof(answer.row.judgment.reason),
			 "%.511s", err.sentence);
	}
	task_send(fd, &answer, sizeof(answer));
	return 0;
}
