/*
 * check_matrix - what `tailrace check` tries, as a table: the strategies of each
 * level, and what a level may cost.
 */
#ifndef TAILRACE_HARNESS_CHECK_MATRIX_H
#define TAILRACE_HARNESS_CHECK_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "core/check_facts.h"

/* What all strategies of a level may cost together, unless the user says otherwise. */
struct check_budget {
	uint64_t load_ns;     /* time of appending, shared out evenly */
	uint64_t longest_ns;  /* of one strategy whose writers have not met enough */
	uint64_t max_bytes;   /* --max-bytes */
	uint32_t random_runs; /* of the selftest, beside its named cases */
};

/* @level is not CHECK_NONE. */
const struct check_budget *check_budget(enum check_level level);

/*
 * The strategies of @level, or of them those that are required, as --strategy and
 * --require take them: "append,flock,fcntl".  A new string that the caller frees;
 * NULL without memory.
 */
char *check_matrix_strategies(enum check_level level);
char *check_matrix_required(enum check_level level);

#endif
