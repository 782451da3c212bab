/* sweep_report - the finished runs of a sweep as files; docs/formats.md has them. */
#ifndef TAILRACE_RESULTS_SWEEP_REPORT_H
#define TAILRACE_RESULTS_SWEEP_REPORT_H

#include <jansson.h>

#include "results/outcome.h"

/* One finished run. */
struct sweep_run {
	size_t point, repeat; /* from 0 */
	char *folder;	      /* within runs/; owned */
	int exit_code;
	double seconds;
	struct run_outcome outcome; /* owned */
};

/* Borrows all. */
struct sweep_report {
	const char *const *keys; /* of -L, key_count of them */
	size_t key_count;
	json_t *settings; /* of each point: {key: value} */
	size_t planned;
	struct sweep_run *runs; /* sorted by point and repeat */
	size_t count;
};

/*
 * Write sweep.json, sweep.csv and points.csv into the folder @out, each replaced at
 * once. 0 or a negative errno with a sentence.
 */
int sweep_report_write(const struct sweep_report *report, const char *out,
		       struct error *err);

#endif
