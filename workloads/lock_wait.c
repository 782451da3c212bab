/*
 * lock_wait - how long to pause before a lock that another holds is tried again.
 */
#include "core/random.h"
#include "workloads/part.h"

#define NS_PER_MS ((uint64_t)1000000)

/* 0 to 9 ms, whole: what the sample of place_seek_append.c sleeps. */
static uint64_t pause_random(uint32_t refusals, uint64_t *random)
{
	(void)refusals;
	return random_next(random) % 10 * NS_PER_MS;
}

static uint64_t pause_fixed(uint32_t refusals, uint64_t *random)
{
	(void)refusals;
	(void)random;
	return 5 * NS_PER_MS;
}

/* 1, 2, 4 ... 256 ms. */
static uint64_t pause_exponential(uint32_t refusals, uint64_t *random)
{
	(void)random;
	return NS_PER_MS << (refusals < 8 ? refusals : 8);
}

const struct lock_wait_info lock_wait_table[LOCK_WAIT_COUNT] = {
	[LOCK_WAIT_BLOCK] = {"block", NULL},
	[LOCK_WAIT_POLL] = {"poll", pause_random},
	[LOCK_WAIT_FIXED] = {"fixed", pause_fixed},
	[LOCK_WAIT_EXPONENTIAL] = {"exponential", pause_exponential},
};
