/* rpcs - see rpcs.h. */
#include "harness/rpcs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rpcs_read(const struct run *run, struct rpc_counts *ret_counts)
{
	FILE *file;

	ret_counts->kinds = 0;
	if (!hosts_is_leader(&run->hosts, run->world.rank))
		return;
	file = fopen("/proc/self/mountstats", "re");
	if (!file)
		return;
	if (mounts_read_rpc(file, run->mount_point, ret_counts) < 0)
		ret_counts->kinds = 0;
	fclose(file);
}

static void add_counts(json_t *sum, const struct rpc_counts *counts)
{
	for (uint32_t i = 0; i < counts->kinds; i++) {
		const struct rpc_count *kind = &counts->kind[i];
		json_int_t so_far =
			json_integer_value(json_object_get(sum, kind->name));

		if (kind->count)
			json_object_set_new(
				sum, kind->name,
				json_integer(so_far + (json_int_t)kind->count));
	}
}

/* Rank 0 takes one host's counts after the other. */
static int receive_counts(const struct run *run, struct rpc_counts *counts, json_t *sum,
			  bool *ret_any)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < run->hosts.count; i++) {
		size_t got = sizeof(*counts);

		if (i > 0)
			rc = world_receive(&run->world, run->hosts.host[i].leader,
					   counts, sizeof(*counts), &got);
		if (rc == 0 && got == sizeof(*counts) && counts->kinds) {
			add_counts(sum, counts);
			*ret_any = true;
		}
	}
	return rc;
}

int rpcs_gather(const struct run *run, const struct rpc_counts *before,
		json_t **ret_sum)
{
	struct rpc_counts *counts = calloc(1, sizeof(*counts));
	json_t *sum = json_object();
	bool any = false;
	int rc = 0;

	if (!counts || !sum)
		rc = -ENOMEM;
	if (rc == 0) {
		rpcs_read(run, counts);
		rpc_counts_subtract(counts, before);
	}
	if (rc == 0 && run->world.rank == 0)
		rc = receive_counts(run, counts, sum, &any);
	else if (rc == 0 && hosts_is_leader(&run->hosts, run->world.rank))
		rc = world_send(&run->world, 0, counts, sizeof(*counts));
	free(counts);
	if (rc < 0 || !any) {
		json_decref(sum);
		sum = NULL;
	}
	if (rc == 0)
		*ret_sum = sum;
	return rc;
}
