/* tails - see tails.h. */
#include "harness/tails.h"

#include "harness/tasks.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Slower than this and a mount is as good as dead. */
#define READ_BYTES_PER_S ((uint64_t)4 << 20)

/* The writers do not wait longer for a reader to open the file. */
#define READY_WITHIN_MS 10000

struct tail_reader {
	uint32_t number;
	struct child child;
	bool alive; /* its child has more to say */
	bool given; /* it has left its file */
	char path[PATH_MAX];
};

/* ---- who reads where ------------------------------------------------------------- */

static bool wanted(const struct run *run, uint32_t index)
{
	const struct manifest_strategy *s = &run->manifest.strategies[index];

	return run->plan.readers && s->shared_file && s->workload != WORKLOAD_COUNTER;
}

static uint32_t reader_host(const struct run *run, uint32_t number)
{
	return (uint32_t)(run->hosts.count - 1 - number % run->hosts.count);
}

/* The number of the reader that is @rank's in round @round; UINT32_MAX: none. */
static uint32_t reader_number(const struct run *run, uint32_t rank, uint32_t round)
{
	uint32_t hosts = (uint32_t)run->hosts.count;
	uint32_t number = hosts - 1 - run->hosts.rank_host[rank] + round * hosts;

	return hosts_is_leader(&run->hosts, rank) && number < run->plan.readers
		       ? number
		       : UINT32_MAX;
}

static uint32_t rounds(const struct run *run)
{
	uint32_t hosts = (uint32_t)run->hosts.count;

	return run->plan.readers / hosts + (run->plan.readers % hosts != 0);
}

/* ---- the child ------------------------------------------------------------------ */

static void complain(const struct tails *tails, const struct tail_reader *reader,
		     const char *why)
{
	const struct manifest *m = &tails->run->manifest;
	uint32_t host = reader_host(tails->run, reader->number);

	fprintf(stderr, "tailrace: %s: reader %u on host %s is left out: %s\n",
		m->strategies[tails->index].name, reader->number, m->hosts[host].name,
		why);
}

/* Its next message.  One that fails in that is given up. */
static void hear(const struct tails *tails, struct tail_reader *reader, int timeout_ms)
{
	struct task_answer answer = {0};
	size_t got = 0;
	int rc = child_receive(&reader->child, &answer, sizeof(answer), timeout_ms,
			       &got);

	if (rc == 0 && got != sizeof(answer))
		rc = -EPROTO;
	if (rc == 0 && answer.rc == 0)
		return;
	complain(tails, reader, rc < 0 ? strerror(-rc) : answer.sentence);
	child_kill(&reader->child, SIGKILL);
	child_release(&reader->child);
	reader->alive = false;
}

static int fill_job(const struct tails *tails, const struct tail_reader *reader,
		    struct tail_job *job)
{
	const struct manifest *m = &tails->run->manifest;
	char *path = manifest_data_path(m, tails->index, 0);

	if (!path)
		return -ENOMEM;
	*job = (struct tail_job){
		.identity = tail_identity_of(m, tails->index, reader->number,
					     reader_host(tails->run, reader->number)),
		.plan = manifest_record_plan(m, tails->index),
	};
	snprintf(job->data_path, sizeof(job->data_path), "%s", path);
	memcpy(job->tail_path, reader->path, sizeof(job->tail_path));
	free(path);
	return 0;
}

static void launch(struct tails *tails, struct tail_reader *reader)
{
	const struct run *run = tails->run;
	struct tail_job job;
	int rc;

	snprintf(reader->path, sizeof(reader->path), "%.3500s/%02u-%.64s.%05u.tail",
		 run->history_dir, tails->index,
		 run->manifest.strategies[tails->index].preset, reader->number);
	rc = fill_job(tails, reader, &job);
	if (rc == 0)
		rc = spawner_launch(&tails->run->spawner, TASK_TAIL, &job, sizeof(job),
				    &reader->child, NULL);
	reader->alive = rc == 0;
	if (rc < 0)
		complain(tails, reader, strerror(-rc));
}

void tails_begin(struct tails *tails, struct run *run, uint32_t index)
{
	int ready_ms = run_timeout_ms(run);

	*tails = (struct tails){.run = run, .index = index};
	if (!wanted(run, index))
		return;
	tails->readers = calloc(rounds(run), sizeof(*tails->readers));
	if (!tails->readers)
		run_lost_touch(run, -ENOMEM);
	for (uint32_t round = 0; round < rounds(run); round++) {
		uint32_t number = reader_number(run, run->world.rank, round);

		if (number == UINT32_MAX)
			break;
		tails->readers[tails->count].number = number;
		launch(tails, &tails->readers[tails->count++]);
	}
	if (ready_ms > READY_WITHIN_MS)
		ready_ms = READY_WITHIN_MS;
	for (uint32_t i = 0; i < tails->count; i++)
		if (tails->readers[i].alive)
			hear(tails, &tails->readers[i], ready_ms);
}

/* ---- the end -------------------------------------------------------------------- */

/* All appends that any writer began: more records there cannot be. */
static uint64_t all_begun(const struct tails *tails, uint64_t begun)
{
	const struct world *world = &tails->run->world;
	uint64_t *all = calloc(world->size, sizeof(*all)), sum = 0;
	int rc = all ? world_all_gather(world, &begun, sizeof(begun), all) : -ENOMEM;

	if (rc < 0)
		run_lost_touch(tails->run, rc);
	for (uint32_t rank = 0; rank < world->size; rank++)
		sum += all[rank];
	free(all);
	return sum;
}

static void stop_all(struct tails *tails, uint64_t records)
{
	const struct plan *plan = &tails->run->plan;
	struct tail_stop stop = {.records = records};
	uint64_t ms = (uint64_t)run_timeout_ms(tails->run) +
		      records * plan->max_bytes / READ_BYTES_PER_S * 1000u;
	int timeout_ms = ms > INT_MAX ? INT_MAX : (int)ms;

	for (uint32_t i = 0; i < tails->count; i++)
		if (tails->readers[i].alive)
			child_send(&tails->readers[i].child, &stop, sizeof(stop));
	for (uint32_t i = 0; i < tails->count; i++) {
		struct tail_reader *reader = &tails->readers[i];

		if (reader->alive)
			hear(tails, reader, timeout_ms);
		reader->given = reader->alive;
		if (reader->alive)
			child_release(&reader->child);
	}
}

struct target {
	const struct tails *tails;
	uint32_t round;
};

static char *target_path(void *context, uint32_t rank)
{
	const struct target *t = context;
	const struct run *run = t->tails->run;
	uint32_t number = reader_number(run, rank, t->round);

	return number == UINT32_MAX ? NULL
				    : tail_path(&run->manifest, run->plan.out,
						t->tails->index, number);
}

/* Rank 0: whose tail arrived whole?  What did not is none. */
static void note_arrivals(const struct tails *tails, uint32_t round,
			  const struct gathered *gathered)
{
	struct run *run = tails->run;
	struct manifest_strategy *s = &run->manifest.strategies[tails->index];
	struct target target = {tails, round};

	for (uint32_t rank = 0; rank < run->world.size; rank++) {
		uint32_t number = reader_number(run, rank, round);
		char *path;

		if (number == UINT32_MAX)
			continue;
		s->readers[number].given =
			gathered[rank].source_rc == 0 && gathered[rank].target_rc == 0;
		if (s->readers[number].given)
			continue;
		path = target_path(&target, rank);
		if (path)
			unlink(path);
		free(path);
	}
}

/* Collective: one reader of each leader. */
static void gather_round(const struct tails *tails, uint32_t round)
{
	struct run *run = tails->run;
	const struct tail_reader *reader =
		round < tails->count ? &tails->readers[round] : NULL;
	struct target target = {tails, round};
	const char *source = reader && reader->given ? reader->path : NULL;
	struct gathered *gathered = run_gather(run, source, target_path, &target);

	if (gathered)
		note_arrivals(tails, round, gathered);
	free(gathered);
	if (reader)
		unlink(reader->path);
}

/* Rank 0: who was to read where. */
static int note_readers(const struct tails *tails)
{
	const struct run *run = tails->run;
	struct manifest_strategy *s = &tails->run->manifest.strategies[tails->index];

	s->readers = calloc(run->plan.readers, sizeof(*s->readers));
	if (!s->readers)
		return -ENOMEM;
	s->reader_count = run->plan.readers;
	for (uint32_t i = 0; i < s->reader_count; i++)
		s->readers[i].host = reader_host(run, i);
	return 0;
}

void tails_end(struct tails *tails, uint64_t begun)
{
	struct run *run = tails->run;

	if (!wanted(run, tails->index))
		return;
	stop_all(tails, all_begun(tails, begun));
	if (run_is_first(run) && note_readers(tails) < 0)
		run_lost_touch(run, -ENOMEM);
	for (uint32_t round = 0; round < rounds(run); round++)
		gather_round(tails, round);
	free(tails->readers);
	tails->readers = NULL;
	tails->count = 0;
}
