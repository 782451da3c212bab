/*
 * rpcs - the RPCs of the mount under test, over all hosts: each leader reads its
 * own counters, rank 0 adds up.
 */
#ifndef TAILRACE_HARNESS_RPCS_H
#define TAILRACE_HARNESS_RPCS_H

#include "harness/mounts.h"
#include "harness/run.h"

/* The counters of this rank's host; no kinds where it is no leader, or no NFS. */
void rpcs_read(const struct run *run, struct rpc_counts *ret_counts);

/*
 * Collective: the sum of what all leaders counted since @before, as a JSON object
 * for the manifest, on rank 0; NULL there where no mount is NFS.
 */
int rpcs_gather(const struct run *run, const struct rpc_counts *before,
		json_t **ret_sum);

/*
 * Collective: keep what the kernel says of each host's NFS mount, as
 * env/mountstats.<host>.<when> in the run folder.  It is there to be read by
 * people: where it cannot be written the run goes on.
 */
void rpcs_save(const struct run *run, const char *when);

#endif
