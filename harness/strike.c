/* strike - see strike.h. */
#include "harness/strike.h"

#include "core/clock.h"
#include "core/history.h"
#include "harness/supervise.h"

#include <signal.h>

/* Between two looks at a writer that waits; a hand-off takes far less. */
#define WAIT_SEEN_NS 2000000u

void strikes_begin(struct strikes *strikes, struct run *run, struct own_writer *writer,
		   const char *history_path)
{
	*strikes = (struct strikes){
		.run = run,
		.writer = writer,
		.history_path = history_path,
	};
	/* Without it nobody is ordered or watched; the faults say so. */
	if (run->plan.fault_count && live_open(history_path, &strikes->live, NULL) < 0)
		strikes->live = NULL;
}

void strikes_end(struct strikes *strikes)
{
	live_close(strikes->live);
	*strikes = (struct strikes){.run = NULL};
}

static int answer(struct strikes *strikes, uint64_t number, enum strike_end end)
{
	struct strike *strike = &strikes->strike[number];
	struct mail mail = {
		.kind = MAIL_STRUCK,
		.value = {number, end, strike->at_ns, strike->until_ns},
	};

	strike->stage = STRIKE_NONE;
	return mail_send(&strikes->run->box, 0, &mail);
}

/* ---- beginning ------------------------------------------------------------------ */

static int kill_now(struct strikes *strikes, uint64_t number)
{
	strikes->strike[number].at_ns = clock_now_ns();
	own_writer_signal(strikes->writer, SIGKILL);
	return answer(strikes, number, STRIKE_HIT);
}

static int stop_now(struct strikes *strikes, uint64_t number)
{
	struct strike *strike = &strikes->strike[number];

	strike->stage = STRIKE_STOPPED;
	strike->at_ns = clock_now_ns();
	strike->until_ns = strike->at_ns + strikes->run->plan.fault[number].stop_ns;
	own_writer_signal(strikes->writer, SIGSTOP);
	return 0;
}

static int order(struct strikes *strikes, uint64_t number, enum live_order what)
{
	struct strike *strike = &strikes->strike[number];

	if (!strikes->live)
		return answer(strikes, number, STRIKE_GONE);
	strike->stage = STRIKE_ORDERED;
	strike->by_order = true;
	atomic_store(&strikes->live->obeyed_ns, 0);
	atomic_store(&strikes->live->resumed_ns, 0);
	atomic_store(&strikes->live->order, what);
	return 0;
}

static int order_kill(struct strikes *strikes, uint64_t number)
{
	return order(strikes, number, LIVE_KILL);
}

static int order_stop(struct strikes *strikes, uint64_t number)
{
	return order(strikes, number, LIVE_STOP);
}

static int watch(struct strikes *strikes, uint64_t number)
{
	if (!strikes->live)
		return answer(strikes, number, STRIKE_GONE);
	strikes->strike[number].stage = STRIKE_WATCHING;
	return 0;
}

int strikes_ask(struct strikes *strikes, uint64_t number, bool alive)
{
	static int (*const begin[])(struct strikes *, uint64_t) = {
		[FAULT_KILL] = kill_now,	  [FAULT_KILL_HOLDER] = order_kill,
		[FAULT_KILL_WAITER] = watch,	  [FAULT_STOP] = stop_now,
		[FAULT_STOP_HOLDER] = order_stop,
	};
	const struct fault *fault;

	if (number >= strikes->run->plan.fault_count)
		return 0;
	fault = &strikes->run->plan.fault[number];
	strikes->strike[number] = (struct strike){
		.deadline_ns = clock_now_ns() + (fault->kind == FAULT_KILL_WAITER
							 ? STRIKE_LOOK_WITHIN_NS
							 : STRIKE_WITHIN_NS),
	};
	if (strikes->writer->in_rank)
		return answer(strikes, number, STRIKE_IN_RANK);
	if (!alive || fault->kind == FAULT_RUN)
		return answer(strikes, number, STRIKE_GONE);
	return begin[fault->kind](strikes, number);
}

/* ---- looking ----------------------------------------------------------------------
 */

/* Nobody has it any more: it was withdrawn. */
static int withdraw(struct strikes *strikes, uint64_t number, bool alive)
{
	if (atomic_exchange(&strikes->live->order, LIVE_NO_ORDER) == LIVE_NO_ORDER)
		return 0; /* taken in this very moment: the next look sees it */
	return answer(strikes, number, alive ? STRIKE_NO_LOCK : STRIKE_GONE);
}

static int tick_ordered(struct strikes *strikes, uint64_t number, bool alive)
{
	const struct fault *fault = &strikes->run->plan.fault[number];
	struct strike *strike = &strikes->strike[number];
	uint64_t now_ns = clock_now_ns();

	if (atomic_load(&strikes->live->order) != LIVE_NO_ORDER)
		return alive && now_ns < strike->deadline_ns
			       ? 0
			       : withdraw(strikes, number, alive);
	strike->at_ns = atomic_load(&strikes->live->obeyed_ns);
	/* It is between taking the order and saying when; or was killed there. */
	if (!strike->at_ns && alive)
		return 0;
	if (!strike->at_ns)
		strike->at_ns = now_ns;
	if (fault_kills(fault))
		return answer(strikes, number, STRIKE_HIT);
	strike->until_ns = strike->at_ns + fault->stop_ns;
	strike->stage = STRIKE_STOPPED;
	return 0;
}

static int tick_watching(struct strikes *strikes, uint64_t number, bool alive)
{
	struct strike *strike = &strikes->strike[number];
	uint64_t now_ns = clock_now_ns();
	uint64_t count = history_peek(strikes->history_path);

	if (!alive)
		return answer(strikes, number, STRIKE_GONE);
	if (atomic_load(&strikes->live->state) != LIVE_WAITING) {
		strike->seen_ns = 0;
	} else if (!strike->seen_ns || strike->seen_count != count) {
		strike->seen_ns = now_ns;
		strike->seen_count = count;
	} else if (now_ns >= strike->seen_ns + WAIT_SEEN_NS) {
		strike->at_ns = now_ns;
		strike->stage = STRIKE_DYING;
		own_writer_signal(strikes->writer, SIGKILL);
		return 0;
	}
	return now_ns < strike->deadline_ns ? 0
					    : answer(strikes, number, STRIKE_NO_LOCK);
}

/* What it was at when it died it is at for ever. */
static int tick_dying(struct strikes *strikes, uint64_t number, bool alive)
{
	struct strike *strike = &strikes->strike[number];
	bool waited;

	if (alive && clock_now_ns() < strike->at_ns + STRIKE_WITHIN_NS)
		return 0;
	waited = atomic_load(&strikes->live->state) == LIVE_WAITING &&
		 history_peek(strikes->history_path) == strike->seen_count;
	return answer(strikes, number, waited ? STRIKE_HIT : STRIKE_LATE);
}

/* Another stop of this writer that lasts on; NULL: none. */
static struct strike *other_stop(struct strikes *strikes, const struct strike *strike,
				 uint64_t now_ns)
{
	for (uint64_t i = 0; i < FAULTS_MAX; i++) {
		struct strike *other = &strikes->strike[i];

		if (other != strike && other->stage == STRIKE_STOPPED &&
		    other->until_ns > now_ns)
			return other;
	}
	return NULL;
}

/*
 * A writer that stops itself may come to that late: so it is told to go on until it
 * says that it does.
 */
static int tick_stopped(struct strikes *strikes, uint64_t number, bool alive)
{
	struct strike *strike = &strikes->strike[number];
	uint64_t now_ns = clock_now_ns();
	struct strike *other = other_stop(strikes, strike, now_ns);

	if (alive && now_ns < strike->until_ns)
		return 0;
	if (alive && other) {
		other->by_order |= strike->by_order;
	} else if (alive) {
		own_writer_signal(strikes->writer, SIGCONT);
		if (strike->by_order) {
			now_ns = atomic_load(&strikes->live->resumed_ns);
			if (!now_ns)
				return 0;
		}
	}
	strike->until_ns = now_ns;
	return answer(strikes, number, STRIKE_HIT);
}

int strikes_tick(struct strikes *strikes, bool alive)
{
	static int (*const tick[])(struct strikes *, uint64_t, bool) = {
		[STRIKE_ORDERED] = tick_ordered,
		[STRIKE_WATCHING] = tick_watching,
		[STRIKE_DYING] = tick_dying,
		[STRIKE_STOPPED] = tick_stopped,
	};
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < FAULTS_MAX; i++)
		if (strikes->strike[i].stage != STRIKE_NONE)
			rc = tick[strikes->strike[i].stage](strikes, i, alive);
	return rc;
}

bool strikes_any(const struct strikes *strikes)
{
	for (uint64_t i = 0; i < FAULTS_MAX; i++)
		if (strikes->strike[i].stage != STRIKE_NONE)
			return true;
	return false;
}

void strikes_relent(struct strikes *strikes)
{
	for (uint64_t i = 0; i < FAULTS_MAX; i++)
		if (strikes->strike[i].stage == STRIKE_STOPPED)
			strikes->strike[i].until_ns = 0;
}
