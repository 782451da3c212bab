/* director - see director.h. */
#include "harness/director.h"

#include "core/clock.h"
#include "core/random.h"
#include "core/units.h"
#include "harness/strike.h"
#include "harness/supervise.h"
#include "harness/tasks.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A command that was told to end is killed after this. */
#define END_WITHIN_NS 5000000000u

static const struct fault *fault_of(const struct director *d, uint64_t number)
{
	return &d->run->plan.fault[number];
}

static const char *host_of(const struct director *d, uint32_t rank)
{
	const struct manifest *m = &d->run->manifest;

	return m->hosts[m->rank_host[rank]].name;
}

void director_init(struct director *director, struct run *run, uint32_t index)
{
	*director = (struct director){.run = run, .index = index};
	for (uint32_t i = 0; i < run->plan.fault_count; i++) {
		struct direction *one = &director->direction[i];

		one->exit = -1;
		one->target = MANIFEST_NOBODY;
		one->host = run->manifest.rank_host[0];
		one->first = run->plan.fault[i].rank;
		if (fault_seeks(&run->plan.fault[i]))
			one->first = (uint32_t)(random_hash(run->plan.seed, index, i) %
						run->plan.ranks);
	}
}

void director_start(struct director *director, uint64_t start_ns)
{
	director->start_ns = start_ns;
}

void director_writers_over(struct director *director, uint64_t now_ns)
{
	if (!director->over_ns)
		director->over_ns = now_ns;
}

/* ---- ends ----------------------------------------------------------------------- */

static void over(struct direction *one, bool hit, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void over(struct direction *one, bool hit, const char *format, ...)
{
	va_list words;

	one->stage = DIRECTION_OVER;
	one->hit = hit;
	va_start(words, format);
	vsnprintf(one->note, sizeof(one->note), format, words);
	va_end(words);
}

static const char *const hit_words[] = {
	[FAULT_KILL] = "killed",
	[FAULT_KILL_HOLDER] = "killed the holder,",
	[FAULT_KILL_WAITER] = "killed a waiter,",
	[FAULT_STOP] = "stopped",
	[FAULT_STOP_HOLDER] = "stopped the holder,",
};

static void struck(struct director *d, uint64_t number, const struct mail *mail)
{
	struct direction *one = &d->direction[number];
	uint32_t host = d->run->hosts.rank_host[mail->from];
	const char *words = mail->value[1] == STRIKE_LATE
				    ? "killed a waiter that had just got the lock,"
				    : hit_words[fault_of(d, number)->kind];

	one->target = mail->from;
	one->host = d->run->manifest.rank_host[mail->from];
	one->at_ns = clocks_from_host(&d->run->clocks, host, mail->value[2]);
	if (mail->value[3])
		one->until_ns = clocks_from_host(&d->run->clocks, host, mail->value[3]);
	over(one, true, "%s rank %u on %s", words, mail->from, host_of(d, mail->from));
}

/* It met nobody: why. */
static void missed(struct director *d, uint64_t number, uint64_t why)
{
	const struct fault *fault = fault_of(d, number);
	struct direction *one = &d->direction[number];

	if (why == STRIKE_IN_RANK)
		over(one, false,
		     "the writer is a thread of its rank and no process of its own");
	else if (!fault_seeks(fault))
		over(one, false, "the writer of rank %u had left", fault->rank);
	else
		over(one, false, "no writer %s within 2 s",
		     fault->kind == FAULT_KILL_WAITER ? "waited for the lock"
						      : "took the lock");
}

/* ---- asking ranks -----------------------------------------------------------------
 */

static int ask_next(struct director *d, uint64_t number)
{
	struct direction *one = &d->direction[number];
	struct mail mail = {.kind = MAIL_STRIKE, .value = {number}};

	if (!one->asked_ns)
		one->asked_ns = clock_now_ns();
	one->stage = DIRECTION_ASKED;
	return mail_send(&d->run->box, (one->first + one->tried++) % d->run->plan.ranks,
			 &mail);
}

/* Another rank may do: each once, and waiters for a while. */
static bool goes_on(const struct director *d, uint64_t number, uint64_t end)
{
	const struct direction *one = &d->direction[number];
	const struct fault *fault = fault_of(d, number);

	if (!fault_seeks(fault) || end == STRIKE_IN_RANK || d->over_ns)
		return false;
	return one->tried < d->run->plan.ranks ||
	       (fault->kind == FAULT_KILL_WAITER &&
		clock_now_ns() - one->asked_ns < STRIKE_WITHIN_NS);
}

int director_receive(struct director *d, const struct mail *mail)
{
	uint64_t number = mail->value[0], end = mail->value[1];

	if (number >= d->run->plan.fault_count ||
	    d->direction[number].stage != DIRECTION_ASKED)
		return -EPROTO;
	if (end == STRIKE_HIT || end == STRIKE_LATE)
		struck(d, number, mail);
	else if (goes_on(d, number, end))
		return ask_next(d, number);
	else
		missed(d, number, end);
	return 0;
}

/* ---- commands ---------------------------------------------------------------------
 */

static void run_command(struct director *d, uint64_t number, uint64_t now_ns)
{
	const struct manifest *m = &d->run->manifest;
	struct direction *one = &d->direction[number];
	struct hook_job job = {.command = ""};
	struct error err = {""};
	int rc;

	snprintf(job.command, sizeof(job.command), "%s",
		 fault_command(fault_of(d, number)));
	snprintf(job.run_id, sizeof(job.run_id), "%s", m->run_id);
	snprintf(job.data_dir, sizeof(job.data_dir), "%s", m->data_dir);
	snprintf(job.strategy, sizeof(job.strategy), "%s",
		 m->strategies[d->index].name);
	one->at_ns = now_ns;
	rc = spawner_launch(&d->run->spawner, TASK_HOOK, &job, sizeof(job),
			    &one->command, &err);
	if (rc < 0)
		over(one, false, "the command could not be started: %s", err.sentence);
	else
		one->stage = DIRECTION_RUNNING;
}

/* A shell's $? for one that a signal ended, cannot be run, or is not there. */
#define SIGNAL_EXIT	128
#define CANNOT_RUN_EXIT 126
#define NOT_FOUND_EXIT	127

static void command_ended(struct direction *one, const struct child_end *end,
			  uint64_t now_ns)
{
	char time[UNITS_TEXT_BYTES];

	child_release(&one->command);
	one->until_ns = now_ns;
	one->exit = end->signalled ? SIGNAL_EXIT + end->value : end->value;
	if (one->exit == CANNOT_RUN_EXIT || one->exit == NOT_FOUND_EXIT) {
		over(one, false, "the command could not be run: exit %d", one->exit);
		return;
	}
	units_format_duration(now_ns - one->at_ns, time);
	over(one, true, "ran a command for %s, %s %d", time,
	     one->end_ns ? "told to end: exit" : "exit", one->exit);
}

/* It may outlive the writers by the time-out. */
static void watch_command(struct director *d, struct direction *one, bool hurry,
			  uint64_t now_ns)
{
	uint64_t patience_ns = hurry ? 0 : d->run->plan.timeout_ns;
	struct child_end end;
	int rc = child_wait(&one->command, 0, &end);

	if (rc == 0) {
		command_ended(one, &end, now_ns);
	} else if (rc != -ETIMEDOUT) {
		over(one, true, "ran a command whose end could not be learnt");
	} else if (d->over_ns && !one->end_ns && now_ns - d->over_ns >= patience_ns) {
		one->end_ns = now_ns;
		child_kill(&one->command, SIGTERM);
	} else if (one->end_ns && now_ns - one->end_ns >= END_WITHIN_NS) {
		child_kill(&one->command, SIGKILL);
		/* It may be stuck in a dead mount for ever. */
		if (now_ns - one->end_ns >= 2 * (uint64_t)END_WITHIN_NS) {
			child_release(&one->command);
			over(one, true, "ran a command that could not be ended");
		}
	}
}

/* ---- time --------------------------------------------------------------------------
 */

static bool is_due(const struct director *d, uint64_t number, uint64_t records,
		   uint64_t now_ns)
{
	const struct plan *plan = &d->run->plan;
	const struct fault *fault = fault_of(d, number);
	uint64_t elapsed_ns = now_ns - d->start_ns;
	double share = fault->share_ppm / 1e6;
	double planned = (double)plan->records * plan->ranks;

	if (!fault->by_share)
		return elapsed_ns >= fault->after_ns;
	return (plan->records && (double)records >= share * planned) ||
	       (plan->duration_ns &&
		(double)elapsed_ns >= share * (double)plan->duration_ns);
}

/* One order at a time: a history has room for one. */
static bool must_wait(const struct director *d, uint64_t number)
{
	if (!fault_orders(fault_of(d, number)))
		return false;
	for (uint64_t i = 0; i < d->run->plan.fault_count; i++)
		if (d->direction[i].stage == DIRECTION_ASKED &&
		    fault_orders(fault_of(d, i)))
			return true;
	return false;
}

static int begin(struct director *d, uint64_t number, uint64_t now_ns)
{
	const struct strategy_parts *parts =
		&d->run->plan.strategy[d->index].spec.parts;

	if (fault_of(d, number)->kind == FAULT_RUN) {
		run_command(d, number, now_ns);
		return 0;
	}
	if (fault_seeks(fault_of(d, number)) && !lock_table[parts->lock]->locks) {
		over(&d->direction[number], false, "this strategy takes no lock");
		return 0;
	}
	return ask_next(d, number);
}

/* Never more than one letter a call: a mailbox is small. */
int director_tick(struct director *d, uint64_t records, bool hurry, uint64_t now_ns)
{
	for (uint64_t i = 0; i < d->run->plan.fault_count; i++) {
		struct direction *one = &d->direction[i];

		if (one->stage == DIRECTION_RUNNING)
			watch_command(d, one, hurry, now_ns);
		if (one->stage != DIRECTION_PENDING)
			continue;
		if (d->over_ns)
			over(one, false, "the writers were done before");
		else if (d->start_ns && now_ns >= d->start_ns && !hurry &&
			 is_due(d, i, records, now_ns) && !must_wait(d, i))
			return begin(d, i, now_ns);
	}
	return 0;
}

bool director_done(const struct director *d)
{
	for (uint64_t i = 0; i < d->run->plan.fault_count; i++)
		if (d->direction[i].stage != DIRECTION_OVER)
			return false;
	return true;
}

int director_tell(const struct director *d)
{
	int rc = 0;

	for (uint64_t i = 0; rc == 0 && i < d->run->plan.fault_count; i++) {
		const struct direction *one = &d->direction[i];
		const struct manifest_fault told = {
			.strategy = d->index,
			.what = (char *)(uintptr_t)fault_of(d, i)->what,
			.hit = one->hit,
			.target = one->target,
			.host = one->host,
			.exit = one->exit,
			.at_ns = one->hit ? one->at_ns : 0,
			.until_ns = one->hit ? one->until_ns : 0,
			.note = (char *)(uintptr_t)one->note,
		};

		rc = manifest_add_fault(&d->run->manifest, &told);
	}
	return rc;
}

void director_release(struct director *d)
{
	for (uint64_t i = 0; i < FAULTS_MAX; i++) {
		struct child *command = &d->direction[i].command;

		if (command->spawner)
			child_kill(command, SIGKILL);
		child_release(command);
	}
	*d = (struct director){.run = NULL};
}
