/*
 * hosts - which ranks share a host, and what a host is to NFS.
 *
 * The NFS client of Linux is one per network namespace: it has a client id, a
 * connection and a page cache of its own.  So two ranks are on one host where
 * boot id and network namespace agree, whatever the machine calls itself.
 */
#ifndef TAILRACE_MPI_HOSTS_H
#define TAILRACE_MPI_HOSTS_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "mpi/world.h"

struct host_identity {
	char name[256];	  /* gethostname(2) */
	char client[96];  /* boot id ":" inode of the network namespace */
	char kernel[128]; /* release, uname(2) */
};

struct host {
	struct host_identity identity; /* of its leader; names made unique */
	uint32_t leader;	       /* its lowest rank */
	uint32_t rank_count;
};

/* The same on every rank.  Host 0 is that of rank 0. */
struct hosts {
	struct host *host;
	size_t count;
	uint32_t *rank_host; /* by rank: an index into host */
	uint32_t rank_count;
};

/* This process's host.  Returns 0 or a negative errno with a sentence. */
int host_identity_read(struct host_identity *ret_identity, struct error *err);

/*
 * Group @count identities, one per rank, by client.  Hosts stand in the order of
 * their leaders; a name that two of them bear gets "#2", "#3" at its end.
 * On success the caller owns @hosts (hosts_release).  0 or -ENOMEM.
 */
int hosts_group(struct hosts *hosts, const struct host_identity *identities,
		uint32_t count);

/* Read, exchange and group: collective. */
int hosts_init(struct hosts *hosts, const struct world *world, struct error *err);

/* Harmless on an empty one. */
void hosts_release(struct hosts *hosts);

/* Is @rank the leader of its host? */
bool hosts_is_leader(const struct hosts *hosts, uint32_t rank);

#endif
