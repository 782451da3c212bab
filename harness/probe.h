/*
 * probe - `tailrace probe`, and the same within another run: every probe of
 * workloads/probe.h, played by two agents on rank 0's host and on the next.
 *
 *	rank 0: plays the scripts, step after step      (probe_play.c)
 *	  |  its own agents                             (probe_crew.c)
 *	  |  letters: MAIL_PROBE_STEP, MAIL_PROBE_REPLY (probe_remote.c)
 *	leader of another host: has its agent perform what the letters say
 */
#ifndef TAILRACE_HARNESS_PROBE_H
#define TAILRACE_HARNESS_PROBE_H

#include "harness/run.h"
#include "results/probe_report.h"

/*
 * Collective, after preflight: files are made in the run's directory in DIR, and
 * are left there for whoever removes it.  On rank 0 @ret_report, which must be
 * empty, is filled, and the caller owns it (probe_report_release); the others may
 * pass NULL.  A mount that hangs costs the plan's time-out for each hang, and no
 * more than a few of them: then the rest is not performed.
 *
 * Returns EXIT_SAFE where the probes were performed, whatever they found; or
 * EXIT_COULD_NOT_RUN with a sentence on all ranks.
 */
enum exit_code probe_run(struct run *run, struct probe_report *ret_report,
			 struct error *err);

#endif
