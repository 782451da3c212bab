/* probe_play - see probe_play.h; what is not rank 0's is in probe_follow.c. */
#include "harness/probe_play.h"

#include "core/clock.h"
#include "core/units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000u

/*
 * A wait that is not over after this is taken for blocked: longer than a refusal or
 * a grant takes, be it by a slow mount.
 */
#define SETTLE_NS      ((uint64_t)100 * NS_PER_MS)
#define SETTLE_FACTOR  4
#define SETTLE_MOST_NS ((uint64_t)5000 * NS_PER_MS)

/* How long past its own limit `retry` may take to say so. */
#define RETRY_GRACE_NS ((uint64_t)5000 * NS_PER_MS)

/* Between two looks for letters. */
#define LETTER_NAP_NS 500000u

/* What is known of a play while it goes on. */
struct play {
	const struct probe *probe;
	size_t index;
	struct probe_step steps[PROBE_STEPS_MAX];
	int step_count;
	int at; /* the step under way */
	uint32_t file;
	char answer[PROBE_ANSWER_MAX];
	uint64_t timed_ns, asked_ns; /* on rank 0's clock; 0: not yet, or not known */
	bool over; /* unclear or unsupported: verdict and reason tell */
	enum probe_verdict verdict;
	char reason[384];
};

void stage_init(struct stage *stage, struct run *run)
{
	*stage = (struct stage){.run = run, .crew.run = run};
	if (run->hosts.count > 1)
		stage->other_host = 1;
}

void stage_release(struct stage *stage)
{
	crew_dismiss(&stage->crew);
}

/* ---- letters -------------------------------------------------------------------- */

static void take_reply(struct stage *stage, const struct mail *mail)
{
	for (unsigned int agent = 0; agent < PROBE_AGENTS; agent++) {
		struct seat *seat = &stage->seat[agent];

		/* Others are late replies to plays that were given up. */
		if (!seat->remote || seat->serial != mail->value[0])
			continue;
		seat->replied = true;
		seat->reply = (struct probe_reply){
			.rc = (int32_t)(int64_t)mail->value[1],
			.began_ns = mail->value[2],
			.ended_ns = mail->value[3],
		};
	}
}

int stage_attend(struct stage *stage)
{
	struct run *run = stage->run;
	struct mail mail;
	int rc;

	while ((rc = mail_poll(&run->box, &mail)) > 0) {
		rc = clocks_receive(&run->clocks, &mail);
		if (rc < 0)
			return rc;
		if (rc == 0 && mail.kind == MAIL_PROBE_REPLY)
			take_reply(stage, &mail);
	}
	return rc < 0 ? rc : clocks_tick(&run->clocks, clock_now_ns());
}

/* ---- orders and replies -----------------------------------------------------------
 */

static int order(struct stage *stage, const struct play *play,
		 const struct probe_step *step)
{
	struct seat *seat = &stage->seat[step->agent];
	struct mail mail = {.kind = MAIL_PROBE_STEP};

	seat->replied = false;
	if (!seat->remote) {
		int rc = crew_order(&stage->crew, play->file, step->agent, step);

		if (rc < 0) { /* as if it had died of it */
			seat->replied = true;
			seat->reply = (struct probe_reply){.rc = -EPIPE};
		}
		return 0;
	}
	seat->serial = ++stage->serials;
	mail.value[0] = seat->serial;
	mail.value[1] = play->index;
	mail.value[2] = (uint64_t)play->at;
	mail.value[3] = play->file;
	return mail_send(&stage->run->box,
			 stage->run->hosts.host[stage->other_host].leader, &mail);
}

/*
 * Wait for the reply of @agent until @until_ns.  Returns 0 with seat->replied
 * telling whether there is one, or a negative errno.
 */
static int await(struct stage *stage, unsigned int agent, uint64_t until_ns)
{
	struct seat *seat = &stage->seat[agent];
	int rc;

	for (;;) {
		rc = stage_attend(stage);
		if (rc < 0 || seat->replied)
			return rc;
		if (seat->remote) {
			clock_sleep_ns(LETTER_NAP_NS);
		} else {
			rc = crew_reply(&stage->crew, agent, 50, &seat->reply);
			seat->replied = rc != -ETIMEDOUT;
			if (rc == -EPIPE)
				seat->reply = (struct probe_reply){.rc = -EPIPE};
		}
		if (!seat->replied && clock_now_ns() > until_ns)
			return 0;
	}
}

/* ---- times --------------------------------------------------------------------------
 */

static size_t host_of(const struct stage *stage, unsigned int agent)
{
	return stage->seat[agent].remote ? stage->other_host : 0;
}

/* What rank 0's clock showed when that of @agent's host showed @at_ns; 0: unknown. */
static uint64_t first_clock(const struct stage *stage, unsigned int agent,
			    uint64_t at_ns)
{
	const struct clocks *clocks = &stage->run->clocks;
	size_t host = host_of(stage, agent);

	if (host == 0)
		return at_ns;
	if (!clocks->series || clocks->series[host].count == 0)
		return 0;
	return clocks_from_host(clocks, host, at_ns);
}

/* docs/guarantees.md: half the round trip, and 500 ppm of the time since. */
static int64_t clock_error_ns(const struct stage *stage)
{
	const struct clocks *clocks = &stage->run->clocks;
	size_t host = host_of(stage, 1);
	const struct clock_sample *sample;
	uint64_t rank0_ns;

	if (host == 0)
		return 0;
	if (!clocks->series || clocks->series[host].count == 0)
		return -1;
	sample = &clocks->series[host].samples[clocks->series[host].count - 1];
	rank0_ns = clocks_from_host(clocks, host, sample->at_ns);
	return (int64_t)(sample->rtt_ns / 2 + (clock_now_ns() - rank0_ns) / 2000);
}

static void note_times(const struct stage *stage, struct play *play,
		       const struct probe_step *step, const struct probe_reply *reply)
{
	if (step->timed)
		play->timed_ns = first_clock(stage, step->agent, reply->began_ns);
	if (step->asked)
		play->asked_ns = first_clock(stage, step->agent, reply->ended_ns);
}

/* ---- one step -----------------------------------------------------------------------
 */

static void give_up(struct play *play, enum probe_verdict verdict, const char *why)
{
	play->over = true;
	play->verdict = verdict;
	snprintf(play->reason, sizeof(play->reason), "step %d of \"%.240s\" %s",
		 play->at + 1, play->probe->row->script, why);
}

static void hung(struct stage *stage, struct play *play)
{
	char why[UNITS_TEXT_BYTES + 32], time[UNITS_TEXT_BYTES];

	stage->hangs++;
	snprintf(why, sizeof(why), "hung for %s",
		 units_format_duration(stage->run->plan.timeout_ns, time));
	give_up(play, PROBE_UNCLEAR, why);
}

/* The end of a script that does not get on. */
static void not_set_up(struct play *play, const char *word)
{
	static const char *const unsupported[] = {"ENOLCK", "EOPNOTSUPP", "ENOSYS",
						  "EINVAL"};
	enum probe_verdict verdict = PROBE_UNCLEAR;
	char why[64];

	for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++)
		if (strcmp(unsupported[i], word) == 0)
			verdict = PROBE_UNSUPPORTED;
	snprintf(why, sizeof(why), "ended with %s", word);
	give_up(play, verdict, why);
}

/* @word is what came of @step. */
static void conclude_step(struct play *play, const struct probe_step *step, int rc,
			  const char *word)
{
	size_t used = strlen(play->answer);

	if (step->asked)
		snprintf(play->answer + used, sizeof(play->answer) - used, "%s%s",
			 used ? "," : "", word);
	else if (rc != 0)
		not_set_up(play, word);
}

static void conclude_reply(struct stage *stage, struct play *play,
			   const struct probe_step *step)
{
	const struct probe_reply *reply = &stage->seat[step->agent].reply;

	if (reply->rc == -EPIPE) {
		give_up(play, PROBE_UNCLEAR, "lost the process that was to perform it");
		return;
	}
	note_times(stage, play, step, reply);
	conclude_step(play, step, reply->rc, probe_word(step, reply->rc));
}

/* How long a call that does not end at once is given before it counts as blocked. */
static uint64_t settle_ns(const struct stage *stage)
{
	uint64_t ns = SETTLE_FACTOR * stage->slowest_ns;

	return ns < SETTLE_NS ? SETTLE_NS : ns > SETTLE_MOST_NS ? SETTLE_MOST_NS : ns;
}

static int play_still(struct stage *stage, struct play *play,
		      const struct probe_step *step)
{
	int rc = await(stage, step->agent, clock_now_ns() + settle_ns(stage));

	if (rc < 0)
		return rc;
	if (stage->seat[step->agent].replied)
		conclude_reply(stage, play, step);
	else
		conclude_step(play, step, 0, "blocked");
	return 0;
}

static int play_done(struct stage *stage, struct play *play,
		     const struct probe_step *step)
{
	int rc =
		await(stage, step->agent, clock_now_ns() + stage->run->plan.timeout_ns);

	if (rc < 0)
		return rc;
	if (stage->seat[step->agent].replied)
		conclude_reply(stage, play, step);
	else
		hung(stage, play);
	return 0;
}

/* Only A is ever killed, and it is always here. */
static int play_kill(struct stage *stage, struct play *play,
		     const struct probe_step *step)
{
	struct probe_reply reply = {0};

	reply.rc = crew_kill(&stage->crew, step->agent, run_timeout_ms(stage->run),
			     &reply.began_ns);
	reply.ended_ns = clock_now_ns();
	note_times(stage, play, step, &reply);
	if (reply.rc == -ETIMEDOUT)
		hung(stage, play);
	else
		conclude_step(play, step, reply.rc, probe_word(step, reply.rc));
	return 0;
}

static int play_call(struct stage *stage, struct play *play,
		     const struct probe_step *step)
{
	struct seat *seat = &stage->seat[step->agent];
	uint64_t limit_ns = stage->run->plan.timeout_ns +
			    (step->op == PROBE_RETRY ? RETRY_GRACE_NS : 0);
	int rc = order(stage, play, step);

	if (rc < 0 || step->op == PROBE_WAIT)
		return rc;
	rc = await(stage, step->agent, clock_now_ns() + limit_ns);
	if (rc < 0)
		return rc;
	if (!seat->replied) {
		hung(stage, play);
		return 0;
	}
	if (step->op == PROBE_RETRY)
		/* Waited in vain: the mount is as slow as if it hung. */
		stage->hangs += seat->reply.rc == -EAGAIN || seat->reply.rc == -EACCES;
	else if (step->op == PROBE_TRY &&
		 seat->reply.ended_ns - seat->reply.began_ns > stage->slowest_ns)
		stage->slowest_ns = seat->reply.ended_ns - seat->reply.began_ns;
	conclude_reply(stage, play, step);
	return 0;
}

static int play_step(struct stage *stage, struct play *play)
{
	const struct probe_step *step = &play->steps[play->at];

	switch (step->op) {
	case PROBE_STILL:
		return play_still(stage, play, step);
	case PROBE_DONE:
		return play_done(stage, play, step);
	case PROBE_KILL:
		return play_kill(stage, play, step);
	default:
		return play_call(stage, play, step);
	}
}

/* ---- one probe
 * ------------------------------------------------------------------------ */

static int play_script(struct stage *stage, struct play *play)
{
	int rc = 0;

	play->file = ++stage->files;
	play->answer[0] = '\0';
	play->timed_ns = play->asked_ns = 0;
	for (unsigned int agent = 0; agent < PROBE_AGENTS; agent++)
		stage->seat[agent] = (struct seat){
			.remote = agent && play->probe->scope == PROBE_TWO_HOSTS};
	for (play->at = 0; rc == 0 && !play->over && play->at < play->step_count;
	     play->at++)
		rc = play_step(stage, play);
	crew_dismiss(&stage->crew);
	return rc;
}

static void note_round(const struct stage *stage, const struct play *play,
		       struct probe_result *result)
{
	if (!play->timed_ns || !play->asked_ns)
		return;
	result->took_ns[result->took_count++] =
		play->asked_ns > play->timed_ns ? play->asked_ns - play->timed_ns : 0;
	result->took_error_ns = clock_error_ns(stage);
}

static void not_performed(struct probe_result *result, const char *why)
{
	result->verdict = PROBE_NOT_PERFORMED;
	snprintf(result->reason, sizeof(result->reason), "%s", why);
}

/* The first round that goes wrong decides; its time would tell nothing. */
static int play_rounds(struct stage *stage, struct play *play, enum probe_class class,
		       struct probe_result *result)
{
	unsigned int rounds = play->probe->row->rounds ? play->probe->row->rounds : 1;
	const char *reason = "";
	int rc = 0;

	for (unsigned int round = 0; rc == 0 && round < rounds; round++) {
		rc = play_script(stage, play);
		if (rc < 0 || play->over)
			break;
		memcpy(result->answer, play->answer, sizeof(result->answer));
		result->verdict =
			probe_judge(play->probe->row, class, play->answer, &reason);
		snprintf(result->reason, sizeof(result->reason), "%s", reason);
		if (result->verdict != PROBE_CONFORMS)
			break;
		note_round(stage, play, result);
	}
	if (play->over) {
		result->answer[0] = '\0';
		result->verdict = play->verdict;
		memcpy(result->reason, play->reason, sizeof(result->reason));
	}
	return rc;
}

int stage_play(struct stage *stage, const struct probe *probe, size_t index,
	       enum probe_class class, struct probe_result *ret_result)
{
	struct probe_result result = {.probe = *probe, .took_error_ns = -1};
	struct play play = {.probe = probe, .index = index};
	int rc = 0;

	play.step_count = probe_script(probe, play.steps);
	if (play.step_count < 0)
		return play.step_count;
	if (probe->scope == PROBE_TWO_HOSTS && !stage->other_host)
		not_performed(&result, "there is one host only");
	else if (stage->stopped)
		not_performed(&result, "it was asked to stop before this");
	else if (stage->hangs >= STAGE_HANGS_MAX)
		not_performed(&result, "the mount had hung too often before");
	else
		rc = play_rounds(stage, &play, class, &result);
	if (rc == 0)
		*ret_result = result;
	return rc;
}
