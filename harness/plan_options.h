/*
 * plan_options - the options of the commands that make a plan, and what they are
 * parsed into: for plan.c.
 */
#ifndef TAILRACE_HARNESS_PLAN_OPTIONS_H
#define TAILRACE_HARNESS_PLAN_OPTIONS_H

#include "harness/plan.h"

/* What the option table parses into; texts are owned by struct options. */
struct raw_plan {
	struct plan plan;
	const char *strategies, *require, *expect;
	const char *history, *label, *fstype, *hosts, *hostfile, *out, *json;
	struct option_size_range size;
	uint64_t max_bytes;
	bool records_given;
	bool no_segments;		/* --segment none */
	bool quick, thorough;		/* of a check */
	char *matrix, *matrix_required; /* likewise; owned */
};

/* Of `tailrace run`, `probe` and `check`; they parse into a struct raw_plan. */
extern const struct option_table plan_run_options, plan_probe_options,
	plan_check_options;

#endif
