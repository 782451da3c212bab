/*
 * probe_crew - the agents on this rank's host, each in a child of the spawner.
 */
#ifndef TAILRACE_HARNESS_PROBE_CREW_H
#define TAILRACE_HARNESS_PROBE_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/run.h"
#include "harness/spawner.h"
#include "workloads/probe.h"

/* Owner: whoever zeroed it and set run; ended by crew_dismiss. */
struct probe_crew {
	struct run *run;
	struct child agent[PROBE_AGENTS];
	bool present[PROBE_AGENTS];
	uint32_t file; /* number of the file that they work on */
};

/* The file of play number @file in the run's directory. */
void crew_path(const struct run *run, uint32_t file, char path[PATH_MAX]);

/*
 * Have @agent begin @step on the file number @file.  An agent that worked on another
 * file is replaced by a new one first.  0 or a negative errno.
 */
int crew_order(struct probe_crew *crew, uint32_t file, unsigned int agent,
	       const struct probe_step *step);

/*
 * What became of its last order, within @timeout_ms: 0; -ETIMEDOUT: nothing yet; or
 * -EPIPE: the agent died.
 */
int crew_reply(struct probe_crew *crew, unsigned int agent, int timeout_ms,
	       struct probe_reply *ret_reply);

/*
 * Kill @agent and wait until it is dead.  *@ret_killed_ns: when.  0, -ESRCH (there
 * is none) or -ETIMEDOUT.
 */
int crew_kill(struct probe_crew *crew, unsigned int agent, int timeout_ms,
	      uint64_t *ret_killed_ns);

/* Kill all; waits for none of them.  Harmless on an empty crew. */
void crew_dismiss(struct probe_crew *crew);

#endif
