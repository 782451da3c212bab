/* views - see views.h; the child that reads is in task_view.c. */
#include "harness/views.h"

#include "core/clock.h"
#include "harness/tasks.h"
#include "verify/compare_views.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A sample has about so many blocks: 64 MiB. */
#define SAMPLE_BLOCKS 1024

/* Slower than this and a mount is as good as dead. */
#define READ_BYTES_PER_S ((uint64_t)4 << 20)

/*
 * Before each further look: a WRITE of a killed writer may still be on its way, and
 * what heals in so short a time should not pass for damage.
 */
static const uint64_t waits_ns[] = {1000000000u, 5000000000u};

/* What rank 0 decides and all ranks follow. */
struct order {
	int32_t wanted;
	uint32_t stride;
	uint64_t bytes; /* that a host reads at most, or nearly */
};

struct viewing {
	struct run *run;
	uint32_t index, host; /* of the strategy; of this rank */
	bool leader;
	struct order order;
	struct view_job *job; /* the same on all leaders but for host and paths */
	bool look_given;      /* this rank's child has left the files of a look */
};

/* ---- what is wanted ------------------------------------------------------------ */

/* Rank 0. */
static struct order decide(const struct run *run, uint32_t index)
{
	const struct manifest_strategy *s = &run->manifest.strategies[index];
	uint64_t bytes = 0, blocks;
	struct order order = {.stride = 1};

	order.wanted = run->plan.views != VIEWS_NONE && s->ran &&
		       !run->manifest.local_fs && run->hosts.count > 1 &&
		       run_all_closed(run, s);
	for (uint32_t rank = 0; rank < run->manifest.rank_count; rank++)
		bytes += s->writers[rank].begun * run->plan.max_bytes;
	blocks = bytes / VIEW_BLOCK_BYTES + 1;
	if (run->plan.views == VIEWS_SAMPLE && blocks > SAMPLE_BLOCKS)
		order.stride = (uint32_t)(blocks / SAMPLE_BLOCKS + 1);
	/* The first and the last of each file are read whatever the stride. */
	order.bytes = bytes / order.stride +
		      2 * (uint64_t)run->manifest.rank_count * VIEW_BLOCK_BYTES;
	return order;
}

/* ---- asking the child -------------------------------------------------------- */

static void fill_job(struct viewing *v)
{
	const struct run *run = v->run;
	const struct manifest_strategy *s = &run->manifest.strategies[v->index];
	struct view_job *job = v->job;

	job->identity = view_identity_of(&run->manifest, v->index, v->host, VIEW_FIRST);
	job->shared_file = s->shared_file;
	job->stride = v->order.stride;
	job->seed = run->plan.seed;
	snprintf(job->data_dir, sizeof(job->data_dir), "%s", run->manifest.data_dir);
	snprintf(job->preset, sizeof(job->preset), "%s", s->preset);
	for (int look = 0; look < VIEW_LOOKS; look++)
		snprintf(job->path[look], sizeof(job->path[look]),
			 "%.3500s/%02u-%.64s.%05u.%s.view", run->history_dir, v->index,
			 s->preset, v->host, view_look_name((enum view_look)look));
}

/* A leader: have the looks of the job taken. */
static void ask(struct viewing *v)
{
	struct run *run = v->run;
	struct task_answer answer = {0};
	uint64_t ms = (uint64_t)run_timeout_ms(run) +
		      v->order.bytes / READ_BYTES_PER_S * 1000u;
	int rc;

	rc = task_ask(&run->spawner, TASK_VIEW, v->job, sizeof(*v->job), &answer,
		      sizeof(answer), ms > INT_MAX ? INT_MAX : (int)ms);
	v->look_given = rc == 0 && answer.rc == 0;
	if (v->look_given)
		return;
	fprintf(stderr, "tailrace: %s: host %s cannot tell what it sees: %s\n",
		run->manifest.strategies[v->index].name,
		run->manifest.hosts[v->host].name,
		rc < 0 ? strerror(-rc) : answer.sentence);
}

/* ---- gathering ---------------------------------------------------------------- */

struct target {
	const struct viewing *v;
	enum view_look look;
};

/* Only leaders have views.  What an earlier round left is out of date. */
static char *target_path(void *context, uint32_t rank)
{
	const struct target *t = context;
	const struct run *run = t->v->run;
	char *path;

	if (!hosts_is_leader(&run->hosts, rank))
		return NULL;
	path = view_path(&run->manifest, run->plan.out, t->v->index,
			 run->hosts.rank_host[rank], t->look);
	if (path)
		unlink(path);
	return path;
}

/* Rank 0: whose view of @look arrived whole?  What did not is no view. */
static void note_arrivals(struct viewing *v, enum view_look look,
			  const struct gathered *gathered)
{
	struct run *run = v->run;
	struct manifest_views *taken = &run->manifest.strategies[v->index].views;
	struct target target = {v, look};

	for (uint32_t rank = 0; rank < run->world.size; rank++) {
		uint32_t host = run->hosts.rank_host[rank];
		uint8_t bit = (uint8_t)(1u << look);

		if (!hosts_is_leader(&run->hosts, rank))
			continue;
		taken->looks[host] &= (uint8_t)~bit;
		if (gathered[rank].source_rc == 0 && gathered[rank].target_rc == 0)
			taken->looks[host] |= bit;
		else
			free(target_path(&target, rank)); /* which removes it */
	}
}

/* Collective: the files of one look into the run folder. */
static void gather_look(struct viewing *v, enum view_look look)
{
	struct run *run = v->run;
	struct target target = {v, look};
	const char *source = v->look_given ? v->job->path[look] : NULL;
	struct gathered *gathered = run_gather(run, source, target_path, &target);

	if (gathered)
		note_arrivals(v, look, gathered);
	free(gathered);
	if (v->leader)
		unlink(v->job->path[look]);
}

/* ---- comparing (rank 0) ------------------------------------------------------ */

/* Load the views of @look that were given, one behind the other. */
static size_t load_views(const struct viewing *v, enum view_look look,
			 struct view *views)
{
	const struct manifest *m = &v->run->manifest;
	const uint8_t *looks = m->strategies[v->index].views.looks;
	size_t count = 0;

	for (uint32_t host = 0; host < m->host_count; host++) {
		struct view_identity identity =
			view_identity_of(m, v->index, host, look);
		char *path = NULL;

		if (looks[host] >> look & 1)
			path = view_path(m, v->run->plan.out, v->index, host, look);
		if (path && view_load(&views[count], path, &identity) == 0)
			count++;
		free(path);
	}
	return count;
}

/* Where do the first views differ?  Into the job, as far as there is room. */
static int find_differences(struct viewing *v, const struct view *views, size_t count)
{
	struct stash differing = STASH_OF(struct view_place);
	uint64_t compared;
	int rc = views_differences(views, count, &differing, &compared);

	v->job->place_count = differing.count < VIEW_PLACES_MAX
				      ? (uint32_t)differing.count
				      : VIEW_PLACES_MAX;
	if (rc == 0 && v->job->place_count)
		memcpy(v->job->place, differing.items,
		       v->job->place_count * sizeof(struct view_place));
	stash_release(&differing);
	return rc;
}

/* Do the views past the caches differ anywhere? */
static bool differ_still(const struct viewing *v, const struct view *views,
			 size_t count)
{
	for (uint32_t i = 0; i < v->job->place_count; i++)
		if (views_agreement(views, count, v->job->place[i]) != AGREEMENT_SAME)
			return true;
	return false;
}

/* Rank 0: is there a difference to look at (again)? */
static bool compare(struct viewing *v, enum view_look look)
{
	struct view *views = calloc(v->run->hosts.count, sizeof(*views));
	size_t count = views ? load_views(v, look, views) : 0;
	bool differ = false;

	if (look == VIEW_FIRST)
		/* Without memory nothing is looked at again, and the verdict says so.
		 */
		differ = find_differences(v, views, count) == 0 && v->job->place_count;
	else
		differ = differ_still(v, views, count);
	for (size_t i = 0; i < count; i++)
		view_release(&views[i]);
	free(views);
	return differ;
}

/* ---- all of it --------------------------------------------------------------- */

static void take_first(struct viewing *v)
{
	v->job->identity.look = VIEW_FIRST;
	if (v->leader)
		ask(v);
	gather_look(v, VIEW_FIRST);
}

static void take_later(struct viewing *v, uint64_t wait_ns)
{
	v->job->identity.look = VIEW_AGAIN;
	/* Who could not give the first look is not asked once more. */
	if (v->leader && v->look_given) {
		clock_sleep_ns(wait_ns);
		ask(v);
	}
	gather_look(v, VIEW_AGAIN);
	gather_look(v, VIEW_DIRECT);
}

/* Collective: do all ranks go on?  Then they get the places, too. */
static bool go_on(struct viewing *v, enum view_look look)
{
	struct world *world = &v->run->world;
	int32_t differ = 0;
	int rc;

	if (run_is_first(v->run))
		differ = compare(v, look);
	rc = world_broadcast(world, &differ, sizeof(differ));
	if (rc == 0 && differ)
		rc = world_broadcast(world, &v->job->place_count,
				     sizeof(v->job->place_count));
	if (rc == 0 && differ)
		rc = world_broadcast(world, v->job->place, sizeof(v->job->place));
	if (rc < 0)
		run_lost_touch(v->run, rc);
	return differ;
}

static void take_all(struct viewing *v)
{
	enum view_look look = VIEW_FIRST;

	take_first(v);
	for (size_t i = 0; i < sizeof(waits_ns) / sizeof(waits_ns[0]); i++) {
		if (!go_on(v, look))
			return;
		take_later(v, waits_ns[i]);
		look = VIEW_DIRECT;
	}
}

/* Rank 0 notes what was taken; the others keep the same for the paths. */
static int note_views(struct viewing *v)
{
	struct manifest *m = &v->run->manifest;
	struct manifest_views *taken = &m->strategies[v->index].views;

	taken->looks = calloc(m->host_count, sizeof(*taken->looks));
	v->job = calloc(1, sizeof(*v->job));
	if (!taken->looks || !v->job)
		return -ENOMEM;
	taken->block_bytes = VIEW_BLOCK_BYTES;
	taken->stride = v->order.stride;
	fill_job(v);
	return 0;
}

enum exit_code views(struct run *run, uint32_t index, struct error *err)
{
	struct viewing v = {
		.run = run,
		.index = index,
		.host = run->hosts.rank_host[run->world.rank],
		.leader = hosts_is_leader(&run->hosts, run->world.rank),
	};
	enum exit_code code = EXIT_SAFE;
	int rc;

	if (run_is_first(run))
		v.order = decide(run, index);
	rc = world_broadcast(&run->world, &v.order, sizeof(v.order));
	if (rc == 0 && v.order.wanted)
		rc = note_views(&v);
	if (rc < 0)
		run_lost_touch(run, rc);
	if (!v.order.wanted)
		return EXIT_SAFE;
	take_all(&v);
	free(v.job);
	if (run_is_first(run) && manifest_save(&run->manifest, run->plan.out, err) < 0)
		code = EXIT_COULD_NOT_RUN;
	return run_agree(run, code, err);
}
