/*
 * clocks - how far each host's clock is from rank 0's.
 *
 * A burst is a few exchanges between rank 0 and the leader of a host; the one
 * with the shortest round trip becomes the sample (Cristian 1989): rank 0 read
 * its clock somewhere between the two readings of the leader, so the middle of
 * them is wrong by half the round trip at most.
 *
 * The exchanges are letters, handled one at a time, so that bursts fit between
 * a supervisor's naps.  Only within a burst may it poll without a nap, and for
 * CLOCK_SPIN_NS at most.  Rank 0 asks one leader at a time.
 */
#ifndef TAILRACE_MPI_CLOCKS_H
#define TAILRACE_MPI_CLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/manifest.h"
#include "mpi/hosts.h"
#include "mpi/mail.h"

#define CLOCK_INTERVAL_NS 2000000000u /* between two bursts with one host */
#define CLOCK_SPIN_NS	  4000000u
#define CLOCK_EXCHANGES	  16u

/* All samples of one host so far, in order of time. */
struct clock_series {
	struct clock_sample *samples;
	size_t count, room;
};

struct clocks {
	struct mailbox *box;
	const struct hosts *hosts;

	/* Rank 0. */
	struct clock_series *series; /* by host */
	size_t asked;		     /* the host of the burst, if busy */
	bool busy;
	bool hurry;	   /* begin a round at the next tick */
	size_t next;	   /* the host that is due; past the last: none is */
	uint64_t round_ns; /* when the latest round began */

	/* Both sides of a burst. */
	uint64_t spin_until_ns;

	/* A leader. */
	struct clock_sample best;
	unsigned int exchanges;
};

/*
 * @box and @hosts must outlive @clocks.  On success the caller owns it
 * (clocks_release).  0 or -ENOMEM.
 */
int clocks_init(struct clocks *clocks, struct mailbox *box, const struct hosts *hosts);
void clocks_release(struct clocks *clocks);

/*
 * Let @clocks have a letter that arrived.  Returns 1 if it was for it, 0 if not,
 * or a negative errno.
 */
int clocks_receive(struct clocks *clocks, const struct mail *mail);

/* Is a burst at the point where a nap would spoil it? */
bool clocks_spinning(const struct clocks *clocks, uint64_t now_ns);

/*
 * Rank 0: begin the burst that is due, if any.  Rounds over all hosts begin
 * CLOCK_INTERVAL_NS apart; clocks_hurry has one begin at the next tick, and
 * clocks_round_complete says whether it is over.  0 or a negative errno.
 */
int clocks_tick(struct clocks *clocks, uint64_t now_ns);
void clocks_hurry(struct clocks *clocks);
bool clocks_round_complete(const struct clocks *clocks);

/*
 * Rank 0: what @host's clock shows when rank 0's shows @at_ns, and the other way
 * round, by the latest sample.
 */
uint64_t clocks_to_host(const struct clocks *clocks, size_t host, uint64_t at_ns);
uint64_t clocks_from_host(const struct clocks *clocks, size_t host, uint64_t at_ns);

/*
 * The sample that an exchange gives: sent and returned on the leader's clock,
 * rank 0's reading between them.
 */
struct clock_sample clock_sample_of(uint64_t sent_ns, uint64_t remote_ns,
				    uint64_t returned_ns);

#endif
