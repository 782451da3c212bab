/* judging - see judging.h. */
#include "harness/judging.h"

#include "core/units.h"
#include "harness/blind.h"
#include "results/result.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Slower than this and a mount is as good as dead. */
#define READ_BYTES_PER_S ((uint64_t)4 << 20)

/*
 * To write the results of one strategy, its plots among them: gnuplot has a minute
 * for each (results/result.h), and the histories are read once more.
 */
#define WRITE_MS 180000

void judging_start(struct judging *judging, struct run *run)
{
	struct judge_job job = {.no_plots = run->plan.no_plots};

	*judging = (struct judging){.run = run};
	snprintf(job.run_dir, sizeof(job.run_dir), "%s", run->plan.out);
	judging->alive = spawner_launch(&run->spawner, TASK_JUDGE, &job, sizeof(job),
					&judging->child, NULL) == 0;
}

void judging_end(struct judging *judging)
{
	if (!judging->alive)
		return;
	judging->alive = false;
	child_release(&judging->child);
}

int judging_time_ms(const struct run *run, size_t first, size_t count)
{
	uint64_t ms = run->plan.timeout_ns / 1000000u;
	uint64_t begun = 0;

	for (size_t i = first; i < first + count; i++)
		for (uint32_t rank = 0; rank < run->manifest.rank_count; rank++)
			begun += run->manifest.strategies[i].writers[rank].begun;
	ms += begun * run->plan.max_bytes / READ_BYTES_PER_S * 1000u;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* One question, one answer; a child that fails in that is given up. */
static void ask(struct judging *judging, struct judge_question question, int timeout_ms,
		struct judge_answer *ret_answer)
{
	struct judge_answer answer = {.verdict = VERDICT_INCONCLUSIVE};
	char time[UNITS_TEXT_BYTES];
	size_t got = 0;
	int rc = judging->alive ? 0 : -EPIPE;

	if (rc == 0)
		rc = child_send(&judging->child, &question, sizeof(question));
	if (rc == 0)
		rc = child_receive(&judging->child, &answer, sizeof(answer), timeout_ms,
				   &got);
	if (rc == 0 && got == sizeof(answer)) {
		*ret_answer = answer;
		return;
	}
	answer = (struct judge_answer){.rc = rc ? rc : -EPROTO};
	answer.verdict = VERDICT_INCONCLUSIVE;
	if (rc == -ETIMEDOUT)
		snprintf(answer.sentence, sizeof(answer.sentence),
			 "the data files could not be read within %s",
			 units_format_duration((uint64_t)timeout_ms * 1000000u, time));
	else
		snprintf(answer.sentence, sizeof(answer.sentence),
			 "the process that judges died");
	if (judging->alive)
		child_kill(&judging->child, SIGKILL);
	judging_end(judging);
	*ret_answer = answer;
}

void judging_strategy(struct judging *judging, uint32_t index, uint32_t shares,
		      struct judge_answer *ret_answer)
{
	ask(judging, (struct judge_question){index, shares},
	    judging_time_ms(judging->run, index, 1), ret_answer);
}

/* Without the child: results that say that there are none. */
static enum exit_code write_blindly(const struct run *run, const char *why,
				    struct error *err)
{
	const struct manifest *m = &run->manifest;
	const char *out = run->plan.out;
	struct judgment *judgments = calloc(m->strategy_count, sizeof(*judgments));
	struct results_options options = {.no_pictures = true};
	struct result result = {.manifest = m, .judgments = judgments};
	struct error warning;
	int rc = judgments ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < m->strategy_count; i++)
		rc = blind_judgment(&judgments[i], m, i, why);
	result.verdict.verdict = VERDICT_INCONCLUSIVE;
	if (rc == 0)
		rc = results_write(&result, out, out, &options, &warning, err);
	else
		error_sys(err, -rc, "cannot write the results");
	for (size_t i = 0; judgments && i < m->strategy_count; i++)
		judgment_release(&judgments[i]);
	free(judgments);
	return rc < 0 ? EXIT_COULD_NOT_RUN : EXIT_INCONCLUSIVE;
}

enum exit_code judging_results(struct judging *judging, struct error *err)
{
	struct run *run = judging->run;
	struct judge_answer answer;
	size_t count = run->manifest.strategy_count;
	int64_t time_ms = judging_time_ms(run, 0, count) + (int64_t)count * WRITE_MS;
	int timeout_ms = time_ms > INT_MAX ? INT_MAX : (int)time_ms;

	/*
	 * A child that was lost is replaced once: the mount may be back.  If it is not,
	 * that is found out in the time for reading, not in that for writing.
	 */
	if (!judging->alive) {
		judging_start(judging, run);
		for (uint32_t i = 0; i < count; i++) {
			judging_strategy(judging, i, 0, &answer);
			if (!judging->alive)
				return write_blindly(run, answer.sentence, err);
		}
	}
	ask(judging, (struct judge_question){.strategy = JUDGE_WRITE_RESULTS},
	    timeout_ms, &answer);
	judging_end(judging);
	if (answer.warning[0])
		fprintf(stderr, "tailrace: %s\n", answer.warning);
	if (answer.rc == 0)
		return (enum exit_code)answer.exit_code;
	if (!answer.judged)
		return write_blindly(run, answer.sentence, err);
	error_set(err, -answer.rc, "%s", answer.sentence);
	return EXIT_COULD_NOT_RUN;
}
