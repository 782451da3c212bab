/*
 * crew - a few threads that do one work together, the caller being one of them.
 */
#ifndef TAILRACE_VERIFY_CREW_H
#define TAILRACE_VERIFY_CREW_H

#include <stdint.h>

/* More would only wait for one another: what is found is put together by one. */
enum { CREW_MAX = 8 };

/* The processors that this process may use (sched_getaffinity(2)): 1 to CREW_MAX. */
uint32_t crew_processors(void);

/*
 * Have up to @members threads run @work at once; return when all of them have.  Where
 * the system gives fewer, there are fewer: one must be able to do it all.  A crew of
 * one starts no thread.
 */
void crew_run(uint32_t members, void (*work)(void *context), void *context);

#endif
