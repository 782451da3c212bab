/* probe - see probe.h. */
#include "harness/probe.h"

#include "core/clock.h"
#include "harness/interrupt.h"
#include "harness/probe_play.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How long the first round of clock samples may take. */
#define CLOCKS_NS 2000000000u

#define NAP_NS 1000000u

/* A round of samples; without one, times of two hosts cannot be compared. */
static int measure_clocks(struct stage *stage)
{
	struct clocks *clocks = &stage->run->clocks;
	uint64_t give_up_ns = clock_now_ns() + CLOCKS_NS;
	int rc;

	if (!stage->other_host)
		return 0;
	clocks_hurry(clocks);
	do {
		clock_sleep_ns(NAP_NS);
		rc = stage_attend(stage);
	} while (rc == 0 && !clocks_round_complete(clocks) &&
		 clock_now_ns() < give_up_ns);
	return rc;
}

static int let_go(struct run *run)
{
	struct mail mail = {.kind = MAIL_PROBE_OVER};
	int rc = 0;

	for (uint32_t rank = 1; rc == 0 && rank < run->world.size; rank++)
		rc = mail_send(&run->box, rank, &mail);
	return rc;
}

static void describe(const struct stage *stage, struct probe_report *report)
{
	const struct manifest *m = &stage->run->manifest;
	const char *options = m->hosts[0].mount_options;

	report->class = probe_class_of(m->hosts[0].fstype, options ? options : "");
	report->one_host = !stage->other_host;
	report->local_fs = m->local_fs;
	report->hosts[1] = stage->other_host;
}

static int play_all(struct stage *stage, struct probe_report *report)
{
	int rc = measure_clocks(stage);
	struct probe probe;

	for (size_t i = 0; rc == 0 && probe_at(i, &probe); i++) {
		stage->stopped = interrupt_asked();
		rc = stage_play(stage, &probe, i, report->class, &report->results[i]);
	}
	return rc;
}

/* Rank 0.  The others follow letters and nothing else until it lets them go. */
static enum exit_code lead(struct run *run, struct probe_report *ret_report,
			   struct error *err)
{
	struct probe_report report = {.count = probe_count()};
	uint64_t began_ns = clock_now_ns();
	struct stage stage;
	int rc = 0;

	stage_init(&stage, run);
	report.results = calloc(report.count, sizeof(*report.results));
	describe(&stage, &report);
	if (report.results)
		rc = play_all(&stage, &report);
	stage_release(&stage);
	/* Afterwards again; and no sample is on its way when all go home. */
	if (rc == 0)
		rc = measure_clocks(&stage);
	if (rc == 0)
		rc = let_go(run);
	if (rc < 0)
		run_lost_touch(run, rc);
	if (!report.results) {
		error_sys(err, ENOMEM, "cannot hold the answers");
		return EXIT_COULD_NOT_RUN;
	}
	report.lasted_ns = clock_now_ns() - began_ns;
	*ret_report = report;
	return EXIT_SAFE;
}

enum exit_code probe_run(struct run *run, struct probe_report *ret_report,
			 struct error *err)
{
	enum exit_code code = EXIT_SAFE;
	int rc = 0;

	if (run_is_first(run))
		code = lead(run, ret_report, err);
	else
		rc = probe_follow(run);
	if (rc < 0)
		run_lost_touch(run, rc);
	return run_agree(run, code, err);
}
