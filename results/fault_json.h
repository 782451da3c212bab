/*
 * fault_json - the faults of a run, as result.json has them.
 */
#ifndef TAILRACE_RESULTS_FAULT_JSON_H
#define TAILRACE_RESULTS_FAULT_JSON_H

#include <jansson.h>

#include "results/result.h"

/* A new array, as docs/formats.md says; NULL without memory. */
json_t *faults_json(const struct result *result);

/*
 * When @fault happened: seconds since the append phase of its strategy began, or since
 * rank 0's clock did where that is not known.
 */
double fault_at_s(const struct manifest *manifest, const struct manifest_fault *fault);

/* What the verifier reckoned of fault number @index; NULL: nothing. */
const struct recovery *fault_recovery(const struct result *result, size_t index);

#endif
