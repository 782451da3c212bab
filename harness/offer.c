/* offer - see offer.h. */
#include "harness/offer.h"

#include "harness/tasks.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* It sleeps and closes a file at most: longer, and it hangs in that. */
#define END_WITHIN_MS 5000

int offer_timeout_ms(const struct run *run)
{
	uint64_t stop_ms =
		faults_stop_ns(run->plan.fault, run->plan.fault_count) / 1000000;
	uint64_t ms = (uint64_t)run_timeout_ms(run) / 2 + 1 + stop_ms;

	return ms < INT_MAX ? (int)ms : INT_MAX;
}

static int fill_job(const struct run *run, uint32_t index, struct service_job *job)
{
	const struct strategy_spec *spec = &run->plan.strategy[index].spec;
	const struct strategy_parts *parts = &spec->parts;
	char *path = manifest_data_path(&run->manifest, index, 0);

	if (!path)
		return -ENOMEM;
	*job = (struct service_job){
		.kind = strategy_service(spec),
		.writers = run->world.size,
		.slot_bytes = strategy_slot_bytes(spec, run->plan.max_bytes),
		.open_flags = io_mode_table[parts->io].open_flags,
		.flush = parts->flush,
		.batch_bytes = parts->batch * run->plan.max_bytes,
	};
	snprintf(job->data_path, sizeof(job->data_path), "%s", path);
	free(path);
	return 0;
}

int offer_begin(struct offer *offer, struct run *run, uint32_t index, struct error *err)
{
	struct service_ready ready = {0};
	struct service_job job;
	size_t got = 0;
	int rc;

	if (strategy_service(&run->plan.strategy[index].spec) == SERVICE_NONE)
		return 0;
	rc = fill_job(run, index, &job);
	if (rc == 0)
		rc = spawner_launch(&run->spawner, TASK_SERVICE, &job, sizeof(job),
				    &offer->child, err);
	if (rc == 0)
		rc = child_receive(&offer->child, &ready, sizeof(ready),
				   run_timeout_ms(run), &got);
	if (rc == 0 && got != sizeof(ready))
		rc = -EPROTO;
	if (rc < 0)
		return error_set(err, -rc,
				 "the service of the strategy could not be "
				 "started");
	if (ready.rc < 0)
		return error_set(err, -ready.rc, "%s", ready.sentence);
	offer->endpoints = ready.endpoints;
	return 0;
}

int offer_share(struct offer *offer, const struct run *run)
{
	return world_broadcast(&run->world, &offer->endpoints,
			       sizeof(offer->endpoints));
}

void offer_end(struct offer *offer)
{
	struct child child = offer->child;
	struct child_end end;

	if (!child.spawner)
		return;
	/* Closing our end of the socket ends it. */
	child_release(&offer->child);
	if (child_wait(&child, END_WITHIN_MS, &end) < 0)
		child_kill(&child, SIGKILL);
}
