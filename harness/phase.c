/* phase - see phase.h. */
#include "harness/phase.h"

#include "core/clock.h"
#include "core/history.h"
#include "harness/offer.h"
#include "harness/outline.h"
#include "harness/rpcs.h"
#include "harness/supervise.h"
#include "harness/tails.h"
#include "harness/tasks.h"
#include "mpi/gather.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beyond it a writer that is not wanted is killed and left behind. */
#define LEAVE_WITHIN_MS 5000

/* How a writer came out of its preparation. */
#define READY_REMARKED 1
struct readiness {
	int32_t rc; /* 0: ready; READY_REMARKED; -ETIMEDOUT: it hangs */
	char sentence[512];
};

/* One strategy on one rank. */
struct stage {
	struct run *run;
	uint32_t index;
	struct manifest_strategy *strategy;
	char history_path[PATH_MAX]; /* of this rank, on local disk */
	struct offer offer;	     /* the service that the writers ask */
	struct tails tails;
	struct own_writer writer;
	struct readiness readiness;
	struct writer_status status;
	struct rpc_counts rpc_before;
};

void phase_skip(struct run *run, uint32_t index, const char *reason, int errnum)
{
	struct manifest_strategy *s = &run->manifest.strategies[index];

	free(s->skipped);
	s->skipped = strdup(reason);
	s->skipped_errnum = errnum;
	s->ran = false;
}

/* ---- preparing -------------------------------------------------------------- */

/* Rank 0: the file that all writers share.  A failure skips the strategy. */
static void create_shared_file(struct stage *stage)
{
	struct run *run = stage->run;
	char *path = manifest_data_path(&run->manifest, stage->index, 0);
	struct task_answer answer = {0};
	struct create_job job = {""};
	int rc = path ? 0 : -ENOMEM;

	if (rc == 0) {
		snprintf(job.path, sizeof(job.path), "%s", path);
		rc = task_ask(&run->spawner, TASK_CREATE, &job, sizeof(job), &answer,
			      sizeof(answer), run_timeout_ms(run));
	}
	free(path);
	if (rc == 0 && answer.rc == 0)
		return;
	stage->readiness.rc = rc < 0 ? rc : answer.rc;
	snprintf(stage->readiness.sentence, sizeof(stage->readiness.sentence), "%s",
		 "the data file could not be made");
}

static int fill_job(const struct stage *stage, struct writer_job *job)
{
	const struct run *run = stage->run;
	const struct plan *plan = &run->plan;
	uint32_t rank = run->world.rank;
	char *path = manifest_data_path(&run->manifest, stage->index, rank);

	if (!path)
		return -ENOMEM;
	*job = (struct writer_job){
		.spec = plan->strategy[stage->index].spec,
		.turn_holds = run->plan.ranks > 1 ? run->plan.turn_holds : 0,
		.local_fs = run->manifest.local_fs,
		.records = plan->records,
		.duration_ns = plan->duration_ns,
		.enough_records =
			(plan->enough_records + plan->ranks - 1) / plan->ranks,
		.longest_ns = plan->longest_ns,
		.rate = plan->rate,
		.endpoints = stage->offer.endpoints,
		.service_timeout_ms = offer_timeout_ms(run),
	};
	manifest_history_identity(&run->manifest, stage->index, rank, &job->identity);
	snprintf(job->data_path, sizeof(job->data_path), "%s", path);
	snprintf(job->history_path, sizeof(job->history_path), "%s",
		 stage->history_path);
	free(path);
	return 0;
}

/* The writer hangs. */
static void give_up(struct stage *stage)
{
	int rc = own_writer_give_up(&stage->writer);

	if (rc < 0)
		run_lost_touch(stage->run, rc);
}

/* Start the writer and hear whether it is ready. */
static void prepare_writer(struct stage *stage)
{
	struct run *run = stage->run;
	struct writer_job *job = malloc(sizeof(*job));
	struct writer_ready ready = {0};
	struct error err = {""};
	size_t got = 0;
	int rc = job ? fill_job(stage, job) : -ENOMEM;

	if (rc == 0)
		rc = own_writer_start(&stage->writer, run, job, &err);
	free(job);
	if (rc == 0) {
		rc = own_writer_hear(&stage->writer, &ready, sizeof(ready),
				     run_timeout_ms(run), &got);
		if (rc == 0 && got != sizeof(ready))
			rc = -EPROTO;
		if (rc < 0)
			error_set(&err, -rc, "the writer could not be prepared");
	}
	if (rc == -ETIMEDOUT) {
		stuck_tell(run, &stage->writer, "before the first append",
			   run->plan.timeout_ns, stage->status.stuck);
		give_up(stage);
	}
	stage->readiness.rc = rc < 0 ? rc : ready.rc;
	snprintf(stage->readiness.sentence, sizeof(stage->readiness.sentence), "%.511s",
		 rc < 0 ? err.sentence : ready.sentence);
	if (stage->readiness.rc == 0 && stage->readiness.sentence[0])
		stage->readiness.rc = READY_REMARKED;
}

/* Collective: is it so on any rank? */
static bool on_any_rank(const struct run *run, bool here)
{
	bool any = here;
	int rc = world_any(&run->world, &any);

	if (rc < 0)
		run_lost_touch(run, rc);
	return any;
}

static void hung_in_close(struct stage *stage)
{
	stuck_tell(stage->run, &stage->writer, "closing the file",
		   stage->run->plan.timeout_ns, stage->status.stuck);
	give_up(stage);
	stage->status.end = WRITER_HUNG;
}

/*
 * Collective: writers in ranks that have reported, or will not begin, close their file
 * and end.  To close takes all of them: if one hangs, the others leave it open.
 */
static void take_leave(struct stage *stage)
{
	struct run *run = stage->run;
	bool hangs =
		stage->readiness.rc == -ETIMEDOUT || stage->status.end == WRITER_HUNG;
	bool close_file;

	if (!strategy_in_rank(&run->plan.strategy[stage->index].spec))
		return;
	close_file = !on_any_rank(run, hangs);
	if (!hangs &&
	    own_writer_farewell(&stage->writer, close_file, run_timeout_ms(run)) < 0) {
		hung_in_close(stage);
		hangs = true;
	}
	if (on_any_rank(run, hangs))
		run->stuck = true;
}

/* Have a writer leave that will not be started. */
static void dismiss_writer(struct stage *stage)
{
	own_writer_bury(&stage->writer, LEAVE_WITHIN_MS);
	own_writer_release(&stage->writer);
	take_leave(stage);
	unlink(stage->history_path);
}

/*
 * Collective: rank 0 learns what rank @rank has to say, in *@ret_text: "rank 3 on
 * host n2: ...".
 */
static void quote(struct stage *stage, uint32_t rank, char ret_text[800])
{
	const struct world *world = &stage->run->world;
	const struct manifest *m = &stage->run->manifest;
	struct readiness said = stage->readiness;
	size_t got;
	int rc = 0;

	if (rank != 0 && world->rank == rank)
		rc = world_send(world, 0, &said, sizeof(said));
	else if (rank != 0 && world->rank == 0)
		rc = world_receive(world, rank, &said, sizeof(said), &got);
	if (rc < 0)
		run_lost_touch(stage->run, rc);
	snprintf(ret_text, 800, "rank %u on host %s: %s", rank,
		 m->hosts[m->rank_host[rank]].name, said.sentence);
}

/* Collective: the strategy is skipped for what happened on rank @first: @code. */
static void skip_for(struct stage *stage, uint32_t first, int32_t code)
{
	char reason[800];

	quote(stage, first, reason);
	if (run_is_first(stage->run))
		phase_skip(stage->run, stage->index, reason, -code);
}

/* Collective: the remark of the first rank that has one, into the manifest. */
static void take_remark(struct stage *stage, const int32_t *codes)
{
	uint32_t first = 0;
	char remark[800];

	while (first < stage->run->world.size && codes[first] != READY_REMARKED)
		first++;
	if (first == stage->run->world.size)
		return;
	quote(stage, first, remark);
	if (!run_is_first(stage->run))
		return;
	free(stage->strategy->remark);
	stage->strategy->remark = strdup(remark);
}

/*
 * Collective: are all ready?  A writer that hangs already is none the less part
 * of the phase, which then ends in time and says so.
 */
static bool all_ready(struct stage *stage)
{
	const struct world *world = &stage->run->world;
	int32_t *codes = calloc(world->size, sizeof(*codes));
	uint32_t first = 0;
	int rc = codes ? world_all_gather(world, &stage->readiness.rc, sizeof(*codes),
					  codes)
		       : -ENOMEM;

	if (rc < 0)
		run_lost_touch(stage->run, rc);
	while (first < world->size && (codes[first] >= 0 || codes[first] == -ETIMEDOUT))
		first++;
	if (first == world->size) {
		take_remark(stage, codes);
	} else {
		skip_for(stage, first, codes[first]);
		dismiss_writer(stage);
	}
	free(codes);
	return first == world->size;
}

/* Rank 0: what the writers share: their file, and whom they ask. */
static void prepare_shared(struct stage *stage)
{
	struct error err = {""};

	if (stage->strategy->shared_file)
		create_shared_file(stage);
	if (stage->readiness.rc < 0)
		return;
	stage->readiness.rc =
		offer_begin(&stage->offer, stage->run, stage->index, &err);
	snprintf(stage->readiness.sentence, sizeof(stage->readiness.sentence), "%.511s",
		 err.sentence);
}

/* Collective: make the file, then the writers.  True: all can start. */
static bool prepare(struct stage *stage)
{
	struct run *run = stage->run;
	int32_t created;
	int rc;

	if (run_is_first(run))
		prepare_shared(stage);
	created = stage->readiness.rc;
	rc = world_broadcast(&run->world, &created, sizeof(created));
	if (rc < 0)
		run_lost_touch(run, rc);
	if (created < 0) {
		skip_for(stage, 0, created);
		return false;
	}
	rc = offer_share(&stage->offer, run);
	if (rc < 0)
		run_lost_touch(run, rc);
	prepare_writer(stage);
	return all_ready(stage);
}

/* ---- appending ----------------------------------------------------------------- */

/*
 * The time without an append that a slow --rate itself makes comes on top; and that
 * for which a writer is stopped, perhaps with the lock that all others wait for.
 */
static uint64_t patience_ns(const struct run *run, const struct manifest_strategy *s)
{
	uint64_t pause_ns =
		run->plan.rate ? s->batch * 1000000000u / run->plan.rate : 0;

	return run->plan.timeout_ns + pause_ns +
	       faults_stop_ns(run->plan.fault, run->plan.fault_count);
}

static void append_all(struct stage *stage)
{
	struct run *run = stage->run;
	struct conductor conductor = {0};
	struct supervision s = {
		.run = run,
		.writer = &stage->writer,
		.history_path = stage->history_path,
		.patience_ns = patience_ns(run, stage->strategy),
	};
	int rc = 0;

	if (stage->readiness.rc == -ETIMEDOUT) {
		s.status.end = WRITER_HUNG;
		s.status.ended_ns = clock_now_ns();
		memcpy(s.status.stuck, stage->status.stuck, sizeof(s.status.stuck));
	}
	if (run_is_first(run))
		rc = conductor_init(&conductor, run, stage->index);
	rpcs_read(run, &stage->rpc_before);
	if (rc == 0)
		rc = supervise(&s, run_is_first(run) ? &conductor : NULL);
	if (rc < 0)
		run_lost_touch(run, rc);
	stage->status = s.status;
	if (run_is_first(run)) {
		rc = director_tell(&conductor.director);
		if (rc < 0)
			run_lost_touch(run, rc);
	}
	stage->strategy->started_ns = conductor.start_ns;
	stage->strategy->duration_ns = conductor.last_end_ns - conductor.start_ns;
	stage->strategy->ran = true;
	run->phase_start_ns = conductor.start_ns;
	run->phase_end_ns = conductor.last_end_ns;
	conductor_release(&conductor);
}

/* ---- gathering ------------------------------------------------------------------ */

/*
 * The used part of this rank's history.  One whose header is damaged goes as it
 * is: that is for the verifier to see.
 */
static uint64_t used_bytes(const char *path)
{
	struct history history;
	struct stat st;
	uint64_t bytes;

	if (history_open(&history, path, NULL) < 0)
		return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
	bytes = HISTORY_HEADER_BYTES + history.count * HISTORY_ENTRY_BYTES;
	history_close(&history);
	return bytes;
}

static char *target_path(void *context, uint32_t rank)
{
	const struct stage *stage = context;

	return manifest_history_path(&stage->run->manifest, stage->run->plan.out,
				     stage->index, rank);
}

static void complain(const struct stage *stage, uint32_t rank,
		     const struct gathered *gathered)
{
	const struct manifest *m = &stage->run->manifest;
	int rc = gathered->target_rc ? gathered->target_rc : gathered->source_rc;

	if (rc == 0)
		return;
	fprintf(stderr,
		"tailrace: %s: the history of rank %u on host %s could not be %s: %s\n",
		stage->strategy->name, rank, m->hosts[m->rank_host[rank]].name,
		gathered->target_rc ? "written to the run folder" : "read",
		strerror(-rc));
}

/* Collective: all histories into the run folder. */
static void gather_histories(struct stage *stage)
{
	struct run *run = stage->run;
	struct gathered *gathered = NULL;
	int32_t *kept = calloc(run->world.size, sizeof(*kept));
	int rc;

	if (run_is_first(run))
		gathered = calloc(run->world.size, sizeof(*gathered));
	if (!kept || (run_is_first(run) && !gathered))
		run_lost_touch(run, -ENOMEM);
	rc = gather_files(&run->world, stage->history_path,
			  used_bytes(stage->history_path), target_path, stage,
			  gathered);
	for (uint32_t rank = 0; rc == 0 && gathered && rank < run->world.size; rank++) {
		complain(stage, rank, &gathered[rank]);
		kept[rank] = gathered[rank].source_rc || gathered[rank].target_rc;
	}
	if (rc == 0)
		rc = world_broadcast(&run->world, kept,
				     run->world.size * sizeof(*kept));
	if (rc < 0)
		run_lost_touch(run, rc);
	/* The only copy is not removed. */
	if (!kept[run->world.rank])
		unlink(stage->history_path);
	free(kept);
	free(gathered);
}

static bool left_early(const struct writer_status *status)
{
	return status->end == WRITER_FINISHED && status->leave > LEAVE_ASKED;
}

static int note_writer(struct stage *stage, uint32_t rank,
		       const struct writer_status *status)
{
	struct manifest_writer *writer = &stage->strategy->writers[rank];

	writer->end = status->end;
	writer->begun = status->begun;
	if (status->stuck[0]) {
		free(writer->stuck);
		writer->stuck = strdup(status->stuck);
		if (!writer->stuck)
			return -ENOMEM;
	}
	if (!left_early(status))
		return 0;
	stage->run->left_early = true;
	fprintf(stderr, "tailrace: %s: rank %u left early: %s%s%s\n",
		stage->strategy->name, rank, writer_leave_text(status->leave),
		status->errnum ? ": " : "",
		status->errnum ? strerror(status->errnum) : "");
	return 0;
}

/* "2 of 4 writers left early: no space left on the mount", for whoever reads of it. */
static int remark_early(struct stage *stage, const struct writer_status *all)
{
	struct manifest_strategy *strategy = stage->strategy;
	uint32_t size = stage->run->world.size, count = 0, first = 0;
	char *remark = NULL;

	for (uint32_t rank = size; rank-- > 0;)
		if (left_early(&all[rank])) {
			count++;
			first = rank;
		}
	if (!count)
		return 0;
	if (asprintf(&remark, "%s%s%u of %u writers left early: %s",
		     strategy->remark ? strategy->remark : "",
		     strategy->remark ? "; " : "", count, size,
		     writer_leave_text(all[first].leave)) < 0)
		return -ENOMEM;
	free(strategy->remark);
	strategy->remark = remark;
	return 0;
}

/* Collective: how each writer ended, into the manifest. */
static void gather_statuses(struct stage *stage)
{
	struct run *run = stage->run;
	struct writer_status *all = NULL;
	int rc = 0;

	if (run_is_first(run)) {
		all = calloc(run->world.size, sizeof(*all));
		rc = all ? 0 : -ENOMEM;
	}
	if (rc == 0)
		rc = world_gather(&run->world, &stage->status, sizeof(stage->status),
				  all);
	for (uint32_t rank = 0; rc == 0 && all && rank < run->world.size; rank++)
		rc = note_writer(stage, rank, &all[rank]);
	if (rc == 0 && all)
		rc = remark_early(stage, all);
	if (rc == 0)
		rc = rpcs_gather(run, &stage->rpc_before, &stage->strategy->rpc);
	free(all);
	if (rc < 0)
		run_lost_touch(run, rc);
}

/* ---- all of it --------------------------------------------------------------------
 */

static int note_history_paths(struct stage *stage)
{
	struct run *run = stage->run;
	char *all = NULL;
	int rc = world_gather_texts(&run->world, stage->history_path, &all);
	const char *next = all;

	for (uint32_t rank = 0; rc == 0 && all && rank < run->world.size; rank++) {
		char **path = &stage->strategy->writers[rank].history_path;

		free(*path);
		*path = strdup(next);
		rc = *path ? 0 : -ENOMEM;
		next += strlen(next) + 1;
	}
	free(all);
	return rc;
}

/* Rank 0 saves what is known; the others learn whether it could. */
static enum exit_code save(struct stage *stage, struct error *err)
{
	struct run *run = stage->run;
	enum exit_code code = EXIT_SAFE;

	if (run_is_first(run) &&
	    (outline_take_clocks(run) < 0 ||
	     manifest_save(&run->manifest, run->plan.out, err) < 0))
		code = EXIT_COULD_NOT_RUN;
	return run_agree(run, code, err);
}

enum exit_code phase(struct run *run, uint32_t index, struct error *err)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	enum exit_code code;
	int rc;

	if (!stage)
		run_lost_touch(run, -ENOMEM);
	stage->run = run;
	stage->index = index;
	stage->strategy = &run->manifest.strategies[index];
	snprintf(stage->history_path, sizeof(stage->history_path),
		 "%.3500s/%02u-%.64s.%05u.history", run->history_dir, index,
		 stage->strategy->preset, run->world.rank);
	rc = note_history_paths(stage);
	if (rc < 0)
		run_lost_touch(run, rc);
	code = save(stage, err);
	if (code == EXIT_SAFE && prepare(stage)) {
		tails_begin(&stage->tails, run, index);
		append_all(stage);
		take_leave(stage);
		tails_end(&stage->tails, stage->status.begun);
		gather_histories(stage);
		gather_statuses(stage);
	}
	offer_end(&stage->offer);
	if (code == EXIT_SAFE)
		code = save(stage, err);
	free(stage);
	return code;
}
