/*
 * rule - runs that show one rule of the verdict each, most of them beside a
 * neighbour on the other side of it; docs/guarantees.md has the rules.
 */
#ifndef TAILRACE_HARNESS_SELFTEST_RULE_H
#define TAILRACE_HARNESS_SELFTEST_RULE_H

#include "harness/selftest/plant.h"

struct rule {
	const char *name;
	const char *what; /* a phrase for people */
	enum verdict verdict;
	struct plant_shape shape; /* all 0: the usual one */

	/* Each may be NULL. */
	void (*set)(struct plant *plant);  /* before the first append */
	void (*act)(struct plant *plant);  /* between the clean appends */
	void (*harm)(struct plant *plant); /* once the run folder is written */
	bool refused;			   /* it cannot be judged at all */
};

extern const struct rule rules[];
extern const size_t rule_count;

/* Each writer appends to a file of its own, without a lock; a `set`. */
void rule_own_files(struct plant *plant);

#endif
