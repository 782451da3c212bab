/*
 * selftest - plant every anomaly in runs made by hand and demand that the verifier
 * finds each, exactly as it was planted, and nothing else.
 *
 * It shows that this binary, on this machine, can be trusted with a verdict.  All
 * happens in a temporary folder; no MPI and no mount under test is needed.
 */
#ifndef TAILRACE_HARNESS_SELFTEST_SELFTEST_H
#define TAILRACE_HARNESS_SELFTEST_SELFTEST_H

#include "harness/selftest/agree.h"

/* One case, judged. */
struct selftest_result {
	const char *name; /* "torn/4099" */
	const char *what; /* a phrase for people */
	struct selftest_agreement agreement;
};

struct selftest_options {
	uint64_t seed;
	uint32_t random_runs;
	const char *parent; /* the temporary folder is made in here; it must exist */

	/* Names of cases or of their groups; none: all cases. */
	const char *const *names;
	size_t name_count;

	craft_judge_fn *judge; /* what is tested: judge_strategy() */
	void (*report)(void *context,
		       const struct selftest_result *result); /* or NULL */
	bool (*stop)(void *context); /* asked before each case, or NULL */
	void *context;		     /* of both */
};

struct selftest_tally {
	uint32_t cases;
	uint32_t agreed; /* of them, those in which all was found as planted */
};

/*
 * Try all cases that @options chooses.  Returns 0 once they were tried: the
 * verifier is to be trusted only if all of them agreed.  A negative errno with a
 * sentence where that could not be done: -EINTR when asked to stop, else what the
 * temporary folder or the judge suffered.  Nothing is left there in any case.
 * (The verifier's own temporary files are in TMPDIR, and have no name.)
 */
int selftest_run(const struct selftest_options *options,
		 struct selftest_tally *ret_tally, struct error *err);

/* Is there a case or a group for each name?  0, or -EINVAL with a sentence. */
int selftest_names_check(const struct selftest_options *options, struct error *err);

/* Call @show for each case that @options chooses. */
void selftest_list(const struct selftest_options *options,
		   void (*show)(void *context, const char *name, const char *what),
		   void *context);

#endif
