/*
 * plan - what a run is to do: made from the command line, then never changed.
 *
 *	options -> plan_parse -> (rank 0) plan_settle -> broadcast -> every rank
 *
 * Plain data without pointers, so that ranks agree on it by one broadcast.
 */
#ifndef TAILRACE_HARNESS_PLAN_H
#define TAILRACE_HARNESS_PLAN_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/check_facts.h"
#include "core/error.h"
#include "core/options.h"
#include "core/record.h"
#include "harness/fault.h"
#include "verify/judgment.h"
#include "workloads/strategy.h"

/* When the data files are to be removed. */
enum keep_data {
	KEEP_ALWAYS,
	KEEP_UNSAFE, /* unless the verdict is safe */
	KEEP_NEVER,
};

/* When progress is shown. */
enum show_eta {
	ETA_AUTO, /* on a terminal */
	ETA_ALWAYS,
	ETA_NEVER,
};

/* What each host reads of the closed data files, to compare. */
enum take_views {
	VIEWS_ALL,    /* every block */
	VIEWS_SAMPLE, /* of large files a sample */
	VIEWS_NONE,
};

enum { PLAN_LABEL_MAX = 128, PLAN_STRATEGIES_MAX = 64, PLAN_READERS_MAX = 1024 };

/* One strategy of the plan. */
struct plan_strategy {
	struct strategy_spec spec;
	bool required;
	bool expected; /* --expect names it */
	enum verdict expectation;
};

struct plan {
	char dir[PATH_MAX];	    /* absolute: the directory under test */
	char history_dir[PATH_MAX]; /* "": TMPDIR of each host */
	char label[PLAN_LABEL_MAX + 1];
	char fstype[64];  /* "": as the mount says */
	uint64_t records; /* per writer; 0: until the time is over */
	uint32_t min_bytes, max_bytes;
	uint64_t duration_ns; /* per strategy; 0: until the records are done */
	uint64_t rate;	      /* records/s per writer; 0: unlimited */
	uint32_t turn_holds;  /* workloads/turn.h; 0: never step aside */
	uint64_t bytes_limit; /* --max-bytes; 0: none */
	uint64_t timeout_ns;
	enum keep_data keep;
	enum show_eta eta;
	bool merge; /* the files of single writers, once they are closed */
	enum take_views views;
	uint64_t share_bytes; /* --share; 0: not given, UINT64_MAX: never */
	uint32_t readers;     /* that follow the shared file while it grows */
	bool strict, one_client, quiet, dry_run;
	bool no_plots;	     /* --no-plots: leave out the pictures */
	char json[PATH_MAX]; /* --json: a file's absolute path, "-", or "" */
	bool seed_given;
	uint64_t seed;
	enum check_level check; /* CHECK_NONE: another command */
	bool local;		/* --local: for processes on one host */
	/*
	 * A writer with less than its share of these after duration_ns goes on, until
	 * longest_ns at most.  0: it leaves.
	 */
	uint64_t enough_records, longest_ns;
	/*
	 * In segments of about so many bytes, or so long, unless segment_bytes is 0. Of
	 * a segment itself (segment.h) it is, and its writers leave when all have made
	 * roll_records together or after segment_ns, both unless that is 0.
	 */
	uint64_t segment_bytes, segment_ns;
	uint64_t roll_records;
	bool until_anomaly; /* the first ends the run */
	struct plan_strategy strategy[PLAN_STRATEGIES_MAX];
	uint32_t strategy_count;
	struct fault fault[FAULTS_MAX]; /* of each strategy */
	uint32_t fault_count;

	/* How to start. */
	uint32_t ranks_asked; /* -n; 0: not given */
	char hosts[4096];     /* "" : not given */
	char hostfile[PATH_MAX];

	/* Settled by rank 0. */
	uint32_t ranks;
	char run_id[RUN_ID_CHARS + 1];
	char created_utc[32]; /* ISO 8601 */
	char out[PATH_MAX];   /* absolute: the run folder */
	bool out_given;	      /* by --out: it may lie anywhere */
};

/*
 * Parse and check the command line.  Returns 0 (options->help: nothing is to be
 * done); -EINVAL for wrong usage; another negative errno where something could
 * not be read; with a sentence in @err.  @options is released by the caller.
 */
int plan_parse(int argc, char **argv, struct options *options, struct plan *ret_plan,
	       struct error *err);

/* The same for `tailrace probe`, which has no strategies and appends nothing. */
int plan_parse_probe(int argc, char **argv, struct options *options,
		     struct plan *ret_plan, struct error *err);

/* The same for `tailrace check`. */
int plan_parse_check(int argc, char **argv, struct options *options,
		     struct plan *ret_plan, struct error *err);

/*
 * Check what depends on the number of ranks: enough writers' numbers, and the
 * bytes against --max-bytes, which also bounds a run that is bounded by time.
 * 0 or -EINVAL with a sentence.
 */
int plan_set_ranks(struct plan *plan, uint32_t ranks, struct error *err);

/* Where the page for people goes: results are what stdout is for, unless --json is. */
FILE *plan_page(const struct plan *plan);

/* Draw what is random, note the time, and name the run folder.  0 or -errno. */
int plan_settle(struct plan *plan, struct error *err);

/* Bytes by which the whole run makes files grow at most; 0: unlimited. */
uint64_t plan_total_bytes(const struct plan *plan);

/* Local bytes that the histories of @writers take in one strategy; 0: unknown. */
uint64_t plan_history_bytes(const struct plan *plan, uint32_t writers);

/* What --dry-run shows. */
void plan_show(const struct plan *plan, FILE *file);

/* Write to @file the arguments that repeat this plan: `tailrace run @FILE`. */
int plan_save_args(const struct plan *plan, struct options *options, FILE *file);

#endif
