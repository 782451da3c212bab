/*
 * task_judge - the child that reads the data files, judges strategy after
 * strategy, and writes the results: the chain of `tailrace verify`.
 */
#include "harness/tasks.h"

#include "core/manifest.h"
#include "harness/blind.h"
#include "results/result.h"
#include "verify/crew.h"
#include "verify/judge.h"
#include "verify/segments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct judge {
	const char *run_dir;
	struct results_options options;
	struct manifest manifest; /* as last saved by rank 0 */
	struct judgment *judgments;
	bool *judged;
};

/* Read the manifest again: rank 0 adds to it after each strategy. */
static int refresh(struct judge *judge, struct error *err)
{
	struct manifest manifest = {0};
	int rc = manifest_load(&manifest, judge->run_dir, err);

	if (rc < 0)
		return rc;
	manifest_release(&judge->manifest);
	judge->manifest = manifest;
	if (!judge->judgments) {
		judge->judgments =
			calloc(manifest.strategy_count, sizeof(*judge->judgments));
		judge->judged = calloc(manifest.strategy_count, sizeof(*judge->judged));
	}
	if (!judge->judgments || !judge->judged)
		return error_sys(err, ENOMEM, "cannot judge");
	return 0;
}

/* What ran in segments was judged already: the data may be out of reach by now. */
static int judge_as_it_ran(struct judge *judge, size_t index, uint32_t shares,
			   struct error *err)
{
	char folder[PATH_MAX];
	/* The writers are gone by now: this host has nothing better to do. */
	const struct judge_means means = {
		.threads = crew_processors(),
		.shares_dir = folder,
		.shares = shares,
	};
	const struct manifest *m = &judge->manifest;
	struct judgment *judgment = &judge->judgments[index];

	snprintf(folder, sizeof(folder), "%.4000s/shares", judge->run_dir);
	if (m->strategies[index].segments)
		return segments_judge(&means, m, judge->run_dir, index,
				      SEGMENTS_RECALLED, judgment, err);
	return judge_strategy_by(&means, m, judge->run_dir, index, judgment, err);
}

static int judge_one(struct judge *judge, size_t index, uint32_t shares,
		     struct judge_answer *answer, struct error *err)
{
	const struct judgment *judgment = &judge->judgments[index];
	int rc;

	if (index >= judge->manifest.strategy_count)
		return error_set(err, EINVAL, "there is no strategy %zu", index);
	if (!judge->judged[index]) {
		rc = judge_as_it_ran(judge, index, shares, err);
		if (rc < 0)
			return rc;
		judge->judged[index] = true;
	}
	answer->verdict = judgment->verdict;
	snprintf(answer->sentence, sizeof(answer->sentence), "%s", judgment->reason);
	return 0;
}

static int write_results(struct judge *judge, struct judge_answer *answer,
			 struct error *err)
{
	struct result result = {.manifest = &judge->manifest};
	struct error warning = {""};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < judge->manifest.strategy_count; i++)
		if (judge_one(judge, i, 0, answer, err) < 0)
			rc = blind_judgment(&judge->judgments[i], &judge->manifest, i,
					    err->sentence);
	if (rc < 0)
		return error_sys(err, -rc, "cannot judge");
	answer->judged = true;
	result.judgments = judge->judgments;
	result.verdict = judge_run(&judge->manifest, judge->judgments,
				   judge->manifest.strategy_count);
	rc = results_write(&result, judge->run_dir, judge->run_dir, &judge->options,
			   &warning, err);
	answer->verdict = result.verdict.verdict;
	answer->exit_code = verdict_exit_code(result.verdict.verdict);
	snprintf(answer->warning, sizeof(answer->warning), "%.511s", warning.sentence);
	return rc;
}

static void judge_release(struct judge *judge)
{
	for (size_t i = 0; judge->judged && i < judge->manifest.strategy_count; i++)
		if (judge->judged[i])
			judgment_release(&judge->judgments[i]);
	free(judge->judgments);
	free(judge->judged);
	manifest_release(&judge->manifest);
}

int task_judge(const void *arg, size_t arg_bytes, int fd)
{
	const struct judge_job *job = arg;
	struct judge judge = {.run_dir = job->run_dir};
	struct judge_question question;
	size_t got = 0;

	if (arg_bytes != sizeof(*job))
		return 1;
	judge.options.no_pictures = job->no_plots;
	while (task_receive(fd, &question, sizeof(question), -1, &got) == 0 &&
	       got == sizeof(question)) {
		struct judge_answer answer = {.verdict = VERDICT_INCONCLUSIVE};
		struct error err = {""};
		int rc = refresh(&judge, &err);

		if (rc == 0 && question.strategy == JUDGE_WRITE_RESULTS)
			rc = write_results(&judge, &answer, &err);
		else if (rc == 0)
			rc = judge_one(&judge, question.strategy, question.shares,
				       &answer, &err);
		answer.rc = rc;
		if (rc < 0)
			snprintf(answer.sentence, sizeof(answer.sentence), "%s",
				 err.sentence);
		if (task_send(fd, &answer, sizeof(answer)) < 0)
			break;
	}
	judge_release(&judge);
	return 0;
}
