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

static void add_count(json_t *sum, const char *name, uint64_t count)
{
	json_int_t so_far = json_integer_value(json_object_get(sum, name));

	if (count)
		json_object_set_new(sum, name,
				    json_integer(so_far + (json_int_t)count));
}

/*
 * A LOCK that is refused because another has it is the price of contention and not
 * of the strategy, so it is counted apart: LOCK has those that were granted.
 */
static void add_counts(json_t *sum, const struct rpc_counts *counts)
{
	for (uint32_t i = 0; i < counts->kinds; i++) {
		const struct rpc_count *kind = &counts->kind[i];
		bool lock = strcmp(kind->name, "LOCK") == 0;

		add_count(sum, kind->name, kind->count - (lock ? kind->errors : 0));
		if (lock)
			add_count(sum, "LOCK_refused", kind->errors);
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

/* ---- for people ------------------------------------------------------------- */

/* A block of /proc/self/mountstats has about 70 lines. */
#define STATS_BYTES 32768

static void read_stats(const struct run *run, char *text)
{
	FILE *file = fopen("/proc/self/mountstats", "re");

	text[0] = '\0';
	if (!file)
		return;
	mounts_copy_stats(file, run->mount_point, text, STATS_BYTES);
	fclose(file);
	/* Other file systems have one line, which says nothing. */
	if (!strstr(text, "per-op statistics"))
		text[0] = '\0';
}

static void write_stats(const struct run *run, size_t host, const char *when,
			const char *text)
{
	char path[PATH_MAX + 64];
	FILE *file;

	if (!text[0])
		return;
	snprintf(path, sizeof(path), "%s/env/mountstats.%zu.%s", run->plan.out, host,
		 when);
	file = fopen(path, "wxe");
	if (!file)
		return;
	fputs(text, file);
	fclose(file);
}

void rpcs_save(const struct run *run, const char *when)
{
	char *text = calloc(1, STATS_BYTES);
	int rc = text ? 0 : -ENOMEM;

	if (rc == 0 && hosts_is_leader(&run->hosts, run->world.rank))
		read_stats(run, text);
	if (rc == 0 && run->world.rank == 0) {
		write_stats(run, 0, when, text);
		for (size_t i = 1; rc == 0 && i < run->hosts.count; i++) {
			size_t got;

			rc = world_receive(&run->world, run->hosts.host[i].leader, text,
					   STATS_BYTES, &got);
			text[STATS_BYTES - 1] = '\0';
			write_stats(run, i, when, text);
		}
	} else if (rc == 0 && hosts_is_leader(&run->hosts, run->world.rank)) {
		rc = world_send(&run->world, 0, text, STATS_BYTES);
	}
	free(text);
	if (rc < 0)
		run_lost_touch(run, rc);
}
