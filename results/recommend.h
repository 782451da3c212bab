/*
 * recommend - which of the safe ways to append on a mount to take.
 */
#ifndef TAILRACE_RESULTS_RECOMMEND_H
#define TAILRACE_RESULTS_RECOMMEND_H

#include "results/result.h"

/* No strategy. */
#define RECOMMEND_NONE SIZE_MAX

/* Numbers of strategies, or RECOMMEND_NONE. */
struct recommendation {
	/*
	 * The fastest safe one in one file.  First among those by which any program can
	 * lock that file by itself; where none of them is safe, those that need a
	 * service (a sequencer, an aggregator, a token) of their own.
	 */
	size_t method;
	/* The fastest safe one with a service, where it is faster than the method. */
	size_t with_service;
	/* The fastest safe one with a file per writer. */
	size_t apart;
};

struct recommendation recommend(const struct result *result);

/* Does strategy number @index need a process beside the writers? */
bool recommend_needs_service(const struct result *result, size_t index);

#endif
