/*
 * measure - figures that follow from a judgment.  All are finite or NAN; NAN is
 * what cannot be said (`null` in result.json, "-" in a table).
 */
#ifndef TAILRACE_RESULTS_MEASURE_H
#define TAILRACE_RESULTS_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/result.h"

/* Acknowledged records and their bytes, over the time of the append phase. */
double records_per_s(const struct judgment *judgment);
double bytes_per_s(const struct judgment *judgment);

/* Of a million acknowledged records; NAN where loss was not counted. */
double lost_per_million(const struct judgment *judgment);

/*
 * Records per second of appending and merging together; NAN where the strategy's
 * files were not merged, or where nobody saw how long it appended.
 */
double merged_records_per_s(const struct manifest_strategy *strategy);

/*
 * RPCs of all kinds on all hosts for each acknowledged record; NAN where they were not
 * counted, as on a mount that is not NFS.
 */
double rpcs_per_record(const struct manifest_strategy *strategy,
		       const struct judgment *judgment);

struct fairness {
	/*
	 * (sum x)^2 / (n * sum x^2) over the writers' acknowledged records:
	 * 1 where all are equal, 1/n where one has all (Jain, Chiu, Hawe 1984).
	 */
	double jain;
	double longest_wait_ms;
	/* A writer's part of all acknowledged records, 0..1; 1/n is fair. */
	double min_share, max_share;
};

struct fairness measure_fairness(const struct judgment *judgment);

/*
 * Put into @ret_order the strategies of @result in the order in which people
 * should read them: safe ones, fastest first; then inconclusive, unsafe and
 * skipped ones as they were given.  So no unsafe strategy ever stands before a
 * safe one.
 */
void rank_strategies(const struct result *result, size_t *ret_order);

/*
 * Does the verdict of the run rest on strategy number @index, as judge_run() has
 * it?  On the required ones; with --strict on controls too; on all where only
 * controls were selected.
 */
bool verdict_rests_on(const struct manifest *manifest, size_t index);

/*
 * Print what was tested, on one line: "nfs4 (vers=4.2,rsize=1048576), 8 ranks on
 * 4 hosts, 1,000 records of 64 B each".
 */
void put_setting(FILE *stream, const struct manifest *manifest);

#endif
