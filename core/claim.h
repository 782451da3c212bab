/*
 * claim - what a strategy promises; the verdict judges by it.
 */
#ifndef TAILRACE_CORE_CLAIM_H
#define TAILRACE_CORE_CLAIM_H

#include <stddef.h>

enum claim {
	CLAIM_COMPLETE = 1 << 0,       /* no acknowledged record is lost */
	CLAIM_ONCE = 1 << 1,	       /* none stands there twice */
	CLAIM_NO_GAP = 1 << 2,	       /* no NULs between records */
	CLAIM_WRITER_ORDER = 1 << 3,   /* a writer's records stand in its order */
	CLAIM_REALTIME_ORDER = 1 << 4, /* and all in the order of time */
	CLAIM_EXCLUSION = 1 << 5,      /* no two hold the lock at a time */
};

#define CLAIM_COUNT 6

/* "complete", "once", "no_gap", ...; by bit number 0 .. CLAIM_COUNT - 1. */
extern const char *const claim_names[CLAIM_COUNT];

/* The bit of the claim called @name, or 0. */
unsigned int claim_by_name(const char *name);

#endif
