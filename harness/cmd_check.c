/*
 * cmd_check - `tailrace check`: the acceptance test of a mount.
 *
 *	plan -> preflight -> selftest -> probes -> strategies (course.h) -> verdict
 */
#include "harness/commands.h"

#include "core/units.h"
#include "harness/check_matrix.h"
#include "harness/course.h"
#include "harness/probe.h"
#include "harness/session.h"
#include "harness/tasks.h"
#include "results/result.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The selftest takes seconds; so long on a machine that has much else to do. */
#define SELFTEST_WITHIN_MS 300000

/* As of `tailrace selftest`: what is tried on a mount has been tried before. */
#define SELFTEST_SEED 1

/* ---- the footprint ------------------------------------------------------------- */

/* "9 strategies of 2.0 s each, at most 64.0 MiB by 8 ranks without a rate limit" */
static void put_footprint(const struct plan *plan, FILE *file)
{
	char bytes[UNITS_TEXT_BYTES], time[UNITS_TEXT_BYTES], most[UNITS_TEXT_BYTES];

	fprintf(file, "at most %s",
		units_format_bytes(plan->ranks ? plan_total_bytes(plan)
					       : plan->bytes_limit,
				   bytes));
	fprintf(file,
		", in %u strategies of %s each (up to %s where writers hardly "
		"meet), ",
		plan->strategy_count, units_format_duration(plan->duration_ns, time),
		units_format_duration(plan->longest_ns, most));
	if (plan->rate && plan->ranks)
		fprintf(file, "at most %" PRIu64 " records/s",
			plan->rate * plan->ranks);
	else if (plan->rate)
		fprintf(file, "at most %" PRIu64 " records/s and rank", plan->rate);
	else
		fputs("as fast as they go (--rate)", file);
}

static void announce(const struct run *run)
{
	const struct plan *plan = &run->plan;

	if (plan->quiet)
		return;
	fprintf(stderr, "tailrace: %u rank%s on %zu host%s will write to %s (%s): ",
		plan->ranks, plan->ranks == 1 ? "" : "s", run->hosts.count,
		run->hosts.count == 1 ? "" : "s", plan->dir,
		run->manifest.hosts[0].fstype);
	put_footprint(plan, stderr);
	putc('\n', stderr);
	session_announce_hosts(run);
}

/* --dry-run */
static void show(const struct plan *plan, FILE *file)
{
	plan_show(plan, file);
	fprintf(file, "  level       %s, after a selftest and %zu probes of locks\n",
		check_level_names[plan->check], probe_count());
	fputs("  footprint   ", file);
	put_footprint(plan, file);
	putc('\n', file);
}

/* ---- before the strategies ------------------------------------------------------ */

/* Rank 0: can this binary be trusted with a verdict on this machine? */
static enum exit_code selftest(struct run *run, struct error *err)
{
	struct selftest_job job = {
		.seed = SELFTEST_SEED,
		.random_runs = check_budget(run->plan.check)->random_runs,
	};
	struct selftest_answer answer = {0};
	struct check_facts *facts = &run->manifest.check;
	int rc = task_ask(&run->spawner, TASK_SELFTEST, &job, sizeof(job), &answer,
			  sizeof(answer), SELFTEST_WITHIN_MS);

	if (rc < 0 || answer.rc < 0) {
		error_set(err, -rc, "the selftest could not be performed: %s",
			  rc < 0 ? strerror(-rc) : answer.sentence);
		return EXIT_COULD_NOT_RUN;
	}
	facts->selftest_cases = answer.cases;
	facts->selftest_agreed = answer.agreed;
	if (!run->plan.quiet)
		fprintf(stderr, "tailrace: selftest: %u of %u planted cases found\n",
			answer.agreed, answer.cases);
	if (answer.cases && answer.agreed == answer.cases)
		return EXIT_SAFE;
	error_set(err, 0,
		  "%u of %u selftests failed: no verdict of this program can be "
		  "trusted on this machine",
		  answer.cases - answer.agreed, answer.cases);
	return EXIT_COULD_NOT_RUN;
}

/* What the manifest keeps of @report.  0 or -ENOMEM. */
static int note_probes(struct check_facts *facts, const struct probe_report *report)
{
	static const enum check_probes verdicts[] = {
		[PROBE_MOUNT_CONFORMS] = CHECK_PROBES_CONFORM,
		[PROBE_MOUNT_HARMFUL] = CHECK_PROBES_HARMFUL,
		[PROBE_MOUNT_INCONCLUSIVE] = CHECK_PROBES_INCONCLUSIVE,
	};
	int rc = 0;

	facts->probes = verdicts[probe_report_verdict(report)];
	facts->conforming = (uint32_t)probe_report_tally(report, PROBE_CONFORMS);
	facts->harmless = (uint32_t)probe_report_tally(report, PROBE_HARMLESS);
	facts->harmful = (uint32_t)probe_report_tally(report, PROBE_HARMFUL);
	facts->unsupported = (uint32_t)probe_report_tally(report, PROBE_UNSUPPORTED);
	facts->unanswered = (uint32_t)probe_report_unanswered(report);
	for (size_t i = 0; rc == 0 && i < report->count; i++) {
		const struct probe_result *r = &report->results[i];

		if (r->verdict == PROBE_HARMFUL)
			rc = check_facts_add_harm(facts, r->probe.row->name,
						  probe_lock_names[r->probe.lock],
						  probe_scope_names[r->probe.scope],
						  r->probe.row->question, r->answer,
						  r->reason);
	}
	return rc;
}

/* Rank 0: into the manifest, and into files of their own. */
static enum exit_code keep_probes(struct run *run, struct probe_report *report,
				  struct error *err)
{
	int rc;

	/* With --local nothing is asked about other hosts. */
	report->local_fs |= run->plan.local;
	rc = note_probes(&run->manifest.check, report);
	if (rc < 0)
		error_sys(err, -rc, "cannot keep what the probes found");
	if (rc == 0)
		rc = probe_report_keep(report, &run->manifest, run->plan.out, err);
	if (rc == 0 && !run->plan.quiet) {
		fputs("tailrace: locks: ", stderr);
		probe_report_sentence(report, stderr);
		putc('\n', stderr);
	}
	return rc < 0 ? EXIT_COULD_NOT_RUN : EXIT_SAFE;
}

/* Collective. */
static enum exit_code probe(struct run *run, struct error *err)
{
	struct probe_report report = {0};
	enum exit_code code = probe_run(run, &report, err);

	if (code == EXIT_SAFE) {
		if (run_is_first(run))
			code = keep_probes(run, &report, err);
		code = run_agree(run, code, err);
	}
	probe_report_release(&report);
	return code;
}

/* ---- all of it ---------------------------------------------------------------------
 */

/* Collective: what must go well before anything is judged. */
static enum exit_code prepare(struct run *run, struct error *err)
{
	enum exit_code code = EXIT_SAFE;

	run->manifest.check.level = run->plan.check;
	run->manifest.check.local = run->plan.local;
	if (run_is_first(run))
		code = selftest(run, err);
	code = run_agree(run, code, err);
	return code == EXIT_SAFE ? probe(run, err) : code;
}

static enum exit_code live(struct run *run, struct error *err)
{
	enum exit_code code = session_begin(run, announce, err);

	if (code != EXIT_SAFE)
		return code;
	code = prepare(run, err);
	if (code == EXIT_SAFE)
		return course_run(run, err);
	if (run_is_first(run))
		course_remove_data(run);
	return code;
}

int cmd_check(int argc, char **argv)
{
	static const struct session_command command = {
		.parse = plan_parse_check,
		.show = show,
		.result_file = RESULT_JSON_FILE,
		.live = live,
	};

	return session_main(&command, argc, argv);
}
