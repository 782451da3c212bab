/*
 * damage - what storage does to a data file and its locks, one thing a row.
 *
 * Each makes the appends it needs, and says what must be found of it.  Those that
 * mix can be planted side by side, with a clean append between: what must be
 * found is the sum.
 */
#ifndef TAILRACE_HARNESS_SELFTEST_DAMAGE_H
#define TAILRACE_HARNESS_SELFTEST_DAMAGE_H

#include "harness/selftest/plant.h"

struct damage {
	const char *name;
	const char *what;   /* a phrase for people */
	uint32_t min_bytes; /* the largest record must have as many */
	bool last;	    /* nothing may follow */
	bool mixes;
	void (*plant)(struct plant *plant);
};

extern const struct damage damages[];
extern const size_t damage_count;

#endif
