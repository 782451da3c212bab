/* writer - one appending process; see writer.h. */
#include "workloads/writer.h"

#include "core/clock.h"
#include "core/live.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NS_PER_S     ((uint64_t)1000000000)
#define STOP_LOOK_NS (NS_PER_S / 5)

/*
 * Set by SIGUSR1.  Signals belong to the process, so this one word does too.
 */
static volatile sig_atomic_t stop_asked;

/*
 * The signal may come just before the call that waits for a lock, and would
 * then not end it; so it comes again each second (alarm(2) is
 * async-signal-safe).
 */
static void on_stop(int signal_number)
{
	(void)signal_number;
	stop_asked = 1;
	alarm(1);
}

bool writer_stop_asked(void)
{
	return stop_asked;
}

static void catch_signals(void)
{
	/* Without SA_RESTART: waiting for a lock ends with EINTR. */
	struct sigaction stop = {.sa_handler = on_stop};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	stop_asked = 0;
	sigaction(SIGUSR1, &stop, NULL);
	sigaction(SIGALRM, &stop, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

static const char *const leave_texts[] = {
	[LEAVE_NOT_YET] = "not yet",
	[LEAVE_DONE] = "done",
	[LEAVE_ASKED] = "asked to stop",
	[LEAVE_NO_SPACE] = "no space left on the mount",
	[LEAVE_FAILURES] = "too many appends failed in a row",
	[LEAVE_HISTORY] = "no room for its history",
};

const char *writer_leave_text(enum writer_leave leave)
{
	return (size_t)leave < sizeof(leave_texts) / sizeof(leave_texts[0])
		       ? leave_texts[leave]
		       : "?";
}

/* ---- preparing ---------------------------------------------------------- */

static bool terminated(const char *text, size_t room)
{
	return memchr(text, '\0', room);
}

static int check_job(const struct writer *writer, const struct writer_job *job,
		     struct error *err)
{
	if (!strategy_spec_valid(&job->spec) ||
	    strategy_in_rank(&job->spec) != (writer->rank_file != NULL) ||
	    job->identity.writer >= RECORD_MAX_WRITERS ||
	    job->endpoints.count > ENDPOINTS_MAX || job->service_timeout_ms < 0 ||
	    !terminated(job->data_path, sizeof(job->data_path)) ||
	    !terminated(job->history_path, sizeof(job->history_path)))
		return error_set(err, EBADMSG, "the job of a writer makes no sense");
	return 0;
}

static int create_history(struct writer *writer, struct error *err)
{
	const struct writer_job *job = &writer->job;
	uint64_t capacity = job->records ? job->records : WRITER_UNBOUNDED_RECORDS;

	return history_create(&writer->history, job->history_path, &job->identity,
			      capacity, err);
}

static int open_data(struct writer *writer, struct error *err)
{
	const struct appender_config config = {
		.spec = &writer->job.spec,
		.data_path = writer->job.data_path,
		.form = &writer->form,
		.history = &writer->history,
		.stop = writer->stop,
		.writer = writer->job.identity.writer,
		.local_fs = writer->job.local_fs,
		.endpoints = &writer->job.endpoints,
		.service_timeout_ms = writer->job.service_timeout_ms,
		.rank_file = writer->rank_file,
	};

	return appender_open(&writer->appender, &config, err);
}

/* The rest, of a writer that knows where it is and what stops it. */
static int prepare(struct writer *writer, const struct writer_job *job, bool *ret_skip,
		   struct error *err)
{
	struct record_plan plan = history_identity_record_plan(&job->identity);
	int rc;

	*ret_skip = false;
	/* Pauses as short as they were meant: the default adds 50 us (prctl(2)). */
	prctl(PR_SET_TIMERSLACK, 1UL);
	rc = check_job(writer, job, err);
	if (rc < 0)
		return rc;
	writer->job = *job;
	rc = record_form_init(&writer->form, &plan);
	if (rc < 0)
		return error_sys(err, -rc, "cannot prepare the records");
	rc = create_history(writer, err);
	if (rc < 0)
		goto fail_form;
	rc = open_data(writer, err);
	if (rc < 0) {
		*ret_skip = appender_need_unmet(-rc);
		goto fail_history;
	}
	return 0;

fail_history:
	history_release(&writer->history);
	unlink(writer->job.history_path);
fail_form:
	record_form_release(&writer->form);
	memset(writer, 0, sizeof(*writer));
	return rc;
}

int writer_prepare(struct writer *writer, const struct writer_job *job, bool *ret_skip,
		   struct error *err)
{
	*writer = (struct writer){.stop = &stop_asked};
	catch_signals();
	return prepare(writer, job, ret_skip, err);
}

int writer_prepare_in_rank(struct writer *writer, const struct writer_job *job,
			   const struct rank_file *rank_file,
			   const volatile sig_atomic_t *stop, bool *ret_skip,
			   struct error *err)
{
	*writer = (struct writer){.stop = stop, .rank_file = rank_file};
	return prepare(writer, job, ret_skip, err);
}

/* ---- running ------------------------------------------------------------ */

/* Is it to leave?  By a signal, or by its supervisor's word for this time. */
static bool asked_to_leave(const struct writer *writer, uint64_t now_ns)
{
	uint64_t leave_ns = atomic_load(&live_in(writer->history.map)->leave_ns);

	return *writer->stop || (leave_ns && now_ns >= leave_ns);
}

/*
 * Sleep until CLOCK_MONOTONIC shows @at_ns, or until it is to leave: which is seen
 * only by looking, but for a signal to a writer that is no thread.
 */
static void pause_until(const struct writer *writer, uint64_t at_ns)
{
	uint64_t now_ns, next_ns;

	while ((now_ns = clock_now_ns()) < at_ns && !asked_to_leave(writer, now_ns)) {
		next_ns = at_ns - now_ns > STOP_LOOK_NS ? now_ns + STOP_LOOK_NS : at_ns;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME,
				&(struct timespec){
					.tv_sec = (time_t)(next_ns / NS_PER_S),
					.tv_nsec = (long)(next_ns % NS_PER_S),
				},
				NULL);
	}
}

/* When record number @index is due at @rate records a second. */
static uint64_t due_ns(uint64_t start_ns, uint64_t index, uint64_t rate)
{
	if (rate > NS_PER_S)
		rate = NS_PER_S;
	return start_ns + index / rate * NS_PER_S + index % rate * NS_PER_S / rate;
}

/* How many records the next batch has: the last may be smaller. */
static uint32_t next_batch(const struct writer *writer)
{
	uint32_t batch = writer->job.spec.parts.batch;
	uint64_t left = writer->job.records - writer->history.count;

	return writer->job.records && left < batch ? (uint32_t)left : batch;
}

static void count_batch(struct writer_report *report, uint32_t records,
			const struct append_end *end)
{
	if (end->outcome == OUTCOME_ACKNOWLEDGED) {
		report->acknowledged += records;
		return;
	}
	if (end->outcome == OUTCOME_FAILED)
		report->failed += records;
	else
		report->unknown += records;
	report->step = end->step;
	report->errnum = end->errnum;
}

/* What the end of the last batch means for going on. */
static enum writer_leave leave_after(const struct append_end *end,
				     unsigned int failures)
{
	if (end->outcome != OUTCOME_ACKNOWLEDGED &&
	    (end->errnum == ENOSPC || end->errnum == EDQUOT))
		return LEAVE_NO_SPACE;
	if (failures >= WRITER_FAILURES_MAX)
		return LEAVE_FAILURES;
	return LEAVE_NOT_YET;
}

/* How long it may run, after what it has appended so far; 0: no limit. */
static uint64_t limit_ns(const struct writer *writer)
{
	const struct writer_job *job = &writer->job;

	if (writer->history.count < job->enough_records &&
	    job->longest_ns > job->duration_ns)
		return job->longest_ns;
	return job->duration_ns;
}

/* Is it time to leave before the next batch?  @now_ns as of the last one's end. */
static enum writer_leave leave_before(const struct writer *writer, uint64_t now_ns)
{
	const struct writer_job *job = &writer->job;

	if (asked_to_leave(writer, now_ns))
		return LEAVE_ASKED;
	if (job->records && writer->history.count >= job->records)
		return LEAVE_DONE;
	if (limit_ns(writer) && now_ns - writer->report.started_ns >= limit_ns(writer))
		return LEAVE_DONE;
	return LEAVE_NOT_YET;
}

/*
 * Wait until the next record is due.  False where the time to leave came first:
 * then the loop looks again.
 */
static bool wait_turn(const struct writer *writer, uint64_t *now_ns)
{
	const struct writer_job *job = &writer->job;
	uint64_t start = writer->report.started_ns;
	uint64_t due;

	if (!job->rate)
		return true;
	due = due_ns(start, writer->history.count, job->rate);
	if (limit_ns(writer) && due - start > limit_ns(writer))
		due = start + limit_ns(writer);
	if (due <= *now_ns)
		return true;
	pause_until(writer, due);
	*now_ns = clock_now_ns();
	return leave_before(writer, *now_ns) == LEAVE_NOT_YET;
}

/* At the end of a turn, let others have the lock; see turn.h. */
static void step_aside(struct writer *writer, const struct append_end *end,
		       uint64_t *now_ns)
{
	uint64_t pause_ns =
		turn_pause_ns(&writer->turn, end->offset, end->end, *now_ns);

	if (!pause_ns)
		return;
	pause_until(writer, *now_ns + pause_ns);
	*now_ns = clock_now_ns();
}

/*
 * One batch at its time; @now_ns goes from the end of the last, or of the pause after
 * it, to the end of this one, so that the clock is read neither for the loop nor twice.
 */
static enum writer_leave one_batch(struct writer *writer, uint64_t *now_ns,
				   unsigned int *failures)
{
	struct writer_report *report = &writer->report;
	uint32_t records = next_batch(writer);
	struct append_end end;
	int rc;

	if (!wait_turn(writer, now_ns))
		return LEAVE_NOT_YET;
	writer->appender.linger_ns =
		writer->job.local_fs && turn_ends(&writer->turn) ? TURN_LINGER_NS : 0;
	rc = appender_append(&writer->appender, records, *now_ns, &end);
	if (rc < 0) {
		report->errnum = -rc;
		return LEAVE_HISTORY;
	}
	count_batch(report, records, &end);
	*failures = end.outcome == OUTCOME_ACKNOWLEDGED ? 0 : *failures + 1;
	*now_ns = end.completed_ns;
	step_aside(writer, &end, now_ns);
	return leave_after(&end, *failures);
}

void writer_run(struct writer *writer, uint64_t start_ns)
{
	struct writer_report *report = &writer->report;
	enum writer_leave leave = LEAVE_NOT_YET;
	unsigned int failures = 0;
	uint64_t now_ns;

	pause_until(writer, start_ns);
	now_ns = report->started_ns = clock_now_ns();
	turn_begin(&writer->turn,
		   strategy_exclusive_lock(&writer->job.spec) ? writer->job.turn_holds
							      : 0,
		   now_ns);
	while (leave == LEAVE_NOT_YET) {
		leave = leave_before(writer, now_ns);
		if (leave == LEAVE_NOT_YET)
			leave = one_batch(writer, &now_ns, &failures);
	}
	report->leave = leave;
	report->begun = writer->history.count;
	report->ended_ns = clock_now_ns();
}

void writer_finish(struct writer *writer)
{
	/* An unfinished history is a cut one: such a run is never called safe. */
	bool complete = writer->report.leave != LEAVE_HISTORY;

	writer->report.close_errnum = -appender_close(&writer->appender);
	if (complete && writer->history.map)
		history_finish(&writer->history);
	else
		history_release(&writer->history);
	record_form_release(&writer->form);
	if (!writer->rank_file)
		alarm(0);
}

void writer_abandon(struct writer *writer, int errnum)
{
	appender_abandon(&writer->appender, errnum);
	history_release(&writer->history);
}
