/*
 * turn - stepping aside after some appends, so that writers meet.
 *
 * Whoever lets go of a lock and asks for it again at once nearly always gets it:
 * the others are still waking up, or still waiting for the server's word.  Seen
 * were 0.2 % of appends handed over on a local file system, and 0.8 % over NFS:
 * a test of a lock that hardly anybody takes from anybody.  So after a number of
 * appends under a lock a writer pauses, outside of any append, and makes its
 * pauses as long as it takes for another to come in between.
 */
#ifndef TAILRACE_WORKLOADS_TURN_H
#define TAILRACE_WORKLOADS_TURN_H

#include <stdint.h>

/* Holds of the lock in a turn, unless the user says otherwise. */
#define TURN_HOLDS_DEFAULT 16

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

/*
 * A hold is over at @now_ns: its records stand at [@offset, @end).  Returns how
 * long to pause now, in ns; 0 within a turn.
 */
uint64_t turn_pause_ns(struct turn *turn, int64_t offset, int64_t end, uint64_t now_ns);

#endif
