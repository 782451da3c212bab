/*
 * explain - one finding as a person would want to see it: what stands there, the
 * bytes on both sides of the damage, who wrote them, when, and what each believed.
 */
#ifndef TAILRACE_RESULTS_EXPLAIN_H
#define TAILRACE_RESULTS_EXPLAIN_H

#include <stdio.h>

#include "core/error.h"
#include "results/result.h"

/* Which finding.  Borrows from the text that it was made of. */
struct explain_request {
	const char *strategy; /* as typed; NULL: the first that has such a finding */
	size_t strategy_length;
	enum anomaly kind; /* ANOMALY_LOST: any of its causes */
	uint64_t number;   /* from 1, in the order of anomalies.csv */
};

/*
 * Parse "[STRATEGY/]KIND[#N]".  Returns 0, or -EINVAL with a sentence that names the
 * kinds there are.
 */
int explain_parse(const char *text, struct explain_request *ret_request,
		  struct error *err);

/*
 * Print the page of that finding to @stream, fitted to it as results_print() does.
 * The histories are read from @run_dir, which is NULL where the manifest is loose.
 * Nothing is printed on failure.  Returns 0; -EINVAL where there is no such finding,
 * with the counts there are; or another negative errno; with a sentence in @err.
 */
int results_explain(const struct result *result, const char *run_dir,
		    const struct explain_request *request, FILE *stream,
		    struct error *err);

#endif
