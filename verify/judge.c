/* judge - see judge.h. */
#include "verify/judge.h"

#include "verify/acceptance.h"
#include "verify/counter.h"
#include "verify/evidence.h"
#include "verify/holds.h"
#include "verify/lost.h"
#include "verify/match.h"
#include "verify/recovery.h"
#include "verify/segments.h"
#include "verify/tails.h"
#include "verify/tally.h"
#include "verify/verdict.h"
#include "verify/views.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Whose file holds records, or the one number of a counter. */
static bool applies_to_records(const struct evidence *e)
{
	return e->strategy->workload != WORKLOAD_COUNTER;
}

static bool applies_to_counters(const struct evidence *e)
{
	return e->strategy->workload == WORKLOAD_COUNTER;
}

/* What needs an exclusive lock to mean anything. */
static bool applies_to_locks(const struct evidence *e)
{
	return e->strategy->exclusive_lock;
}

/* What needs to know every byte of them. */
static bool applies_to_whole_files(const struct evidence *e)
{
	return applies_to_records(e) && !e->unreadable;
}

/*
 * The checks in their order: each one's function, whether it applies, and the
 * anomalies that it counts.  What no check counts stays null.
 */
static const struct check {
	int (*run)(struct evidence *evidence, struct error *err);
	bool (*applies)(const struct evidence *evidence); /* NULL: always */
	enum anomaly counts[ANOMALY_COUNT];
	size_t count;
} checks[] = {
	{match_files,
	 applies_to_records,
	 {ANOMALY_DUPLICATE, ANOMALY_UNEXPECTED, ANOMALY_WRITER_DISORDER,
	  ANOMALY_REALTIME_DISORDER},
	 4},
	{lost_explain,
	 applies_to_whole_files,
	 {ANOMALY_INTERLEAVED, ANOMALY_OVERWRITTEN, ANOMALY_TORN, ANOMALY_CORRUPTED,
	  ANOMALY_MISSING, ANOMALY_GAP, ANOMALY_GAP_BYTES, ANOMALY_FOREIGN,
	  ANOMALY_FOREIGN_BYTES},
	 9},
	{counter_check,
	 applies_to_counters,
	 {ANOMALY_OVERWRITTEN, ANOMALY_MISSING, ANOMALY_GAP, ANOMALY_GAP_BYTES,
	  ANOMALY_FOREIGN, ANOMALY_FOREIGN_BYTES, ANOMALY_WRITER_DISORDER,
	  ANOMALY_REALTIME_DISORDER},
	 8},
	{holds_check, applies_to_locks, {ANOMALY_LOCK_OVERLAP}, 1},
	{views_check, views_taken, {ANOMALY_DIVERGENT_VIEW}, 1},
};

static int checks_run(struct evidence *e, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].applies && !checks[i].applies(e))
			continue;
		for (size_t k = 0; k < checks[i].count; k++)
			e->anomalies[checks[i].counts[k]] = 0;
		rc = checks[i].run(e, err);
		/* All of them need whole histories, but the first reads them, too. */
		if (rc == 0 && !evidence_settle(e))
			return 0;
		evidence_recheck(e);
	}
	(void)evidence_settle(e);
	return rc;
}

/* lost is the sum of its causes, each record having exactly one. */
static int64_t causes_sum(const int64_t *counts)
{
	int64_t sum = 0;

	if (counts[ANOMALY_MISSING] == COUNT_NULL)
		return COUNT_NULL;
	for (int kind = ANOMALY_LOST + 1; kind <= ANOMALY_MISSING; kind++)
		sum += counts[kind] == COUNT_NULL ? 0 : counts[kind];
	return sum;
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->file_writer != y->file_writer)
		return x->file_writer < y->file_writer ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void gaps_tally(const struct evidence *e, struct judgment *j)
{
	const struct finding *finding = e->findings.items;

	if (e->anomalies[ANOMALY_GAP] == COUNT_NULL)
		return;
	j->gap_holes = j->gap_written = 0;
	for (size_t i = 0; i < e->findings.count; i++) {
		j->gap_holes += finding[i].nature == GAP_HOLE;
		j->gap_written += finding[i].nature == GAP_WRITTEN;
	}
}

/* Move what the evidence holds into the judgment. */
static int judgment_fill(struct evidence *e, struct judgment *j)
{
	e->anomalies[ANOMALY_LOST] = causes_sum(e->anomalies);
	e->proven[ANOMALY_LOST] = causes_sum(e->proven);
	memcpy(j->anomalies, e->anomalies, sizeof(j->anomalies));
	j->intact = e->intact;
	j->recovered = e->recovered;
	j->lock_lost = e->lock_lost;
	gaps_tally(e, j);
	j->stale_cache = e->stale_cache;
	j->views = e->views;
	memcpy(j->stale, e->stale, sizeof(j->stale));
	j->duration_ns = e->strategy->duration_ns;
	j->facts = e->facts;
	j->fact_count = e->fact_count;
	j->fact_stride = e->fact_stride;
	e->facts = NULL;
	stash_sort(&e->findings, compare_findings);
	if (!e->findings.count)
		return 0;
	j->findings = malloc(e->findings.count * sizeof(*j->findings));
	if (!j->findings)
		return -ENOMEM;
	memcpy(j->findings, e->findings.items,
	       e->findings.count * sizeof(*j->findings));
	j->finding_count = e->findings.count;
	return 0;
}

static void judgment_init(struct judgment *j)
{
	memset(j, 0, sizeof(*j));
	for (int kind = 0; kind < ANOMALY_COUNT; kind++)
		j->anomalies[kind] = COUNT_NULL;
	j->lock_lost = j->stale_cache = j->hung = COUNT_NULL;
	j->gap_holes = j->gap_written = COUNT_NULL;
}

/* Without its folder there is nothing to judge; an absent file in it is a finding. */
static int data_check(const struct manifest *manifest, struct error *err)
{
	struct stat st;

	if (!manifest->data_kept)
		return error_set(err, ENODATA,
				 "the data files of this run were not kept; "
				 "result.json has the verdict it got");
	if (stat(manifest->data_dir, &st) < 0)
		return error_set(err, ENODATA, "cannot find the data files in %s: %s",
				 manifest->data_dir, strerror(errno));
	return 0;
}

int judge_strategy(const struct manifest *manifest, const char *run_dir, size_t index,
		   struct judgment *judgment, struct error *err)
{
	static const struct judge_means alone;

	return judge_strategy_by(&alone, manifest, run_dir, index, judgment, err);
}

/* What the evidence comes to, once all checks have run. */
static int judgment_reach(struct evidence *e, struct judgment *j, struct error *err)
{
	int rc;

	tally_move(e, j);
	rc = judgment_fill(e, j);
	if (rc == 0)
		rc = tails_join(e, j);
	if (rc == 0)
		rc = recovery_measure(e, j);
	if (rc < 0)
		return error_set(err, -rc, "no memory for the judgment");
	verdict_reach(e, j);
	return 0;
}

/*
 * *@doubted: whose history was found out when it was judged before, or WRITER_NONE;
 * then whose is now, in which case nothing is judged.
 */
static int judge_once(const struct judge_means *means, const struct manifest *manifest,
		      const char *run_dir, size_t index, struct judgment *j,
		      uint32_t *doubted, struct error *err)
{
	struct evidence evidence;
	int rc = evidence_open(&evidence, means, manifest, run_dir, index, err);

	if (rc < 0)
		return rc;
	evidence_doubt(&evidence, *doubted);
	rc = checks_run(&evidence, err);
	*doubted = evidence.contradicted;
	if (rc == 0 && *doubted == WRITER_NONE)
		rc = judgment_reach(&evidence, j, err);
	evidence_close(&evidence);
	return rc;
}

/*
 * Histories are presumed to be whole, and read once, together with the data.  Where one
 * proves not to be, what it was taken to prove is void: judge again, as a history of
 * which it is known beforehand.  What has failed once is never again the ground of a
 * "safe", were it whole at the second look.
 */
static int judge_appends(const struct judge_means *means,
			 const struct manifest *manifest, const char *run_dir,
			 size_t index, struct judgment *j, struct error *err)
{
	struct judge_means thorough = *means;
	uint32_t doubted = WRITER_NONE;
	int rc = judge_once(means, manifest, run_dir, index, j, &doubted, err);

	if (rc < 0 || doubted == WRITER_NONE)
		return rc;
	thorough.check_first = true;
	return judge_once(&thorough, manifest, run_dir, index, j, &doubted, err);
}

int judge_strategy_by(const struct judge_means *means, const struct manifest *manifest,
		      const char *run_dir, size_t index, struct judgment *judgment,
		      struct error *err)
{
	struct judgment j;
	int rc;

	if (manifest->strategies[index].segments)
		return segments_judge(means, manifest, run_dir, index, SEGMENTS_AFRESH,
				      judgment, err);
	judgment_init(&j);
	if (!manifest->strategies[index].ran &&
	    !manifest->strategies[index].interrupted) {
		verdict_skip(&manifest->strategies[index], &j);
		*judgment = j;
		return 0;
	}
	rc = data_check(manifest, err);
	if (rc == 0)
		rc = judge_appends(means, manifest, run_dir, index, &j, err);
	if (rc < 0) {
		judgment_release(&j);
		return rc;
	}
	*judgment = j;
	return 0;
}

void judgment_release(struct judgment *judgment)
{
	free(judgment->latency);
	free(judgment->shares);
	free(judgment->findings);
	free(judgment->facts);
	free(judgment->readers);
	free(judgment->recoveries);
	memset(judgment, 0, sizeof(*judgment));
}

/* unsafe over inconclusive over safe; a required one that was skipped counts so. */
static enum verdict merge(enum verdict so_far, enum verdict next)
{
	if (so_far == VERDICT_UNSAFE || next == VERDICT_UNSAFE)
		return VERDICT_UNSAFE;
	if (so_far != VERDICT_SAFE || next != VERDICT_SAFE)
		return VERDICT_INCONCLUSIVE;
	return VERDICT_SAFE;
}

/*
 * What a strategy counts as: its verdict, or, under --expect, whether that is the
 * expected one.  What is neither safe nor unsafe contradicts no expectation.
 */
static enum verdict counted(const struct manifest_strategy *s, enum verdict verdict)
{
	if (!s->expected)
		return verdict;
	if (strcmp(s->expected, verdict_name(verdict)) == 0)
		return VERDICT_SAFE;
	return verdict == VERDICT_SAFE ? VERDICT_UNSAFE : verdict;
}

struct run_verdict judge_run(const struct manifest *manifest,
			     const struct judgment *judgments, size_t count)
{
	struct run_verdict run = {.verdict = VERDICT_SAFE};
	bool controls_only = true;
	size_t required = 0;

	for (size_t i = 0; i < count; i++)
		controls_only &= manifest->strategies[i].control;
	for (size_t i = 0; i < count; i++) {
		const struct manifest_strategy *s = &manifest->strategies[i];

		if (s->control && judgments[i].verdict == VERDICT_UNSAFE)
			run.teeth = true;
		if (!s->required && !controls_only && !(s->control && manifest->strict))
			continue;
		required++;
		run.verdict = merge(run.verdict, counted(s, judgments[i].verdict));
	}
	/* Nothing was demanded, so nothing was shown. */
	if (!required)
		run.verdict = VERDICT_INCONCLUSIVE;
	if (manifest->check.level != CHECK_NONE)
		run.verdict = acceptance_reach(manifest, judgments, run.verdict,
					       run.reason, sizeof(run.reason));
	return run;
}
