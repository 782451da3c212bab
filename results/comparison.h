/*
 * comparison - two sets of runs against each other: what got worse?
 *
 * A pure function of what was read: docs/man/tailrace-compare.1.scd says by which
 * rules, and how sure they are.
 */
#ifndef TAILRACE_RESULTS_COMPARISON_H
#define TAILRACE_RESULTS_COMPARISON_H

#include <jansson.h>
#include <stdio.h>

#include "results/interval.h"
#include "results/run_set.h"

#define COMPARISON_SCHEMA "tailrace.comparison/1"

/* What is compared of each strategy beside its verdict. */
enum metric {
	METRIC_THROUGHPUT,
	METRIC_P50,
	METRIC_P99,
	METRIC_RPC,
	METRIC_COUNT,
};

struct metric_info {
	const char *name; /* of --threshold, and in JSON */
	const char *unit; /* and what it is, in the table */
	enum figure figure;
	bool less_is_worse;
	bool exact;	  /* a count, not a time: one pair of runs suffices */
	double least;	  /* a smaller figure counts as this: below it is noise */
	double threshold; /* the usual one; a share: 0.1 is 10 % */
};
extern const struct metric_info metric_table[METRIC_COUNT];

struct comparison_options {
	double thresholds[METRIC_COUNT]; /* shares */
	bool single;			 /* all metrics gate by one pair's ratio, too */
};

enum change {
	CHANGE_NOT_JUDGED,
	CHANGE_SAME,	/* the whole interval lies within the threshold */
	CHANGE_UNCLEAR, /* part of it does */
	CHANGE_BETTER,	/* all of it lies beyond: */
	CHANGE_WORSE,
};

/* "not judged", "same", "unclear", "better", "worse". */
const char *change_name(enum change change);

struct metric_change {
	double base, next;     /* geometric means over the pairs; NAN: not known */
	struct interval ratio; /* new over base, of pairs */
	enum change change;
};

/* One strategy of one point. */
struct comparison_row {
	const char *point, *name; /* borrowed from the sets, as the next ones */
	bool control;
	const struct outcome_strategy *base, *next; /* that tell the verdict; or NULL */
	enum change verdict;
	struct metric_change metrics[METRIC_COUNT];
};

/* Why it is no pass, in one line. */
struct comparison_reason {
	bool regression; /* else: that could not be judged */
	char *text;
};

enum comparison_verdict { NO_REGRESSION, REGRESSION, NOT_COMPARABLE };

/* Borrows the two sets.  Empty when all zero; released by comparison_release. */
struct comparison {
	const struct run_set *base, *next;
	struct comparison_options options;
	struct comparison_row *rows;
	size_t row_count;
	struct comparison_reason *reasons;
	size_t reason_count;
	enum comparison_verdict verdict;
};

/* 0 or -ENOMEM. */
int comparison_make(struct comparison *comparison, const struct run_set *base,
		    const struct run_set *next,
		    const struct comparison_options *options);
void comparison_release(struct comparison *comparison);

/* 0 no regression, 1 regression, 3 it cannot be judged. */
int comparison_exit_code(const struct comparison *comparison);

/* The page for people, ASCII but for names.  0 or a negative errno. */
int comparison_print(const struct comparison *comparison, FILE *stream);

/* As a new reference; NULL without memory. */
json_t *comparison_json(const struct comparison *comparison);

#endif
