/* probe_follow - what the other ranks do while rank 0 plays; see probe_play.h. */
#include "harness/probe_play.h"

#include "core/clock.h"

#include <errno.h>

/* Who takes part looks often; the others are there for the clocks. */
#define BUSY_NAP_MS 1
#define IDLE_NAP_MS 10

struct follower {
	struct run *run;
	struct probe_crew crew;
	bool engaged;	 /* an order is under way */
	uint64_t serial; /* its number */
	bool over;
};

static int reply(struct follower *follower, const struct probe_reply *reply_to)
{
	struct mail mail = {.kind = MAIL_PROBE_REPLY};

	follower->engaged = false;
	mail.value[0] = follower->serial;
	mail.value[1] = (uint64_t)(int64_t)reply_to->rc;
	mail.value[2] = reply_to->began_ns;
	mail.value[3] = reply_to->ended_ns;
	return mail_send(&follower->run->box, 0, &mail);
}

static int take_order(struct follower *follower, const struct mail *mail)
{
	static const struct probe_reply died = {.rc = -EPIPE};
	struct probe_step steps[PROBE_STEPS_MAX];
	struct probe probe;
	int count;

	if (!probe_at(mail->value[1], &probe))
		return -EPROTO;
	count = probe_script(&probe, steps);
	if (count < 0 || mail->value[2] >= (uint64_t)count)
		return -EPROTO;
	follower->serial = mail->value[0];
	follower->engaged = true;
	if (crew_order(&follower->crew, (uint32_t)mail->value[3],
		       steps[mail->value[2]].agent, &steps[mail->value[2]]) < 0)
		return reply(follower, &died);
	return 0;
}

static int take_letters(struct follower *follower)
{
	struct mail mail;
	int rc;

	while ((rc = mail_poll(&follower->run->box, &mail)) > 0) {
		rc = clocks_receive(&follower->run->clocks, &mail);
		if (rc == 0 && mail.kind == MAIL_PROBE_STEP)
			rc = take_order(follower, &mail);
		if (rc < 0)
			return rc;
		follower->over |= mail.kind == MAIL_PROBE_OVER;
	}
	return rc;
}

/* B is the only agent that is ever elsewhere than rank 0. */
static int look_at_agent(struct follower *follower)
{
	struct probe_reply done = {0};
	int rc = crew_reply(&follower->crew, 1, BUSY_NAP_MS, &done);

	if (rc == -ETIMEDOUT)
		return 0;
	if (rc < 0)
		done.rc = -EPIPE;
	return reply(follower, &done);
}

int probe_follow(struct run *run)
{
	struct follower follower = {.run = run, .crew.run = run};
	bool takes_part =
		run->hosts.count > 1 && run->hosts.host[1].leader == run->world.rank;
	int rc = 0;

	while (rc == 0 && !follower.over) {
		rc = take_letters(&follower);
		if (rc < 0 || follower.over)
			break;
		if (follower.engaged)
			rc = look_at_agent(&follower);
		else
			clock_sleep_ns((uint64_t)1000000 *
				       (takes_part ? BUSY_NAP_MS : IDLE_NAP_MS));
	}
	crew_dismiss(&follower.crew);
	return rc;
}
