/*
 * agree - does a judgment say what was planted, no less and no more?
 */
#ifndef TAILRACE_HARNESS_SELFTEST_AGREE_H
#define TAILRACE_HARNESS_SELFTEST_AGREE_H

#include "harness/selftest/plant.h"

struct selftest_agreement {
	bool agrees;
	char expected[256];   /* "unsafe: lost 1, torn 1" */
	char found[256];      /* likewise */
	char difference[512]; /* the first one; empty where there is none */
};

/*
 * Compare every count, every finding with both its sides, and the verdict of
 * @judgment with what @plant says must be found.
 */
void agreement_find(const struct plant *plant, const struct judgment *judgment,
		    struct selftest_agreement *ret_agreement);

#endif
