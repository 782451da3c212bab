/*
 * cmd_run - `tailrace run`: the life of a run, from the plan to the verdict.
 *
 *	plan -> ranks agree -> preflight -> strategies (course.h) -> results
 */
#include "harness/commands.h"

#include "core/units.h"
#include "harness/course.h"
#include "harness/session.h"
#include "results/result.h"

#include <stdio.h>

/* What the run will cost, before it costs anything. */
static void announce(const struct run *run)
{
	const struct plan *plan = &run->plan;
	const struct manifest_host *host = &run->manifest.hosts[0];
	char text[UNITS_TEXT_BYTES];

	if (plan->quiet)
		return;
	fprintf(stderr,
		"tailrace: %u rank%s on %zu host%s will write %s%s to %s (%s)\n",
		plan->ranks, plan->ranks == 1 ? "" : "s", run->hosts.count,
		run->hosts.count == 1 ? "" : "s", plan->records ? "at most " : "",
		plan->records ? units_format_bytes(plan_total_bytes(plan), text)
			      : "until the time is over",
		plan->dir, host->fstype);
	if (plan->segment_bytes)
		fprintf(stderr,
			"tailrace: in segments of about %s, which are removed once "
			"they "
			"were judged safe (--segment none: keep all)\n",
			units_format_bytes(plan->segment_bytes, text));
	session_announce_hosts(run);
}

/* The whole of it; the exit code is the same on every rank. */
static enum exit_code live(struct run *run, struct error *err)
{
	enum exit_code code = session_begin(run, announce, err);

	return code == EXIT_SAFE ? course_run(run, err) : code;
}

int cmd_run(int argc, char **argv)
{
	static const struct session_command command = {
		.parse = plan_parse,
		.show = plan_show,
		.result_file = RESULT_JSON_FILE,
		.live = live,
	};

	return session_main(&command, argc, argv);
}
