/*
 * run - random runs without a fault, as a lock or an atomic append leaves them:
 * every anomaly that is found in one is a false alarm.
 */
#ifndef TAILRACE_TESTS_MUTATE_RUN_H
#define TAILRACE_TESTS_MUTATE_RUN_H

#include "tests/craft/craft.h"

/* A number below @limit (1 for 0) that @state decides; SplitMix64. */
uint64_t dice(uint64_t *state, uint64_t limit);

/* Make the run that @seed stands for. */
void run_make(struct craft *craft, uint64_t seed);

/*
 * Spoil what its writers remember of times and offsets: no longer a clean run,
 * but one whose orders and holds are worth judging.
 */
void run_disturb(struct craft *craft, uint64_t seed);

#endif
