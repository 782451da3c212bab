/* conductor - rank 0's part of the append phase; see supervise.h. */
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

int conductor_init(struct conductor *conductor, struct run *run, const char *name)
{
	struct conductor c = {.run = run};

	c.begun = calloc(run->world.size, sizeof(*c.begun));
	if (!c.begun)
		return -ENOMEM;
	progress_begin(&c.progress, &run->plan, name, clock_now_ns());
	clocks_hurry(&run->clocks);
	*conductor = c;
	return 0;
}

void conductor_release(struct conductor *conductor)
{
	free(conductor->begun);
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

/* All writers begin at one moment, each told it on its own host's clock. */
static int start_all(struct conductor *conductor, uint64_t now_ns)
{
	struct run *run = conductor->run;
	int rc = 0;

	conductor->start_ns = now_ns + START_AHEAD_NS;
	conductor->last_end_ns = conductor->start_ns;
	conductor->progress.begun_ns = conductor->start_ns;
	for (uint32_t rank = 0; rc == 0 && rank < run->world.size; rank++) {
		struct mail mail = {
			.kind = MAIL_START,
			.value = {clocks_to_host(&run->clocks,
						 run->hosts.rank_host[rank],
						 conductor->start_ns)},
		};

		rc = mail_send(&run->box, rank, &mail);
	}
	return rc;
}

int conductor_receive(struct conductor *conductor, const struct mail *mail)
{
	struct run *run = conductor->run;
	uint64_t end_ns;

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

static void show(struct conductor *conductor, uint64_t now_ns)
{
	uint64_t begun = 0;

	if (now_ns < conductor->shown_ns + SHOW_NS || now_ns < conductor->start_ns)
		return;
	conductor->shown_ns = now_ns;
	for (uint32_t rank = 0; rank < conductor->run->world.size; rank++)
		begun += conductor->begun[rank];
	progress_show(&conductor->progress, begun, now_ns);
}

static int while_running(struct conductor *conductor, uint64_t now_ns)
{
	if (conductor->ended == conductor->run->world.size) {
		progress_end(&conductor->progress);
		clocks_hurry(&conductor->run->clocks);
		conductor->state = CONDUCT_CLOCKS_AFTER;
		return 0;
	}
	show(conductor, now_ns);
	if (conductor->stopping || !interrupt_asked())
		return 0;
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
