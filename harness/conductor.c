/* conductor - rank 0's part of the append phase; see supervise.h. */
#include "harness/relaunch.h"
#include "harness/supervise.h"

#include "core/clock.h"
#include "harness/interrupt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * From the start letters to the start: the longest nap of a supervisor, several
 * times over, so that no writer learns too late that it should have begun.
 */
#define START_AHEAD_NS 250000000u
#define SHOW_NS	       1000000000u

/* The same between segments, where it makes the pause, and to be late does no harm. */
#define ROLL_AHEAD_NS 120000000u

int conductor_init(struct conductor *conductor, struct run *run, uint32_t index)
{
	const char *name = run->manifest.strategies[index].name;
	struct conductor c = {.run = run};

	c.begun = calloc(run->world.size, sizeof(*c.begun));
	if (!c.begun)
		return -ENOMEM;
	progress_begin(&c.progress, &run->plan, name, relaunch_terminal(),
		       clock_now_ns());
	clocks_hurry(&run->clocks);
	director_init(&c.director, run, index);
	*conductor = c;
	return 0;
}

void conductor_release(struct conductor *conductor)
{
	free(conductor->begun);
	director_release(&conductor->director);
	memset(conductor, 0, sizeof(*conductor));
}

static int send_all(struct conductor *conductor, uint32_t kind)
{
	struct mail mail = {.kind = kind};
	int rc = 0;

	for (uint32_t rank = 0; rc == 0 && rank < conductor->run->world.size; rank++)
		rc = mail_send(&conductor->run->box, rank, &mail);
	return rc;
}

/* A moment for all ranks, each told it on its own host's clock. */
static int send_moment(struct conductor *conductor, uint32_t kind, uint64_t at_ns)
{
	struct run *run = conductor->run;
	int rc = 0;

	for (uint32_t rank = 0; rc == 0 && rank < run->world.size; rank++) {
		struct mail mail = {
			.kind = kind,
			.value = {clocks_to_host(&run->clocks,
						 run->hosts.rank_host[rank], at_ns)},
		};

		rc = mail_send(&run->box, rank, &mail);
	}
	return rc;
}

static int start_all(struct conductor *conductor, uint64_t now_ns)
{
	conductor->start_ns =
		now_ns +
		(conductor->run->plan.roll_records ? ROLL_AHEAD_NS : START_AHEAD_NS);
	conductor->last_end_ns = conductor->start_ns;
	conductor->progress.begun_ns = conductor->start_ns;
	director_start(&conductor->director, conductor->start_ns);
	return send_moment(conductor, MAIL_START, conductor->start_ns);
}

int conductor_receive(struct conductor *conductor, const struct mail *mail)
{
	struct run *run = conductor->run;
	uint64_t end_ns;

	if (mail->kind == MAIL_STRUCK)
		return director_receive(&conductor->director, mail);
	if (mail->kind == MAIL_PROGRESS || mail->kind == MAIL_ENDED)
		conductor->begun[mail->from] = mail->value[0];
	if (mail->kind != MAIL_ENDED)
		return 0;
	conductor->ended++;
	end_ns = clocks_from_host(&run->clocks, run->hosts.rank_host[mail->from],
				  mail->value[1]);
	if (end_ns > conductor->last_end_ns)
		conductor->last_end_ns = end_ns;
	return 0;
}

static uint64_t all_begun(const struct conductor *conductor)
{
	uint64_t begun = 0;

	for (uint32_t rank = 0; rank < conductor->run->world.size; rank++)
		begun += conductor->begun[rank];
	return begun;
}

static void show(struct conductor *conductor, uint64_t now_ns)
{
	if (now_ns < conductor->shown_ns + SHOW_NS || now_ns < conductor->start_ns)
		return;
	conductor->shown_ns = now_ns;
	progress_show(&conductor->progress, all_begun(conductor), now_ns);
}

/* When the writers of a segment should leave: they are done with it, or so it seems. */
static uint64_t roll_ns(const struct conductor *conductor, uint64_t now_ns)
{
	const struct plan *plan = &conductor->run->plan;
	uint64_t begun = all_begun(conductor);
	uint64_t by_time_ns = conductor->start_ns + plan->segment_ns;
	double to_go;

	if (begun >= plan->roll_records)
		return now_ns;
	if (!begun || now_ns <= conductor->start_ns)
		return by_time_ns;
	to_go = (double)(plan->roll_records - begun) / (double)begun *
		(double)(now_ns - conductor->start_ns);
	return now_ns + to_go < by_time_ns ? now_ns + (uint64_t)to_go : by_time_ns;
}

/* Let all writers leave at one moment, as soon as it is near. */
static int roll(struct conductor *conductor, uint64_t now_ns)
{
	const struct run_watch *watch = &conductor->run->watch;
	uint64_t soonest_ns = now_ns + ROLL_AHEAD_NS, at_ns;

	if (!conductor->run->plan.roll_records || conductor->leaving)
		return 0;
	at_ns = roll_ns(conductor, now_ns);
	if (watch->wants_end && watch->wants_end(watch->context))
		at_ns = now_ns;
	if (at_ns > soonest_ns)
		return 0;
	conductor->leaving = true;
	return send_moment(conductor, MAIL_LEAVE, soonest_ns);
}

static int while_running(struct conductor *conductor, uint64_t now_ns)
{
	bool all_ended = conductor->ended == conductor->run->world.size;
	int rc;

	if (all_ended)
		director_writers_over(&conductor->director, now_ns);
	rc = director_tick(&conductor->director, all_begun(conductor),
			   interrupt_asked(), now_ns);
	if (rc < 0)
		return rc;
	if (all_ended && director_done(&conductor->director)) {
		progress_end(&conductor->progress);
		clocks_hurry(&conductor->run->clocks);
		conductor->state = CONDUCT_CLOCKS_AFTER;
		return 0;
	}
	show(conductor, now_ns);
	if (conductor->stopping || !interrupt_asked())
		return roll(conductor, now_ns);
	conductor->stopping = true;
	return send_all(conductor, MAIL_STOP);
}

int conductor_tick(struct conductor *conductor, uint64_t now_ns)
{
	struct clocks *clocks = &conductor->run->clocks;
	int rc;

	if (conductor->state == CONDUCT_OVER)
		return 0;
	rc = clocks_tick(clocks, now_ns);
	if (rc < 0)
		return rc;
	if (conductor->state == CONDUCT_RUNNING)
		return while_running(conductor, now_ns);
	if (!clocks_round_complete(clocks))
		return 0;
	if (conductor->state == CONDUCT_CLOCKS_BEFORE) {
		conductor->state = CONDUCT_RUNNING;
		return start_all(conductor, now_ns);
	}
	conductor->state = CONDUCT_OVER;
	return send_all(conductor, MAIL_OVER);
}
