/*
 * live - words between a writer and its supervisor, in the page of header of the
 * writer's history, which both have mapped: what the writer is at, and what it is told.
 *
 * Reading and writing them makes no system call, so they cost the measured phase
 * nothing.  They lie outside of all that a checksum covers, in the byte order of the
 * host, and are no evidence: nothing that is judged depends on them.
 */
#ifndef TAILRACE_CORE_LIVE_H
#define TAILRACE_CORE_LIVE_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/error.h"

enum { LIVE_AT = 1152 }; /* byte of the page; docs/formats.md */

/* What the writer is at. */
enum live_state {
	LIVE_IDLE = 0,	  /* between appends, or not at a lock */
	LIVE_WAITING = 1, /* in the call that waits for the lock */
	LIVE_HOLDING = 2, /* from there until after the call that unlocks */
};

/* What it is to do to itself when it next holds the lock. */
enum live_order {
	LIVE_NO_ORDER = 0,
	LIVE_KILL = 1, /* SIGKILL, between the write and what makes it last */
	LIVE_STOP = 2, /* SIGSTOP, between knowing its place and the write */
};

struct live {
	_Atomic uint32_t state;
	/* Set by the supervisor; whoever exchanges it for LIVE_NO_ORDER has it. */
	_Atomic uint32_t order;
	/*
	 * Not 0: leave instead of beginning an append when CLOCK_MONOTONIC showed this
	 * or more at the end of the last one, without giving up a wait for the lock.
	 */
	_Atomic uint64_t leave_ns;
	/* By the writer: when it took its order, and went on after a stop; 0: never. */
	_Atomic uint64_t obeyed_ns, resumed_ns;
};
_Static_assert(sizeof(struct live) == 32, "as in docs/formats.md");

/* The words in the mapped header @page of a history. */
static inline struct live *live_in(uint8_t *page)
{
	return (struct live *)(void *)(page + LIVE_AT);
}

/*
 * Map the words of the history @path, whose writer may be alive.  Returns 0; -EBADMSG
 * where it is no file with a whole page; or another negative errno, with a sentence.
 * Ended by live_close, which the words outlive.
 */
int live_open(const char *path, struct live **ret_live, struct error *err);

/* Harmless on NULL. */
void live_close(struct live *live);

/*
 * Set leave_ns in the words of the history @path; 0: take it back.  As live_open.
 */
int live_leave_at(const char *path, uint64_t leave_ns, struct error *err);

#endif
