/* sharing - see sharing.h; the child that reads is in task_share.c. */
#include "harness/sharing.h"

#include "harness/tasks.h"
#include "mpi/gather.h"
#include "verify/shares.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Slower than this and a mount is as good as dead. */
#define READ_BYTES_PER_S ((uint64_t)4 << 20)

/* What rank 0 decides and all ranks follow. */
struct order {
	uint32_t parts;	     /* a host each; 0: nothing is shared */
	uint64_t part_bytes; /* about */
};

static void shares_folder(const struct run *run, char ret_path[PATH_MAX])
{
	snprintf(ret_path, PATH_MAX, "%.4000s/shares", run->plan.out);
}

/* Rank 0. */
static struct order decide(const struct run *run, uint32_t index)
{
	const struct manifest_strategy *s = &run->manifest.strategies[index];
	uint64_t least =
		run->plan.share_bytes ? run->plan.share_bytes : SHARE_BYTES_DEFAULT;
	uint64_t bytes = 0;
	struct order order = {0};
	char folder[PATH_MAX];

	for (uint32_t rank = 0; rank < run->manifest.rank_count; rank++)
		bytes += s->writers[rank].begun * run->plan.max_bytes;
	order.part_bytes = bytes / run->hosts.count;
	if (!s->ran || s->workload == WORKLOAD_COUNTER || run->manifest.local_fs ||
	    run->hosts.count < 2 || order.part_bytes < least || !run_all_closed(run, s))
		return order;
	shares_folder(run, folder);
	if (mkdir(folder, 0700) == 0 || errno == EEXIST)
		order.parts = (uint32_t)run->hosts.count;
	return order;
}

/* Of a leader: have its child read.  What goes wrong costs only time. */
static void ask(struct run *run, uint32_t index, const struct order *order,
		const char *path)
{
	const struct manifest_strategy *s = &run->manifest.strategies[index];
	uint64_t ms = (uint64_t)run_timeout_ms(run) +
		      order->part_bytes / READ_BYTES_PER_S * 1000u;
	struct share_job *job = calloc(1, sizeof(*job));
	struct task_answer answer = {0};
	uint32_t host = run->hosts.rank_host[run->world.rank];
	int rc = job ? 0 : -ENOMEM;

	if (job) {
		job->identity = (struct share_identity){
			.strategy_index = index, .part = host, .parts = order->parts};
		memcpy(job->identity.run_id, run->manifest.run_id,
		       sizeof(job->identity.run_id));
		job->plan = manifest_record_plan(&run->manifest, index);
		job->slot_bytes = s->padding_bytes;
		job->file_count = s->shared_file ? 1 : run->manifest.rank_count;
		job->shared_file = s->shared_file;
		snprintf(job->data_dir, sizeof(job->data_dir), "%s",
			 run->manifest.data_dir);
		snprintf(job->preset, sizeof(job->preset), "%s", s->preset);
		snprintf(job->path, sizeof(job->path), "%s", path);
		rc = task_ask(&run->spawner, TASK_SHARE, job, sizeof(*job), &answer,
			      sizeof(answer), ms > INT_MAX ? INT_MAX : (int)ms);
	}
	free(job);
	if (rc == 0 && answer.rc == 0)
		return;
	fprintf(stderr, "tailrace: %s: host %s cannot read its share: %s\n", s->name,
		run->manifest.hosts[host].name,
		rc < 0 ? strerror(-rc) : answer.sentence);
	unlink(path);
}

struct target {
	const struct run *run;
	uint32_t index;
};

/* Only leaders have lists.  What an earlier run left is none of ours. */
static char *target_path(void *context, uint32_t rank)
{
	const struct target *t = context;
	char folder[PATH_MAX], *path;

	if (!hosts_is_leader(&t->run->hosts, rank))
		return NULL;
	shares_folder(t->run, folder);
	path = share_path(folder, t->index, t->run->hosts.rank_host[rank]);
	if (path)
		unlink(path);
	return path;
}

/* Collective.  What arrives of a list is good as far as it goes. */
static void gather(struct run *run, uint32_t index, const char *path)
{
	struct target target = {run, index};
	struct gathered *gathered = NULL;
	struct stat st = {0};
	int rc = 0;

	if (path && stat(path, &st) < 0)
		path = NULL;
	if (run_is_first(run)) {
		gathered = calloc(run->world.size, sizeof(*gathered));
		rc = gathered ? 0 : -ENOMEM;
	}
	if (rc == 0)
		rc = gather_files(&run->world, path, (uint64_t)st.st_size, target_path,
				  &target, gathered);
	if (rc < 0)
		run_lost_touch(run, rc);
	free(gathered);
}

uint32_t sharing(struct run *run, uint32_t index)
{
	struct order order = {0};
	char *path = NULL;
	int rc;

	if (run_is_first(run))
		order = decide(run, index);
	rc = world_broadcast(&run->world, &order, sizeof(order));
	if (rc < 0)
		run_lost_touch(run, rc);
	if (!order.parts)
		return 0;
	if (hosts_is_leader(&run->hosts, run->world.rank))
		path = share_path(run->history_dir, index,
				  run->hosts.rank_host[run->world.rank]);
	if (path)
		ask(run, index, &order, path);
	gather(run, index, path);
	if (path)
		unlink(path);
	free(path);
	return order.parts;
}

void sharing_end(struct run *run, uint32_t index, uint32_t shares)
{
	char folder[PATH_MAX];

	if (!shares)
		return;
	shares_folder(run, folder);
	for (uint32_t part = 0; part < shares; part++) {
		char *path = share_path(folder, index, part);

		if (path)
			unlink(path);
		free(path);
	}
	rmdir(folder);
}
