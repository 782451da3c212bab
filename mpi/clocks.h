/*
 * clocks - how far each host's clock is from rank 0's.
 *
 * A sample is a burst of exchanges between the leader of a host and the clock
 * service of rank 0's (clock_service.h); of them the one with the shortest round
 * trip counts (Cristian 1989): the service read its clock somewhere between the two
 * readings of the leader, so the middle of them is wrong by half the round trip
 * at most.
 *
 * Rank 0 calls all leaders for a sample, by letter, and gets it by letter.
 */
#ifndef TAILRACE_MPI_CLOCKS_H
#define TAILRACE_MPI_CLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/manifest.h"
#include "mpi/clock_service.h"
#include "mpi/hosts.h"
#include "mpi/mail.h"

#define CLOCK_INTERVAL_NS 2000000000u /* between two rounds */

/*
 * So many leaders are asked for a sample at a time: bursts of more would wait for each
 * other at the service, which would make their round trips, and so the clocks' error.
 */
#define CLOCK_AT_ONCE 16

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
	size_t next;		     /* host to call in the round under way */
	size_t awaited;		     /* samples of those called */
	bool hurry;		     /* begin a round at the next tick */
	uint64_t round_ns;	     /* when the latest round began */

	struct clock_peer peer; /* a leader's way to the service */
};

/*
 * Collective.  Rank 0's @addresses are those of its clock service (count 0: there
 * is none); a leader that cannot reach it gives no samples, and its host can then
 * prove nothing about time to another.  @box and @hosts must outlive @clocks.
 * On success the caller owns it (clocks_release).  0 or a negative errno.
 */
int clocks_init(struct clocks *clocks, struct mailbox *box, const struct hosts *hosts,
		struct endpoints *addresses);
void clocks_release(struct clocks *clocks);

/*
 * Let @clocks have a letter that arrived.  Returns 1 if it was for it, 0 if not,
 * or a negative errno.
 */
int clocks_receive(struct clocks *clocks, const struct mail *mail);

/*
 * Rank 0: call for the samples that are due, if any.  Rounds over all hosts begin
 * CLOCK_INTERVAL_NS apart; clocks_hurry has one begin at the next tick, and
 * clocks_round_complete says whether it is over.  0 or a negative errno.
 */
int clocks_tick(struct clocks *clocks, uint64_t now_ns);
void clocks_hurry(struct clocks *clocks);
bool clocks_round_complete(const struct clocks *clocks);

/* Rank 0: keep nothing but the latest sample of each host. */
void clocks_forget(struct clocks *clocks);

/*
 * Rank 0: what @host's clock shows when rank 0's shows @at_ns, and the other way
 * round, by the latest sample.
 */
uint64_t clocks_to_host(const struct clocks *clocks, size_t host, uint64_t at_ns);
uint64_t clocks_from_host(const struct clocks *clocks, size_t host, uint64_t at_ns);

#endif
