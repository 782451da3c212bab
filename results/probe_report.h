/*
 * probe_report - what `tailrace probe` found, and the writers that put it into
 * files.  Nothing is judged here but the mount, by counting.
 */
#ifndef TAILRACE_RESULTS_PROBE_REPORT_H
#define TAILRACE_RESULTS_PROBE_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/error.h"
#include "core/manifest.h"
#include "workloads/probe.h"

#define PROBE_JSON_FILE	 "probe.json"
#define PROBE_JUNIT_FILE "junit.xml"

/* One probe, and what came of it. */
struct probe_result {
	struct probe probe;
	char answer[PROBE_ANSWER_MAX]; /* "": none was given */
	enum probe_verdict verdict;
	char reason[384]; /* a sentence without full stop; "" where it conforms */

	/* What the script's stop-watch showed, in each round. */
	uint64_t took_ns[PROBE_ROUNDS_MAX];
	unsigned int took_count;
	int64_t took_error_ns; /* of the hosts' clocks; -1: not known */
};

/* Empty when all zero; results are freed by probe_report_release. */
struct probe_report {
	enum probe_class class;
	bool one_host;	    /* the part between two hosts could not be performed */
	bool local_fs;	    /* where that part is not needed */
	uint32_t hosts[2];  /* where A and B are, by the manifest's numbers */
	uint64_t lasted_ns; /* the whole of it */
	struct probe_result *results;
	size_t count;
};

void probe_report_release(struct probe_report *report);

/* How many results got @verdict. */
size_t probe_report_tally(const struct probe_report *report,
			  enum probe_verdict verdict);

/*
 * How many questions were not answered that should have been: on a local file system
 * those between two hosts need not.
 */
size_t probe_report_unanswered(const struct probe_report *report);

/* The verdict of the mount: an enum, its name, and the exit code of the program. */
enum probe_mount_verdict {
	PROBE_MOUNT_CONFORMS,	  /* no harmful answer */
	PROBE_MOUNT_HARMFUL,	  /* at least one */
	PROBE_MOUNT_INCONCLUSIVE, /* none, but not everything could be asked */
};
enum probe_mount_verdict probe_report_verdict(const struct probe_report *report);
const char *probe_mount_verdict_name(enum probe_mount_verdict verdict);
int probe_report_exit_code(const struct probe_report *report);

/* One sentence, with its full stop, that says why. */
void probe_report_sentence(const struct probe_report *report, FILE *stream);

/*
 * Write probe.json, junit.xml and summary.txt into the existing folder @out_dir,
 * each by replacement (results/replacement.h).  @manifest tells of run and hosts.
 * 0, or a negative errno with a sentence.
 */
int probe_report_write(const struct probe_report *report,
		       const struct manifest *manifest, const char *out_dir,
		       struct error *err);

#define PROBE_PAGE_FILE "probe.txt"

/* The same beside the results of a run: probe.json, and the page as probe.txt. */
int probe_report_keep(const struct probe_report *report,
		      const struct manifest *manifest, const char *out_dir,
		      struct error *err);

/*
 * The writers; they leave errors of the stream to ferror(3), and return 0 or
 * -ENOMEM.  The page has lines of up to 108 columns.
 */
int probe_write_json(const struct probe_report *report, const struct manifest *manifest,
		     FILE *stream);
int probe_write_junit(const struct probe_report *report,
		      const struct manifest *manifest, FILE *stream);
int probe_write_page(const struct probe_report *report, const struct manifest *manifest,
		     FILE *stream);

#endif
