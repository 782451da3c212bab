/* course - see course.h. */
#include "harness/course.h"

#include "harness/childlog.h"
#include "harness/interrupt.h"
#include "harness/judging.h"
#include "harness/merging.h"
#include "harness/outline.h"
#include "harness/phase.h"
#include "harness/relaunch.h"
#include "harness/rpcs.h"
#include "harness/runfolder.h"
#include "harness/sharing.h"
#include "harness/soak.h"
#include "harness/tasks.h"
#include "harness/views.h"
#include "results/result.h"

#include <stdio.h>
#include <string.h>

/* Rank 0: judge strategy @index and say so; the others sleep meanwhile. */
static void judge(struct judging *judging, uint32_t index, uint32_t shares)
{
	struct run *run = judging->run;
	struct judge_answer answer;

	judging_strategy(judging, index, shares, &answer);
	sharing_end(run, index, shares);
	if (!run->plan.quiet)
		fprintf(stderr, "tailrace: %s: %s: %s\n",
			run->manifest.strategies[index].name,
			verdict_name((enum verdict)answer.verdict), answer.sentence);
}

/*
 * Rank 0: --merge, in a child, within the time that reading may take.
 * A log that could not be made is told, and changes no verdict.
 */
static void merge(struct run *run, uint32_t index)
{
	struct manifest_merge *merged = &run->manifest.strategies[index].merge;
	struct merge_job job = {.strategy = index};
	struct merge_answer answer = {0};
	int rc;

	if (!run->plan.merge || !merging_applies(&run->manifest, index))
		return;
	snprintf(job.run_dir, sizeof(job.run_dir), "%s", run->plan.out);
	rc = task_ask(&run->spawner, TASK_MERGE, &job, sizeof(job), &answer,
		      sizeof(answer), judging_time_ms(run, index, 1));
	if (rc < 0 || answer.rc < 0) {
		fprintf(stderr, "tailrace: %s: not merged: %s\n",
			run->manifest.strategies[index].name,
			rc < 0 ? strerror(-rc) : answer.sentence);
		return;
	}
	*merged = (struct manifest_merge){
		.path = strdup(answer.path),
		.records = answer.records,
		.bytes = answer.bytes,
		.left_out = answer.left_out,
		.duration_ns = answer.duration_ns,
	};
}

/* Has rank 0 been asked to stop?  Collective. */
static bool is_stopped(const struct run *run)
{
	int32_t stopped = interrupt_asked();
	int rc = world_broadcast(&run->world, &stopped, sizeof(stopped));

	if (rc < 0)
		run_lost_touch(run, rc);
	return stopped;
}

/* Append with one strategy, and gather what the judge needs. */
static enum exit_code append(struct run *run, uint32_t index, bool *ret_ended,
			     struct error *err)
{
	enum exit_code code;

	if (run->plan.segment_bytes) {
		code = soak(run, index, ret_ended, err);
		if (code == EXIT_SAFE && run_is_first(run) &&
		    manifest_save(&run->manifest, run->plan.out, err) < 0)
			code = EXIT_COULD_NOT_RUN;
		return run_agree(run, code, err);
	}
	code = phase(run, index, err);
	return code == EXIT_SAFE ? views(run, index, err) : code;
}

/* Strategy after strategy: append, gather, take views, share, judge. */
static enum exit_code append_and_judge(struct run *run, struct judging *judging,
				       struct error *err)
{
	enum exit_code code = EXIT_SAFE;
	bool ended = false;
	uint32_t shares;

	for (uint32_t i = 0; i < run->plan.strategy_count; i++) {
		if (ended || is_stopped(run)) {
			phase_skip(run, i,
				   ended ? "an anomaly had ended the run before it"
					 : "the run was asked to stop before it",
				   0);
			continue;
		}
		code = append(run, i, &ended, err);
		if (code != EXIT_SAFE)
			break;
		shares = run->plan.segment_bytes ? 0 : sharing(run, i);
		if (run_is_first(run)) {
			judge(judging, i, shares);
			merge(run, i);
		}
	}
	return code;
}

void course_remove_data(struct run *run)
{
	struct task_answer answer = {0};
	struct clean_job job = {.inode = run->data_inode};
	int rc;

	snprintf(job.data_dir, sizeof(job.data_dir), "%s", run->manifest.data_dir);
	rc = task_ask(&run->spawner, TASK_CLEAN, &job, sizeof(job), &answer,
		      sizeof(answer), run_timeout_ms(run));
	if (rc < 0 || answer.rc < 0)
		fprintf(stderr, "tailrace: cannot remove %s: %s\n", job.data_dir,
			strerror(rc < 0 ? -rc : -answer.rc));
}

/* --keep: remove the data files; nothing that we did not make. */
static void remove_unwanted_data(struct run *run, enum exit_code code)
{
	struct error err = {""};

	/* Of segments those that are to be kept were kept. */
	if (run->plan.segment_bytes) {
		if (!run->manifest.data_kept)
			course_remove_data(run);
		return;
	}
	if (run->plan.keep == KEEP_ALWAYS ||
	    (run->plan.keep == KEEP_UNSAFE && code != EXIT_SAFE))
		return;
	course_remove_data(run);
	run->manifest.data_kept = false;
	if (manifest_save(&run->manifest, run->plan.out, &err) < 0)
		fprintf(stderr, "tailrace: %s\n", err.sentence);
}

/* The summary, where it does not come between a pipe and its JSON. */
static void print_summary(const struct run *run)
{
	if (!run->plan.quiet)
		results_show(run->plan.out, relaunch_colour(), plan_page(&run->plan));
}

/* Rank 0: the verdict, and all files that tell of it. */
static enum exit_code conclude(struct run *run, struct judging *judging,
			       struct error *err)
{
	enum exit_code code;

	if (outline_take_clocks(run) < 0 ||
	    manifest_save(&run->manifest, run->plan.out, err) < 0 ||
	    runfolder_close(run, err) < 0)
		return EXIT_COULD_NOT_RUN;
	code = judging_results(judging, err);
	remove_unwanted_data(run, code);
	if (!run->plan.out_given)
		runfolder_link_latest(run->plan.out);
	print_summary(run);
	return code;
}

enum exit_code course_run(struct run *run, struct error *err)
{
	struct judging judging = {.run = run};
	enum exit_code code;

	if (run->plan.segment_bytes)
		run->manifest.data_kept = false; /* until one is */
	if (run_is_first(run))
		judging_start(&judging, run);
	rpcs_save(run, "before");
	code = append_and_judge(run, &judging, err);
	rpcs_save(run, "after");
	if (code == EXIT_SAFE && run_is_first(run))
		code = conclude(run, &judging, err);
	judging_end(&judging);
	code = run_agree(run, code, err);
	childlog_gather(run);
	return code;
}
