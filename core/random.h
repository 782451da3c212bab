/*
 * random - seeded numbers, the same on every machine; and true ones for ids.
 */
#ifndef TAILRACE_CORE_RANDOM_H
#define TAILRACE_CORE_RANDOM_H

#include <stdint.h>

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection. */
static inline uint64_t random_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* A number that depends on all three and on nothing else. */
static inline uint64_t random_hash(uint64_t seed, uint64_t a, uint64_t b)
{
	return random_mix(random_mix(random_mix(seed) ^ a) ^ b);
}

/* The next number of the sequence that @state stands for (SplitMix64). */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t value = random_mix(*state);

	*state += 0x9e3779b97f4a7c15u;
	return value;
}

#endif
