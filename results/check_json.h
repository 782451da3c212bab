/* check_json - the key `check` of result.json; docs/formats.md has its keys. */
#ifndef TAILRACE_RESULTS_CHECK_JSON_H
#define TAILRACE_RESULTS_CHECK_JSON_H

#include <jansson.h>

#include "results/result.h"

/* JSON null where the run was no check; NULL without memory. */
json_t *check_json(const struct result *result);

#endif
