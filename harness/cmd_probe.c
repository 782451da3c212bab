/*
 * cmd_probe - `tailrace probe`: lock conformance, without load.
 *
 *	plan -> ranks agree -> preflight -> probes -> results
 */
#include "harness/commands.h"

#include "core/units.h"
#include "harness/childlog.h"
#include "harness/course.h"
#include "harness/outline.h"
#include "harness/probe.h"
#include "harness/relaunch.h"
#include "harness/runfolder.h"
#include "harness/session.h"
#include "results/result.h"

#include <stdio.h>
#include <string.h>

static void show(const struct plan *plan, FILE *file)
{
	char text[UNITS_TEXT_BYTES];

	fputs("The plan (nothing was done):\n", file);
	fprintf(file, "  directory   %s\n", plan->dir);
	fprintf(file, "  run folder  %s\n",
		plan->out[0] ? plan->out : "tailrace-results/<label>/<time>");
	if (plan->ranks)
		fprintf(file, "  ranks       %u\n", plan->ranks);
	fprintf(file, "  probes      %zu\n", probe_count());
	fprintf(file, "  time-out    %s for a call\n",
		units_format_duration(plan->timeout_ns, text));
}

/* What will be done, before it is done. */
static void announce(const struct run *run)
{
	if (run->plan.quiet)
		return;
	fprintf(stderr, "tailrace: %zu probes of locks in %s (%s), %s%s\n",
		probe_count(), run->plan.dir, run->manifest.hosts[0].fstype,
		run->hosts.count > 1 ? "within a host and between it and "
				     : "within one host only",
		run->hosts.count > 1 ? run->hosts.host[1].identity.name : "");
	session_announce_hosts(run);
}

/* Rank 0: the files, and the page on stdout, which is what stdout is for. */
static enum exit_code conclude(struct run *run, const struct probe_report *report,
			       struct error *err)
{
	course_remove_data(run);
	if (outline_take_clocks(run) < 0 || runfolder_close(run, err) < 0 ||
	    probe_report_write(report, &run->manifest, run->plan.out, err) < 0)
		return EXIT_COULD_NOT_RUN;
	if (!run->plan.out_given)
		runfolder_link_latest(run->plan.out);
	if (!run->plan.quiet) {
		FILE *page = plan_page(&run->plan);

		results_show(run->plan.out, relaunch_colour(), page);
		fprintf(page, "\nRun folder: %s\n", run->plan.out);
	}
	return (enum exit_code)probe_report_exit_code(report);
}

static enum exit_code live(struct run *run, struct error *err)
{
	struct probe_report report = {0};
	enum exit_code code = session_begin(run, announce, err);

	if (code != EXIT_SAFE)
		return code;
	code = probe_run(run, &report, err);
	if (code == EXIT_SAFE && run_is_first(run))
		code = conclude(run, &report, err);
	probe_report_release(&report);
	code = run_agree(run, code, err);
	childlog_gather(run);
	return code;
}

int cmd_probe(int argc, char **argv)
{
	static const struct session_command command = {
		.parse = plan_parse_probe,
		.show = show,
		.result_file = PROBE_JSON_FILE,
		.live = live,
	};

	return session_main(&command, argc, argv);
}
