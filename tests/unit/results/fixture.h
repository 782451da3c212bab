/*
 * fixture - a made-up run with judgments made by hand: what the writers of
 * results get, without a file system under test and without a verifier.
 */
#ifndef TAILRACE_TESTS_UNIT_RESULTS_FIXTURE_H
#define TAILRACE_TESTS_UNIT_RESULTS_FIXTURE_H

#include "results/result.h"

/* What to make up of one strategy. */
struct fixture_strategy {
	const char *name;
	const char *preset;
	enum verdict verdict;
	bool control;
	bool per_file;
	double lost;	    /* share of the records, 0..1 */
	double typical_us;  /* of an append without waiting */
	uint64_t records;   /* per rank; 0: nothing was attempted */
	const char *reason; /* of the verdict; of the skip where it is skipped */
};

struct fixture {
	char dir[64]; /* the run folder, made in TMPDIR */
	struct manifest manifest;
	struct judgment *judgments;
	struct result result;
};

/*
 * Make up a run of @ranks ranks on @hosts hosts, with histories in its folder.
 * Fails the test where that is not possible.
 */
void fixture_init(struct fixture *fixture, uint32_t ranks, uint32_t hosts,
		  const struct fixture_strategy *strategies, size_t count);

/* Free it and remove the folder. */
void fixture_release(struct fixture *fixture);

/* The text of the file @name in the run folder, which the caller frees. */
char *fixture_read(const struct fixture *fixture, const char *name);

#endif
