/*
 * clock_service - the time of rank 0's host, told by a process that sleeps in
 * the kernel until it is asked.
 *
 * MPI would not do: its ranks look for messages between naps or spin, so on a
 * busy processor a round trip took 60 to 130 ms, which is the clocks' error
 * then; a blocking socket wakes its process at once.
 *
 * Datagrams carry a key that only the ranks of this run know, and an answer is
 * as long as its question, so strangers get nothing from it.
 */
#ifndef TAILRACE_MPI_CLOCK_SERVICE_H
#define TAILRACE_MPI_CLOCK_SERVICE_H

#include <stdint.h>

#include "core/endpoints.h"
#include "core/manifest.h"

/* ---- the service ------------------------------------------------------- */

/* One socket for each family that the host has; -1 for the other. */
struct clock_service {
	uint64_t key;
	int fd[ENDPOINT_FAMILIES];
};

/*
 * Open the sockets and list this host's addresses.  0, or a negative errno where
 * there is no network at all.  The caller owns @service.
 */
int clock_service_open(struct clock_service *service, struct endpoints *ret_addresses);
void clock_service_close(struct clock_service *service);

/* Answer until @until_fd becomes readable or is closed.  0 or a negative errno. */
int clock_service_run(const struct clock_service *service, int until_fd);

/* ---- asking ------------------------------------------------------------ */

/* The service as one host reaches it; all zero but fd -1: not reached. */
struct clock_peer {
	int fd;
	uint64_t key;
	uint64_t question; /* counts them */
};

/*
 * Find the address of @addresses that answers first, within about a second.
 * 0 with an open @peer, or -ETIMEDOUT (none does) or another negative errno.
 */
int clock_peer_find(struct clock_peer *peer, const struct endpoints *addresses);
void clock_peer_close(struct clock_peer *peer);

/*
 * A burst of exchanges; the one with the shortest round trip is the sample.
 * Takes a tenth of a second at most.  0 or -ETIMEDOUT.
 */
int clock_peer_sample(struct clock_peer *peer, struct clock_sample *ret_sample);

/*
 * The sample that an exchange gives: sent and returned on the asker's clock, the
 * service's reading between them.
 */
struct clock_sample clock_sample_of(uint64_t sent_ns, uint64_t remote_ns,
				    uint64_t returned_ns);

#endif
