/*
 * cases - all that a selftest tries, as one list made of tables.
 */
#ifndef TAILRACE_HARNESS_SELFTEST_CASES_H
#define TAILRACE_HARNESS_SELFTEST_CASES_H

#include "harness/selftest/plant.h"

/*
 * A case without `known` is a run.  Its name is GROUP/NAME: "torn/4099" is the
 * damage `torn` among records of 4099 bytes.
 */
struct selftest_case {
	char name[64];
	const char *what; /* a phrase for people */
	bool (*known)(char *ret_text, size_t text_bytes);
	struct plant_shape shape;
	uint64_t seed;
	void (*set)(struct plant *plant); /* the next three may be NULL */
	void (*act)(struct plant *plant);
	void (*harm)(struct plant *plant);
	bool refused; /* it cannot be judged at all */
	bool ruled;   /* whatever is found, the verdict is: */
	enum verdict verdict;
};

/*
 * Call @visit for each case, @random_runs of random damage among them, until it
 * returns another value than 0, which is returned then.  What is left to
 * chance in a case follows from @seed and from the case's name alone.
 */
int cases_visit(uint64_t seed, uint32_t random_runs,
		int (*visit)(void *context, const struct selftest_case *test),
		void *context);

#endif
