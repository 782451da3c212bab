/*
 * turn - stepping aside after some appends, so that writers meet.
 *
 * Whoever lets go of a lock and asks for it again at once nearly always gets it:
 * the others are still waking up, or still waiting for the server's word.  Seen
 * were 0.2 % of appends handed over on a local file system, and 0.8 % over NFS:
 * a test of a lock that hardly anybody takes from anybody.  So after a number of
 * appends under a lock a writer pauses, outside of any append, and makes its
 * pauses as long as it takes for another to come in between.
 *
 * On a local file system an append takes a microsecond or two, and writers that
 * share a processor would come one after the other without ever meeting.  There
 * the last holder of a turn keeps the lock for a moment before it lets go, while
 * the others come to wait for it.
 */
#ifndef TAILRACE_WORKLOADS_TURN_H
#define TAILRACE_WORKLOADS_TURN_H

#include <stdbool.h>
#include <stdint.h>

/* Holds of the lock in a turn, unless the user says otherwise. */
#define TURN_HOLDS_DEFAULT "16" /* text: the fallback of an option */

/* How long the last hold of a turn lasts on, on a local file system. */
#define TURN_LINGER_NS 20000

/* All zero never pauses. */
struct turn {
	uint32_t holds;	   /* in a turn; 0: never pause */
	uint32_t done;	   /* of this turn */
	uint64_t began_ns; /* this turn */
	uint64_t took_ns;  /* the turn before */
	uint64_t pause_ns; /* the next pause */
	int64_t last_end;  /* where the own last record ended, before a pause */
};

/* Begin the first turn of @holds holds at @now_ns. */
void turn_begin(struct turn *turn, uint32_t holds, uint64_t now_ns);

/* Is the next hold the last of its turn? */
static inline bool turn_ends(const struct turn *turn)
{
	return turn->holds && turn->done + 1 == turn->holds;
}

/*
 * A hold is over at @now_ns: its records stand at [@offset, @end).  Returns how
 * long to pause now, in ns; 0 within a turn.
 */
uint64_t turn_pause_ns(struct turn *turn, int64_t offset, int64_t end, uint64_t now_ns);

#endif
