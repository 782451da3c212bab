/* supervise - see supervise.h. */
#include "harness/supervise.h"

#include "core/clock.h"
#include "core/history.h"
#include "core/live.h"
#include "harness/stuck.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Naps grow from the first to the last while nothing happens: letters of one
 * exchange follow each other soon, and 25 looks a second cost the writers nothing
 * that could be measured.
 */
#define FIRST_NAP_MS 1
#define LAST_NAP_MS  40

/* A writer that was asked to leave and still waits for a lock gets a signal then. */
#define NUDGE_NS UINT64_C(3000000000)

#define LOOK_NS 1000000000u

/* Of a segment this part of its records should not go unnoticed. */
#define LOOKS_PER_SEGMENT 16

/* Where a fault is due at a share of the records, that must be known sooner. */
#define FAULT_LOOK_NS 50000000u

/*
 * Rank 0 gets no more letters than one each so long: with thousands of ranks each has
 * to look for its peer, too.
 */
#define LETTER_NS 200000u

/* While a fault is at work on the writer. */
#define STRIKE_NAP_MS 2

/* ---- the writer -------------------------------------------------------------- */

static int tell_ended(struct supervision *s)
{
	struct mail mail = {
		.kind = MAIL_ENDED,
		.value = {s->status.begun, s->status.ended_ns},
	};

	own_writer_release(s->writer);
	return mail_send(&s->run->box, 0, &mail);
}

/* Its last message came. */
static int writer_finished(struct supervision *s, const struct writer_report *report)
{
	s->status = (struct writer_status){
		.end = WRITER_FINISHED,
		.begun = report->begun,
		.ended_ns = report->ended_ns,
		.leave = report->leave,
		.errnum = report->errnum,
	};
	/*
	 * The append that the history had no room for was not made.  To the verdict
	 * it is begun and not remembered, so that it does not count as a full run.
	 */
	if (report->leave == LEAVE_HISTORY)
		s->status.begun++;
	return tell_ended(s);
}

/* It closed its end without a message: it is dead, or will be at once. */
static int writer_died(struct supervision *s)
{
	own_writer_bury(s->writer, 1000);
	s->status = (struct writer_status){
		.end = WRITER_KILLED,
		.begun = history_peek(s->history_path),
		.ended_ns = clock_now_ns(),
	};
	return tell_ended(s);
}

static int writer_hangs(struct supervision *s, uint64_t now_ns)
{
	char where[40];
	int rc;

	s->status = (struct writer_status){
		.end = WRITER_HUNG,
		.begun = history_peek(s->history_path),
		.ended_ns = now_ns,
	};
	snprintf(where, sizeof(where), "in append %" PRIu64,
		 s->status.begun ? s->status.begun - 1 : 0);
	stuck_tell(s->run, s->writer, where, now_ns - s->moved_ns, s->status.stuck);
	/* Where it hangs it may not even die; that is not waited for. */
	rc = own_writer_give_up(s->writer);
	return rc < 0 ? rc : tell_ended(s);
}

/* A second; less in a segment, of which each rank has its share. */
static uint64_t wanted_pause_ns(const struct supervision *s, uint64_t begun,
				uint64_t now_ns)
{
	const struct run *run = s->run;
	double share, pause;

	if (!run->plan.roll_records)
		return run->plan.fault_count ? FAULT_LOOK_NS : LOOK_NS;
	if (!begun)
		return LAST_NAP_MS * 1000000u;
	share = (double)run->plan.roll_records / run->world.size;
	pause = share / LOOKS_PER_SEGMENT / (double)begun *
		(double)(now_ns - s->started_ns);
	if (pause < LAST_NAP_MS * 1e6)
		pause = LAST_NAP_MS * 1e6;
	return pause < LOOK_NS ? (uint64_t)pause : LOOK_NS;
}

static uint64_t pause_ns(const struct supervision *s, uint64_t begun, uint64_t now_ns)
{
	uint64_t wanted_ns = wanted_pause_ns(s, begun, now_ns);
	uint64_t least_ns = (uint64_t)s->run->world.size * LETTER_NS;

	return wanted_ns > least_ns ? wanted_ns : least_ns;
}

/* Now and then: how far is it, and does it hang? */
static int look_at_writer(struct supervision *s, uint64_t now_ns)
{
	struct mail mail = {.kind = MAIL_PROGRESS};

	if (!s->started || now_ns < s->looked_ns + s->next_look_ns)
		return 0;
	s->looked_ns = now_ns;
	mail.value[0] = history_peek(s->history_path);
	s->next_look_ns = pause_ns(s, mail.value[0], now_ns);
	if (mail.value[0] != s->status.begun) {
		s->status.begun = mail.value[0];
		s->moved_ns = now_ns;
	}
	if (now_ns > s->moved_ns + s->patience_ns)
		return writer_hangs(s, now_ns);
	return mail_send(&s->run->box, 0, &mail);
}

/* Sleep for @nap_ms, or until the writer says something. */
static int nap(struct supervision *s, int nap_ms)
{
	struct writer_report report;
	size_t got = 0;
	int rc;

	if (s->status.end != WRITER_ABSENT) {
		clock_sleep_ns((uint64_t)nap_ms * 1000000u);
		return 0;
	}
	rc = own_writer_hear(s->writer, &report, sizeof(report), nap_ms, &got);
	if (rc == -ETIMEDOUT)
		return 0;
	if (rc == 0 && got == sizeof(report))
		return writer_finished(s, &report);
	return writer_died(s);
}

/* ---- letters ------------------------------------------------------------------ */

static void start_writer(struct supervision *s, uint64_t start_ns)
{
	uint64_t now_ns = clock_now_ns();

	s->started = true;
	s->looked_ns = now_ns;
	s->started_ns = now_ns;
	s->next_look_ns = pause_ns(s, 0, now_ns);
	s->moved_ns = start_ns > now_ns ? start_ns : now_ns;
	if (s->status.end == WRITER_ABSENT)
		own_writer_begin(s->writer, start_ns);
}

/*
 * After the append that it is in: to break off its wait for a lock would make that a
 * failed one.  Who still waits when the others have left is not to wait for ever.
 */
static void ask_to_leave(struct supervision *s, uint64_t now_ns)
{
	if (live_leave_at(s->history_path, now_ns, NULL) < 0)
		own_writer_stop(s->writer);
	else
		s->nudge_ns = now_ns + NUDGE_NS;
}

static void nudge_writer(struct supervision *s, uint64_t now_ns)
{
	if (!s->nudge_ns || now_ns < s->nudge_ns)
		return;
	s->nudge_ns = 0;
	own_writer_stop(s->writer);
}

static int take_letter(struct supervision *s, struct conductor *conductor,
		       const struct mail *mail)
{
	int rc = clocks_receive(&s->run->clocks, mail);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	switch (mail->kind) {
	case MAIL_START:
		start_writer(s, mail->value[0]);
		return 0;
	case MAIL_STOP:
		strikes_relent(&s->strikes);
		if (s->status.end == WRITER_ABSENT)
			ask_to_leave(s, clock_now_ns());
		return 0;
	case MAIL_LEAVE:
		/* Of one that has left already nobody reads it. */
		if (s->status.end == WRITER_ABSENT)
			(void)live_leave_at(s->history_path, mail->value[0], NULL);
		return 0;
	case MAIL_STRIKE:
		return strikes_ask(&s->strikes, mail->value[0],
				   s->status.end == WRITER_ABSENT);
	case MAIL_OVER:
		s->over = true;
		return 0;
	default:
		return conductor ? conductor_receive(conductor, mail) : -EPROTO;
	}
}

/* All that has arrived.  *@ret_any: was there anything? */
static int take_letters(struct supervision *s, struct conductor *conductor,
			bool *ret_any)
{
	struct mail mail;
	int rc;

	*ret_any = false;
	while (!s->over && (rc = mail_poll(&s->run->box, &mail)) != 0) {
		if (rc > 0)
			rc = take_letter(s, conductor, &mail);
		if (rc < 0)
			return rc;
		*ret_any = true;
	}
	return 0;
}

static int live_through(struct supervision *s, struct conductor *conductor)
{
	int nap_ms = FIRST_NAP_MS;
	bool any;
	int rc = s->status.end == WRITER_ABSENT ? 0 : tell_ended(s);

	while (rc == 0) {
		rc = take_letters(s, conductor, &any);
		if (rc < 0 || s->over)
			break;
		if (conductor)
			rc = conductor_tick(conductor, clock_now_ns());
		if (rc == 0 && s->status.end == WRITER_ABSENT) {
			nudge_writer(s, clock_now_ns());
			rc = look_at_writer(s, clock_now_ns());
		}
		if (rc == 0)
			rc = strikes_tick(&s->strikes, s->status.end == WRITER_ABSENT);
		if (rc < 0)
			break;
		nap_ms = any ? FIRST_NAP_MS : nap_ms * 2;
		if (nap_ms > LAST_NAP_MS)
			nap_ms = LAST_NAP_MS;
		if (nap_ms > STRIKE_NAP_MS && strikes_any(&s->strikes))
			nap_ms = STRIKE_NAP_MS;
		rc = nap(s, nap_ms);
	}
	return rc;
}

int supervise(struct supervision *s, struct conductor *conductor)
{
	int rc;

	strikes_begin(&s->strikes, s->run, s->writer, s->history_path);
	rc = live_through(s, conductor);
	strikes_end(&s->strikes);
	return rc;
}
