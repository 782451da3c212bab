/*
 * clock - the one clock of a host that every history uses.
 */
#ifndef TAILRACE_CORE_CLOCK_H
#define TAILRACE_CORE_CLOCK_H

#include <errno.h>
#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds: the same for all processes of one host. */
static inline uint64_t clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Sleep until that clock shows @at_ns; returns at once if it is past. */
static inline void clock_sleep_until_ns(uint64_t at_ns)
{
	struct timespec at = {
		.tv_sec = (time_t)(at_ns / 1000000000u),
		.tv_nsec = (long)(at_ns % 1000000000u),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

static inline void clock_sleep_ns(uint64_t duration_ns)
{
	clock_sleep_until_ns(clock_now_ns() + duration_ns);
}

#endif
