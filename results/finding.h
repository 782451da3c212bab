/* finding - what was found, as sentences for people. */
#ifndef TAILRACE_RESULTS_FINDING_H
#define TAILRACE_RESULTS_FINDING_H

#include <stdio.h>

#include "results/result.h"

/*
 * Print @finding as one line without a newline, naming both sides: "record 17 of
 * rank 3 on host2 (bytes 1088-1151) was overwritten by record 20 of rank 5 on
 * host4".
 */
void put_finding_sentence(FILE *stream, const struct manifest *manifest,
			  const struct finding *finding);

/* The same for a cache that was stale, naming its host. */
void put_stale_sentence(FILE *stream, const struct manifest *manifest,
			const struct stale_cache *stale);

/*
 * Up to @max findings of @judgment that show as many of its kinds as there are:
 * the first of each kind, then the second of each, and so on.  Returns how many
 * were put into @ret_findings.
 */
size_t choose_findings(const struct judgment *judgment, size_t max,
		       const struct finding **ret_findings);

/* The number of @finding, one of @judgment's, among those of its kind, from 1. */
uint64_t finding_number(const struct judgment *judgment, const struct finding *finding);

#endif
